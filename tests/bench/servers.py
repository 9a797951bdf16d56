"""servers.py - who takes part in the benchmark, and how each is started.

All serve the same directory on loopback, without an access log.
"""
import http.client
import os
import re
import shutil
import socket
import subprocess
import time

START_S = 10  # a server must answer within

NGINX = """
worker_processes 2;
daemon off;
pid {tmp}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000000;
    default_type application/octet-stream;
    types {{ text/plain txt; image/png png; }}
    client_body_temp_path {tmp}/body;
    proxy_temp_path {tmp}/proxy;
    fastcgi_temp_path {tmp}/fastcgi;
    uwsgi_temp_path {tmp}/uwsgi;
    scgi_temp_path {tmp}/scgi;
    {more}
    server {{ listen 127.0.0.1:{port}; listen 127.0.0.1:{port2} http2;
              root {site}; }}
}}
"""

APACHE = """
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {tmp}/apache.pid
DefaultRuntimeDir {tmp}
ErrorLog {tmp}/apache.log
LoadModule mpm_prefork_module {modules}/mod_mpm_prefork.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule mime_module {modules}/mod_mime.so
TypesConfig /etc/mime.types
User nobody
Group nogroup
StartServers 80
MinSpareServers 16
MaxRequestWorkers 150
MaxKeepAliveRequests 0
EnableSendfile on
DocumentRoot {site}
<Directory {site}>
    AllowOverride None
    Require all granted
</Directory>
"""


def children(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
        return [int(x) for x in f.read().split()]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, name, command, port=None, only=None, level=None,
                 port2=None):
        self.name, self.command, self.port = name, command, port
        self.port2 = port2  # where it speaks HTTP/2, if not there
        self.only = only
        self.level = level  # of isolation: its row in the price list
        self.figures = {}

    def start(self, account, tmp):
        self.account = account
        self.group, inside = account.enter()
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

    def answers(self, name, body):
        """Wait until it serves the file, and see that it is the file."""
        end = time.monotonic() + START_S
        while True:
            c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                c.request("GET", "/" + name)
                answer = c.getresponse()
                if answer.status != 200 or answer.read() != body:
                    raise OSError("answers %s %d and not the file" % (
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

    def idle_child(self):
        """Memory of a child that waits, in KiB: its share, and its own."""
        time.sleep(0.3)  # until the pool is full again
        for pid in children(self.process.pid):
            with open("/proc/%d/comm" % pid) as f:
                if f.read().strip() == "zygote":
                    continue
            found = {}
            with open("/proc/%d/smaps_rollup" % pid) as f:
                for line in f:
                    word = line.split()
                    if len(word) == 3 and word[2] == "kB":
                        found[word[0]] = int(word[1])
            return found["Pss:"], (found["Private_Clean:"] +
                                   found["Private_Dirty:"])
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


def take_part(build, tmp, site):
    yardstick = os.path.join(build, "tests", "bench", "yardstick")
    httpd = os.path.join(build, "bin", "berth-httpd")
    file = os.path.join(site, "1k.txt")
    fresh = ("new", "one")
    small = ("kept", "kept1", "kept16", "kept256") + fresh
    old = small + ("16k", "100k", "1m", "10m")  # all but HTTP/2
    found = []

    if os.access(yardstick, os.X_OK):
        found += [Server("yardstick " + m, [yardstick, m, file, n],
                         only=s)
                 for m, s, n in (("accept", small, "288"),
                                 ("handover", small, "288"),
                                 ("fresh", fresh, "16"),
                                 ("fork", fresh, "0"))]
    if os.access(httpd, os.X_OK):
        base = [httpd, "-q", "-l", "127.0.0.1:0", "--access-log", "off"]
        found += [Server("berth-httpd" + n, base + n.split() + [site],
                         only=s, level=l)
                  for n, s, l in (
                      ("", None, "fork"),
                      (" --no-sandbox", small, "fork, no sandbox"),
                      (" --isolation restore", None, "restore"),
                      (" --isolation reuse", None, "reuse"),
                      (" --isolation reuse --no-sandbox", fresh,
                       "reuse, no sandbox"),
                      (" --isolation exec", fresh, "exec"),
                      (" --isolation exec --no-sandbox", fresh,
                       "exec, no sandbox"))]
    for name, more in (("nginx", ""),
                       ("nginx, open_file_cache",
                        "open_file_cache max=1000;")):
        port, port2 = free_port(), free_port()
        path = os.path.join(tmp, "nginx-%d.conf" % port)
        own = os.path.join(tmp, "nginx-%d" % port)
        os.mkdir(own)
        os.chmod(own, 0o755)
        with open(path, "w") as f:
            f.write(NGINX.format(tmp=own, site=site, port=port,
                                 port2=port2, more=more))
        found.append(Server(name, ["nginx", "-p", own, "-c", path], port,
                            port2=port2))
    if shutil.which("apache2"):
        port = free_port()
        path = os.path.join(tmp, "apache.conf")
        with open(path, "w") as f:
            f.write(APACHE.format(tmp=tmp, site=site, port=port,
                                  modules="/usr/lib/apache2/modules"))
        found.append(Server("Apache prefork", ["apache2", "-D", "FOREGROUND",
                                              "-f", path], port, only=old))
    if shutil.which("darkhttpd"):
        port = free_port()
        found.append(Server("darkhttpd", [
            "darkhttpd", site, "--addr", "127.0.0.1", "--port", str(port),
            "--log", "/dev/null"], port, only=old))
    return found
