#!/usr/bin/env python3
"""berth-http with nginx, lighttpd, Apache and Python's http.server."""

import http.server
import os
import random
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from peer import (check, done, place, read, run, serve_on_free_port, told,
                  write)

HOME = place()
SITE = os.path.join(HOME, "site")
BIG = random.Random(1).randbytes(3_000_000)
SMALL = b"0123456789\n"
write(f"{SITE}/small.txt", SMALL)
write(f"{SITE}/empty.txt", "")
write(f"{SITE}/big.bin", BIG)
write(f"{SITE}/with space/\u00fc.txt", SMALL)
# A page that is put together while it is sent: no length, hence chunked.
write(f"{SITE}/chunked.shtml", "<!--#set var='a' value='b' -->" + "line\n" * 9000)
CHUNKED = b"line\n" * 9000
write(f"{SITE}/dir/index.html", "in the directory\n")


def nginx():
    def command(port):
        write(f"{HOME}/nginx.conf", f"""
user root;
daemon off;
worker_processes 1;
pid {HOME}/nginx.pid;
error_log stderr;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {HOME}/nginx-body;
    proxy_temp_path {HOME}/nginx-proxy;
    fastcgi_temp_path {HOME}/nginx-fastcgi;
    uwsgi_temp_path {HOME}/nginx-uwsgi;
    scgi_temp_path {HOME}/nginx-scgi;
    server {{
        listen 127.0.0.1:{port};
        root {SITE};
        ssi on;
        ssi_types text/plain application/octet-stream;
        location / {{ ssi off; }}
        location ~ shtml$ {{ ssi on; }}
        location /moved {{ return 302 /small.txt; }}
        location /broken {{ return 500 "no"; }}
    }}
}}
""")
        return ["nginx", "-c", f"{HOME}/nginx.conf", "-e", "stderr"]
    return serve_on_free_port("nginx", command)


def lighttpd():
    # A CGI program gives no length either.
    write(f"{SITE}/chunked.cgi",
          "#!/bin/sh\necho 'Content-Type: text/plain'\necho\n"
          "yes line | head -9000\n")
    os.chmod(f"{SITE}/chunked.cgi", 0o755)

    def command(port):
        write(f"{HOME}/lighttpd.conf", f"""
server.modules = ("mod_redirect", "mod_cgi", "mod_access")
server.document-root = "{SITE}"
server.bind = "127.0.0.1"
server.port = {port}
server.upload-dirs = ("{HOME}")
index-file.names = ("index.html")
url.redirect = ("^/moved" => "/small.txt")
server.stream-response-body = 2
cgi.assign = (".cgi" => "")
""")
        return ["lighttpd", "-D", "-f", f"{HOME}/lighttpd.conf"]
    return serve_on_free_port("lighttpd", command)


def apache():
    modules = "/usr/lib/apache2/modules"

    def command(port):
        names = ["mpm_event", "authz_core", "dir", "mime", "alias", "include",
                 "rewrite", "filter"]
        load = "\n".join(f"LoadModule {n}_module {modules}/mod_{n}.so"
                         for n in names)
        write(f"{HOME}/apache.conf", f"""
ServerRoot {HOME}
ServerName localhost
PidFile {HOME}/apache.pid
Listen 127.0.0.1:{port}
{load}
User #{os.getuid() or 65534}
Group #{os.getgid() or 65534}
ErrorLog /dev/stderr
DocumentRoot {SITE}
TypesConfig /dev/null
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
Redirect /moved /small.txt
<Directory {SITE}>
    Options +Includes
    Require all granted
</Directory>
""")
        return ["apache2", "-X", "-f", f"{HOME}/apache.conf"]
    return serve_on_free_port("apache2", command)


class Pythons(http.server.SimpleHTTPRequestHandler):
    """Python's own, with the parts that it leaves to others."""
    protocol_version = "HTTP/1.1"

    def __init__(self, *args):
        super().__init__(*args, directory=SITE)

    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/small.txt")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path == "/chunked":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for _ in range(9):
                piece = b"line\n" * 1000
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\nX-Trailer: yes\r\n\r\n")
        elif self.path == "/to-the-end":
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(SMALL)
        else:
            super().do_GET()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.upper())


