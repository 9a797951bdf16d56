"""paper.py - what the benchmarks print, and how figures become cells.

What is said goes to standard output and, where BENCH_TABLE names a file, to
the end of that too.
"""
import os
import re
import statistics
import subprocess


def say(*words):
    line = " ".join(str(w) for w in words)
    print(line, flush=True)
    if os.environ.get("BENCH_TABLE"):
        with open(os.environ["BENCH_TABLE"], "a") as f:
            f.write(line + "\n")


def head(title, *columns):
    say("\n### %s\n" % title)
    row(*columns)
    say("|" + "---|" * len(columns))


def row(*cells):
    say("| " + " | ".join(str(c) for c in cells) + " |")


def middle(values, form):
    """The median, the lowest and the highest."""
    values = sorted(values)
    return "%s (%s–%s)" % tuple(format(v, form) for v in (
        statistics.median(values), values[0], values[-1]))


def ratio(pairs):
    """The median of the ratios within each round."""
    ratios = [a / b for a, b in pairs if b > 0]
    return "%.2f" % statistics.median(ratios) if ratios else ""


def versions():
    """What is measured beside us."""
    said = []
    for command, word in ((["nginx", "-v"], r"nginx/\S+"),
                          (["h2o", "-v"], r"h2o version \S+"),
                          (["apache2", "-v"], r"Apache/\S+"),
                          (["lighttpd", "-v"], r"lighttpd/\S+"),
                          (["busybox"], r"BusyBox v\S+"),
                          (["postconf", "mail_version"], r"[0-9.]+$")):
        try:
            out = subprocess.run(command, capture_output=True, text=True)
        except FileNotFoundError:
            continue
        found = re.search(word, out.stdout + out.stderr, re.M)
        if found:
            said.append(("Postfix " if "$" in word else "") + found.group(0))
    return ", ".join(said)


def machine():
    with open("/proc/cpuinfo") as f:
        model = re.search(r"model name\s*:\s*(.*)", f.read())
    return "%s, %d CPUs, Linux %s, load %.1f before" % (
        model.group(1) if model else os.uname().machine, os.cpu_count(),
        os.uname().release, os.getloadavg()[0])
