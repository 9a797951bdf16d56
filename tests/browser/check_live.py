"""check_live - pages that reload themselves: what a person sees of --live."""
import os
import shutil

from server import Folder, Server

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>{title}</title>{head}<link rel="stylesheet" href="/style.css"></head>
<body><p>{title}</p>{body}</body></html>"""
FRAME = '<iframe src="/frame.html?{}"></iframe>'
EACH = ("Array.from({length: frames.length}, (_, i) => frames[i])"
        ".every((f) => f.document.")
TABS = 8
FRAMES = 4
STREAM = '"GET /.berth/live?since='


def page(title, head="", body=""):
    return PAGE.format(title=title, head=head, body=body)


def close_others(browser, first):
    for handle in browser.driver.window_handles:
        if handle != first:
            browser.driver.switch_to.window(handle)
            browser.driver.close()
    browser.driver.switch_to.window(first)


def check_live_many_tabs(browser):
    """eight tabs with four frames each load, and all follow a change"""
    first = browser.driver.current_window_handle
    body = "".join(FRAME.format(i) for i in range(FRAMES))
    with Folder(**{"index.html": page("one", body=body),
                   "frame.html": page("frame"), "style.css": ""}) as folder, \
            Server(folder.path, "--live") as server:
        tabs = [first]
        browser.go(server.url)
        for _ in range(TABS - 1):
            browser.driver.switch_to.new_window("tab")
            browser.go(server.url)
            tabs.append(browser.driver.current_window_handle)
        for tab in tabs:
            browser.driver.switch_to.window(tab)
            browser.wait(f"document.title === 'one' && frames.length === {FRAMES}"
                         f" && {EACH}title === 'frame')")
        folder.write("index.html", page("two", body=body))
        for tab in tabs:
            browser.driver.switch_to.window(tab)
            browser.wait("document.title === 'two'")
        close_others(browser, first)


def check_live_one_stream(browser):
    """a page and its frames share one stream"""
    body = "".join(FRAME.format(i) for i in range(7))
    with Folder(**{"index.html": page("one", body=body),
                   "frame.html": page("frame"), "style.css": ""}) as folder, \
            Server(folder.path, "--live") as server:
        browser.go(server.url)
        browser.wait(f"frames.length === 7 && {EACH}readyState === 'complete')")
        # Six streams would have taken all connections there are.
        status = browser.ask("fetch('/style.css').then((r) => r.status)")
        assert status == 200, status
        folder.write("frame.html", page("frame two"))
        browser.wait(f"{EACH}title === 'frame two')")
        # A frame asks for its lock when it has its title, not before.
        browser.wait("navigator.locks.query().then((q) =>"
                     " q.held.length === 1 && q.pending.length === 7)")


def check_live_rebuild(browser):
    """a page survives rm -rf and a build, and errors and listings follow"""
    with Folder(**{"dist/index.html": page("one"), "dist/style.css": ""}) as folder, \
            Server(os.path.join(folder.path, "dist"), "--live") as server:
        browser.go(server.url)
        browser.wait("document.title === 'one'")
        shutil.rmtree(os.path.join(folder.path, "dist"))
        browser.ask("new Promise((done) => setTimeout(done, 700))")
        assert browser.title() == "one", "it went away in the middle"
        folder.write("dist/style.css", "")
        folder.write("dist/index.html", page("two"))
        browser.wait("document.title === 'two'")
        browser.go(server.url + "/new/")
        assert "404" in browser.title()
        folder.write("dist/new/a.txt", "x")
        browser.wait("document.title.startsWith('/new/')")
        folder.write("dist/new/b.txt", "x")
        browser.wait("document.body.textContent.includes('b.txt')")
        folder.write("dist/new/index.html", page("three"))
        browser.wait("document.title === 'three'")


def check_live_lost(browser):
    """a page whose file is gone stays, and loads when it is there again"""
    with Folder(**{"a.html": page("one"), "style.css": ""}) as folder, \
            Server(folder.path, "--live") as server:
        browser.go(server.url + "/a.html")
        browser.wait("document.title === 'one'")
        os.remove(os.path.join(folder.path, "a.html"))
        browser.ask("new Promise((done) => setTimeout(done, 700))")
        assert browser.title() == "one"
        folder.write("a.html", page("two"))
        browser.wait("document.title === 'two'")


def check_live_spa(browser):
    """a deep link of an application reloads"""
    with Folder(**{"index.html": page("one"), "style.css": ""}) as folder, \
            Server(folder.path, "--live", "--spa") as server:
        browser.go(server.url + "/users/7")
        browser.wait("document.title === 'one'")
        folder.write("index.html", page("two"))
        browser.wait("document.title === 'two'")


def check_live_svg(browser):
    """a picture that is a page of its own, and XHTML, reload"""
    svg = ('<svg xmlns="http://www.w3.org/2000/svg"><title>{0}</title>'
           '<text y="20">{0}</text></svg>')
    xhtml = ('<html xmlns="http://www.w3.org/1999/xhtml"><head><title>{}</title>'
             '</head><body><p>x</p></body></html>')
    with Folder(**{"a.svg": svg.format("one"), "a.xhtml": xhtml.format("one")}) as folder, \
            Server(folder.path, "--live") as server:
        for name, text in (("a.svg", svg), ("a.xhtml", xhtml)):
            browser.go(f"{server.url}/{name}")
            browser.wait("document.title === 'one'")
            folder.write(name, text.format("two"))
            browser.wait("document.title === 'two'")


def check_live_utf16(browser):
    """a page in UTF-16 reloads, and is still what it was"""
    text = "<!doctype html><html><head><title>{0}</title></head><body>{0} \u00fc"
    with Folder(**{"index.html": text.format("one").encode("utf-16")}) as folder, \
            Server(folder.path, "--live") as server:
        browser.go(server.url)
        browser.wait("document.title === 'one'")
        assert browser.ask("document.body.textContent") == "one \u00fc"
        assert browser.ask("document.compatMode") == "CSS1Compat"
        folder.write("index.html",
                     b"\xfe\xff" + text.format("two").encode("utf-16-be"))
        browser.wait("document.title === 'two'")
        assert browser.ask("document.characterSet") == "UTF-16BE"


def check_live_policy(browser):
    """a policy of the page's own does not break it, or the console says why"""
    def meta(policy):
        return f'<meta http-equiv="Content-Security-Policy" content="{policy}">'

    # Even where it lets no other script in: ours stands before it.
    fine = meta("script-src 'none'; connect-src 'self'; style-src 'self'")
    mute = meta("default-src 'none'; style-src 'self'")
    with Folder(**{"index.html": page("one", fine), "mute.html": page("mute", mute),
                   "style.css": ""}) as folder, \
            Server(folder.path, "--live") as server:
        browser.go(server.url)
        browser.wait("document.title === 'one'")
        folder.write("index.html", page("two", fine))
        browser.wait("document.title === 'two'")
        browser.console()
        browser.go(server.url + "/mute.html")
        words = []

        def heard(_):
            words.extend(text for _, text in browser.console())
            return any("connect-src must allow" in text for text in words)
        browser.until(heard)
        # It says so once, and does not try again and again.
        browser.ask("new Promise((done) => setTimeout(done, 1500))")
        words.extend(text for _, text in browser.console())
        assert sum("Refused to connect" in text for text in words) <= 2, words


