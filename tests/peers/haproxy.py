#!/usr/bin/env python3
"""Three replicas of site and mail behind HAProxy, with the sample
configuration that is installed.

Replicas have loopback addresses of their own, so that one that is started
again finds its ports free; HAProxy is given sockets that listen already.
"""

import atexit
import collections
import os
import random
import re
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from peer import (check, done, end, log, place, read, run, serve, told, until,
                  write)

SAMPLE = os.path.join(os.path.dirname(__file__),
                      "../../servers/fleet/haproxy.cfg")
NAMES = ("one", "two", "three")
BODY = b"<h1>the fleet</h1>\n"
CLIENT = "127.0.0.77"


def ms(words):
    """What stands behind such words in the sample, in milliseconds."""
    number, unit = re.search(words + r" (\d+)(ms|s|)\b", sample).groups()
    return int(number) * (1 if unit == "ms" else 1000)


# The one that is installed must not lose what comes while a replica drains.
sample = read(SAMPLE).decode()
DRAIN = ms("--drain-delay")
for inter, fall in (("inter", int(re.search(r"fall (\d+)", sample)[1])),
                    ("agent-inter", 1)):
    notices = ms(f"[ \t]{inter}") * fall + ms("timeout check")
    check(f"it is noticed within --drain-delay ({inter})", notices < DRAIN,
          f"{notices} of {DRAIN} ms")

here = place()
os.chmod(here, 0o777)
write(here + "/site/index.html", BODY)
run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
    "ec_paramgen_curve:P-256", "-nodes", "-keyout", here + "/key",
    "-out", here + "/cert", "-days", "30", "-subj", "/CN=localhost",
    "-addext", "subjectAltName=DNS:localhost")
write(here + "/pem", read(here + "/cert") + read(here + "/key"))


class Replica:
    """One of them, which can be ended and started again."""

    net = f"127.{random.randint(64, 250)}.{random.randint(1, 250)}"

    def __init__(self, number, name, ports=("0", "0", "0")):
        self.name = name
        self.address = f"{self.net}.{number}"
        self.ports = ports
        self.begin()

    def begin(self):
        http, smtp, health = (f"{self.address}:{p}" for p in self.ports)
        self.process, at = serve(
            "berth", "--http", http, "--smtp", smtp, "--inbox", "off",
            "--health", health, "--proxy-from", "127.0.0.1",
            "--drain-delay", str(DRAIN // 1000), "--log-format", "json",
            "--smtp-hostname", self.name + ".test",
            "--mail", here + "/mail", here + "/site")
        self.ports = tuple(at[n].rsplit(":", 1)[1]
                           for n in ("http", "smtp", "health"))


replicas = [Replica(1, "one")]
for number, name in ((2, "two"), (3, "three")):
    replicas.append(Replica(number, name, replicas[0].ports))


def listening():
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    s.listen(1024)
    s.set_inheritable(True)
    return s


sockets = {name: listening() for name in ("SITE", "SITE_TLS", "MAIL")}
PORT = {name: s.getsockname()[1] for name, s in sockets.items()}
os.environ.update(
    {name: f"fd@{s.fileno()}" for name, s in sockets.items()},
    STATS=here + "/stats", SITE_PEM=here + "/pem",
    HTTP_PORT=replicas[0].ports[0], SMTP_PORT=replicas[0].ports[1],
    HEALTH_PORT=replicas[0].ports[2],
    **{r.name.upper(): r.address for r in replicas})
haproxy = subprocess.Popen(
    ["haproxy", "-W", "-f", SAMPLE], stdin=subprocess.DEVNULL,
    stdout=open(here + "/haproxy.log", "wb"), stderr=subprocess.STDOUT,
    close_fds=False)
atexit.register(end, haproxy)


def states():
    """{("site", "one"): "UP" ...} as HAProxy sees it, {} when it is away."""
    try:
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(5)
            s.connect(here + "/stats")
            s.sendall(b"show stat\n")
            text = s.makefile().read()
    except OSError:
        return {}
    rows = [line.split(",") for line in text.splitlines()]
    return {(r[0], r[1]): r[17] for r in rows if len(r) > 17
            and r[1] in NAMES}


def all_up():
    seen = states()
    return len(seen) == 6 and all(v.startswith("UP") for v in seen.values())


until("HAProxy sees all replicas", all_up)


def connect(port):
    return socket.create_connection(("127.0.0.1", port), 20,
                                    source_address=(CLIENT, 0))


def get():
    with connect(PORT["SITE"]) as s:
        s.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n"
                  b"Connection: close\r\n\r\n")
        whole = b"".join(iter(lambda: s.recv(65536), b""))
    assert whole.startswith(b"HTTP/1.1 200") and whole.endswith(BODY), \
        whole[:200]


