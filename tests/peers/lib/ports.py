"""ports - TCP ports of this machine that nobody else gets meanwhile."""
import random
import socket

RANGE = "/proc/sys/net/ipv4/ip_local_port_range"
kept = []


def free_port():
    """A port that is free now, for programs that cannot be asked for port 0.

    It is none of those that the kernel gives to whoever asks for any.
    """
    with open(RANGE, encoding="ascii") as file:
        given = int(file.read().split()[0])
    for _ in range(100):
        port = random.SystemRandom().randint(max(given // 2, 1024), given - 1)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass
    raise OSError("no port is free")


def nobody_at(port):
    """Keep others from a port that is free again: nobody listens there."""
    for family, host in ((socket.AF_INET, "127.0.0.1"),
                         (socket.AF_INET6, "::1")):
        s = socket.socket(family)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind((host, port))
        except OSError:
            pass  # there may be no addresses of that family
        kept.append(s)
