"""A pool of 250 threads, a socket of its own for every port.  Usage: HOST FIRST LAST OUT"""
import json
import socket
import sys
from concurrent.futures import ThreadPoolExecutor

THREADS = 250
TIMEOUT_S = 0.5


def is_open(host, port):
    probe = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    probe.settimeout(TIMEOUT_S)
    try:
        probe.connect((host, port))
        return True
    except OSError:
        return False
    finally:
        probe.close()


def main():
    host, first, last, out = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    ports = range(first, last + 1)
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        answers = pool.map(lambda port: is_open(host, port), ports)
        found = [port for port, answer in zip(ports, answers) if answer]
    with open(out, "w", encoding="ascii") as file:
        json.dump({"open_ports": found}, file)


if __name__ == "__main__":
    main()
