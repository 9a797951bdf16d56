"""cases.py - what is asked of the servers, and of which.

A case that names servers is for these alone; the others are for all that
serve files, and for the yardsticks named in `sticks`.
"""
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"  # of all files
DATE_S = 784111777

FILES = {"1k.txt": 1024, "16k.txt": 16384, "100k.png": 100_000,
         "1m.png": 1 << 20, "100m.png": 100 << 20}


class Case:
    """`stick` is the server whose CPU ours is divided by, beside nginx."""

    def __init__(self, title, file="1k.txt", connections=64, stick=None,
                 fields=(), status=200, tool="wrk", servers=None, sticks=(),
                 more=(), unit="request"):
        self.title, self.file, self.connections = title, file, connections
        self.stick, self.fields, self.status = stick, fields, status
        self.tool, self.unit = tool, unit
        self.servers = servers  # only these
        self.more = tuple(sticks) + tuple(more)  # these too

    def wants(self, server):
        if self.servers is not None:
            return server.name in self.servers
        return server.plain or server.name in self.more


def kept(title, connections, more=()):
    return Case(title, connections=connections, stick="yardstick accept",
                sticks=("yardstick accept", "yardstick fork"), more=more)


REUSE = "berth-httpd --isolation reuse"
OPEN = "berth-httpd --no-sandbox"
LEVELS = (OPEN, "berth-httpd --isolation restore", REUSE + " --no-sandbox",
          "berth-httpd --isolation exec")
LOGS = ("berth-httpd", "berth-httpd, log", "nginx", "nginx, log")
CLOSE = ("Connection: close",)

CASES = {
    "kept1": kept("1 KiB, 1 kept connection", 1),
    "kept16": kept("1 KiB, 16 kept connections", 16),
    "kept": kept("1 KiB, 64 kept connections", 64, (OPEN,)),
    "kept256": kept("1 KiB, 256 kept connections", 256),
    "16k": Case("16 KiB, 64 kept connections", "16k.txt",
                stick="yardstick, 16 KiB", sticks=("yardstick, 16 KiB",)),
    "100k": Case("100 KB, 32 kept connections", "100k.png", 32,
                 stick="yardstick, 100 KB", sticks=("yardstick, 100 KB",)),
    "1m": Case("1 MiB, 8 kept connections", "1m.png", 8),
    "100m": Case("100 MiB, 8 kept connections", "100m.png", 8, tool="crowd"),
    "304": Case("304 Not Modified, 64 kept connections", status=304,
                fields=("If-Modified-Since: " + DATE,)),
    "404": Case("404 Not Found, 64 kept connections", "not-there.txt",
                status=404),
    "new": Case("1 KiB, a new connection each, 64 at a time", fields=CLOSE,
                stick="yardstick fork", more=LEVELS + ("busybox httpd",),
                sticks=("yardstick fresh", "yardstick fork"),
                unit="connection"),
    "one": Case("1 KiB, a new connection each, one at a time", fields=CLOSE,
                stick="yardstick fork", connections=1,
                more=LEVELS + ("busybox httpd",), unit="connection",
                sticks=("yardstick fresh", "yardstick fork")),
    "log": Case("1 KiB, 64 kept connections, an access log in a file or none",
                stick="berth-httpd", servers=LOGS),
    "log-new": Case("The same, a new connection each", fields=CLOSE,
                    stick="berth-httpd", servers=LOGS, unit="connection"),
    "newcomers": Case("64 newcomers at once, while 64 kept connections keep "
                      "all busy: ms to their first byte", tool="crowd",
                      sticks=("yardstick accept", "yardstick fork")),
    "h2": Case("1 KiB by HTTP/2 in clear, 100 streams on one connection",
               connections=1, tool="h2load",
               servers=("berth-httpd", REUSE, "nginx")),
}

# All that `make bench` does by itself.
USUAL = [name for name in CASES if name != "h2"]
