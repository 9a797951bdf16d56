#!/usr/bin/env python3
"""berth-httpd with curl, nghttp and h2load by HTTP/2, and berth-http with nginx."""

import os
import random
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from peer import (check, done, place, run, serve, serve_on_free_port, told,
                  write)

HOME = place()
SITE = os.path.join(HOME, "site")
BIG = random.Random(2).randbytes(5_000_000)
SMALL = b"0123456789\n"
write(f"{SITE}/small.txt", SMALL)
write(f"{SITE}/big.bin", BIG)
write(f"{SITE}/index.html", '<link rel="stylesheet" href="a.css">\n')
write(f"{SITE}/a.css", "p { margin: 0 }\n")

_, at = serve("berth-httpd", "-q", "--access-log", "off", "--echo", "/echo",
              "-l", "127.0.0.1:0", SITE)
URL = f"http://{at['http']}"


def same(what, expected, *argv, stdin=b""):
    result = run("curl", "-sS", "--max-time", "30", "--http2-prior-knowledge",
                 *argv, stdin=stdin)
    check(f"curl: {what}",
          result.stdout == expected and result.returncode == 0, told(result))


# One URL a run: curl 7.88 does not go on with a connection of that kind.
same("a file", SMALL, f"{URL}/small.txt")
same("a big file", BIG, f"{URL}/big.bin")
same("a range", b"234", "-r", "2-4", f"{URL}/small.txt")
same("the version", b"2", "-o", "/dev/null", "-w", "%{http_version}",
     f"{URL}/small.txt")
same("HEAD", b"200 5000000", "-I", "-o", "/dev/null", "-w",
     "%{http_code} %header{content-length}", f"{URL}/big.bin")
same("POST", b"a=1&b=2", "-d", "a=1", "-d", "b=2", f"{URL}/echo")
same("a long body", BIG[:700_000], "--data-binary", "@-", f"{URL}/echo",
     stdin=BIG[:700_000])
same("Expect: 100-continue", SMALL, "-H", "Expect: 100-continue", "-T",
     f"{SITE}/small.txt", f"{URL}/echo")
same("a small POST to a file", b"405", "-d", "x", "-o", "/dev/null", "-w",
     "%{http_code}", f"{URL}/small.txt")

page = run("nghttp", "-na", "--stat", f"{URL}/")
check("nghttp: a page and what it names",
      page.returncode == 0 and page.stdout.count(b" 200 ") == 2, told(page))
body = run("nghttp", f"{URL}/big.bin")
check("nghttp: a big file", body.stdout == BIG, f"{len(body.stdout)} bytes")
trailer = run("nghttp", "-d", f"{SITE}/small.txt", "--trailer", "x-sum: 1",
              f"{URL}/echo")
check("nghttp: trailers", trailer.stdout == SMALL, told(trailer))
cut = run("nghttp", "-n", "-w", "10", "-W", "10", f"{URL}/big.bin")
check("nghttp: small windows", cut.returncode == 0, told(cut))
padded = run("nghttp", "-b", "200", "--continuation", f"{URL}/small.txt")
check("nghttp: padding and CONTINUATION", padded.stdout == SMALL, told(padded))

many = run("h2load", "-n", "20000", "-c", "4", "-m", "100",
           f"{URL}/small.txt")
check("h2load: 20,000 requests, 400 at once",
      b" 20000 succeeded, 0 failed, 0 errored" in many.stdout, told(many))
large = run("h2load", "-n", "40", "-c", "2", "-m", "20", f"{URL}/big.bin")
check("h2load: 40 big ones", b" 40 succeeded, 0 failed" in large.stdout,
      told(large))


def nginx(port):
    paths = " ".join(f"{x}_temp_path {HOME}/{x};" for x in (
        "client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    write(f"{HOME}/nginx.conf", f"""daemon off; pid {HOME}/pid;
error_log {HOME}/errors; events {{ }}
http {{ access_log off; {paths}
server {{ listen 127.0.0.1:{port} http2; root {SITE}; }} }}""")
    return ["nginx", "-p", HOME, "-c", f"{HOME}/nginx.conf"]


os.chmod(HOME, 0o755)
url = f"http://127.0.0.1:{serve_on_free_port('nginx', nginx)}"
got = run("berth-http", "--http2", "-v", f"{url}/small.txt", f"{url}/big.bin")
check("berth-http: two files of nginx", got.stdout == SMALL + BIG,
      told(got)[-600:])
check("berth-http: by HTTP/2, one connection",
      len(re.findall(rb"< HTTP/2 200", got.stderr)) == 2 and
      b" kept" in got.stderr, told(got)[-600:])
none = run("berth-http", "--http2", "-f", f"{url}/none")
check("berth-http: 404 of nginx", none.returncode == 22, told(none))
done()
