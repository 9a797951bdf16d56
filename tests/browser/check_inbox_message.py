"""check_inbox_message - one message in the inbox: its sides, and its safety.

Mail is sent by berth-smtp to berth-smtpd, and seen through berth-inboxd.
"""
import base64
import os
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from check_look import FAINT
from inbox import Inbox, routes
from inbox_page import SHOWN, SUBJECT, SUBJECTS, go, open_row, picture, press, row, silent
from selenium.webdriver.common.keys import Keys

FILE_S = 15      # a download, or a request elsewhere, must come in this time
POLL_S = 0.03    # how often we look for it

# One pixel.
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4"
                       "2mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")

HTML = """<h1 id="title">Hello</h1><img src="REMOTE/pixel.png">
<script>parent.document.title = "broken out"; fetch("/api/v1/messages", {method: "DELETE"})</script>
<style>body { background: url(REMOTE/bed.png) }</style><link rel="stylesheet" href="REMOTE/style.css">
<img src="x" onerror="top.document.title = 'broken out'">
<form action="/api/v1/messages"><button>send</button></form>
<meta http-equiv="refresh" content="0;url=REMOTE/left"><a href="https://example.org/confirm">Confirm</a>"""


def in_frame(browser, frame):
    """Wait until the mail is in its frame."""
    browser.driver.switch_to.frame(frame)
    browser.wait("document.getElementById('title')?.textContent === 'Hello'")
    browser.driver.switch_to.default_content()


class Remote:
    """A server somewhere else, which notes what it is asked for."""

    def __init__(self):
        self.asked = asked = []
        self.came = came = threading.Condition()

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                with came:
                    asked.append(self.path)
                    came.notify_all()
                self.send_error(404)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def wait(self, path):
        with self.came:
            assert self.came.wait_for(lambda: path in self.asked, FILE_S), self.asked


def check_inbox_open(browser):
    """a message opens with all its sides; it is then read, here and elsewhere"""
    with Inbox() as inbox:
        inbox.send("To read", text="See https://example.org/path?a=1.\n", html="<p>See")
        go(browser, inbox)
        browser.wait(f"({SUBJECTS}).length === 1")
        open_row(browser)
        assert browser.ask(SUBJECT) == "To read"
        browser.wait(f"!{row(0)}.classList.contains('unread')")
        sides = {"text": "See https://example.org", "headers": "alice@example.org",
                 "source": "Subject: To read", "envelope": "EHLO"}
        for name, words in sides.items():
            browser.click(f"#tab-{name}")
            browser.wait(f"document.getElementById('panel-{name}').textContent"
                          f".includes('{words}')")
        link = browser.ask("document.querySelector('#panel-text a').href")
        assert link == "https://example.org/path?a=1", link
        picture(browser, "envelope")
        browser.reload()
        browser.wait(f"{SUBJECT} === 'To read'")
        browser.wait("!document.getElementById('panel-envelope').hidden")
        silent(browser)


def check_inbox_inert(browser):
    """HTML mail runs no script, and reaches what is remote when asked, not before"""
    with Inbox() as inbox, Remote() as remote:
        inbox.send("Nasty", html=HTML.replace("REMOTE", remote.url))
        go(browser, inbox)
        browser.wait(f"({SUBJECTS}).length === 1")
        open_row(browser)
        frame = browser.driver.find_element("css selector", "iframe.frame")
        allowed = set((frame.get_attribute("sandbox") or "").split())
        assert not allowed & {"allow-scripts", "allow-same-origin", "allow-forms",
                              "allow-top-navigation"}, allowed
        in_frame(browser, frame)
        for name in ("Phone", "Tablet", "Desktop"):
            browser.click(f".widths [data-name={name}]")
            width = browser.ask("parseInt(document.querySelector('.frame').style.width)")
            assert width == {"Phone": 390, "Tablet": 768, "Desktop": 1280}[name], width
            picture(browser, f"html-{name.lower()}")
        assert not remote.asked, f"it asked for {remote.asked}"
        browser.click(".remote button")
        remote.wait("/pixel.png")
        in_frame(browser, frame)
        assert "/left" not in remote.asked, "the mail led the frame away"
        title = browser.title()
        assert title.endswith("Inbox · Berth"), title
        browser.wait(f"({SUBJECTS}).length === 1")


def check_inbox_frame_keys(browser):
    """who clicks into the HTML is shown how to have the keys back, and has them"""
    with Inbox() as inbox:
        inbox.send("Framed", html="<h1 id=title>Hello</h1><p>Click here")
        go(browser, inbox)
        browser.wait(f"({SUBJECTS}).length === 1")
        open_row(browser)
        in_frame(browser, browser.driver.find_element("css selector", "iframe.frame"))
        browser.wait("document.querySelector('.keys-back').hidden")
        browser.click("iframe.frame")
        browser.wait("!document.querySelector('.keys-back').hidden")
        browser.click(".keys-back")
        browser.wait("document.querySelector('.keys-back').hidden")
        browser.wait("document.activeElement.tagName !== 'IFRAME'")
        press(browser, "e")  # unread
        browser.wait(f"{row(0)}.classList.contains('unread')")
        silent(browser)


