"""One event loop, a task for every port, a semaphore of 500.  Usage: HOST FIRST LAST OUT"""
import asyncio
import json
import sys

PERMITS = 500
TIMEOUT_S = 0.5


async def is_open(host, port, permits):
    async with permits:
        try:
            _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), TIMEOUT_S)
            writer.close()
            await writer.wait_closed()
            return True
        except (OSError, asyncio.TimeoutError):
            return False


async def scan(host, ports):
    permits = asyncio.Semaphore(PERMITS)
    answers = await asyncio.gather(*(is_open(host, port, permits) for port in ports))
    return [port for port, answer in zip(ports, answers) if answer]


def main():
    host, first, last, out = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    found = asyncio.run(scan(host, range(first, last + 1)))
    with open(out, "w", encoding="ascii") as file:
        json.dump({"open_ports": found}, file)


if __name__ == "__main__":
    main()
