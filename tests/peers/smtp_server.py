#!/usr/bin/env python3
"""Foreign programs send to berth-smtpd; what it stores is what they sent."""

import email
import email.policy
import glob
import os
import re
import shutil
import smtplib
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from peer import check, done, place, read, run, serve, told, write

here = place()
mail = os.path.join(here, "mail")
server, at = serve("berth-smtpd", "-l", "127.0.0.1:0", "--hostname", "mx.test",
                   mail)
PORT = at["smtp"].rsplit(":", 1)[1]
SERVER = "127.0.0.1:" + PORT


def stored():
    """The only message: its trace block, and the bytes behind it."""
    files = glob.glob(mail + "/new/*")
    if len(files) != 1:
        return b"", b"(%d messages)" % len(files)
    whole = read(files[0])
    os.unlink(files[0])
    block = re.match(rb"(?s)Return-Path: .*?\nReceived: .*?;\r\n\t[^\r\n]*\r\n",
                     whole)
    if not block:
        return b"", whole
    # What does not begin with a field has an empty line before it, so that
    # nothing of it extends our fields; the block says so.
    behind = block.end() + (2 if b"\r\nX-Berth-Body:" in block.group() else 0)
    return block.group(), whole[behind:]


def same(what, sent, detail=""):
    block, got = stored()
    check(what, got == sent,
          f"{detail}\n  {len(sent)} bytes sent, {len(got)} stored:\n"
          f"  {got[:200]!r}")
    return block


HEAD = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n\r\n"
BODIES = {
    "8-bit": HEAD + "Grüße\r\n".encode() + bytes(range(128, 256)) + b"\r\n",
    "leading dots": HEAD + b".\r\n..\r\n.a\r\n...b\r\n \r\n.\r\n",
    "long lines": HEAD + b"x" * 100_000 + b"\r\n" + b".y" * 5000 + b"\r\n",
    "no header": b"just text\r\n",
    "large": HEAD + b"".join(b"line %d\r\n" % i for i in range(40_000)),
}

# Python's smtplib: plain, with each body.  It takes care of the dots.
for name, body in BODIES.items():
    with smtplib.SMTP("127.0.0.1", int(PORT)) as s:
        s.ehlo("client.test")
        s.sendmail("a@b.example", ["c@d.example", "e@f.example"], body,
                   mail_options=["BODY=8BITMIME"])
    block = same(f"smtplib, {name}", body)
    check(f"smtplib, {name}: both recipients",
          b"\r\nDelivered-To: c@d.example\r\n" in block
          and b"\r\nDelivered-To: e@f.example\r\n" in block, block.decode())

# smtplib logs in, in each way.
for way in ("auth_plain", "auth_login", "auth_cram_md5"):
    with smtplib.SMTP("127.0.0.1", int(PORT)) as s:
        s.ehlo()
        s.user, s.password = "me", "secret"
        mechanism = way[5:].replace("_", "-").upper()
        code, _ = s.auth(mechanism, getattr(s, way))
        check(f"smtplib logs in by {mechanism}", code == 235)

# SMTPUTF8.
with smtplib.SMTP("127.0.0.1", int(PORT)) as s:
    s.ehlo()
    s.sendmail("jörg@bücher.example", ["δ@παράδειγμα.example"],
               BODIES["8-bit"], mail_options=["SMTPUTF8", "BODY=8BITMIME"])
block = same("smtplib, SMTPUTF8", BODIES["8-bit"])
check("smtplib, SMTPUTF8: addresses",
      "Return-Path: <jörg@bücher.example>".encode() in block, repr(block))

# A message with an attachment of 300 KB, made by Python's email.
message = email.message.EmailMessage()
message["From"], message["To"], message["Subject"] = "a@b", "c@d", "Grüße"
message.set_content("With something.\n")
message.add_attachment(os.urandom(300_000), maintype="application",
                       subtype="octet-stream", filename="random.bin")
with smtplib.SMTP("127.0.0.1", int(PORT)) as s:
    s.sendmail("a@b", ["c@d"], message.as_bytes(policy=email.policy.SMTP))
same("smtplib, attachment", message.as_bytes(policy=email.policy.SMTP))

# curl uploads a file; it sends CRLF as it is.
for name, body in BODIES.items():
    path = os.path.join(here, "message")
    write(path, body)
    r = run("curl", "-sS", f"smtp://{SERVER}/client.test", "--mail-from",
            "a@b.example", "--mail-rcpt", "c@d.example", "--upload-file", path)
    check(f"curl, {name}: exit code", r.returncode == 0, told(r))
    same(f"curl, {name}", body, told(r))
r = run("curl", "-sS", f"smtp://{SERVER}", "--user", "me:secret",
        "--mail-from", "a@b", "--mail-rcpt", "c@d", "--upload-file", "-",
        stdin=HEAD)
block = same("curl logs in", HEAD, told(r))
check("curl logs in: recorded", b"X-Berth-User: me\r\n" in block, repr(block))

# swaks, pipelined too (it sends LF files with CRLF).
for options in ([], ["--pipeline"], ["--pipeline", "-a", "CRAM-MD5", "-au",
                                     "me", "-ap", "secret"]):
    r = run("swaks", "--server", "127.0.0.1", "--port", PORT, "--from",
            "a@b.example", "--to", "c@d.example,e@f.example", "--data",
            "From: a\n\n.dot\n..dots\nGrüße\n", *options)
    check(f"swaks {options}: exit code", r.returncode == 0, told(r))
    # swaks ends its data with an empty line of its own.
    same(f"swaks {options}",
         "From: a\r\n\r\n.dot\r\n..dots\r\nGrüße\r\n\r\n".encode(), told(r))

# msmtp, as programs call sendmail.
r = run("msmtp", "--host=127.0.0.1", "--port=" + PORT, "--from=a@b.example",
        "--", "c@d.example", stdin=BODIES["leading dots"].replace(b"\r", b""))
check("msmtp: exit code", r.returncode == 0, told(r))
_, got = stored()  # msmtp adds Date and Message-ID
check("msmtp, leading dots", got.endswith(BODIES["leading dots"]), repr(got))

# s-nail, if it is there: it writes a header of its own.
if shutil.which("s-nail"):
    r = run("s-nail", "-:/", "-Sv15-compat", f"-Smta=smtp://{SERVER}",
            "-Ssmtp-auth=none", "-Sfrom=a@b.example", "-Ssendwait", "-s",
            "Grüße", "c@d.example", stdin="Hallo\n.x\nWörter\n".encode())
    check("s-nail: exit code", r.returncode == 0, told(r))
    _, got = stored()
    got = email.message_from_bytes(got, policy=email.policy.default)
    check("s-nail: subject and text", got["Subject"] == "Grüße"
          and got.get_content().split() == ["Hallo", ".x", "Wörter"],
          f"{got.as_bytes()!r}\n{told(r)}")

# Everything at once, before the greeting, as a rude program does.
with socket.create_connection(("127.0.0.1", int(PORT))) as s:
    s.sendall(b"EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"
              + HEAD + b".\r\nQUIT\r\n")
    answer = b"".join(iter(lambda: s.recv(4096), b""))
check("all at once", answer.rstrip().endswith(b"closing connection"),
      repr(answer))
same("all at once: stored", HEAD)
done()