def python():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pythons)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def same(name, what, expected, *argv, code=0):
    result = run("berth-http", *argv)
    check(f"{name}: {what}",
          result.stdout == expected and result.returncode == code,
          told(result))
    return result


def plain(name, url, keeps_after_error=True):
    """What every server does."""
    same(name, "a small file", SMALL, f"{url}/small.txt")
    same(name, "an empty file", b"", f"{url}/empty.txt")
    same(name, "a name to be encoded", SMALL, f"{url}/with space/\u00fc.txt")
    same(name, "a redirect", SMALL, "-L", f"{url}/moved")
    same(name, "a directory", b"in the directory\n", "-L", f"{url}/dir")
    same(name, "no such file", b"", "-f", f"{url}/none", code=22)
    big = f"{HOME}/{name}.bin"
    same(name, "a big file", b"", "-o", big, f"{url}/big.bin")
    check(f"{name}: a big file arrives whole", read(big) == BIG)
    head = run("berth-http", "-I", f"{url}/big.bin")
    check(f"{name}: HEAD", head.returncode == 0
          and b"ontent-" in head.stdout and b"3000000" in head.stdout
          and head.stdout.endswith(b"\r\n\r\n"), told(head))
    two = same(name, "three files over one connection", SMALL * 3, "-v",
               *[f"{url}/small.txt"] * 3)
    check(f"{name}: the connection is kept",
          two.stderr.count(b"Connected to") == 1, told(two))
    lost = run("berth-http", "-v", f"{url}/none", f"{url}/small.txt")
    check(f"{name}: goes on after an error",
          lost.stderr.count(b"Connected to") == 2 - keeps_after_error
          and lost.stdout.endswith(SMALL), told(lost))


def ranges(name, url):
    same(name, "the first bytes", SMALL[:4], "-r", "0-3", f"{url}/small.txt")
    same(name, "the last bytes", SMALL[-3:], "-r", "-3", f"{url}/small.txt")
    same(name, "from a byte on", BIG[2_999_000:], "-r", "2999000-",
         f"{url}/big.bin")
    shown = run("berth-http", "-i", "-r", "5-6", f"{url}/small.txt")
    check(f"{name}: 206", b" 206 " in shown.stdout
          and shown.stdout.endswith(b"\r\n\r\n56"), told(shown))
    beyond = run("berth-http", "-i", "-r", "500-", f"{url}/small.txt")
    check(f"{name}: 416", b" 416 " in beyond.stdout, told(beyond))
    part = f"{HOME}/{name}.part"
    write(part, BIG[:1_234_567])
    same(name, "resume", b"", "-C", "-o", part, f"{url}/big.bin")
    check(f"{name}: resumed whole", read(part) == BIG)
    same(name, "nothing left to resume", b"", "-v", "-C", "-o", part,
         f"{url}/big.bin")
    check(f"{name}: still whole", read(part) == BIG)


def chunked(name, url, path):
    result = run("berth-http", "-v", f"{url}{path}", f"{url}/small.txt")
    check(f"{name}: a chunked body, then another file",
          result.stdout == CHUNKED + SMALL, told(result))
    check(f"{name}: it was chunked",
          b"transfer-encoding: chunked" in result.stderr.lower(), told(result))
    check(f"{name}: kept after it",
          result.stderr.count(b"Connected to") == 1, told(result))


for server, path in ((nginx, "/chunked.shtml"), (lighttpd, "/chunked.cgi"),
                     (apache, "/chunked.shtml")):
    origin = f"http://127.0.0.1:{server()}"
    plain(server.__name__, origin)
    ranges(server.__name__, origin)
    chunked(server.__name__, origin, path)

origin = f"http://127.0.0.1:{python()}"
plain("python", origin, keeps_after_error=False)
chunked("python", origin, "/chunked")
same("python", "up to the end", SMALL, f"{origin}/to-the-end")
same("python", "POST", b"SOME DATA", "-d", "some data", f"{origin}/x")
same("python", "a big POST", BIG.upper(), "-d", f"@{SITE}/big.bin",
     f"{origin}/x")
same("python", "no resume without ranges", b"", "-C", "-o",
     f"{HOME}/python.bin", f"{origin}/big.bin")
check("python: but the whole again", read(f"{HOME}/python.bin") == BIG)
done()
