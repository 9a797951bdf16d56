"""check_inbox - the inbox's page, from the first mail to the ten thousandth.

Mail is sent by berth-smtp to berth-smtpd, and seen through berth-inboxd.
"""
import os
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from check_look import FAINT
from inbox import Inbox
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys
from server import PICTURES

LIVE_S = 2       # from the end of a send to its row, on a busy machine
FILE_S = 15      # a download, or a request elsewhere, must come in this time
POLL_S = 0.03    # how often we look for it
FRAME_MS = 16    # 60 frames a second
INDEX_S = 60     # 10,000 messages must be listed in this time

ROWS = "[...document.querySelectorAll('.row')].filter((row) => row.textContent.trim())"
SUBJECTS = f"{ROWS}.map((row) => row.querySelector('.subject').textContent)"
SHOWN = "document.querySelector('#message:not([hidden]) [role=tablist]') !== null"
SUBJECT = "document.getElementById('subject')?.textContent"
FOCUS = "document.activeElement.id"
COUNT = "document.getElementById('box-count').textContent"

HTML = """<h1 id="title">Hello</h1><img src="REMOTE/pixel.png">
<script>parent.document.title = "broken out"; fetch("/api/v1/messages", {method: "DELETE"})</script>
<style>body { background: url(REMOTE/bed.png) }</style><link rel="stylesheet" href="REMOTE/style.css">
<img src="x" onerror="top.document.title = 'broken out'">
<form action="/api/v1/messages"><button>send</button></form>
<meta http-equiv="refresh" content="0;url=REMOTE/left"><a href="https://example.org/confirm">Confirm</a>"""


def picture(browser, name):
    path = os.path.join(PICTURES, f"inbox-{name}.png")
    browser.picture(path, whole=False)
    assert os.path.getsize(path) > 5000, f"{path} is empty"


def go(browser, inbox, place=""):
    browser.dress()
    browser.go("about:blank")       # a change of the hash alone loads nothing
    browser.go(inbox.url + "/" + place)
    browser.wait("document.getElementById('live').dataset.up === 'true'")


def press(browser, *keys):
    for key in keys:
        browser.keys(key)


def row(n):
    """The element of the nth row in view, from 0."""
    return f"document.querySelectorAll('.row')[{n}]"


def open_row(browser, n=0):
    browser.ask(row(n) + ".querySelector('.words').click()")
    browser.wait(SHOWN)


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


def busy(browser):
    """Milliseconds that the page's thread has run so far."""
    metrics = browser.cdp("Performance.getMetrics")["metrics"]
    return next(one["value"] for one in metrics if one["name"] == "TaskDuration") * 1000


def silent(browser):
    """Nothing was refused by the page's policy, and no script failed."""
    bad = [text for level, text in browser.console()
           if level == "SEVERE" and "/view/" not in text]
    assert not bad, bad


# The checks.

def check_inbox_first(browser):
    """an empty inbox shows how to send the first mail, and then shows it"""
    with Inbox() as inbox:
        go(browser, inbox)
        lines = browser.wait("[...document.querySelectorAll('.lines li')]"
                              ".map((line) => line.textContent)")
        for word in ("PHP", "Node", "Python", "Rails", "Go", "Java"):
            assert any(line.startswith(word) for line in lines), f"no line for {word}"
        picture(browser, "empty")
        inbox.send("The first one")
        browser.wait(f"({SUBJECTS})[0] === 'The first one'")
        assert browser.ask("document.getElementById('first').hidden")
        silent(browser)


def check_inbox_live(browser):
    """a new mail appears without reload, unread, above the others"""
    with Inbox() as inbox:
        inbox.send("Older")
        go(browser, inbox)
        browser.wait(f"({SUBJECTS}).length === 1")
        browser.ask("void (window.mark = 1)")
        inbox.send("Newer", to=("bob@example.org", "secret@example.org"))
        browser.wait(f"({SUBJECTS})[0] === 'Newer'", LIVE_S)
        assert browser.ask("window.mark") == 1, "the page was loaded anew"
        assert browser.ask(row(0) + ".classList.contains('unread')")
        to = browser.ask(row(0) + ".querySelector('.to').textContent")
        assert to == "to bob@example.org +1", f"not the envelope's recipients: {to}"
        browser.wait("document.title.startsWith('(2)')")
        silent(browser)


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


def check_inbox_search(browser):
    """a search finds, follows new mail, and says what it does not understand"""
    with Inbox() as inbox:
        for name in ("apple", "pear", "apple pie"):
            inbox.send(name)
        go(browser, inbox)
        browser.wait(f"({SUBJECTS}).length === 3")
        press(browser, "/", "subject:apple", Keys.ENTER)
        browser.wait(f"({SUBJECTS}).join() === 'apple pie,apple'")
        assert "q=subject" in browser.driver.current_url, browser.driver.current_url
        inbox.send("apple juice")
        browser.wait(f"({SUBJECTS})[0] === 'apple juice'")
        press(browser, "/", "nothing like it", Keys.ENTER)
        browser.wait("document.getElementById('nothing').textContent.includes('No message')")
        browser.click("#search [popovertarget]")
        browser.wait("document.getElementById('syntax').matches(':popover-open')")
        press(browser, Keys.ESCAPE)
        browser.driver.back()
        browser.wait(f"({SUBJECTS}).length > 0")
        silent(browser)


