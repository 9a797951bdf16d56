#!/usr/bin/env python3
"""Prometheus's own parsers read what /metrics says, in both formats, and find
what a run was."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from peer import check, done, place, run, serve, told, until, write

here = place()
os.chmod(here, 0o777)
write(here + "/site/f", "content")
server, at = serve("berth", "--http", "127.0.0.1:0", "--smtp", "127.0.0.1:0",
                   "--inbox", "off", "--health", "127.0.0.1:0", "--mail",
                   here + "/mail", here + "/site")
HEALTH = f"http://{at['health']}"

# By Debian's Python, which has the parsers.
PARSE = """
import json, sys
from prometheus_client.%s import text_string_to_metric_families as parse
print(json.dumps([[f.name, f.type, f.documentation, f.unit,
                   [[s.name, s.labels, s.value] for s in f.samples]]
                  for f in parse(sys.stdin.read())]))
"""


def families(parser, *options):
    """{name: (type, {sample: value})}; the parser is strict."""
    text = run("curl", "-sS", *options, HEALTH + "/metrics").stdout
    got = run("/usr/bin/python3", "-c", PARSE % parser, stdin=text)
    if not check(f"{parser} reads it", got.returncode == 0, told(got)):
        return {}
    return {name: (kind, help_, unit, {
        (n, *sorted(labels.values())): value for n, labels, value in samples})
        for name, kind, help_, unit, samples in json.loads(got.stdout)}


def sample(name, *labels):
    found = families("parser")
    return found.get(name, ("", "", "", {}))[3].get(
        (name + "_total", *sorted(labels)), -1)


for _ in range(4):
    run("curl", "-sS", f"http://{at['http']}/f")
run("curl", "-sS", f"http://{at['http']}/none")
run("berth-smtp", at["smtp"], "a@b.c", "d@e.f",
    stdin=b"Subject: x\r\n\r\nHi\r\n")
until("the ends of five connections are counted, and the message",
      lambda: sample("berth_connections_ended", "http", "fine") == 5 and
      sample("berth_mails", "accepted", "smtp") >= 1, server)
new = families("openmetrics.parser", "-H", "Accept: "
               "application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
old = families("parser")
check("both have the same families", set(new) == set(old) and len(new) > 15,
      str(set(new) ^ set(old)))
for name, (kind, help_, unit, samples) in new.items():
    check(f"{name}: has a help that ends", help_.endswith("."), help_)
    check(f"{name}: named as Prometheus wants it", name.startswith("berth_")
          and (not unit or name.endswith("_" + unit))
          and not name.endswith("_total") and kind != "unknown"
          and ("bytes" not in name or unit == "bytes")
          and ("seconds" not in name or unit == "seconds"))
check("requests of the site", new["berth_requests"][3][
    ("berth_requests_total", "http")] == 5, str(new["berth_requests"]))
check("of these, refused", new["berth_requests_refused"][3][
    ("berth_requests_refused_total", "http")] == 1)
check("messages", new["berth_mails"][3][
    ("berth_mails_total", "accepted", "smtp")] == 1, str(new["berth_mails"]))
check("a histogram", new["berth_request_duration_seconds"][3][
    ("berth_request_duration_seconds_count", "http")] == 5)
done()
