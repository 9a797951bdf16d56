"""inbox - start Berth's mail catcher and inbox for a check, and send to them.

Both take a free port and share a Maildir that is made for the check.  Knows
nothing of browsers.
"""
import os
import shutil
import subprocess
import sys
import tempfile
from email.message import EmailMessage

from server import BIN, TOP, Program, ServerError

sys.path.append(os.path.join(TOP, "tests", "peers", "lib"))
import routes

SEND_S = 30      # berth-smtp, from start to end


class Inbox:
    """berth-smtpd and berth-inboxd over one Maildir.  Use it with "with".

    already: how many messages lie in the Maildir before they start; options
    are the mail catcher's, and face the inbox's.
    """

    def __init__(self, *options, already=0, face=()):
        self.options = face
        self.maildir = tempfile.mkdtemp(prefix="berth-mail-")
        os.chmod(self.maildir, 0o777)      # the servers may run as another user
        self.programs = []
        try:
            self._fill(already)
            _, self.smtp = self._start("berth-smtpd", "smtp", *options, self.maildir)
            self.start_inbox()
        except BaseException:
            self.close()
            raise

    def _start(self, program, name, *arguments):
        started = Program(program, *arguments)
        self.programs.append(started)
        return started, started.address(name)

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
        self.face, self.at = self._start("berth-inboxd", "inbox", *again,
                                         *self.options, self.maildir)
        self.url = "http://" + self.at

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

    def asked(self, agent):
        """What who calls himself so has asked the inbox: {(method, path)}."""
        return routes.logged(self.face.words(), agent)

    def obey(self, argv):
        """Run what the page of an empty inbox says, with this mail catcher in
        place of the one on the usual port."""
        host, port = self.smtp.split(":")
        argv = [word.replace("localhost", host).replace("1025", port) for word in argv]
        path = BIN + os.pathsep + os.environ["PATH"]
        subprocess.run(argv, env={**os.environ, "PATH": path}, timeout=SEND_S, check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

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
