"""loads.py - ask a running server as a case says, and note the figures.

By wrk, whose 99th percentile is corrected for what it did not ask while it
waited; by h2load, whose mean stands for p50 and its longest for p99; or by
crowd.c, which corrects nothing.
"""
import os
import re
import subprocess

PATIENCE_S = 240
CROWD_S = 3  # at least: 100 MiB take a while, newcomers come half-way

LUA = """
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("FIGURES %d %d %d %d %d %d\\n", summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.timeout, e.status))
end
"""


def tool(command, **more):
    return subprocess.run(command, text=True, capture_output=True,
                          timeout=PATIENCE_S, **more)


def found(pattern, out):
    match = re.search(pattern, out.stdout)
    if not match:
        raise OSError("%s: %s" % (out.args[0], (
            out.stderr or out.stdout).strip()[-200:]))
    return match.groups()


def milliseconds(text):
    number, unit = re.fullmatch(r"([0-9.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def by_wrk(server, case, seconds, tmp):
    lua = os.path.join(tmp, "figures.lua")
    with open(lua, "w") as f:
        f.write(LUA)
    command = ["wrk", "-t1", "-c%d" % case.connections, "-d%ds" % seconds,
               "-s", lua]
    for field in case.fields:
        command += ["-H", field]
    n, us, p50, p99, errors, refused = (int(x) for x in found(
        r"FIGURES (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)",
        tool(command + [server.url(case.file)])))
    if case.status >= 400:  # which wrk takes for an error
        refused = n - refused
    return {"n": n, "rate": n / us * 1e6, "p50": p50 / 1000,
            "p99": p99 / 1000, "errors": errors + refused}


def by_h2load(server, case, seconds, tmp):
    out = tool(["h2load", "-D%d" % seconds, "-c%d" % case.connections,
                "-m100", server.url(case.file, True)])
    rate, = found(r"finished in .*?, ([0-9.]+) req/s", out)
    n, *faults = map(int, found(
        r"(\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", out))
    longest, mean = found(r"time for request: +\S+ +(\S+) +(\S+)", out)
    return {"n": n, "rate": float(rate), "p50": milliseconds(mean),
            "p99": milliseconds(longest), "errors": sum(faults)}


class Crowd:
    """crowd.c: the connections are made at once, the run begins with go()."""

    def __init__(self, build, server, file, connections, seconds,
                 newcomers=0):
        self.command = [os.path.join(build, "tests/bench/crowd"),
                        str(server.port), "/" + file, str(connections),
                        str(seconds), str(newcomers)]
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "there\n":
            raise OSError(self.end())

    def end(self):
        self.process.kill()
        return self.process.communicate()[1].strip()

    def go(self):
        out, words = self.process.communicate("go\n", PATIENCE_S)
        found_ = re.match(r"FIGURES (\S+) (\d+) (\d+) (\d+) (\d+) (\d+) "
                          r"(\d+)", out)
        if not found_:
            raise OSError(words.strip() or "crowd said nothing")
        n, us, p50, p99, errors, median, worst = map(float, found_.groups())
        return {"n": n, "rate": n / us * 1e6, "p50": p50 / 1000,
                "p99": p99 / 1000, "errors": int(errors),
                "median": median / 1000, "worst": worst / 1000}


def measure(server, name, case, seconds, build, tmp):
    crowd = None
    if case.tool == "crowd":
        new = name == "newcomers"
        crowd = Crowd(build, server, case.file, case.connections,
                      max(seconds, CROWD_S), 64 if new else 0)
    before, faults = server.seconds(), server.faults()
    try:
        if crowd:
            got = crowd.go()
        else:
            got = {"wrk": by_wrk, "h2load": by_h2load}[case.tool](
                server, case, seconds, tmp)
    finally:
        if crowd:
            crowd.end()
    n = max(got["n"], 0.001)
    got["cpu"] = (server.seconds() - before) / n * 1e6
    got["faults"] = (server.faults() - faults) / n
    server.figures.setdefault(name, []).append(got)
