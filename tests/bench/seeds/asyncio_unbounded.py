"""One event loop, every port at once.  Usage: HOST FIRST LAST OUT"""
import asyncio
import json
import sys

TIMEOUT_S = 0.5


async def is_open(host, port):
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), TIMEOUT_S)
        writer.close()
        return port, True
    except (OSError, asyncio.TimeoutError):
        return port, False


async def scan(host, ports):
    found = []
    for answer in asyncio.as_completed([is_open(host, port) for port in ports]):
        port, opened = await answer
        if opened:
            found.append(port)
    return sorted(found)


def main():
    host, first, last, out = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    found = asyncio.run(scan(host, range(first, last + 1)))
    with open(out, "w", encoding="ascii") as file:
        json.dump({"open_ports": found}, file)


if __name__ == "__main__":
    main()
