#!/usr/bin/env python3
"""testssl.sh looks at both ways to TLS: a server of HTTPS, and STARTTLS.

Every finding that it rates must be good, or one of a few that are no matter
of this server. It takes a minute or two: it opens hundreds of connections.
"""

import json
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from peer import check, done, place, run, serve, told, write

# Of a local authority, of DNS, of the page's own headers, and what Debian's
# openssl, by which it looks, is too new to try.
NOT_OURS = {"cert_revocation", "DNS_CAArecord", "HSTS", "RC4",
            "engine_problem"}  # of the openssl that asks
FINE = ("OK", "INFO")
VULNERABILITIES = {"heartbleed", "CCS", "ticketbleed", "ROBOT", "secure_renego",
                   "secure_client_renego", "CRIME_TLS", "POODLE_SSL",
                   "fallback_SCSV", "SWEET32", "FREAK", "DROWN", "LOGJAM",
                   "BEAST", "LUCKY13"}

if not shutil.which("testssl"):
    print("testssl.sh is not here: nothing was tried\n0 passed, 0 failed")
    sys.exit(0)
here = place()
os.environ["XDG_DATA_HOME"] = os.path.join(here, "data")
os.environ["HOME"] = here
write(os.path.join(here, "site/index.html"), "<h1>secure</h1>\n")
server, at = serve("berth", "--tls", "--http", "127.0.0.1:0", "--tls-listen",
                   "127.0.0.1:0", "--smtp", "127.0.0.1:0", "--inbox", "off",
                   "--mail", os.path.join(here, "mail"),
                   os.path.join(here, "site"))
PORT = {name: int(address.rsplit(":", 1)[1]) for name, address in at.items()}


# What it says when its own client had no connection: then it has found nothing.
NOT_TRIED = "check failed because of connect problem"


def findings(name, port, *options):
    """All findings of one run, by their names."""
    out = os.path.join(here, name + ".json")
    if os.path.exists(out):
        os.remove(out)
    got = run("testssl", "--quiet", "--color", "0", "--warnings", "off",
              "--connect-timeout", "60", "--openssl-timeout", "60", "--ip",
              "127.0.0.1", "--fast", "--add-ca",
              os.path.join(here, "data/berth/ca/ca.pem"), "-oj", out, *options,
              f"localhost:{port}", limit=1500)
    try:
        with open(out, encoding="utf-8") as f:
            found = {x["id"]: x for x in json.load(f)}
    except (OSError, ValueError):
        found = {}
    return found, got


def look(name, port, *options):
    """Of a run in which all was tried; the third is the last."""
    for _ in range(3):
        found, got = findings(name, port, *options)
        if not any(NOT_TRIED in x["finding"] for x in found.values()):
            break
    check(f"{name}: it has looked", len(found) > 5, told(got))
    for x in found.values():
        check(f"{name}: {x['id']}", x["severity"] in FINE or
              x["id"] in NOT_OURS, f"  {x['severity']}: {x['finding']}")
    return found


def says(found, name, what, words):
    finding = found.get(what, {}).get("finding", "nothing")
    check(f"{name}: {what} is {words}", words in finding, "  " + finding)


for name, port, options in (
        ("https", PORT["https"], ("-p", "-s", "-S", "-U")),
        ("STARTTLS", PORT["smtp"], ("--starttls", "smtp", "-p", "-s"))):
    found = look(name, port, *options)
    for old in ("SSLv2", "SSLv3", "TLS1", "TLS1_1"):
        says(found, name, old, "not offered")
    for new in ("TLS1_2", "TLS1_3"):
        says(found, name, new, "offered")
        check(f"{name}: {new}", not found.get(new, {}).get(
            "finding", "not").startswith("not"))
    if name == "https":
        says(found, name, "ALPN_HTTP2", "h2")
        check("https: all were tried", VULNERABILITIES <= found.keys(),
              repr(VULNERABILITIES - found.keys()))
        for what in sorted(VULNERABILITIES & found.keys()):
            check(f"https: not vulnerable to {what}",
                  found[what]["severity"] in FINE, repr(found[what]))
done()
