#!/usr/bin/env python3
"""berth-httpd --proxy in front of a real API: Node's server and ws, and curl,
Node's fetch and Python's http.client as clients."""

import http.client
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "lib"))
from peer import (check, done, log, nobody_at, place, run, serve, start, told,
                  until, write)

LIB = os.path.join(HERE, "lib")
os.environ["NODE_PATH"] = "/usr/share/nodejs"    # where Debian has ws
BODY = bytes((i * 31 + (i >> 9)) & 255 for i in range(1 << 20)) * 8


def upstream():
    """Node on a free port of localhost, of whichever family it likes."""
    node = start("node", os.path.join(LIB, "upstream.js"))
    port = until("node listens", lambda: log(node).split("\n")[0], node)
    return node, int(port)


def asked(*argv):
    result = run("curl", "-sS", "-m", "60", *argv)
    return result, result.stdout


node, port = upstream()
home = place()
write(f"{home}/index.html", "<h1>site</h1>\n")
site, at = serve("berth-httpd", "-l", "127.0.0.1:0", "--proxy",
                 f"/api=http://localhost:{port}", "--proxy",
                 f"/v2=http://localhost:{port}/api", home)
origin = f"http://{at['http']}"

for how in ([], ["--http2-prior-knowledge"]):
    words = " ".join(how)
    result, out = asked(*how, f"{origin}/api/x?y=1", "-H", "X-Own: 1")
    try:
        got = json.loads(out)
    except ValueError:
        got = {"headers": {}}
    heads = got["headers"]
    check(f"the target goes on {words}", got.get("url") == "/api/x?y=1",
          told(result))
    check(f"who asked is told {words}",
          heads.get("x-forwarded-for") == "127.0.0.1"
          and heads.get("x-forwarded-host") == at["http"]
          and heads.get("host") == at["http"]
          and heads.get("x-own") == "1", told(result))
    result, out = asked(*how, f"{origin}/v2/x")
    check(f"a prefix is replaced {words}", b'"url":"/api/x"' in out,
          told(result))
    write(f"{home}/body", BODY)
    result, out = asked(*how, "--data-binary", f"@{home}/body",
                        f"{origin}/api/echo")
    check(f"a body goes both ways {words}", out == BODY,
          f"{len(out)} bytes, {result.stderr[-300:]!r}")
    result, out = asked(*how, "-T", "-", f"{origin}/api/echo", "-H",
                        "Transfer-Encoding: chunked")
    check(f"an empty upload {words}", result.returncode == 0 and out == b"",
          told(result))
    result, out = asked(*how, "-o", "/dev/null", "-w", "%{size_download}",
                        f"{origin}/api/large")
    check(f"a large answer {words}", out == str(64 << 20).encode(),
          told(result))
    result, out = asked(*how, "-I", f"{origin}/api/x")
    check(f"HEAD {words}", b" 200" in out and result.returncode == 0,
          told(result))

result, out = asked(f"{origin}/", f"{origin}/api/x", "-w",
                    "%{num_connects} ")
check("one connection serves files and the API", out.count(b"1 ") >= 1
      and b"0 " in out, told(result))

# Chunks that Python cuts.
c = http.client.HTTPConnection(*at["http"].split(":"), timeout=60)
c.request("POST", "/api/echo", body=iter([b"a" * 10, b"b" * 70000, b"c"]),
          encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
reply = c.getresponse()
data = reply.read()
check("chunks come back", data == b"a" * 10 + b"b" * 70000 + b"c",
      f"{reply.status}, {len(data)} bytes")

result = run("node", os.path.join(LIB, "upstream_client.js"), origin,
             limit=120)
lines = result.stdout.decode().splitlines()
check("node ends well", result.returncode == 0 and len(lines) >= 5,
      told(result))
for line in lines:
    check(line, line.startswith("ok "))
until("node saw both streams end", lambda: "events closed" in log(node)
      and "socket closed 4001" in log(node), node)
node.kill()
node.wait()
nobody_at(port)
result, out = asked(f"{origin}/api/x")
check("what to do when it is gone",
      f"nothing listens on localhost:{port}: start what serves /api there"
      in out.decode(), told(result))
done()
