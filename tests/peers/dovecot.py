#!/usr/bin/env python3
"""Dovecot, with the sample configuration that is installed, serves what three
receivers put into one Maildir: sessions of IMAP and POP3, while more comes."""

import grp
import imaplib
import os
import poplib
import pwd
import re
import smtplib
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from peer import (accepts, check, done, free_port, log, place, read, run,
                  serve, start, told, until, write)

SAMPLE = os.path.join(os.path.dirname(__file__),
                      "../../servers/fleet/dovecot.conf")
ROOT = os.geteuid() == 0
USER = "games" if ROOT else pwd.getpwuid(os.getuid()).pw_name
GROUP = grp.getgrgid(pwd.getpwnam(USER).pw_gid).gr_name
NAMES = ("one", "two", "three")

here = place()
mailbox = here + "/mail"
own = here + "/dovecot"
os.makedirs(mailbox)
os.makedirs(own)
if ROOT:
    run("chown", "-R", f"{USER}:{GROUP}", mailbox)


def message(n):
    return (f"From: Ann <a@b.example>\r\nTo: c@d.example\r\n"
            f"Subject: number {n}\r\nMIME-Version: 1.0\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\n"
            f"Content-Transfer-Encoding: 8bit\r\n\r\n"
            f"Grüße {n},\r\n.dot\r\n\r\nlast\r\n").encode()


class Receiver:
    """One of three that share the Maildir."""

    def __init__(self, name):
        who = ["-u", USER] if ROOT else []
        self.process, at = serve(
            "berth-smtpd", "-l", "127.0.0.1:0", "--hostname",
            name + ".test", *who, mailbox)
        self.port = int(at["smtp"].rsplit(":", 1)[1])

    def send(self, n):
        with smtplib.SMTP("127.0.0.1", self.port) as s:
            s.sendmail("a@b.example", ["c@d.example"], message(n))


receivers = [Receiver(name) for name in NAMES]


# ---- Dovecot ----

def filled(sample):
    """The sample with our names in place of its own."""
    for theirs, ours in (("/var/mail/berth", mailbox),
                         ("/etc/berth/users", own + "/users"),
                         ("/var/lib/berth", own + "/home"),
                         ("uid=berth gid=berth", f"uid={USER} gid={GROUP}")):
        check(f"the sample has {theirs!r}", theirs in sample)
        sample = sample.replace(theirs, ours)
    return sample


def services(imap, pop3):
    """What a Dovecot needs that is not the system's: ports, directories."""
    text = f"""
base_dir = {own}/run
state_dir = {own}/state
log_path = {own}/log
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {pop3}
  }}
}}
"""
    if ROOT:
        return text
    return text + f"""default_internal_user = {USER}
default_internal_group = {GROUP}
default_login_user = {USER}
service imap-login {{
  chroot =
}}
service pop3-login {{
  chroot =
}}
service anvil {{
  chroot =
}}
"""


sample = read(SAMPLE).decode()
lines = [line for line in sample.splitlines() if line and line[0] != "#"]
write(own + "/users", "ann:{PLAIN}secret\n")
os.makedirs(own + "/home")
if ROOT:
    run("chown", "-R", f"{USER}:{GROUP}", own + "/home")


def begin():
    """Another program may take a port first, so there is more than one try."""
    for _ in range(3):
        imap, pop3 = free_port(), free_port()
        write(own + "/conf", filled(sample) + services(imap, pop3))
        process = start("dovecot", "-F", "-c", own + "/conf")
        until("Dovecot is there, or not",
              lambda: process.poll() is not None or
              accepts(imap) and accepts(pop3))
        if process.poll() is None:
            return process, imap, pop3
    check("Dovecot starts", False, log(process) + read(own + "/log").decode())
    return done()


dovecot, IMAP, POP3 = begin()
got = run("doveconf", "-n", "-c", own + "/conf")
check("the configuration has no fault", got.returncode == 0
      and b"Warning" not in got.stderr, told(got))


def said():
    return read(own + "/log").decode(errors="replace")


# ---- sessions ----

for n, r in enumerate(receivers):
    r.send(n)

imap = imaplib.IMAP4("127.0.0.1", IMAP)
imap.login("ann", "secret")
_, count = imap.select("INBOX")
check("IMAP sees what all three have received", count == [b"3"],
      f"{count}\n{said()}")
_, uids = imap.uid("SEARCH", None, "ALL")
uids = uids[0].split()
subjects = set()
for uid in uids:
    _, parts = imap.uid("FETCH", uid, "(BODY.PEEK[])")
    whole = parts[0][1]
    n = int(re.search(rb"Subject: number (\d+)", whole).group(1))
    subjects.add(n)
    check(f"IMAP gives number {n} as it was sent",
          whole.endswith(b"\r\n" + message(n)), repr(whole))
check("each once", subjects == {0, 1, 2}, str(subjects))

receivers[1].send(3)
until("IMAP tells of one that comes meanwhile",
      lambda: imap.noop() and imap.response("EXISTS")[1][-1] == b"4")
_, found = imap.uid("SEARCH", None, "SUBJECT", '"number 3"')
check("and finds it", len(found[0].split()) == 1, repr(found))
imap.uid("STORE", found[0].decode(), "+FLAGS", "(\\Seen \\Flagged)")
imap.uid("STORE", uids[0].decode(), "+FLAGS", "(\\Deleted)")
imap.expunge()
_, count = imap.status("INBOX", "(MESSAGES UNSEEN)")
check("what is deleted is gone, what is read is seen",
      b"MESSAGES 3" in count[0] and b"UNSEEN 2" in count[0], repr(count))
imap.logout()
files = [f for part in ("new", "cur") for f in os.listdir(f"{mailbox}/{part}")]
check("in the Maildir, too", len(files) == 3 and
      sum(f.endswith(":2,FS") for f in files) == 1, repr(files))
check("by names that say who received it",
      all(re.search(r"\.(one|two|three)\.test", f) for f in files), repr(files))

# What Dovecot has seen and moved, the inbox shows.
got = run("berth-indexer", "--once", mailbox)
check("the index can be made of it", got.returncode == 0, told(got))

pop = poplib.POP3("127.0.0.1", POP3)
pop.user("ann")
pop.pass_("secret")
check("POP3 counts the same", pop.stat()[0] == 3, repr(pop.stat()))
texts = [b"\r\n".join(pop.retr(i + 1)[1]) + b"\r\n" for i in range(3)]
check("POP3 gives them as they were sent",
      all(any(t.endswith(message(n)) for n in range(4)) for t in texts),
      repr(texts))
receivers[2].send(4)
check("what comes meanwhile is not in this session", pop.stat()[0] == 3)
for i in range(3):
    pop.dele(i + 1)
pop.quit()
files = [f for part in ("new", "cur") for f in os.listdir(f"{mailbox}/{part}")]
check("POP3 takes what it has read, and nothing else", len(files) == 1,
      repr(files))
pop = poplib.POP3("127.0.0.1", POP3)
pop.user("bob")
try:
    pop.pass_("secret")
    came_in = True
except poplib.error_proto:
    came_in = False
check("who is not in the list does not come in", not came_in)
check("Dovecot has found nothing wrong", not re.search(
    "(Error|Panic|Fatal|Corrupt)", said()), said())
done()
