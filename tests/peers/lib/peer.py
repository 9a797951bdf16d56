"""What the scripts of tests/peers share: start a peer, run a program, count.

A script makes its checks and ends with done(), which prints "N passed, N
failed" and exits.  Everything started is ended and everything written is
removed when the script ends.
"""

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from ports import free_port, nobody_at  # for those who import us

BIN = os.path.abspath(os.environ.get("BERTH_BIN", "build/bin"))
PATIENCE = 15  # seconds: whatever is awaited comes by then or never

os.environ["PATH"] = BIN + ":" + os.environ["PATH"] + ":/usr/sbin:/sbin"
os.environ["LC_ALL"] = "C.UTF-8"
for proxy in ("http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"):
    os.environ.pop(proxy, None)

passed = failed = 0


def check(what, holds, detail=""):
    """Count one check; say what failed."""
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"FAILED: {what}\n{detail}", flush=True)
    return holds


def done():
    print(f"{passed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed or not passed else 0)


def place():
    """A fresh directory that anybody may read."""
    path = tempfile.mkdtemp(prefix="berth-peers-")
    os.chmod(path, 0o755)
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(content.encode() if isinstance(content, str) else content)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def run(*argv, stdin=b"", cwd=None, limit=60):
    """Run to the end; bytes in, bytes out."""
    return subprocess.run(argv, input=stdin, capture_output=True, cwd=cwd,
                          timeout=limit, check=False)


def told(result):
    """For the detail of a check."""
    return (f"  {result.args}: exit code {result.returncode}\n"
            f"  printed {result.stdout[:300]!r}\n"
            f"  said {result.stderr[-600:]!r}")


def end(process):
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def start(*argv, cwd=None, pass_fds=()):
    """Start a peer; what it says goes to a file, for log()."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, cwd=cwd,
                                   pass_fds=pass_fds,
                                   stdout=os.dup(said.fileno()),
                                   stderr=subprocess.STDOUT)
        process.said = os.fdopen(os.dup(said.fileno()), "rb")
    atexit.register(end, process)
    return process


def log(process):
    process.said.seek(0)
    return process.said.read().decode(errors="replace")


def until(what, holds, process=None):
    """Ask holds() until it is true; ends the script if it never is."""
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        value = holds()
        if value:
            return value
        if process is not None and process.poll() is not None:
            break
        time.sleep(0.02)
    check(f"waited in vain until {what}", False,
          log(process) if process else "")
    return done()


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def serve_on_free_port(name, command):
    """Start a foreign server: command(port) is its argv.  Returns its port.

    Another program may take the port first, so there is more than one try.
    """
    for _ in range(3):
        port = free_port()
        process = start(*command(port))
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit and process.poll() is None:
            if accepts(port):
                return port
            time.sleep(0.02)
        end(process)
    check(f"{name} starts", False, log(process))
    return done()


def serve(*argv, cwd=None):
    """Start one of our servers; returns (process, {"upper": address ...})."""
    process = start(*argv, cwd=cwd)

    def ready():
        lines = [line.split() for line in log(process).splitlines()
                 if line.startswith("ready ")]
        return lines and {w[1]: w[2] for w in reversed(lines)}

    addresses = until(f"{argv[0]} is ready", ready, process)
    return process, addresses
