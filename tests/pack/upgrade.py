#!/usr/bin/env python3
"""An upgrade by dpkg under constant load loses nothing.

Two packages are made of what "make install" has put into BERTH_TREE, the
second with the next version's number in its programs.  The first is installed
into a directory and its berth started there: site (plain and TLS), mail and
inbox.  While clients come and stay, dpkg installs the second one.  Its own
script then asks systemd for a reload; here a stand-in sends what the unit has
for that.
"""

import collections
import glob
import os
import re
import shutil
import smtplib
import socket
import ssl
import sys
import threading
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../peers/lib"))
from peer import (check, done, log, place, read, run, serve, told, until,
                  write)

TOP = os.path.join(os.path.dirname(__file__), "../..")
TREE = os.environ["BERTH_TREE"]
here = place()
root = here + "/root"
SIZE = 8 << 20

# --- Two packages -------------------------------------------------------------

old = re.search('^#define BERTH_VERSION "(.*)"',
                read(TOP + "/common/system/args.h").decode(), re.M)[1]
new = old[:-1] + ("1" if old[-1] != "1" else "2")


def package(version):
    tree = f"{here}/{version}"
    shutil.copytree(TREE, tree, symlinks=True)
    if version != old:
        for path in (glob.glob(tree + "/usr/bin/*")
                     + glob.glob(tree + "/usr/lib/berth/whole/*")):
            write(path, read(path).replace(b"(Berth) %s\n\0" + old.encode(),
                                           b"(Berth) %s\n\0" + new.encode())
                  .replace(b'version="' + old.encode(),
                           b'version="' + new.encode()))
    architecture = run("dpkg", "--print-architecture").stdout.decode()
    write(tree + "/DEBIAN/control",
          f"Package: berth\nVersion: {version}\nArchitecture: {architecture}"
          "Maintainer: nobody\nDescription: for a test\n")
    script = read(TOP + "/servers/debian/berth.postinst")
    write(tree + "/DEBIAN/postinst", script.replace(b"#DEBHELPER#", b""))
    os.chmod(tree + "/DEBIAN/postinst", 0o755)
    # What is to be seen is dpkg, not how small a file can be.
    got = run("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree,
              f"{here}/{version}.deb")
    check(f"a package of version {version}", got.returncode == 0, told(got))
    shutil.rmtree(tree)


# What stands in for systemd's part of it.
write(here + "/bin/systemctl", f"""#!/bin/sh
case "$*" in
*daemon-reload) exit 0 ;;
*is-active*berth.service) test -e {here}/pid ;;
*) exit 3 ;;
esac
""")
write(here + "/bin/invoke-rc.d", f"""#!/bin/sh
[ "$*" = "berth reload" ] && kill -HUP "$(cat {here}/pid)"
""")
for stand_in in ("systemctl", "invoke-rc.d"):
    os.chmod(f"{here}/bin/{stand_in}", 0o755)


def install(version):
    """By dpkg, on a machine that looks as if systemd ran it."""
    as_root = [] if os.getuid() == 0 else [
        "--unshare-user", "--uid", "0", "--gid", "0"]
    return run(
        "bwrap", *as_root, "--dev-bind", "/", "/", "--tmpfs", "/run",
        "--dir", "/run/systemd/system", "--setenv", "PATH",
        f"{here}/bin:{os.environ['PATH']}",
        "dpkg", "--root=" + root, "--force-not-root",
        "--force-script-chrootless", "--log=/dev/null", "-i",
        f"{here}/{version}.deb")


for directory in ("info", "updates"):
    os.makedirs(f"{root}/var/lib/dpkg/{directory}")
write(root + "/var/lib/dpkg/status", "")
package(old)
package(new)
got = install(old)
check("the first is installed", got.returncode == 0, told(got))
check("what its units serve is there, for all to read",
      os.path.isdir(root + "/var/www/html") and
      os.stat(root + "/var/www/html").st_mode & 0o777 == 0o755)

# --- The old program ----------------------------------------------------------

write(here + "/site/index.html", b"<h1>the same page</h1>\n")
write(here + "/site/large.bin", os.urandom(1 << 20) * (SIZE >> 20))
run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
    "ec_paramgen_curve:P-256", "-nodes", "-keyout", here + "/key",
    "-out", here + "/cert", "-days", "30", "-subj", "/CN=localhost",
    "-addext", "subjectAltName=DNS:localhost")
os.chmod(here, 0o777)
page = read(here + "/site/index.html")
process, at = serve(
    root + "/usr/bin/berth", "--http", "127.0.0.1:0", "--smtp", "127.0.0.1:0",
    "--inbox", "127.0.0.1:0", "--health", "127.0.0.1:0",
    "--tls-listen", "127.0.0.1:0", "--tls-cert", here + "/cert",
    "--tls-key", here + "/key", "--mail", here + "/mail", here + "/site")
