#!/usr/bin/env python3
"""Foreign clients over TLS: curl, Python's ssl and smtplib, swaks, msmtp,
s-nail; testssl.sh is in testssl.py.

The certificate is one of berth-ca, in a folder of this script alone.
"""

import os
import shutil
import smtplib
import socket
import ssl
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from peer import BIN, check, done, place, read, run, serve, told, write

here = place()
os.environ["XDG_DATA_HOME"] = os.path.join(here, "data")
os.environ["HOME"] = here
write(os.path.join(here, "site/index.html"), "<h1>secure</h1>\n")
write(os.path.join(here, "site/big"), os.urandom(3_000_000))
mail = os.path.join(here, "mail")
server, at = serve("berth", "--tls", "--http", "127.0.0.1:0", "--tls-listen",
                   "127.0.0.1:0", "--smtp", "127.0.0.1:0", "--smtps",
                   "127.0.0.1:0", "--inbox", "off", "--mail", mail,
                   os.path.join(here, "site"))
PORT = {name: int(address.rsplit(":", 1)[1]) for name, address in at.items()}
CA = os.path.join(here, "data/berth/ca/ca.pem")
URL = f"https://localhost:{PORT['https']}/"


def stored():
    """How many messages there are; they are taken away."""
    folder = mail + "/new"
    names = os.listdir(folder) if os.path.isdir(folder) else []
    heads = [read(os.path.join(folder, name)) for name in names]
    for name in names:
        os.unlink(os.path.join(folder, name))
    return heads


def secured(what, with_word):
    heads = stored()
    check(what, len(heads) == 1 and f"with {with_word} id".encode() in heads[0],
          repr(heads))


# curl
got = run("curl", "-sS", "--cacert", CA, URL + "big")
check("curl: a large file", got.stdout == read(here + "/site/big"), told(got))
got = run("curl", "-sSv", "--cacert", CA, URL, URL)
check("curl: two requests on one connection",
      got.stdout == b"<h1>secure</h1>\n" * 2 and
      b"Re-using existing connection" in got.stderr, told(got))
got = run("curl", "-sS", URL)
check("curl: does not trust it unasked", got.returncode == 60, told(got))
got = run("curl", "-sS", "--tlsv1.2", "--tls-max", "1.2", "--cacert", CA, URL)
check("curl: TLS 1.2", got.stdout == b"<h1>secure</h1>\n", told(got))
write(here + "/mail.txt", "From: a@b.c\r\nTo: d@e.f\r\n\r\nHi\r\n")
got = run("curl", "-sS", "--ssl-reqd", "--cacert", CA, "--mail-from", "a@b.c",
          "--mail-rcpt", "d@e.f", "-T", here + "/mail.txt",
          f"smtp://localhost:{PORT['smtp']}")
check("curl: STARTTLS", got.returncode == 0, told(got))
secured("curl: and the mail says so", "ESMTPS")

# Python's ssl: every conversation ends with close_notify, or recv() raises.
context = ssl.create_default_context(cafile=CA)


def ask(*requests, name="localhost"):
    with socket.create_connection(("127.0.0.1", PORT["https"]), 10) as plain:
        with context.wrap_socket(plain, server_hostname=name,
                                 suppress_ragged_eofs=False) as s:
            for request in requests:
                s.sendall(request)
            whole = b""
            while True:
                part = s.recv(65536)
                if not part:
                    return whole
                whole += part


HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
try:
    whole = ask(HEAD + b"Connection: close\r\n\r\n")
    check("ssl: close_notify behind the last reply", b" 200 OK" in whole)
    whole = ask(b"GET /big HTTP/1.0\r\n\r\n")
    check("ssl: and behind a large one", len(whole) > 3_000_000)
    whole = ask(b"nonsense\r\n\r\n")
    check("ssl: and behind a fault", b" 400 " in whole, repr(whole))
    whole = ask(*[bytes([byte]) for byte in HEAD + b"Connection: close\r\n\r\n"])
    check("ssl: byte by byte, a record each", b" 200 OK" in whole)
except ssl.SSLError as error:
    check("ssl: close_notify", False, repr(error))
try:
    ask(HEAD, name="example.com")
    check("ssl: another name", False)
except ssl.SSLCertVerificationError:
    check("ssl: another name", True)

