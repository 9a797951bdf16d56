#!/usr/bin/env python3
"""berth-inboxd with the clients of Mailpit and MailHog that npm has.

The packages are those that npm/package-lock.json pins.  Which client has used
which route goes to inbox-routes.md in the build directory.
"""

import collections
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "lib"))
from peer import check, done, place, run, serve, told, until

BUILD = os.path.join(os.environ["BERTH_BUILD"], "npm")


def install():
    os.makedirs(BUILD, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(os.path.join(HERE, "npm", name), BUILD)
    # Cypress itself, which two of them name as a peer, is not needed.
    result = run("npm", "ci", "--legacy-peer-deps", "--ignore-scripts",
                 "--no-audit", "--no-fund", cwd=BUILD, limit=300)
    if not check("npm ci", result.returncode == 0, told(result)):
        done()


def start():
    home = place()
    os.chmod(home, 0o777)
    inbox, at = serve("berth-inboxd", "-l", "127.0.0.1:0", f"{home}/mail")
    until("the inbox is ready", lambda: run(
        "berth-http", f"http://{at['inbox']}/readyz").returncode == 0, inbox)
    smtp, smtp_at = serve("berth-smtpd", "-l", "127.0.0.1:0", f"{home}/mail")
    return at["inbox"], smtp_at["smtp"]


def table(routes):
    """Markdown: a line for each route, with the clients that used it."""
    used = collections.defaultdict(dict)
    for client, method, path, status in routes:
        used[path, method].setdefault(client, []).append(status)
    with open(os.path.join(BUILD, "..", "inbox-routes.md"), "w",
              encoding="utf-8") as f:
        f.write("| route | clients (status seen) |\n|---|---|\n")
        for (path, method), clients in sorted(used.items()):
            f.write(f"| {method} {path} | " + ", ".join(
                f"{c} ({' '.join(s)})" for c, s in clients.items()) + " |\n")


install()
inbox, smtp = start()
result = run("node", os.path.join(HERE, "lib", "inbox.mjs"),
             f"http://{inbox}", smtp, BUILD, limit=120)
lines = result.stdout.decode(errors="replace").splitlines()
check("node ends well", result.returncode == 0, told(result))
for line in lines:
    if line.startswith("ok "):
        check(line[3:], True)
    elif line.startswith("FAILED "):
        check(line[7:], False)
    elif line.startswith("    at ") or line.startswith("+ ") or \
            line.startswith("- "):
        print(line)
table(line.split()[1:] for line in lines if line.startswith("route "))
check("all routes were tried", sum(
    line.startswith("route ") for line in lines) > 40, told(result))
done()
