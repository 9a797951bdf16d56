"""inbox - start Berth's mail catcher and inbox for a check, and send to them.

Both take a free port and share a Maildir that is made for the check.  Knows
nothing of browsers.
"""
import os
import selectors
import shutil
import signal
import subprocess
import tempfile
import time
from email.message import EmailMessage

from server import BIN, END_S, READY_S, ServerError

SEND_S = 30      # berth-smtp, from start to end


class Program:
    """One server of Berth on a free port; it is told by its ready line."""

    def __init__(self, program, name, *arguments):
        self.name = program
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [os.path.join(BIN, program), "--listen", "127.0.0.1:0",
             "--grace", "2", *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log)
        try:
            self.address = self._ready(name)
        except BaseException:
            self.process.kill()
            self.end()
            raise

    def _ready(self, name):
        end = time.monotonic() + READY_S
        os.set_blocking(self.process.stdout.fileno(), False)
        text = b""
        with selectors.DefaultSelector() as ready:
            ready.register(self.process.stdout, selectors.EVENT_READ)
            while ready.select(max(0, end - time.monotonic())):
                more = self.process.stdout.read()
                if not more:
                    break
                text += more
                for line in text.decode().splitlines(keepends=True):
                    words = line.split()
                    if line.endswith("\n") and words[:2] == ["ready", name]:
                        return words[2]
        raise ServerError(f"{self.name}: no ready line, only {text!r}: {self.words()}")

    def words(self):
        """The end of what it wrote to standard error."""
        self.log.seek(0)
        return self.log.read()[-500:]

    def end(self):
        """Ask it to end; returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            code = "SIGKILL, for it did not end"
        self.process.stdout.close()
        return code


class Inbox:
    """berth-smtpd and berth-inboxd over one Maildir.  Use it with "with".

    already: how many messages lie in the Maildir before they start; options
    are the mail catcher's.
    """

    def __init__(self, *options, already=0):
        self.maildir = tempfile.mkdtemp(prefix="berth-mail-")
        os.chmod(self.maildir, 0o777)      # the servers may run as another user
        self.programs = []
        try:
            self._fill(already)
            self.smtp = self._start("berth-smtpd", "smtp", *options, self.maildir).address
            self.start_inbox()
        except BaseException:
            self.close()
            raise

    def _start(self, program, name, *arguments):
        started = Program(program, name, *arguments)
        self.programs.append(started)
        return started

    def _fill(self, count):
        if count == 0:
            return
        for name in ("cur", "new", "tmp"):
            os.mkdir(os.path.join(self.maildir, name))
            os.chmod(os.path.join(self.maildir, name), 0o777)
        for i in range(1, count + 1):
            path = os.path.join(self.maildir, "new", f"{1700000000 + i}.M{i}P1.test")
            with open(path, "wb") as file:
                file.write(f"From: sender{i % 7}@example.org\r\nTo: you@example.org\r\n"
                           f"Subject: Number {i}\r\n\r\nThis is text {i}.\r\n".encode())
            os.chmod(path, 0o666)

    def drop(self, subject, when):
        """Put a message there by hand that was written then (seconds)."""
        part = os.path.join(self.maildir, "tmp", "by.hand")
        with open(part, "wb") as file:
            file.write(f"From: carol@example.org\r\nSubject: {subject}\r\n\r\n".encode())
        os.chmod(part, 0o666)
        os.utime(part, (when, when))
        os.rename(part, os.path.join(self.maildir, "new", f"{when}.by-hand.test"))

    def start_inbox(self, listen=None):
        """Start the inbox, again on the same address if that is given."""
        again = [] if listen is None else ["--listen", listen]
        self.face = self._start("berth-inboxd", "inbox", *again, self.maildir)
        self.url = "http://" + self.face.address

    def stop_inbox(self):
        self.programs.remove(self.face)
        self.face.end()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        ends = self.close()
        if kind is None and any(code != 0 for code in ends.values()):
            raise ServerError(f"not every server ended well: {ends}")

    def close(self):
        ends = {one.name: one.end() for one in self.programs}
        self.programs = []
        shutil.rmtree(self.maildir, ignore_errors=True)
        return ends

    def send(self, subject, text="It works\n", html=None, files=(), to=("bob@example.org",)):
        """Send a message; files are (name, type, bytes)."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "alice@example.org", to[0], subject
        mail.set_content(text)
        if html is not None:
            mail.add_alternative(html, subtype="html")
        for name, kind, content in files:
            mail.add_attachment(content, filename=name, maintype=kind.split("/")[0],
                                subtype=kind.split("/")[1])
        self.send_raw(mail.as_bytes(), to)

    def send_raw(self, raw, to=("bob@example.org",), options=()):
        done = subprocess.run(
            [os.path.join(BIN, "berth-smtp"), *options, self.smtp, "alice@example.org", *to],
            input=raw, capture_output=True, timeout=SEND_S, check=False)
        if done.returncode != 0:
            raise ServerError(f"berth-smtp ended with {done.returncode}: {done.stderr!r}")