# Python's smtplib.
with smtplib.SMTP("localhost", PORT["smtp"], timeout=20) as s:
    s.ehlo()
    s.login("user", "password")
    code, _ = s.starttls(context=context)
    check("smtplib: STARTTLS", code == 220)
    code, text = s.docmd("MAIL FROM:<a@b.c>")
    check("smtplib: nobody has said EHLO inside", code == 503, repr(text))
    s.ehlo()
    check("smtplib: STARTTLS is not offered inside", not s.has_extn("starttls"))
    s.sendmail("a@b.c", ["d@e.f"], "Subject: x\r\n\r\nHi\r\n")
secured("smtplib: the login before STARTTLS does not count", "ESMTPS")
with smtplib.SMTP_SSL("localhost", PORT["smtps"], context=context,
                      timeout=20) as s:
    s.login("user", "password")
    s.sendmail("a@b.c", ["d@e.f"], "Subject: x\r\n\r\nHi\r\n")
secured("smtplib: SMTP_SSL with a login", "ESMTPSA")

# swaks
for options, port in ((["--tls"], "smtp"), (["--tls-on-connect"], "smtps")):
    got = run("swaks", "--server", f"localhost:{PORT[port]}", *options,
              "--tls-verify", "--tls-ca-path", CA, "--from", "a@b.c", "--to",
              "d@e.f")
    check(f"swaks {options[0]}", got.returncode == 0, told(got))
    secured(f"swaks {options[0]}: and the mail says so", "ESMTPS")

# msmtp
for starttls, port in (("on", "smtp"), ("off", "smtps")):
    got = run("msmtp", "-C", "/dev/null", "--host=localhost",
              f"--port={PORT[port]}", "--tls=on", f"--tls-starttls={starttls}",
              f"--tls-trust-file={CA}", "--from=a@b.c", "d@e.f",
              stdin=b"Subject: x\n\nHi\n")
    check(f"msmtp, STARTTLS {starttls}", got.returncode == 0, told(got))
    secured(f"msmtp, STARTTLS {starttls}: and the mail says so", "ESMTPS")

# s-nail
for scheme, port, starttls in (("smtp", "smtp", "-Ssmtp-use-starttls"),
                               ("submissions", "smtps",
                                "-Snosmtp-use-starttls")):
    mta = f"-Smta={scheme}://user:password@localhost:{PORT[port]}"
    options = ("-:/", "-Sv15-compat", "-Ssendwait", "-Stls-verify=strict",
               "-Stls-ca-no-defaults", "-Sfrom=a@b.c", starttls)
    got = run("s-nail", *options, f"-Stls-ca-file={CA}", mta, "-s", "x",
              "d@e.f", stdin=b"Hi\n")
    check(f"s-nail, {scheme}", got.returncode == 0, told(got))
    secured(f"s-nail, {scheme}: and the mail says so", "ESMTPSA")
    got = run("s-nail", *options, mta, "-s", "x", "d@e.f", stdin=b"Hi\n")
    check(f"s-nail, {scheme}: does not trust it unasked",
          got.returncode != 0 and not stored(), told(got))

# berth-ca install and uninstall, in earnest: the system's store of a mount
# namespace, and the NSS store of this script's home.
STORES = f"""set -e
cp -a /etc/ssl/certs '{here}/certs'
mkdir '{here}/local'
mount --bind '{here}/certs' /etc/ssl/certs
mount --bind '{here}/local' /usr/local/share/ca-certificates
ask() {{
    curl -sSo /dev/null {URL} 2>/dev/null && echo curl
    berth-http {URL} >/dev/null 2>&1 && echo berth-http
    python3 -c 'import sys, urllib.request as u; u.urlopen(sys.argv[1])' \\
        {URL} 2>/dev/null && echo python
    certutil -L -d sql:$HOME/.pki/nssdb 2>/dev/null | grep -c Berth || :
}}
ask
berth-ca -q install
ask
berth-ca -q install
berth-ca -q uninstall
ask
berth-ca -q uninstall
"""
if os.geteuid() == 0 and shutil.which("certutil"):
    got = run("unshare", "-m", "sh", "-c", STORES)
    check("berth-ca install, uninstall: the stores", got.stdout ==
          b"0\ncurl\nberth-http\npython\n1\n0\n", told(got))
    got = run("curl", "-sS", URL)
    check("berth-ca install: and not outside", got.returncode == 60, told(got))

# Servers of others: our clients.
got = run(BIN + "/berth-http", "--cacert", CA, URL)
check("berth-http", got.stdout == b"<h1>secure</h1>\n", told(got))
done()
