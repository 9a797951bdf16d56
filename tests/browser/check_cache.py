"""check_cache - what the browser keeps, and the parts it asks for."""
import io
import wave
from urllib.parse import urlsplit

from server import Folder, Server

# A module of WebAssembly with nothing in it: magic and version.
WASM = b"\0asm\x01\0\0\0"


def silence(seconds):
    """A WAV file large enough that nobody fetches all of it to seek."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44100)
        file.writeframes(bytes(44100 * 4 * seconds))
    return out.getvalue()


def by_path(exchanges):
    found = {}
    for one in exchanges:
        found.setdefault(urlsplit(one.url).path, []).append(one.status)
    return found


def statuses(browser, status, *wanted):
    """{path: [status]}, once each of those paths has had this one."""
    return by_path(browser.network(lambda seen: all(
        status in by_path(seen).get(path, []) for path in wanted)))


def check_reload(browser):
    """a reload asks again, and what has not changed is answered with 304"""
    with Server() as server:
        browser.go(server.url)
        browser.wait("!document.getElementById('served').hidden")
        first = statuses(browser, 200, "/style.css")
        assert first["/style.css"] == [200], first
        browser.reload()
        browser.wait("!document.getElementById('served').hidden")
        kept = ("/", "/style.css", "/script.js", "/harbour.svg")
        again = statuses(browser, 304, *kept)
        for path in kept:
            assert 304 in again.get(path, []), f"{path}: {again.get(path)}"


def check_change_is_seen(browser):
    """a file that changed is fetched again without being asked to forget"""
    with Folder(**{"index.html": "<!doctype html><title>one</title>"}) as folder, \
            Server(folder.path) as server:
        browser.go(server.url)
        assert browser.title() == "one"
        folder.write("index.html", "<!doctype html><title>two</title>")
        browser.go(server.url)
        assert browser.title() == "two", "the old page came from the cache"


def check_seek(browser):
    """audio can be played from its middle: 206 for a part of a large file"""
    page = ('<!doctype html><title>sound</title>'
            '<audio src="sound.wav" preload="metadata"></audio>')
    with Folder(**{"index.html": page, "sound.wav": silence(60)}) as folder, \
            Server(folder.path) as server:
        browser.go(server.url)
        browser.wait("document.querySelector('audio').readyState >= 1")
        browser.ask("(document.querySelector('audio').currentTime = 50) && 0")
        browser.wait("!document.querySelector('audio').seeking"
                     " && document.querySelector('audio').readyState >= 2")
        at = browser.ask("document.querySelector('audio').currentTime")
        assert abs(at - 50) < 1, f"at {at} s, not 50"
        seen = statuses(browser, 206, "/sound.wav")["/sound.wav"]
        assert 206 in seen, f"no part was asked for: {seen}"


def check_wasm(browser):
    """WebAssembly compiles while it streams, for its type is exact"""
    with Folder(**{"index.html": "<!doctype html><title>wasm</title>",
                   "empty.wasm": WASM}) as folder, Server(folder.path) as server:
        browser.go(server.url)
        kind = browser.ask(
            "WebAssembly.compileStreaming(fetch('empty.wasm'))"
            ".then((module) => module.constructor.name, (error) => error.message)")
        assert kind == "Module", kind
