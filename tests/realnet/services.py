"""Real services of Debian's for the far machine, from packages that ./dev test installs, or unpacks into build/tools."""
import shutil
import socket
import subprocess
import time
from pathlib import Path

from network import Unable

TOOLS = Path(__file__).resolve().parents[2] / "build" / "tools" / "usr"
PORTS = {"nginx": (80, 8080), "redis": (6379,), "sshd": (22,)}
# redis-server is redis-check-rdb by another name; its own package would start it.
PROGRAMS = {"nginx": "nginx", "redis": "redis-check-rdb", "sshd": "sshd"}
READY_LIMIT_S = 20

NGINX = """user root root; daemon off; master_process off; pid {work}/nginx.pid; error_log stderr crit;
events {{ worker_connections 256; }}
http {{ access_log off; client_body_temp_path {work}/n1; proxy_temp_path {work}/n2;
 fastcgi_temp_path {work}/n3; uwsgi_temp_path {work}/n4; scgi_temp_path {work}/n5;
 server {{ listen 80; listen 8080; return 204; }} }}
"""
SSHD = """Port 22
HostKey {work}/host_key
PidFile none
UsePAM no
StrictModes no
"""


def program(name):
    """Where it is, or None."""
    places = f"{TOOLS}/sbin:{TOOLS}/bin:/usr/sbin:/usr/bin"
    return shutil.which(PROGRAMS[name], path=places)


def commands(work):
    """argv of each, with its configuration written."""
    (work / "nginx.conf").write_text(NGINX.format(work=work), encoding="ascii")
    (work / "sshd_config").write_text(SSHD.format(work=work), encoding="ascii")
    return {"nginx": [program("nginx"), "-c", f"{work}/nginx.conf", "-e", "stderr"],
            "redis": ["bash", "-c", 'exec -a redis-server "$0" "$@"', program("redis"), "--port", "6379", "--protected-mode", "no", "--save", "",
                      "--dir", str(work), "--loglevel", "warning"],
            "sshd": [program("sshd"), "-D", "-e", "-f", f"{work}/sshd_config"]}


def start(far, names, work):
    """Starts them on the far machine, and waits until each of their ports is listened to."""
    if not names:
        return
    absent = [name for name in names if not program(name)]
    if absent:
        raise Unable(f"{', '.join(absent)}: not there; ./dev test unpacks what it needs")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{work}/host_key"],
                   check=True, stdin=subprocess.DEVNULL)
    # sshd wants its own user and /run/sshd; both exist in the far machine's mounts alone.
    far.do("mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && cp /etc/passwd /run/passwd && "
           "{ grep -q ^sshd: /run/passwd || echo sshd:x:65534:65534::/run/sshd:/usr/sbin/nologin >>/run/passwd; } && "
           "mount --bind /run/passwd /etc/passwd")
    argvs = commands(work)
    with open(f"{work}/services.log", "w", encoding="utf-8") as log:
        for name in names:
            far.start(argvs[name], log)
    wait(work, [(ip, port) for ip in far.hosts for name in names for port in PORTS[name]])
    for address in far.hosts.values():
        address.listening |= {port for name in names for port in PORTS[name]}


def wait(work, places):
    """Until all of them answer."""
    ends_s = time.monotonic() + READY_LIMIT_S
    for place in places:
        while True:
            try:
                socket.create_connection(place, 1).close()
                break
            except OSError as error:
                if time.monotonic() > ends_s:
                    said = (work / "services.log").read_text(encoding="utf-8", errors="replace")
                    raise Unable(f"nothing listens on {place}: {error}; {said}") from None
                time.sleep(0.05)
