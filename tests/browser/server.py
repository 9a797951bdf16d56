"""server - start one of Berth's servers for a check, and end it.

A server takes a free port and tells it on standard output; nothing here waits
without an end.  Knows nothing of browsers.
"""
import os
import selectors
import shutil
import signal
import subprocess
import tempfile
import time

READY_S = 15     # from start to the line "ready http ADDRESS"
END_S = 15       # from SIGTERM to the end
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BERTH_BUILD", os.path.join(TOP, "build"))
BIN = os.environ.get("BERTH_BIN", os.path.join(BUILD, "bin"))
PICTURES = os.path.join(BUILD, "browser")
WWW = os.path.join(TOP, "www")
ODD = os.path.join(TOP, "tests", "browser", "odd")    # odd names and contents


class ServerError(Exception):
    """A server did not start, or did not end as it should."""


class Program:
    """One server of Berth, which tells where it is by its ready lines."""

    def __init__(self, name, *arguments):
        self.name = name
        self.log = tempfile.TemporaryFile("w+")
        self.said = b""          # on standard output so far
        self.process = subprocess.Popen(
            [os.path.join(BIN, name), "--listen", "127.0.0.1:0", "--grace", "2",
             *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log)

    def address(self, name):
        """Where the service of this name is ready."""
        end = time.monotonic() + READY_S
        os.set_blocking(self.process.stdout.fileno(), False)
        with selectors.DefaultSelector() as ready:
            ready.register(self.process.stdout, selectors.EVENT_READ)
            while time.monotonic() < end:
                for line in self.said.decode().splitlines(keepends=True):
                    words = line.split()
                    if line.endswith("\n") and words[:2] == ["ready", name]:
                        return words[2]
                if not ready.select(end - time.monotonic()):
                    break
                more = self.process.stdout.read()
                if not more:
                    break
                self.said += more
        raise ServerError(f"{self.name}: no ready line, only {self.said!r}: "
                          f"{self.words()[-500:]}")

    def first_address(self, name):
        """The same for one that has just been started: else it is ended."""
        try:
            return self.address(name)
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    def words(self):
        """What it wrote to standard error, the access log included."""
        # Opened anew: the place where it writes is ours, too.
        with open(f"/proc/self/fd/{self.log.fileno()}", encoding="utf-8") as log:
            return log.read()

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


class Server(Program):
    """berth-httpd on a free port of this machine.  Use it with "with"."""

    def __init__(self, root=WWW, *options):
        super().__init__("berth-httpd", *options, root)
        self.url = "http://" + self.first_address("http")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        code = self.end()
        if kind is None and code != 0:
            raise ServerError(f"the server ended with {code}: {self.words()[-500:]}")


class Folder:
    """A folder to serve, made for one check.  Use it with "with"."""

    def __init__(self, **files):
        self.path = tempfile.mkdtemp(prefix="berth-site-")
        os.chmod(self.path, 0o755)     # the server may run as another user
        for name, content in files.items():
            self.write(name, content)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def write(self, name, content):
        """Put a file there, whole at once and with no other name before."""
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        part = self.path + ".part"
        with open(part, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        os.replace(part, path)