def check_inbox_delete(browser):
    """a delete can be taken back; else it is done, here and in the Maildir"""
    with Inbox() as inbox:
        for n in range(4):
            inbox.send(f"Number {n}")
        go(browser, inbox)
        browser.wait(f"({SUBJECTS}).length === 4")
        open_row(browser)
        browser.click("#message-delete")
        browser.wait(f"{SUBJECT} === 'Number 2'")      # the next one is shown
        assert browser.ask(row(0) + ".classList.contains('going')")
        browser.click("#toast-undo")
        browser.wait("!document.querySelector('.row.going')")
        browser.ask(row(1) + ".querySelector('input').click()")
        last = browser.driver.find_elements("css selector", ".row .tick")[3]
        ActionChains(browser.driver).key_down(Keys.SHIFT).click(last).key_up(
            Keys.SHIFT).perform()
        browser.wait("document.getElementById('chosen').textContent === '3 selected'")
        browser.click("#do-delete")
        browser.wait(f"({SUBJECTS}).join() === 'Number 3'")
        browser.click("#do-delete")                      # all that is left
        browser.wait("document.getElementById('sure').open")
        press(browser, Keys.ESCAPE)
        assert browser.ask(f"({SUBJECTS}).length") == 1, "Escape is not yes"
        browser.click("#do-delete")
        browser.click("#sure-yes")
        browser.wait("!document.getElementById('first').hidden")
        silent(browser)


def check_inbox_keyboard(browser):
    """all of it works by the keyboard alone"""
    with Inbox() as inbox:
        for n in range(5):
            inbox.send(f"Number {n}")
        go(browser, inbox)
        browser.wait(f"({SUBJECTS}).length === 5")
        press(browser, Keys.TAB, Keys.ENTER)               # the skip link
        assert browser.ask(FOCUS) == "list"
        press(browser, "j", "j", "k", Keys.ENTER)
        browser.wait(f"{SUBJECT} === 'Number 3'")
        assert browser.ask(FOCUS) == "message", "the focus is not on the message"
        press(browser, "2")
        browser.wait("document.querySelectorAll('[role=tab]')[1].ariaSelected === 'true'")
        press(browser, "j")
        browser.wait(f"{SUBJECT} === 'Number 2'")
        press(browser, "u")
        browser.wait("document.getElementById('message').hidden")
        assert browser.ask(FOCUS) == "list"
        press(browser, "e")
        browser.wait(row(2) + ".classList.contains('unread')")
        press(browser, "x", Keys.ARROW_DOWN, Keys.SPACE)
        browser.wait("document.getElementById('chosen').textContent === '2 selected'")
        press(browser, "#", "z")
        browser.wait("document.getElementById('toast-words').textContent.includes('kept')")
        press(browser, "?")
        browser.wait("document.getElementById('keys').open")
        picture(browser, "keys")
        press(browser, Keys.ESCAPE)
        browser.wait("!document.getElementById('keys').open")
        active = browser.ask("document.getElementById(document.getElementById('list')"
                              ".getAttribute('aria-activedescendant'))?.ariaRowIndex")
        assert active == "4", f"the cursor is told as row {active}"
        silent(browser)


def check_inbox_tabs(browser):
    """two tabs keep one stream, and both follow, the hidden one too"""
    with Inbox() as inbox:
        inbox.send("One")
        go(browser, inbox)
        first = browser.driver.current_window_handle
        browser.wait(f"({SUBJECTS}).length === 1")
        browser.driver.switch_to.new_window("tab")
        second = browser.driver.current_window_handle
        try:
            go(browser, inbox)
            browser.wait(f"({SUBJECTS}).length === 1")
            held = browser.ask("navigator.locks.query().then(({held, pending}) =>"
                                " [held.length, pending.length])")
            assert held == [1, 1], f"locks held and waited for: {held}"
            inbox.send("Two")
            browser.wait(f"({SUBJECTS})[0] === 'Two'", LIVE_S)
            browser.click("#do-read")
            browser.wait("!document.querySelector('.row.unread')")
            browser.driver.switch_to.window(first)
            browser.wait(f"({SUBJECTS})[0] === 'Two'", LIVE_S)
            browser.wait("!document.querySelector('.row.unread')")
            browser.driver.close()                               # the one with the stream
            browser.driver.switch_to.window(second)
            browser.wait("navigator.locks.query().then(({held, pending}) =>"
                          " held.length === 1 && pending.length === 0)")
            inbox.send("Three")
            browser.wait(f"({SUBJECTS})[0] === 'Three'")
        finally:
            browser.driver.switch_to.window(second)