def check_inbox_attachment(browser):
    """an attachment downloads as it was sent; a wrong type is marked"""
    content = bytes(range(256)) * 500
    with Inbox() as inbox, tempfile.TemporaryDirectory() as folder:
        inbox.send("With files", files=[
            ("data.bin", "application/octet-stream", content),
            ("photo.jpg", "image/jpeg", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n")])
        go(browser, inbox)
        browser.wait(f"({SUBJECTS}).length === 1")
        assert browser.ask(row(0) + ".querySelector('.clip').textContent") == "2"
        open_row(browser)
        marked = browser.ask("[...document.querySelectorAll('.attachment')]"
                              ".map((one) => one.querySelector('.flag')?.textContent ?? '')")
        assert marked == ["", "is really application/pdf"], marked
        browser.cdp("Browser.setDownloadBehavior", behavior="allow", downloadPath=folder)
        browser.click(".attachment a")
        path = os.path.join(folder, "data.bin")
        end = time.monotonic() + FILE_S
        while not os.path.exists(path) or os.path.getsize(path) < len(content):
            assert time.monotonic() < end, f"only {os.listdir(folder)}"
            time.sleep(POLL_S)
        with open(path, "rb") as file:
            assert file.read() == content, "it is not what was sent"
        picture(browser, "attachments")


def check_inbox_words(browser):
    """what a mail says is text on the page and never becomes a part of it"""
    evil = '<img src=x onerror="document.title=1">'
    with Inbox() as inbox:
        inbox.send(evil, text=evil + "\n", files=[
            (f"{evil}.txt", "text/plain", b"harmless\n"),
            ("bill\u202efdp.exe", "text/plain", b"harmless\n")])
        go(browser, inbox)
        browser.wait(f"({SUBJECTS}).length === 1")
        assert browser.ask(SUBJECTS) == [evil]
        open_row(browser)
        assert browser.ask(SUBJECT) == evil
        assert evil in browser.ask("document.getElementById('panel-text').textContent")
        names = browser.ask("[...document.querySelectorAll('.attachment a')]"
                            ".map((one) => one.textContent)")
        assert names[0].endswith(".txt") and "onerror" in names[0], names
        assert names[1] == "bill\ufffdfdp.exe", names      # no .pdf, read backwards
        for side in ("headers", "source"):
            browser.click(f"#tab-{side}")
            browser.wait(f"document.getElementById('panel-{side}').textContent.includes('onerror')")
        assert browser.ask("document.querySelector('[onerror]') === null")
        silent(browser)


def check_inbox_tags(browser):
    """a tag is set on a message, shown in the list, found by, and taken off"""
    with Inbox() as inbox:
        inbox.send("Tagged")
        inbox.send("Plain")
        go(browser, inbox)
        browser.wait(f"({SUBJECTS}).length === 2")
        open_row(browser, 1)
        browser.click(".editor input")
        press(browser, "blue", Keys.ENTER)
        browser.wait(row(1) + ".querySelector('.row-tags').textContent === 'blue'")
        browser.wait("[...document.querySelectorAll('#tags button')]"
                     ".some((chip) => chip.textContent === 'blue')")
        browser.ask("[...document.querySelectorAll('#tags button')]"
                    ".find((chip) => chip.textContent === 'blue').click()")
        browser.wait(f"({SUBJECTS}).join() === 'Tagged'")
        open_row(browser)
        browser.click(".editor .tag button")
        browser.wait(row(0) + ".querySelector('.row-tags').textContent === ''")
        silent(browser)


def check_inbox_sessions(browser):
    """a conversation that brought no message is shown, too"""
    with Inbox() as inbox:
        inbox.send_raw(b"Subject: Never\r\n\r\n", options=("--stop-after", "rcpt"))
        inbox.send("Came")
        go(browser, inbox)
        browser.wait(f"({SUBJECTS}).join() === 'Came'")
        browser.click("#sessions-button")
        browser.wait("document.querySelector('.session.refused summary') !== null")
        browser.click(".session.refused summary")
        browser.wait("document.querySelector('.session.refused .dialogue')?.textContent"
                     ".includes('RCPT TO:<bob@example.org>')")
        picture(browser, "sessions")
        press(browser, Keys.ESCAPE)
        browser.wait("!document.getElementById('sessions').open")
        silent(browser)


def check_inbox_broken(browser):
    """broken MIME is shown raw with the reason; a lost message says so"""
    with Inbox() as inbox:
        inbox.send_raw(b"Subject: Broken\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed;"
                       b" boundary=x\r\n\r\nno boundary comes \xff\xfe\r\n")
        go(browser, inbox)
        browser.wait(f"({SUBJECTS}).length === 1")
        open_row(browser)
        browser.click("#tab-source")
        browser.wait("document.getElementById('panel-source').textContent"
                      ".includes('no boundary comes')")
        go(browser, inbox, "#id=1700000000.M0P0")
        browser.wait(f"{SUBJECT} === 'This message is gone'")
        picture(browser, "lost")


def check_inbox_look(browser):
    """light, dark, phone: nothing is too wide, too faint or without a name"""
    html = HTML.replace("REMOTE", "http://remote.invalid")
    with Inbox() as inbox:
        for n in range(12):
            inbox.send(f"A message, number {n}", html=html if n % 2 else None)
        for name, suit in {"light": {}, "dark": {"dark": True},
                           "tablet": {"width": 820},
                           "phone": {"width": 360, "height": 740, "phone": True},
                           "phone-dark": {"width": 360, "height": 740, "phone": True,
                                          "dark": True}}.items():
            go(browser, inbox)
            browser.dress(**suit)
            browser.wait(f"({SUBJECTS}).length >= 5")
            picture(browser, name + "-list")
            open_row(browser, 1)
            browser.wait("document.querySelector('.message[aria-busy]') === null")
            picture(browser, name + "-message")
            width = browser.ask("document.documentElement.scrollWidth")
            assert width <= suit.get("width", 1280), f"{name}: {width} px"
            faint = browser.ask(FAINT)
            assert not faint, f"{name}: too faint: {faint}"
            nameless = browser.ask("[...document.querySelectorAll('button, input, select, iframe')]"
                ".filter((one) => !(one.textContent.trim() || one.ariaLabel || one.title ||"
                " one.labels?.length)).map((one) => one.outerHTML)")
            assert not nameless, nameless
        browser.dress()


def check_inbox_spoken(browser):
    """a screen reader hears what there is, in words, and what comes"""
    with Inbox() as inbox:
        inbox.send("Hello", html="<p>See <a href='https://example.org/'>there</a>",
                   files=[("a.png", "image/png", PNG)])
        go(browser, inbox)
        browser.wait(f"({SUBJECTS}).length === 1")
        tree = browser.spoken()
        roles = [role for role, _ in tree]
        for role in ("banner", "search", "main", "grid"):
            assert roles.count(role) == 1, f"{role}: {roles.count(role)} times"
        [name] = [name for role, name in tree if role == "row"]
        assert name.startswith("Unread alice@example.org now Hello to bob@example.org "), name
        assert " 1 attachment " in name, name
        browser.click(".row .words")
        browser.wait(SHOWN)
        tree = browser.spoken()
        for one in (("article", "Hello"), ("tab", "HTML"), ("tab", "Links, 1"),
                    ("tabpanel", "HTML"), ("Iframe", "The message as HTML"),
                    ("list", "Attachments"), ("button", "Newer message"),
                    ("button", "Delete"), ("searchbox", "Search messages")):
            assert one in tree, f"no {one} in {tree}"
        assert browser.ask("document.activeElement !== document.body"), "the focus is lost"
        inbox.send("Another")
        browser.wait("document.querySelector('[aria-live=polite]').textContent"
                     " === '1 new message'")
        silent(browser)


def check_inbox_routes(browser):
    """the page asks for what tests/ROUTES.md says, no more and no less"""
    with Inbox() as far, Inbox(face=("--relay", far.smtp)) as inbox:
        go(browser, inbox)                                       # empty
        browser.wait("!document.getElementById('first').hidden")
        for n in range(3):
            inbox.send(f"Number {n}", html="<p>Hello", files=[("a.png", "image/png", PNG)])
        browser.wait(f"({SUBJECTS}).length === 3")
        open_row(browser)
        browser.wait("document.querySelector('iframe.frame') !== null")
        for name in ("headers", "source", "envelope"):
            browser.click(f"#tab-{name}")
            browser.wait(f"document.getElementById('panel-{name}').textContent.length > 50")
        browser.click(".editor input")
        press(browser, "blue", Keys.ENTER)
        browser.wait(row(0) + ".querySelector('.row-tags').textContent === 'blue'")
        browser.ask("[...document.querySelectorAll('#message a[download]')]"
                    ".forEach((link) => fetch(link.href))")
        browser.click("#message-release")
        browser.click("#release-yes")
        browser.wait("!document.getElementById('release').open")
        browser.click("#do-read")
        browser.click("#message-delete")
        browser.wait(f"({SUBJECTS}).length === 2", 20)           # not to be undone now
        press(browser, "/", "Number 1", Keys.ENTER)
        browser.wait(f"({SUBJECTS}).join() === 'Number 1'")
        browser.click("#do-delete")
        browser.click("#sure-yes")
        browser.wait(f"({SUBJECTS}).length === 0")
        silent(browser)
        inbox.stop_inbox()      # a stream is logged at its end
        words = routes.differ("the page", "yes", inbox.asked("Chrome"))
        assert not words, words
