#!/usr/bin/env python3
"""berth-tcp and berth-udp with Python's socketserver; netcat with our servers."""

import os
import socketserver
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from peer import check, done, free_port, run, serve, start, told, until


class Upper(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line.upper())
        self.wfile.write(b"good-bye\n")


class UpperDatagram(socketserver.DatagramRequestHandler):
    def handle(self):
        self.wfile.write(self.rfile.read().upper())


def background(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return str(server.server_address[1])


def same(what, expected, *argv, stdin=b"", code=0):
    result = run(*argv, stdin=stdin)
    check(what, result.stdout == expected and result.returncode == code,
          told(result))


# Our clients, Python's servers.
tcp = background(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Upper))
udp = background(socketserver.ThreadingUDPServer(("127.0.0.1", 0),
                                                 UpperDatagram))
same("berth-tcp and socketserver", b"HELLO\ngood-bye\n",
     "berth-tcp", "localhost", tcp, stdin=b"hello\n")
many = b"".join(b"line %d\n" % i for i in range(100_000))
same("much, both ways", many.upper() + b"good-bye\n",
     "berth-tcp", "127.0.0.1", tcp, stdin=many)
same("berth-udp and socketserver", b"HELLO\nAGAIN\n",
     "berth-udp", "localhost", udp, stdin=b"hello\nagain\n")
long = b"x" * 8_000 + b"\n"  # socketserver takes no more than 8192
same("a long datagram", long.upper(), "berth-udp", "127.0.0.1", udp,
     stdin=long)

# Our client, netcat's server, which speaks first.
port = str(free_port())
nc = start("sh", "-c", f"echo from netcat | exec nc -l -N 127.0.0.1 {port}")
until("netcat listens", lambda: any(
    f":{int(port):04X} " in line and " 0A " in line
    for line in open("/proc/net/tcp", encoding="ascii")), nc)
same("berth-tcp and nc -l", b"from netcat\n", "berth-tcp", "127.0.0.1", port)

# Our servers, netcat's client.
upper, at = serve("berth-upperd", "-l", "127.0.0.1:0")
port = at["upper"].rsplit(":", 1)[1]
same("nc and berth-upperd", b"HELLO\n", "nc", "-N", "127.0.0.1", port,
     stdin=b"hello\n")
same("nc -u and berth-upperd", b"HELLO\n", "nc", "-u", "-w", "5",
     "127.0.0.1", port, stdin=b"hello\n")
same("much by nc", many.upper(), "nc", "-N", "127.0.0.1", port, stdin=many)

greet, at = serve("berth-greetd", "-l", "127.0.0.1:0")
port = at["greet"].rsplit(":", 1)[1]
same("nc and berth-greetd", b"Thank you for connecting", "nc", "-d",
     "127.0.0.1", port)
done()
