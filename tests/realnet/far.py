"""Runs on the far machine: listens where it is told to and holds the namespace until its input ends.

far.py < one line of JSON, [[ADDRESS, [PORT, ...]], ...]; says "ready". Nothing accepts: the backlog takes
the connections, which is all that a connect scan needs. An address may come later: it is bound at once.
"""
import json
import resource
import socket
import sys

IP_FREEBIND, IPV6_FREEBIND, BACKLOG = 15, 78, 4096


def listener(ip, port):
    """One listener, on this address alone."""
    six = ":" in ip
    sock = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if six:
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_FREEBIND, 1)
    else:
        sock.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
    sock.bind((ip, port))
    sock.listen(BACKLOG)
    return sock


def main():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    held = [listener(ip, port) for ip, ports in json.loads(sys.stdin.readline()) for port in ports]
    print("ready", flush=True)
    sys.stdin.read()
    for sock in held:
        sock.close()


if __name__ == "__main__":
    main()
