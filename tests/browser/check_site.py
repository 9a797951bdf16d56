"""check_site - the default site, loaded as a visitor loads it."""
from urllib.parse import quote, urlsplit

from selenium.webdriver.common.keys import Keys
from server import ODD, Server

# What the first page is made of, and the type each part must have.
PARTS = {
    "/": "text/html",
    "/style.css": "text/css",
    "/script.js": "text/javascript",
    "/harbour.svg": "image/svg+xml",
    "/favicon.svg": "image/svg+xml",
}

# Files whose names or contents are odd, and the type to be found for each.
KINDS = {
    "notes": "text/plain",             # no extension, text
    "picture": "image/png",            # no extension, a picture
    "table.berth": "text/plain",       # unknown extension, text
    "bytes.berth": "application/octet-stream",
    "empty.txt": "text/plain",
    "a space.txt": "text/plain",
    "grün.txt": "text/plain",
    "100%.txt": "text/plain",
    "%41.txt": "text/plain",
    "it's & that.txt": "text/plain",
}

# The buttons of "Ask the server", in order.
ANSWERS = [("Head", 200), ("Changed?", 304), ("First 100 bytes", 206),
           ("Missing file", 404), ("Delete it", 405)]


def paths(exchanges):
    """The first exchange for each path: later ones may be answered by 304."""
    return {urlsplit(one.url).path: one for one in reversed(exchanges)}


def answered(*wanted):
    """For Browser.network(): has each of these paths an answer?"""
    def enough(seen):
        found = paths(seen)
        return all(path in found and (found[path].status or found[path].failed)
                   for path in wanted)
    return enough


def complaints(browser):
    """Console lines that a visitor's developer tools would show in red."""
    return [text for level, text in browser.console()
            if level in ("SEVERE", "WARNING")]


def load(browser, server, path="/"):
    browser.go(server.url + path)
    browser.wait("document.readyState === 'complete'")


def check_front_page(browser):
    """page, style sheet, script and images arrive with 200 and the right type"""
    with Server() as server:
        load(browser, server)
        browser.wait("!document.getElementById('served').hidden")
        seen = browser.network(answered(*PARTS))
        assert not [one for one in seen if one.failed], f"failed: {seen}"
        for path, kind in PARTS.items():
            one = paths(seen).get(path)
            assert one is not None, f"{path} was not asked for"
            assert one.status == 200, f"{one}"
            got = one.headers.get("content-type", "")
            assert got.split(";")[0] == kind, f"{path} is {got}, not {kind}"
        sizes = browser.ask("[...document.images].map((i) => i.naturalWidth)")
        assert sizes and all(sizes), f"an image is not shown: {sizes}"
        family = browser.ask("getComputedStyle(document.body).fontFamily")
        assert "system-ui" in family, f"the style is not applied: {family}"
        assert not complaints(browser)


def check_script(browser):
    """the script has changed the page: tabs, and what the server said"""
    with Server() as server:
        load(browser, server)
        served = browser.wait("!document.getElementById('served').hidden"
                              " && document.getElementById('served').textContent")
        assert "200" in served, served
        rows = browser.ask("document.querySelectorAll('#loaded tr').length")
        assert rows >= len(PARTS), f"{rows} rows for {len(PARTS)} files"
        tabs = browser.ask("document.querySelectorAll('[role=tab]').length")
        shown = browser.ask("document.querySelectorAll("
                            "'[role=tabpanel]:not([hidden])').length")
        assert (tabs, shown) == (5, 1), f"{tabs} tabs, {shown} panels shown"


def check_questions(browser):
    """the page's own questions get 200, 304, 206, 404 and 405"""
    with Server() as server:
        load(browser, server)
        browser.wait("!document.getElementById('served').hidden")
        for i, (title, status) in enumerate(ANSWERS, 1):
            button = f"#asks button:nth-child({i})"
            assert browser.ask(f"document.querySelector('{button}').textContent") == title
            browser.ask("document.getElementById('verdict').textContent = ''")
            browser.click(button)
            verdict = browser.wait("document.getElementById('verdict').textContent")
            assert verdict.startswith(f"{status} "), f"{title}: {verdict}"


def check_missing_page(browser):
    """a missing page shows our 404 page, with status 404"""
    with Server() as server:
        load(browser, server, "/no/such/ship.html?at=all")
        seen = paths(browser.network(
            answered("/no/such/ship.html", "/style.css")))
        assert seen["/no/such/ship.html"].status == 404
        assert "/style.css" in seen, f"the 404 page has no style: {list(seen)}"
        assert seen["/style.css"].status == 200, seen["/style.css"]
        heading = browser.ask("document.querySelector('h1').textContent")
        assert heading == "No ship at this berth", heading
        others = [text for text in complaints(browser)
                  if "/no/such/ship.html" not in text]
        assert not others, f"{others}"


def check_odd_files(browser):
    """odd names and contents arrive whole, with a type found by looking"""
    with Server(ODD) as server:
        load(browser, server)
        for name, kind in KINDS.items():
            got = browser.ask(
                f"fetch('/{quote(name, safe='')}').then(async (reply) => ["
                "reply.status, reply.headers.get('Content-Type'),"
                " (await reply.arrayBuffer()).byteLength,"
                " Number(reply.headers.get('Content-Length'))])")
            status, found, size, length = got
            assert status == 200, f"{name}: {status}"
            assert found.split(";")[0] == kind, f"{name} is {found}, not {kind}"
            assert size == length, f"{name}: {size} bytes of {length}"
        load(browser, server, "/notes")
        text = browser.ask("document.body.innerText")
        assert text.startswith("This file has no extension."), text


def check_keyboard(browser):
    """everything can be reached and worked without a mouse"""
    focus = "document.activeElement"
    with Server() as server:
        load(browser, server)
        browser.wait("!document.getElementById('served').hidden")
        browser.keys(Keys.TAB)
        assert browser.ask(f"{focus}.className") == "skip", "no skip link first"
        browser.keys(Keys.ENTER)
        browser.wait(f"{focus}.id === 'main'")
        browser.ask("document.querySelector('[role=tab]').focus()")
        browser.keys(Keys.RIGHT)
        browser.wait(f"{focus}.id === 'use-mail-tab'"
                     " && !document.getElementById('use-mail').hidden"
                     " && document.getElementById('use-site').hidden")