def session():
    """An SMTP conversation and which replica holds it."""
    c = smtplib.SMTP(timeout=20, source_address=(CLIENT, 0))
    _, words = c.connect("127.0.0.1", PORT["MAIL"])
    c.ehlo("client.test")
    return c, words.split()[0].decode().removesuffix(".test")


def logged(words):
    """What the replicas have logged, once it holds the words."""
    def all_logs():
        text = "".join(log(r.process) for r in replicas)
        return text if re.search(words, text) else None
    return until(f"{words} is in a log", all_logs)


# Whose it is.
get()
logs = logged('"target":"/"')
check("the log has the client", f'"client":"{CLIENT}"' in logs, logs)
check("and the proxy", '"proxy":"127.0.0.1"' in logs, logs)
got = run("curl", "-sS", "--http2", "--cacert", here + "/cert", "-w",
          "%{http_version}", f"https://localhost:{PORT['SITE_TLS']}/")
check("HTTP/2 over TLS that ends at HAProxy", got.stdout == BODY + b"2",
      told(got))
logs = logged('"tls":')
check("what it says of TLS is in the log",
      re.search('"tls":"TLSv1.3","sni":"localhost"', logs), logs)
DONE = collections.Counter()
stop = threading.Event()
faults = []


def send_mail():
    c, name = session()
    DONE["mails at " + name] += 1
    c.sendmail("a@b.c", ["d@e.f"], "Subject: x\r\n\r\nHi\r\n")
    c.quit()


def load(what, do):
    while not stop.is_set():
        try:
            do()
            DONE[what] += 1
        except Exception as e:  # each of them counts
            faults.append(f"{time.time():.2f} {what}: {e!r}")
        time.sleep(0.01)


threads = [threading.Thread(target=load, args=a, daemon=True)
           for a in (("pages", get), ("pages", get),
                     ("mails", send_mail), ("mails", send_mail))]
for t in threads:
    t.start()


def some_more():
    before = dict(DONE)
    until(f"the load goes on: {faults[:5]}",
          lambda: all(DONE[n] > before.get(n, 0) + 20
                      for n in ("pages", "mails")))


some_more()
for r in replicas:
    before = log(r.process).count("reloading")
    r.process.send_signal(signal.SIGHUP)
    until("it has reloaded", lambda: log(r.process).count("reloading") >
          before, r.process)
    some_more()
check("a rolling reload loses nothing", not faults, "\n".join(faults[:20]))
faults.clear()

haproxy.send_signal(signal.SIGUSR2)
some_more()
until("the new HAProxy sees all replicas", all_up)
some_more()
check("nor does HAProxy's", not faults, "\n".join(faults[:20]))
faults.clear()

for r in replicas:
    r.process.send_signal(signal.SIGTERM)
    code = r.process.wait(60)
    check(f"{r.name} ends as asked", code == 0, log(r.process))
    some_more()
    r.begin()
    until("HAProxy sees it again", all_up)
    some_more()
check("nor do replicas that are replaced, one after the other", not faults,
      "\n".join(faults[:20]))
faults.clear()

# One that drains gets no new ones, and keeps those that it has.
held = [session() for _ in range(9)]
by_name = collections.Counter(name for _, name in held)
check("each replica has some", len(by_name) == 3, str(by_name))
three = replicas[2]
three.process.send_signal(signal.SIGTERM)
until("HAProxy sees that it drains",
      lambda: not states().get(("mail", "three"), "UP").startswith("UP"))
names = [n for c, n in (session() for _ in range(30)) if c.close() is None]
check("one that drains gets no new connections", "three" not in names,
      str(collections.Counter(names)))
three.process.wait(60)
check("and that loses nothing", not faults, "\n".join(faults[:20]))
three.begin()
until("HAProxy sees it again", all_up)

# One that is killed costs its own connections.
faults.clear()
stop.set()
for t in threads:
    t.join()
for c, _ in held:
    c.close()
held = [session() for _ in range(9)]
killed = replicas[1]
killed.process.kill()
killed.process.wait()
lost = collections.Counter()
for c, name in held:
    try:
        alive = c.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        alive = False
    if not alive:
        lost[name] += 1
theirs = sum(1 for _, name in held if name == "two")
check("one that is killed costs its own connections, and no others",
      lost == {"two": theirs} and theirs > 0, f"{lost}, {theirs} of its own")
names = collections.Counter()
for _ in range(20):
    get()
    c, name = session()
    names[name] += 1
    c.quit()
check("and new ones go to the others", set(names) == {"one", "three"},
      str(names))

stored = len(os.listdir(here + "/mail/new"))
check("each mail that was accepted is there once", stored == DONE["mails"],
      f"{stored} stored, {DONE['mails']} accepted")
print(f"  pages {DONE['pages']}, mails {DONE['mails']}: " + ", ".join(
    f"{n} {DONE['mails at ' + n]}" for n in NAMES))
done()