write(here + "/pid", str(process.pid))
PORT = {name: int(address.rsplit(":", 1)[1]) for name, address in at.items()}
trust = ssl.create_default_context(cafile=here + "/cert")


def running():
    """Which version's image says how it is?  None: it is just being replaced,
    and had no patience with us."""
    url = f"http://127.0.0.1:{PORT['health']}/metrics"
    try:
        with urllib.request.urlopen(url, timeout=20) as f:
            return re.search('version="(.*?)"', f.read().decode())[1]
    except OSError:
        return None


until("the old one runs", lambda: running() == old, process)

# --- Clients ------------------------------------------------------------------

DONE = collections.Counter()
faults = []
accepted = set()
stop = threading.Event()
turn = threading.Lock()


def connect(name, tls=False):
    s = socket.create_connection(("127.0.0.1", PORT[name]), 60)
    return trust.wrap_socket(s, server_hostname="localhost") if tls else s


def ask(s, path="/", more=""):
    s.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n".encode())


def answer(f):
    """One answer with a Content-Length; the connection stays."""
    status = f.readline()
    length = 0
    for line in iter(f.readline, b"\r\n"):
        if not line:
            break
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    body = f.read(length)
    assert status.startswith(b"HTTP/1.1 200") and len(body) == length, status
    return body


def a_page(tls):
    with connect("https" if tls else "http", tls) as s, s.makefile("rb") as f:
        ask(s, more="Connection: close\r\n")
        assert answer(f) == page and f.read() == b""


def a_mail():
    with turn:
        DONE["begun"] += 1
        subject = f"mail-{DONE['begun']}"
    with smtplib.SMTP("127.0.0.1", PORT["smtp"], timeout=60) as c:
        c.sendmail("a@b.c", ["d@e.f"], f"Subject: {subject}\r\n\r\nHi\r\n")
        accepted.add(subject)


def load(what, do, *args):
    while not stop.is_set():
        try:
            do(*args)
            DONE[what] += 1
        except Exception as e:  # each of them counts
            faults.append(f"{what}: {e!r}")
        time.sleep(0.005)


threads = [threading.Thread(target=load, args=a, daemon=True) for a in (
    ("pages", a_page, False), ("pages", a_page, False),
    ("pages by TLS", a_page, True), ("mails", a_mail), ("mails", a_mail))]
for t in threads:
    t.start()


def some_more(what):
    before = dict(DONE)
    until(f"{what}: the load goes on: {faults[:5]}", lambda: all(
        DONE[n] > before.get(n, 0) + 15
        for n in ("pages", "pages by TLS", "mails")), process)


some_more("before")
# One that is in the middle of an answer, one in the middle of a mail.
slow = connect("http")
slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
ask(slow, "/large.bin")
slow_file = slow.makefile("rb")
first = slow_file.read(1000)
letter = smtplib.SMTP("127.0.0.1", PORT["smtp"], timeout=60)
letter.ehlo("client.test")
letter.mail("a@b.c")
letter.rcpt("d@e.f")



def exe(pid):
    """The file that a process runs, "" when it is gone."""
    try:
        return os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return ""


def descendants(pid):
    try:
        own = read(f"/proc/{pid}/task/{pid}/children").split()
    except OSError:
        return []
    return own + [d for child in own for d in descendants(child.decode())]


# --- The upgrade --------------------------------------------------------------

got = install(new)
check("dpkg replaces it", got.returncode == 0
      and f"({new}) over ({old})".encode() in got.stdout, told(got))
until("the new image runs", lambda: running() == new, process)
some_more("after")
check("its process is the same one", process.poll() is None, log(process))
code, words = letter.data("Subject: mail-held\r\n\r\nHi\r\n")
check("a mail that was under way is taken", code == 250, words)
accepted.add("mail-held")
letter.quit()
slow.shutdown(socket.SHUT_WR)
whole = first + slow_file.read()
check("an answer that was under way is whole",
      whole.endswith(read(here + "/site/large.bin")),
      f"{len(whole)} bytes")
until("helpers of the old version are gone", lambda: not any(
    "(deleted)" in exe(pid.decode()) for pid in descendants(process.pid))
      and "(deleted)" not in exe(process.pid), process)
stop.set()
for t in threads:
    t.join(90)
check("nobody lost anything", not faults, "\n".join(faults[:20]))

stored = collections.Counter()
for folder in ("new", "cur"):
    for name in os.listdir(f"{here}/mail/{folder}"):
        text = read(f"{here}/mail/{folder}/{name}")
        stored[re.search(rb"^Subject: (\S+)", text, re.M)[1].decode()] += 1
check("each mail that was accepted is there once",
      accepted <= set(stored) and set(stored.values()) == {1},
      f"{sorted(accepted - set(stored))[:5]} {stored.most_common(3)}")
print("  " + ", ".join(f"{n} {DONE[n]}" for n in
                       ("pages", "pages by TLS", "mails")))
done()
