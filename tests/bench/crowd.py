"""crowd.py - the rows of the curves: cost and memory against connections, and
cost against the size of a file.

Each figure is of a server of its own that was just started, so that what
earlier crowds left behind is not in it.  All connections are there before the
clock runs; memory is read in between, when all have been answered once.
"""
import os
import statistics
import time

import loads
import memory
import paper

CONNECTIONS = (1, 4, 16, 64, 256, 1024, 4096)
SIZES = (1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20,
         16 << 20)
SIZES_BY = 16  # connections
SETTLE_S = 0.5


def make_files(site):
    names = {}
    for size in SIZES:
        names[size] = "size-%d.png" % size
        with open(os.path.join(site, names[size]), "wb") as f:
            f.write(b"x" * size)
    return names


def makers(field, most):
    """Four servers that bear so many connections, each to be started anew.
    From three quarters of --max-children on idle connections would go."""
    return {
        "Berth": lambda: field.ours("--max-children %d --timeout 600" %
                                    max(512, 2 * most)),
        "nginx": field.nginx, "h2o": field.h2o,
        "Apache prefork": lambda: field.apache(most + 16)}


def measure(field, account, make, file, connections, seconds):
    server, group, crowd = make(), memory.Group(), None
    try:
        server.start(account, field.tmp, group.enter)
        server.answers(file)
        crowd = loads.Crowd(field.build, server, file, connections, seconds)
        time.sleep(SETTLE_S)
        kib = group.kib()
        kernel = kib > 0
        kib = kib or memory.pss_kib(server.process.pid)
        before = server.seconds()
        got = crowd.go()
        got["cpu"] = (server.seconds() - before) / max(got["n"], .001) * 1e6
        got["memory"], got["kernel"] = kib / 1024, kernel
        return got
    finally:
        if crowd:
            crowd.end()
        server.end()
        group.leave()


def rows(field, account, rounds, seconds, only, fault):
    """{"curve", "server", "x", "cpu", "memory", ...} for each figure."""
    names = make_files(field.site)
    points = [("connections", x, x, names[SIZES[0]]) for x in CONNECTIONS]
    points += [("size", x, SIZES_BY, names[x]) for x in SIZES]
    got = []
    for i in range(rounds):
        for curve, x, connections, file in points:
            todo = [m for m in makers(field, connections).items()
                    if only.search(m[0])]
            for k in range(len(todo)):
                name, make = todo[(i + k) % len(todo)]
                try:
                    got.append(dict(measure(
                        field, account, make, file, connections, seconds),
                        curve=curve, server=name, x=x))
                except (OSError, loads.subprocess.TimeoutExpired) as e:
                    fault("%s, %d connections, %s: %s" % (
                        name, connections, file, e))
    return got


def tables(got):
    of = {}
    for row in got:
        of.setdefault((row["curve"], row["x"]), {}).setdefault(
            row["server"], []).append(row)
    servers = sorted({row["server"] for row in got})
    for title, curve, key, form in (
            ("CPU µs/request against kept connections, 1 KiB", "connections",
             "cpu", "%.1f"),
            ("MiB against kept connections", "connections", "memory", "%.1f"),
            ("CPU µs/request against bytes, 16 kept connections", "size",
             "cpu", "%.1f")):
        paper.head(title, curve, *servers)
        for (which, x), cells in of.items():
            if which == curve:
                paper.row(x, *[form % statistics.median(
                    r[key] for r in cells[s]) if s in cells else "–"
                    for s in servers])