def check_inbox_gone(browser):
    """a server that is gone is told, and its return brings what was missed"""
    with Inbox() as inbox:
        inbox.send("Before")
        go(browser, inbox)
        browser.wait(f"({SUBJECTS}).length === 1")
        inbox.stop_inbox()
        browser.wait("!document.getElementById('gone').hidden")
        picture(browser, "gone")
        inbox.send("Meanwhile")
        inbox.start_inbox(inbox.face.address)
        browser.ask("document.getElementById('gone-retry').click()")   # or it is back already
        browser.wait(f"({SUBJECTS}).join() === 'Meanwhile,Before'")
        browser.wait("document.getElementById('gone').hidden")


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


def check_inbox_words(browser):
    """what a mail says is text on the page and never becomes a part of it"""
    evil = '<img src=x onerror="document.title=1">'
    with Inbox() as inbox:
        inbox.send(evil, text=evil + "\n", files=[(f"{evil}.txt", "text/plain", b"harmless\n")])
        go(browser, inbox)
        browser.wait(f"({SUBJECTS}).length === 1")
        assert browser.ask(SUBJECTS) == [evil]
        open_row(browser)
        assert browser.ask(SUBJECT) == evil
        assert evil in browser.ask("document.getElementById('panel-text').textContent")
        name = browser.ask("document.querySelector('.attachment a').textContent")
        assert name.endswith(".txt") and "onerror" in name, name
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


def check_inbox_mailboxes(browser):
    """a mailbox is a scope: of the list, of what arrives, of Delete all"""
    with Inbox("--mailbox-by", "user") as inbox:
        inbox.send("For Bob", to=("bob@example.org",))
        inbox.send("For Carol", to=("carol@example.org",))
        go(browser, inbox)
        browser.wait(f"({SUBJECTS}).join() === 'For Carol,For Bob'")
        browser.wait("!document.getElementById('mailbox').hidden")
        browser.driver.find_element("css selector", "#mailbox [value='=bob']").click()
        browser.wait(f"({SUBJECTS}).join() === 'For Bob'")
        inbox.send("Carol again", to=("carol@example.org",))
        inbox.send("Bob again", to=("bob@example.org",))
        browser.wait(f"({SUBJECTS}).join() === 'Bob again,For Bob'")
        browser.click("#do-delete")
        browser.click("#sure-yes")
        browser.wait("document.getElementById('nothing').textContent.includes('empty')")
        go(browser, inbox)
        browser.wait(f"({SUBJECTS}).join() === 'Carol again,For Carol'")
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


def check_inbox_phone(browser):
    """on a phone a message takes the screen, and Back leads to its place"""
    with Inbox() as inbox:
        for n in range(20):
            inbox.send(f"Number {n}")
        go(browser, inbox)
        browser.dress(width=360, height=740, phone=True)
        browser.wait(f"({SUBJECTS}).length >= 8")
        browser.ask("void (document.getElementById('list').scrollTop = 500)")
        browser.wait(f"({SUBJECTS}).includes('Number 10')")
        for leave in (lambda: browser.click("#back"), browser.driver.back):
            name = browser.ask(row(7) + ".querySelector('.subject').textContent")
            open_row(browser, 7)
            browser.wait(f"{SUBJECT} === '{name}'")
            seen = browser.ask("document.elementFromPoint(180, 400).closest('#message') !== null")
            assert seen, "the message does not have the screen"
            leave()
            browser.wait("document.getElementById('message').hidden")
            assert browser.ask("document.getElementById('list').scrollTop") == 500
            assert browser.ask(FOCUS) == "list"
        silent(browser)


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


def check_inbox_many(browser):
    """10,000 messages: few elements, and no frame that is felt"""
    with Inbox(already=10000) as inbox:
        go(browser, inbox)
        browser.wait(f"{COUNT}.startsWith('10,000 messages')", INDEX_S)
        # On a machine that is busy frames are late whatever the page does: what
        # is judged is the time on the processor that the page takes for one.
        browser.cdp("Performance.enable", timeDomain="threadTicks")
        before = busy(browser)
        frames = browser.driver.execute_async_script("""
            const done = arguments[0], list = document.getElementById("list");
            const times = [], start = performance.now();
            let last = start;
            requestAnimationFrame(function frame(now) {
                times.push(Math.round(now - last));
                last = now;
                list.scrollTop += 200;
                if (times.length < 150 && now < start + 5000) requestAnimationFrame(frame);
                else done(times);
            });""")
        took = (busy(browser) - before) / len(frames)
        browser.cdp("Performance.disable")
        assert took < FRAME_MS, f"{took:.1f} ms a frame; the frames came after {frames} ms"
        count = browser.ask("document.querySelectorAll('.row').length")
        assert count < 60, f"{count} rows exist"
        browser.wait(f"({SUBJECTS}).every((words) => words.startsWith('Number '))")
        press(browser, Keys.TAB, Keys.ENTER, Keys.END)
        browser.wait(f"({SUBJECTS}).at(-1) === 'Number 1'")
        last = browser.ask("[...document.querySelectorAll('.row')].at(-1).ariaRowIndex")
        assert last == "10000", last
        picture(browser, "10000")
        inbox.send("Number 10001")
        browser.wait(f"{COUNT}.startsWith('10,001 messages')")
        assert browser.ask(f"({SUBJECTS}).at(-1)") == "Number 1", "the list jumped"
