#!/usr/bin/env python3
"""berth-httpd with curl and Python's http.client."""

import concurrent.futures
import http.client
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from peer import check, done, place, read, run, serve, told, write

HOME = place()
SITE = os.path.join(HOME, "site")
BIG = random.Random(2).randbytes(5_000_000)
SMALL = b"0123456789\n"
write(f"{SITE}/small.txt", SMALL)
write(f"{SITE}/big.bin", BIG)
write(f"{SITE}/dir/index.html", "in the directory\n")
write(f"{SITE}/.secret", "no\n")

_, at = serve("berth-httpd", "-q", "--access-log", "off", "--echo", "/echo",
              "-l", "127.0.0.1:0", SITE)
address = at["http"]
URL = f"http://{address}"


def curl(*argv, stdin=b""):
    return run("curl", "-sS", "--max-time", "30", *argv, stdin=stdin)


def same(what, expected, *argv, code=0, stdin=b""):
    result = curl(*argv, stdin=stdin)
    check(f"curl: {what}",
          result.stdout == expected and result.returncode == code,
          told(result))
    return result


# What people do with curl.
same("a file", SMALL, f"{URL}/small.txt")
same("a big file", BIG, f"{URL}/big.bin")
same("HTTP/1.0", SMALL, "--http1.0", f"{URL}/small.txt")
same("a range", b"234", "-r", "2-4", f"{URL}/small.txt")
same("a suffix range", b"89\n", "-r", "-3", f"{URL}/small.txt")
same("-f on 404", b"", "-f", f"{URL}/none", code=22)
same("a redirect", b"in the directory\n", "-L", f"{URL}/dir")
same("a hidden file", b"404", "-o", "/dev/null", "-w", "%{http_code}",
     f"{URL}/.secret")
same("out of the root", b"400", "--path-as-is", "-o", "/dev/null", "-w",
     "%{http_code}", f"{URL}/../../etc/passwd")
same("HEAD", b"200 5000000", "-I", "-o", "/dev/null", "-w",
     "%{http_code} %header{content-length}", f"{URL}/big.bin")
part = f"{HOME}/part"
write(part, BIG[:777_777])
same("resume", b"", "-C", "-", "-o", part, f"{URL}/big.bin")
check("curl: resumed whole", read(part) == BIG)
ranges = curl("-r", "0-1,5000-5006", f"{URL}/big.bin")
check("curl: two ranges", ranges.stdout.count(b"Content-Range: bytes") == 2,
      told(ranges))

# What has not changed is not sent again.
etag = f"{HOME}/etag"
same("an ETag to keep", SMALL, "--etag-save", etag, f"{URL}/small.txt")
same("304 by ETag", b"304", "--etag-compare", etag, "-o", "/dev/null", "-w",
     "%{http_code}", f"{URL}/small.txt")
same("304 by date", b"304", "-z", f"{SITE}/small.txt", "-o", "/dev/null",
     "-w", "%{http_code}", f"{URL}/small.txt")

# Connections.
kept = curl("-w", "%{num_connects}\n", *["-o", "/dev/null",
                                         f"{URL}/small.txt"] * 5)
check("curl: one connection for five files",
      kept.stdout == b"1\n0\n0\n0\n0\n", told(kept))
many = curl("-Z", "--parallel-max", "20", "-w", "%{http_code}\n",
            "-o", "/dev/null", f"{URL}/small.txt?[1-200]")
check("curl: 200 at once", many.stdout == b"200\n" * 200, told(many))

# Bodies.
same("POST", b"a=1&b=2", "-d", "a=1", "-d", "b=2", f"{URL}/echo")
same("PUT of a length", SMALL, "-T", f"{SITE}/small.txt", f"{URL}/echo")
same("a chunked body", SMALL * 9, "-X", "POST", "-H",
     "Transfer-Encoding: chunked", "--data-binary", "@-", f"{URL}/echo",
     stdin=SMALL * 9)
waits = same("Expect: 100-continue", SMALL, "-v", "-H",
             "Expect: 100-continue", "-T", f"{SITE}/small.txt", f"{URL}/echo")
check("curl: 100 is answered", b"< HTTP/1.1 100 Continue" in waits.stderr,
      told(waits))
same("POST to a file", b"405", "-d", "x", "-o", "/dev/null", "-w",
     "%{http_code}", f"{URL}/small.txt")
same("a big POST to a file", b"405", "-T", f"{SITE}/big.bin", "-X", "POST",
     "-o", "/dev/null", "-w", "%{http_code}", f"{URL}/small.txt")

# Over a unix socket and over IPv6.
_, at = serve("berth-httpd", "-q", "--access-log", "off", "-l",
              f"unix:{HOME}/socket", SITE)
same("a unix socket", SMALL, "--unix-socket", f"{HOME}/socket",
     "http://localhost/small.txt")
process, at = serve("berth-httpd", "-q", "--access-log", "off", "-l", "0",
                    SITE)
port = at["http"].rsplit(":", 1)[1]
if any(a.startswith("[::1]") for a in at.values()) or os.path.exists(
        "/proc/net/if_inet6"):
    same("IPv6", SMALL, "-g", f"http://[::1]:{port}/small.txt")

# Python's own client: many requests over one connection, in order.
client = http.client.HTTPConnection(address, timeout=15)
client.connect()
socket = client.sock
for _ in range(100):
    client.request("GET", "/small.txt")
    body = client.getresponse().read()
    if body != SMALL or client.sock is not socket:
        break
check("http.client: a hundred requests over one connection",
      body == SMALL and client.sock is socket)


def fetch(_):
    one = http.client.HTTPConnection(address, timeout=15)
    one.request("GET", "/big.bin")
    whole = one.getresponse().read()
    one.close()
    return whole == BIG


with concurrent.futures.ThreadPoolExecutor(10) as pool:
    check("http.client: ten big files at once",
          all(pool.map(fetch, range(10))))
done()
