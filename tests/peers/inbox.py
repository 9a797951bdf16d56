#!/usr/bin/env python3
"""berth-inboxd with the clients of Mailpit and MailHog that npm has.

The packages are those that npm/package-lock.json pins.  Which of them, and
which command of berth-inbox, has used which route is what tests/ROUTES.md says.
"""

import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "lib"))
import routes
from peer import check, done, log, place, run, serve, told, until, write

NPM = ("mailpit-api@1", "mailpit-api@2", "mailhog", "cypress-mailpit",
       "cypress-mailhog")

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
    _, far = serve("berth-smtpd", "-l", "127.0.0.1:0", f"{home}/far")
    inbox, at = serve("berth-inboxd", "-l", "127.0.0.1:0", "--relay",
                      far["smtp"], "--relay-to", "*@far.example",
                      f"{home}/mail")
    until("the inbox is ready", lambda: run(
        "berth-http", "-f", f"http://{at['inbox']}/readyz").returncode == 0,
          inbox)
    smtp, smtp_at = serve("berth-smtpd", "-l", "127.0.0.1:0", f"{home}/mail")
    return inbox, at["inbox"], smtp_at["smtp"], far["smtp"], f"{home}/far"


def tool(smtp, url):
    """berth-inbox, each of its commands; what it printed is not looked at."""
    rules = os.path.join(place(), "rules")
    write(rules, "rcpt to=nobody@two.example reply 450 4.2.0 later\n")
    for subject in ("one", "two", "three"):
        run("berth-smtp", "-s", subject, smtp, "a@one.example",
            "b@two.example", stdin=b"It works\n")
    for words in (["list"], ["list", "-q", "one"], ["wait", "-q", "three"],
                  ["show", "latest"], ["show", "--as", "raw", "latest"],
                  ["show", "--as", "sent", "latest"],
                  ["rules", rules], ["rules"], ["rules", "--clear"],
                  ["delete", "latest"], ["delete", "-q", "one"],
                  ["delete", "--all"]):
        result = run("berth-inbox", "--url", url, *words)
        check(f"berth-inbox {' '.join(words)}", result.returncode == 0,
              told(result))


def same(column, word, used):
    words = routes.differ(column, word, used)
    check(f"ROUTES.md: {word}", not words, "\n".join(words))


install()
process, inbox, smtp, far, far_mail = start()
result = run("node", os.path.join(HERE, "lib", "inbox.mjs"),
             f"http://{inbox}", smtp, BUILD, far, limit=120)
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
check("what was released has arrived: by each client once",
      len(os.listdir(far_mail + "/new")) == 3, os.listdir(far_mail + "/new"))
used = [line.split()[1:4] for line in lines if line.startswith("route ")]
for client in NPM:
    same("npm, Cypress", client,
         {(method, path) for name, method, path in used if name == client})
tool(smtp, f"http://{inbox}")
until("the last of its requests is logged", lambda: sum(
    "DELETE " in line and "berth-inbox/" in line
    for line in log(process).splitlines()) == 4, process)
same("berth-inbox", "yes", routes.logged(log(process), "berth-inbox/"))
check("all routes were tried", sum(
    line.startswith("route ") for line in lines) > 40, told(result))
done()
