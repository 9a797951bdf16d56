#!/usr/bin/env python3
"""berth-smtp sends to Postfix's smtp-sink, with its faults, and to Python."""

import email
import email.policy
import glob
import os
import shutil
import subprocess
import sys
import warnings

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from peer import check, done, place, read, run, serve_on_free_port, told

warnings.simplefilter("ignore")
here = place()
MESSAGE = (b"From: a@b\nSubject: x\n\n.\n..\nGr\xc3\xbc\xc3\x9fe\n"
           + 5 * (b"y" * 998 + b"\n"))


def sink():
    """The program and its libraries; unpacked, for it must not be installed:
    that would start a mail server on this machine."""
    found = shutil.which("smtp-sink")
    if found:
        return [found]
    there = os.path.join(os.environ.get("BERTH_BUILD", here), "postfix")
    program = there + "/usr/sbin/smtp-sink"
    if not os.path.exists(program):
        subprocess.run("apt-get download postfix && dpkg -x postfix_*.deb "
                       + there, shell=True, cwd=here, check=False,
                       capture_output=True)
    if not os.path.exists(program):
        return None
    return ["env", "LD_LIBRARY_PATH=" + there + "/usr/lib/postfix", program]


def send(port, *options, message=MESSAGE):
    return run("berth-smtp", *options, f"127.0.0.1:{port}", "a@b.example",
               "c@d.example", "e@f.example", stdin=message)


def check_sink(what, code, options, *ours):
    where = os.path.join(here, what.replace(" ", "-").replace("/", "-"))
    os.makedirs(where)
    os.chmod(where, 0o777)
    port = serve_on_free_port(
        "smtp-sink", lambda p: SINK + ["-u", "nobody", "-R", where, "-d",
                                       "dump.", *options, f"127.0.0.1:{p}",
                                       "100"])
    r = send(port, *ours)
    check(f"smtp-sink {what}: exit code {code}", r.returncode == code,
          told(r))
    if code:
        return
    files = glob.glob(where + "/dump.*")
    whole = b"".join(read(f) for f in files)
    # smtp-sink keeps lines as this machine has them, behind its own header.
    whole = whole.replace(b"\r\n", b"\n")
    if "8BITMIME" not in what and "EHLO" not in what and "ehlo" not in what:
        check(f"smtp-sink {what}: the bytes", MESSAGE in whole,
              repr(whole[-300:]))
        return
    # Who does not offer 8BITMIME gets ASCII that says the same.
    check(f"smtp-sink {what}: ASCII", whole.isascii(), repr(whole[-300:]))
    got = email.message_from_bytes(
        whole[whole.index(b"Date: "):], policy=email.policy.default)
    check(f"smtp-sink {what}: the text", MESSAGE.split(b"\n\n", 1)[1].decode()
          .split() == got.get_content().split(), repr(whole[-300:]))


SINK = sink()
if SINK is None:
    print("smtp-sink is not to be had here: skipped")
else:
    check_sink("plain", 0, [])
    check_sink("no pipelining", 0, ["-p"])
    check_sink("no EHLO", 0, ["-e"])
    check_sink("no 8BITMIME", 0, ["-8"])
    check_sink("LMTP", 0, ["-L"], "--lmtp")
    check_sink("slow", 0, ["-w", "1"])
    for command in ("mail", "rcpt", "data", "."):
        # -r: refuse later, -f: refuse for good, -q: drop the connection.
        check_sink(f"-r {command}", 75, ["-r", command])
        check_sink(f"-f {command}", 65, ["-f", command])
        check_sink(f"-q {command}", 75, ["-q", command])
    check_sink("-f connect", 65, ["-f", "connect"])
    check_sink("-r connect", 75, ["-r", "connect"])
    check_sink("-q connect", 75, ["-q", "connect"])
    check_sink("-f ehlo", 0, ["-f", "ehlo"])

# Python's smtpd, while Python still has it.
try:
    import asyncore
    import smtpd
except ImportError:
    print("Python has no smtpd any more: skipped")
    done()

PYTHON = """
import sys, warnings
warnings.simplefilter("ignore")
import asyncore, smtpd
class Server(smtpd.SMTPServer):
    def process_message(self, peer, mailfrom, rcpttos, data, **_):
        open(sys.argv[2], "wb").write(data)
        print(mailfrom, *rcpttos, flush=True)
Server(("127.0.0.1", int(sys.argv[1])), None, enable_SMTPUTF8=True)
asyncore.loop()
"""
got = os.path.join(here, "got")
port = serve_on_free_port("smtpd", lambda p: [sys.executable, "-c", PYTHON,
                                              str(p), got])
for options in ([], ["--no-pipelining"]):
    if os.path.exists(got):
        os.unlink(got)
    r = send(port, *options)
    check(f"Python's smtpd {options}: exit code", r.returncode == 0, told(r))
    # It joins the lines with LF and drops the last end.
    check(f"Python's smtpd {options}: the bytes", os.path.exists(got)
          and (read(got) + b"\n").endswith(MESSAGE), read(got)[:300]
          if os.path.exists(got) else "nothing")
r = run("berth-smtp", f"127.0.0.1:{port}", "jörg@x.example", "c@d.example",
        stdin=MESSAGE)
check("Python's smtpd, SMTPUTF8", r.returncode == 0, told(r))
done()
