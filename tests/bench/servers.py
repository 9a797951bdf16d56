"""servers.py - who takes part in the benchmark, and how each is started."""
import http.client
import os
import re
import shutil
import socket
import subprocess
import time

import configs

START_S = 20  # a server must answer within
HELPERS = {"zygote", "restorer", "logger"}  # of ours, by their comm


def children(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
        return [int(x) for x in f.read().split()]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def look_at(pid):
    """A process's KiB, its share and its own, and its mappings; None for one
    of the helpers."""
    with open("/proc/%d/comm" % pid) as f:
        if f.read().strip() in HELPERS:
            return None
    found = {}
    with open("/proc/%d/smaps_rollup" % pid) as f:
        for line in f:
            word = line.split()
            if len(word) == 3 and word[2] == "kB":
                found[word[0]] = int(word[1])
    with open("/proc/%d/maps" % pid) as f:
        mappings = len(f.readlines())
    return (found["Pss:"], found["Private_Clean:"] + found["Private_Dirty:"],
            mappings)


class Server:
    def __init__(self, name, command, port=None, only=None, port2=None,
                 plain=False):
        self.name, self.command, self.port = name, command, port
        self.port2 = port2  # where it speaks HTTP/2, if not there
        self.only = only
        self.plain = plain  # it serves files as usual: see cases.py
        self.figures = {}

    def start(self, account, tmp, first=None):
        """first: what it does before all else, beside entering its group."""
        self.account = account
        self.group, enter = account.enter()

        def inside():
            for deed in (enter, first):
                if deed:
                    deed()
        self.log = open(os.path.join(tmp, "log-" + re.sub(
            r"\W+", "-", self.name)), "w+")
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if not self.port else self.log,
            stderr=self.log, preexec_fn=inside, start_new_session=True)
        if not self.port:
            line = self.process.stdout.readline().decode().split()
            if len(line) != 3 or line[0] != "ready":
                raise OSError("no ready line: " + self.words())
            self.port = int(line[2].rsplit(":", 1)[1])

    def words(self):
        self.log.flush()
        self.log.seek(0)
        return self.log.read()[-300:].strip()

    def url(self, name, h2=False):
        port = self.port2 if h2 and self.port2 else self.port
        return "http://127.0.0.1:%d/%s" % (port, name)

    def answers(self, name, body=None, status=200, fields=()):
        """Wait until it answers, and see that it is as it should be."""
        end = time.monotonic() + START_S
        while True:
            c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                c.request("GET", "/" + name, headers=dict(
                    f.split(": ", 1) for f in fields))
                answer = c.getresponse()
                got = answer.read()
                if answer.status != status or (
                        body and status == 200 and got != body):
                    raise OSError("answers %s by %d, not as it should" % (
                        name, answer.status))
                return
            except ConnectionRefusedError:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise OSError("does not answer: " + self.words())
                time.sleep(0.02)
            finally:
                c.close()

    def seconds(self):
        """CPU used so far, once ending children have ended."""
        last = -1.0
        for _ in range(20):
            now = self.account.seconds(self.group, self.process.pid)
            if now - last < 0.0005:
                break
            last = now
            time.sleep(0.03)
        return now

    def faults(self):
        """Minor faults of children that have ended."""
        with open("/proc/%d/stat" % self.process.pid) as f:
            return int(f.read().rsplit(")", 1)[1].split()[8])

    def idle_child(self):
        """Of a child that waits: KiB, its share and its own; mappings."""
        time.sleep(0.3)  # until the pool is full again
        for pid in children(self.process.pid):
            try:
                found = look_at(pid)
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has just ended
            if found:
                return found
        raise OSError("no child waits")

    def end(self):
        if not hasattr(self, "process"):
            return
        self.process.terminate()
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.account.leave(self.group)


class Field:
    """Where they are: what is built, a folder for each, what is served."""

    def __init__(self, build, tmp, site):
        self.build, self.tmp, self.site = build, tmp, site
        self.user = "nobody" if os.geteuid() == 0 else os.environ.get(
            "USER", "nobody")

    def yardstick(self, name, mode, children, file="1k.txt"):
        return Server(name, [
            os.path.join(self.build, "tests/bench/yardstick"), mode,
            os.path.join(self.site, file), str(children)])

    def ours(self, options="", plain=False, log="off"):
        name = "berth-httpd" + (" " + options if options else "")
        return Server(name if log == "off" else name + ", log", [
            os.path.join(self.build, "bin/berth-httpd"), "-q", "-l",
            "127.0.0.1:0", "--access-log", log, *options.split(), self.site],
            plain=plain)

    def configured(self, name, text, command, plain=True, **more):
        port, port2 = free_port(), free_port()
        own = os.path.join(self.tmp, "%s-%d" % (command[0], port))
        os.mkdir(own)
        os.chmod(own, 0o755)
        with open(own + "/conf", "w") as f:
            f.write(text.format(tmp=own, site=self.site, port=port,
                                port2=port2, user=self.user, **more))
        return Server(name, command + [own + "/conf"], port, port2=port2,
                      plain=plain)

    def nginx(self, name="nginx", plain=True, log="off"):
        return self.configured(name, configs.NGINX, ["nginx", "-c"], plain,
                               log=log)

    def h2o(self):
        return self.configured("h2o", configs.H2O, ["h2o", "-c"])

    def apache(self, workers=300):
        return self.configured(
            "Apache prefork", configs.APACHE,
            ["apache2", "-D", "FOREGROUND", "-f"], workers=workers,
            modules="/usr/lib/apache2/modules")

    def lighttpd(self):
        return self.configured("lighttpd", configs.LIGHTTPD,
                               ["lighttpd", "-D", "-f"])

    def busybox(self):
        port = free_port()
        return Server("busybox httpd", [
            "busybox", "httpd", "-f", "-p", "127.0.0.1:%d" % port, "-h",
            self.site], port)


def take_part(field):
    found = [
        field.yardstick("yardstick accept", "accept", 288),
        field.yardstick("yardstick fresh", "fresh", 16),
        field.yardstick("yardstick fork", "fork", 0),
        field.yardstick("yardstick, 16 KiB", "accept", 80, "16k.txt"),
        field.yardstick("yardstick, 100 KB", "accept", 80, "100k.png"),
        field.ours(plain=True),
        field.ours("--no-sandbox"),
        field.ours("--isolation restore"),
        field.ours("--isolation reuse", plain=True),
        field.ours("--isolation reuse --no-sandbox"),
        field.ours("--isolation exec"),
        field.ours(log=os.path.join(field.tmp, "berth.log")),
        field.nginx(),
        field.nginx("nginx, log", False, os.path.join(field.tmp, "ng.log")),
        field.h2o(), field.apache(), field.lighttpd(), field.busybox()]
    return [s for s in found if shutil.which(s.command[0])]
