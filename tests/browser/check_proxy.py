"""check_proxy - --proxy in a browser: an API, WebSocket and events of Node."""
import os
import subprocess
import sys

from server import PICTURES, TOP, Folder, Server

sys.path.append(os.path.join(TOP, "tests", "peers", "lib"))
from ports import nobody_at

UPSTREAM = os.path.join(TOP, "tests", "peers", "lib", "upstream.js")
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<title>app</title><link rel="icon" href="data:,">
<style>body { font: 1.1rem/1.6 system-ui; margin: 3rem; max-width: 40rem }
dt { font-weight: 600 } dd { margin: 0 0 1rem }</style>
<h1>A page of Berth, an API of Node</h1>
<dl><dt>fetch</dt><dd id="api"></dd><dt>WebSocket</dt><dd id="socket"></dd>
<dt>events</dt><dd id="events"></dd><dt>upload</dt><dd id="upload"></dd></dl>
<script>
const put = (id, text) => document.getElementById(id).textContent = text;
fetch("/api/hello?x=1", { headers: { "X-Own": "1" } })
    .then((r) => r.json())
    .then((r) => put("api", `${r.method} ${r.url} by ${r.headers["x-forwarded-proto"]}`));
const ws = new WebSocket(`ws://${location.host}/api/socket`);
let said = [];
ws.onopen = () => { ws.send("first"); ws.send("x".repeat(300000)); };
ws.onmessage = (e) => { said.push(e.data.length);
    put("socket", `${said.length} messages back: ${said.join(", ")} letters`); };
const source = new EventSource("/api/events");
let seen = [];
source.onmessage = (e) => { seen.push(e.data);
    put("events", seen.slice(0, 4).join(", "));
    if (seen.length === 4) source.close(); };
const bytes = new Uint8Array(2000000).map((_, i) => i * 7);
fetch("/api/echo", { method: "POST", body: bytes })
    .then((r) => r.arrayBuffer())
    .then((b) => put("upload", `${b.byteLength} bytes back, ` +
        (new Uint8Array(b).every((x, i) => x === bytes[i]) ? "the same" : "others")));
</script></html>"""
TEXT = "document.getElementById('{}').textContent"


class Node:
    """The API.  Use it with "with"."""

    def __enter__(self):
        self.process = subprocess.Popen(
            ["node", UPSTREAM], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, text=True,
            env={**os.environ, "NODE_PATH": "/usr/share/nodejs"})
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def check_proxy(browser):
    """fetch, WebSocket, server-sent events and uploads pass through --proxy"""
    with Node() as node, Folder(**{"index.html": PAGE}) as folder, \
            Server(folder.path, "--proxy",
                   f"/api=http://localhost:{node.port}") as server:
        browser.go(server.url)
        browser.wait(f"{TEXT.format('socket')}.includes('300000')")
        browser.wait(f"{TEXT.format('events')}.includes('event 3')")
        browser.wait(f"{TEXT.format('upload')}.includes('2000000')")
        assert browser.wait(TEXT.format("api")) == "GET /api/hello?x=1 by http"
        assert browser.ask(TEXT.format("socket")) == \
            "2 messages back: 5, 300000 letters"
        assert browser.ask(TEXT.format("events")) == \
            "event 0, event 1, event 2, event 3"
        assert browser.ask(TEXT.format("upload")) == \
            "2000000 bytes back, the same"
        browser.picture(os.path.join(PICTURES, "proxy.png"))
        said = browser.console()
        assert not said, said


def check_proxy_nobody(browser):
    """a page says what to start where no upstream listens"""
    with Node() as node:
        port = node.port
    nobody_at(port)
    with Folder(**{"index.html": PAGE}) as folder, \
            Server(folder.path, "--proxy",
                   f"/api=http://localhost:{port}") as server:
        browser.go(server.url + "/api/hello")
        words = browser.ask("document.body.innerText")
        assert f"nothing listens on localhost:{port}: start what serves " \
            "/api there" in words, words
        browser.picture(os.path.join(PICTURES, "proxy_nobody.png"))
