"""check_options - what berth-httpd's options do to a browser."""
import os
import tempfile
from urllib.parse import urlsplit

from server import WWW, Folder, Server

PAGE = """<!doctype html><html lang="en"><title>{title}</title>
<link rel="stylesheet" href="/style.css"><p>{title}</p></html>"""
GREEN = "rgb(0, 128, 0)"
BLUE = "rgb(0, 0, 255)"
INK = "getComputedStyle(document.querySelector('p')).color"


def check_isolate(browser):
    """--isolate makes a page cross-origin isolated"""
    with Server() as server:
        browser.go(server.url)
        assert browser.ask("crossOriginIsolated") is False
    with Server(WWW, "--isolate") as server:
        browser.go(server.url)
        assert browser.ask("crossOriginIsolated") is True


def check_spa(browser):
    """--spa answers a deep link with the application, a lost file with 404"""
    with Folder(**{"index.html": PAGE.format(title="app"),
                   "style.css": "p { color: green }"}) as folder, \
            Server(folder.path, "--spa") as server:
        browser.go(server.url + "/users/7")
        assert browser.title() == "app"
        assert browser.ask(INK) == GREEN
        status = {urlsplit(one.url).path: one.status for one in browser.network(
            lambda seen: any(one.status for one in seen))}
        assert status["/users/7"] == 200, status
        lost = browser.ask("fetch('/lost.js').then((reply) => reply.status)")
        assert lost == 404, f"a lost script got {lost}"


def check_live(browser):
    """--live swaps a style sheet in place and reloads a changed page"""
    with Folder(**{"index.html": PAGE.format(title="one"),
                   "style.css": "p { color: green }"}) as folder, \
            Server(folder.path, "--live") as server:
        browser.go(server.url)
        browser.wait(f"{INK} === '{GREEN}'")
        browser.ask("(window.mark = 1)")
        folder.write("style.css", "p { color: blue }")
        browser.wait(f"{INK} === '{BLUE}'")
        assert browser.ask("window.mark") == 1, "the page was loaded anew"
        folder.write("index.html", PAGE.format(title="two"))
        browser.wait("document.title === 'two'")
        assert browser.ask("window.mark === undefined")


def check_upload(browser):
    """--upload's form puts a chosen file into the folder, once"""
    with Folder(**{"in/a.txt": "x"}) as folder:
        os.chmod(os.path.join(folder.path, "in"), 0o777)
        with tempfile.NamedTemporaryFile(suffix=" \u00fc#.txt") as file, \
                Server(folder.path, "--upload", "in") as server:
            name = os.path.basename(file.name)
            file.write(b"hello")
            file.flush()
            for words in (f"document.body.textContent.includes({name!r})",
                          "document.querySelector('#upload li b')?.textContent"
                          " === 'there is one already'"):
                browser.go(server.url + "/in/")
                browser.driver.find_element(
                    "css selector", "input[type=file]").send_keys(file.name)
                browser.click("#upload button")
                browser.wait(words)
            with open(os.path.join(folder.path, "in", name), "rb") as put:
                assert put.read() == b"hello"


def check_upload_dropped(browser):
    """what is dropped on the page is put, and each file tells what became of it"""
    drop = """(() => {
        const data = new DataTransfer();
        for (const [name, size] of [["b.txt", 3], ["a.txt", 1], ["large", 2000]])
            data.items.add(new File(["x".repeat(size)], name));
        for (const kind of ["dragover", "drop"])
            document.body.dispatchEvent(new DragEvent(
                kind, {bubbles: true, cancelable: true, dataTransfer: data}));
    })()"""
    with Folder(**{"in/a.txt": "x"}) as folder:
        os.chmod(os.path.join(folder.path, "in"), 0o777)
        with Server(folder.path, "--upload", "in", "--upload-max", "1000") as server:
            browser.go(server.url + "/in/")
            assert browser.ask("!document.getElementById('drop').hidden")
            browser.ask(drop)
            browser.wait("document.querySelectorAll('#upload li b').length === 3")
            told = browser.ask("[...document.querySelectorAll('#upload li')]"
                               ".map((li) => li.textContent)")
            assert told == ["b.txtuploaded", "a.txtthere is one already",
                            "largeit is too large"], told
            assert sorted(os.listdir(os.path.join(folder.path, "in"))) == [
                "a.txt", "b.txt"]


def check_upload_without_script(browser):
    """the form of --upload needs no script"""
    with Folder(**{"in/a.txt": "x"}) as folder:
        os.chmod(os.path.join(folder.path, "in"), 0o777)
        browser.cdp("Emulation.setScriptExecutionDisabled", value=True)
        try:
            with tempfile.NamedTemporaryFile(suffix=' "\u00fc.txt') as file, \
                    Server(folder.path, "--upload", "in") as server:
                name = os.path.basename(file.name)
                file.write(b"hello")
                file.flush()
                for words in (name, "there is one already"):
                    browser.go(server.url + "/in/")
                    browser.driver.find_element(
                        "css selector", "input[type=file]").send_keys(file.name)
                    browser.click("#upload button")
                    browser.until(lambda driver, words=words: words in
                                  driver.find_element("css selector", "table").text)
                browser.click("a[href='./']")
                browser.until(lambda driver: driver.title == "/in/")
                with open(os.path.join(folder.path, "in", name), "rb") as put:
                    assert put.read() == b"hello"
        finally:
            browser.cdp("Emulation.setScriptExecutionDisabled", value=False)


def check_strict_policy(browser):
    """the site works under a strict Content-Security-Policy"""
    policy = ("Content-Security-Policy: default-src 'none'; style-src 'self';"
              " script-src 'self'; img-src 'self'; connect-src 'self'")
    with Server(WWW, "--header", policy) as server:
        browser.go(server.url)
        browser.wait("!document.getElementById('served').hidden")
        bad = [text for level, text in browser.console() if level == "SEVERE"]
        assert not bad, bad
        sizes = browser.ask("[...document.images].map((i) => i.naturalWidth)")
        assert all(sizes), sizes
