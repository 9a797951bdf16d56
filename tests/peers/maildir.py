#!/usr/bin/env python3
"""mutt, s-nail, grep and Dovecot read the Maildir, in both ends of lines; and
afterwards the inbox still gives back what was sent."""

import glob
import imaplib
import os
import pty
import select
import shutil
import smtplib
import sys
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from peer import PATIENCE, check, done, place, read, run, serve, told, write

ROOT = os.geteuid() == 0
HEAD = (b"From: Ann <a@b.example>\r\nTo: c@d.example\r\n"
        b"Date: Fri, 27 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n")
TEXT = (HEAD + b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: 8bit\r\n\r\n"
        + "Grüße,\r\n.dot\r\nFrom the beginning\r\n\r\nlast\r\n".encode())
PARTS = (HEAD + b"Subject: with a table\r\n"
         b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
         b"--b\r\nContent-Type: text/plain\r\n\r\nsee the table\r\n"
         b"--b\r\nContent-Type: text/csv; name=a.csv\r\n"
         b"Content-Disposition: attachment; filename=a.csv\r\n"
         b"Content-Transfer-Encoding: base64\r\n\r\nYSxiCjEsMgo=\r\n--b--\r\n")
SENT = {"text": TEXT, "parts": PARTS}


def mutt(mailbox, keys):
    """mutt on a terminal; keys are pushed, the last of them ends it."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm", LINES="24", COLUMNS="80")
        os.execvp("mutt", [
            "mutt", "-n", "-F", "/dev/null", "-f", mailbox,
            "-e", "set charset=utf-8 folder=/ wait_key=no quit=yes",
            "-e", "set sort=subject delete=no move=no",
            "-e", f'push "{keys}"'])
    shown, limit = b"", time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        if not select.select([terminal], [], [], 0.5)[0]:
            continue
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    else:
        os.kill(pid, 9)
    os.waitpid(pid, 0)
    os.close(terminal)
    return shown


def dovecot(here, mailbox):
    """The command that is an IMAP session on this Maildir, logged in."""
    own = os.path.join(here, "dovecot")
    for name in ("run", "state"):
        os.makedirs(os.path.join(own, name), exist_ok=True)
    uid, gid = (65534, 65534) if ROOT else (os.getuid(), os.getgid())
    write(own + "/conf", f"""log_path = {own}/log
ssl = no
protocols = imap
base_dir = {own}/run
state_dir = {own}/state
first_valid_uid = {uid}
first_valid_gid = {gid}
mail_uid = {uid}
mail_gid = {gid}
mail_location = maildir:{mailbox}
""")
    if ROOT:
        run("chown", "-R", "65534:65534", own)
    become = ("setpriv --reuid=65534 --regid=65534 --clear-groups "
              if ROOT else "")
    return (f"{become}env USER=me HOME={own} /usr/lib/dovecot/imap "
            f"-c {own}/conf 2>{own}/said")


def fetch(imap, n, what):
    status, got = imap.fetch(n, f"({what})")
    return got[0][1] if status == "OK" and got[0] else repr(got).encode()


def with_dovecot(ends, here, mailbox):
    imap = imaplib.IMAP4_stream(dovecot(here, mailbox))
    imap.select("inbox")
    _, found = imap.search(None, "SUBJECT", "table")
    check(f"{ends}: Dovecot finds by subject", len(found[0].split()) == 1,
          repr(found))
    _, found = imap.search(None, "BODY", ".dot")
    n = found[0].decode()
    check(f"{ends}: Dovecot finds by text", n in ("1", "2"), repr(found))
    whole = fetch(imap, n, "BODY[]")
    check(f"{ends}: Dovecot gives the whole message",
          whole.endswith(b"\r\n" + TEXT) and
          whole.count(b"\n") == whole.count(b"\r\n"), repr(whole))
    check(f"{ends}: Dovecot gives the text",
          fetch(imap, n, "BODY[TEXT]") == TEXT.split(b"\r\n\r\n", 1)[1])
    check(f"{ends}: Dovecot finds the part", b"YSxiCjEsMgo=" in
          fetch(imap, "21"[int(n) - 1], "BODY[2]"))
    imap.logout()


def with_s_nail(ends, mailbox):
    def ask(commands):
        return run("s-nail", "-:/", "-Sv15-compat", "-Sttycharset=utf-8",
                   "-R", "-f", "maildir://" + mailbox, stdin=commands)

    r = ask(b"headers\nexit\n")
    check(f"{ends}: s-nail lists", "Grüße".encode() in r.stdout
          and b"with a table" in r.stdout, told(r))
    # It knows only lines of this machine: with CRLF it takes the CR for the
    # field's own, and to show such a message it asks for a character set of
    # the name "utf-8\r", and dies.
    check(f"{ends}: s-nail sees CRs in fields or not",
          ("␍".encode() in r.stdout) == (ends == "crlf"), told(r))
    if ends == "lf":
        r = ask(b"type *\nexit\n")
        check("lf: s-nail shows", "\nGrüße,\n.dot\n".encode() in r.stdout
              and b"\nlast\n" in r.stdout, told(r))


def with_mutt(ends, here, mailbox):
    out = os.path.join(here, "piped")
    shown = mutt(mailbox, "<search>Gr<enter><pipe-message>cat >" + out +
                 "<enter><exit>")
    got = read(out) if os.path.exists(out) else b""
    if ends == "crlf":
        got = got.replace(b"\r", b"")
    check(f"{ends}: mutt shows", "\n\nGrüße,\n.dot\nFrom the".encode() in got
          and b"\nlast" in got, f"{got!r}\n{shown!r}")
    shown = mutt(mailbox, "<search>table<enter><view-attachments><next-entry>"
                 "<save-entry><kill-line>" + out + ".csv<enter><exit><exit>")
    got = read(out + ".csv") if os.path.exists(out + ".csv") else b""
    check(f"{ends}: mutt saves the part", got == b"a,b\n1,2\n",
          f"{got!r}\n{shown!r}")


def with_ends(ends):
    here = place()
    mailbox = os.path.join(here, "mail")
    _, smtp = serve("berth-smtpd", "-l", "127.0.0.1:0", "--line-ends", ends,
                    "--durability", "none", mailbox)
    _, inbox = serve("berth-inboxd", "-l", "127.0.0.1:0", mailbox)
    ids = {}
    with smtplib.SMTP(*smtp["smtp"].rsplit(":", 1)) as s:
        for name, message in SENT.items():
            s.ehlo()
            s.mail("a@b.example")
            s.rcpt("c@d.example")
            ids[name] = s.data(message)[1].split()[1].decode()
    files = glob.glob(mailbox + "/new/*")
    check(f"{ends}: two messages", len(files) == 2, repr(files))
    r = run("grep", "-lx", "last", *files)
    check(f"{ends}: grep finds a line", (r.returncode == 0) == (ends == "lf"),
          told(r))
    if shutil.which("s-nail"):
        with_s_nail(ends, mailbox)
    if shutil.which("mutt"):
        with_mutt(ends, here, mailbox)
    if os.path.exists("/usr/lib/dovecot/imap"):
        with_dovecot(ends, here, mailbox)
        check(f"{ends}: Dovecot has taken them", len(glob.glob(
            mailbox + "/cur/*")) == 2, repr(os.listdir(mailbox)))
    for name, message in SENT.items():
        url = f"http://{inbox['inbox']}/api/v1/message/{ids[name]}/sent"
        with urllib.request.urlopen(url) as reply:
            got = reply.read()
        check(f"{ends}: the inbox gives back the {name}", got == message,
              repr(got))


for each in ("crlf", "lf"):
    with_ends(each)
done()