def check_live_fragment(browser):
    """what a script fetches is the file as it is"""
    with Folder(**{"index.html": page("one"), "part.html": "<p>part</p>",
                   "style.css": ""}) as folder, \
            Server(folder.path, "--live") as server:
        browser.go(server.url)
        text = browser.ask("fetch('/part.html').then((r) => r.text())")
        assert text == "<p>part</p>", text


def check_live_hidden(browser):
    """a page that is not seen holds no stream, and catches up when it is"""
    first = browser.driver.current_window_handle
    with Folder(**{"index.html": page("one"), "style.css": ""}) as folder, \
            Server(folder.path, "--live") as server:
        browser.go(server.url)
        browser.wait("navigator.locks.query().then((q) => q.held.length === 1)")
        hide = ("Object.defineProperty(document, 'hidden', {{ get: () => {0}, "
                "configurable: true }}), "
                "document.dispatchEvent(new Event('visibilitychange'))")
        browser.ask(hide.format("true"))
        browser.wait("navigator.locks.query().then((q) => q.held.length === 0)")
        folder.write("index.html", page("two"))
        browser.ask("new Promise((done) => setTimeout(done, 500))")
        assert browser.title() == "one"
        browser.ask(hide.format("false"))
        browser.wait("document.title === 'two'")
        close_others(browser, first)
