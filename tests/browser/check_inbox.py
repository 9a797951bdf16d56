"""check_inbox - the inbox's page, from the first mail to the ten thousandth.

Mail is sent by berth-smtp to berth-smtpd, and seen through berth-inboxd.  The
browser is a Selenium WebDriver; what the checks need of it stands first.
"""
import os
import tempfile
import time

from house import PICTURES
from inbox import Inbox
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

WAIT_S = 15      # the page must come to what we wait for in this time
POLL_S = 0.03    # how often we look
LIVE_S = 2       # from the end of a send to its row, on a busy machine

ROWS = "[...document.querySelectorAll('.row')].filter((row) => row.textContent.trim())"
SUBJECTS = f"{ROWS}.map((row) => row.querySelector('.subject').textContent)"
SHOWN = "document.querySelector('#message:not([hidden]) [role=tablist]')"
SUBJECT = "document.getElementById('subject')?.textContent"
FOCUS = "document.activeElement.id"
COUNT = "document.getElementById('box-count').textContent"

HTML = """<h1 id="title">Hello</h1><img src="http://192.0.2.1/pixel.png">
<script>parent.document.title = "broken out"; fetch("/api/v1/messages", {method: "DELETE"})</script>
<img src="x" onerror="top.document.title = 'broken out'">
<form action="/api/v1/messages"><button>send</button></form>
<meta http-equiv="refresh" content="0;url=http://192.0.2.1/"><a href="https://example.org/confirm">Confirm</a>"""


def ask(browser, expression, *arguments):
    return browser.execute_script(f"return ({expression});", *arguments)


def wait(browser, expression, seconds=WAIT_S):
    """Wait until the expression is true; its last value is returned."""
    end = time.monotonic() + seconds
    while True:
        value = ask(browser, expression)
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {expression}")
        time.sleep(POLL_S)


def press(browser, *keys):
    ActionChains(browser).send_keys(*keys).perform()


def click(browser, selector):
    browser.find_element("css selector", selector).click()


def dress(browser, dark=False, width=1280, height=900, phone=False):
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
        {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
        {"name": "prefers-reduced-motion", "value": "reduce"}]})
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "mobile": phone,
        "deviceScaleFactor": 2 if phone else 1})


def picture(browser, name):
    path = os.path.join(PICTURES, f"inbox-{name}.png")
    browser.save_screenshot(path)
    assert os.path.getsize(path) > 5000, f"{path} is empty"


def go(browser, inbox, place=""):
    dress(browser)
    browser.get("about:blank")      # a change of the hash alone loads nothing
    browser.get(inbox.url + "/" + place)
    wait(browser, "document.getElementById('live').dataset.up === 'true'")


def row(n):
    """The element of the nth row in view, from 0."""
    return f"document.querySelectorAll('.row')[{n}]"


def open_row(browser, n=0):
    ask(browser, row(n) + ".querySelector('.words').click()")
    wait(browser, SHOWN)


def silent(browser):
    """Nothing was refused by the page's policy, and no script failed."""
    bad = [entry["message"] for entry in browser.get_log("browser")
           if entry["level"] == "SEVERE" and "/view/" not in entry["message"]]
    assert not bad, bad


# The checks.

def check_inbox_first(browser):
    """an empty inbox shows how to send the first mail, and then shows it"""
    with Inbox() as inbox:
        go(browser, inbox)
        lines = wait(browser, "[...document.querySelectorAll('.lines li')]"
                              ".map((line) => line.textContent)")
        for word in ("PHP", "Node", "Python", "Rails", "Go", "Java"):
            assert any(line.startswith(word) for line in lines), f"no line for {word}"
        picture(browser, "empty")
        inbox.send("The first one")
        wait(browser, f"({SUBJECTS})[0] === 'The first one'")
        assert ask(browser, "document.getElementById('first').hidden")
        silent(browser)


def check_inbox_live(browser):
    """a new mail appears without reload, unread, above the others"""
    with Inbox() as inbox:
        inbox.send("Older")
        go(browser, inbox)
        wait(browser, f"({SUBJECTS}).length === 1")
        ask(browser, "void (window.mark = 1)")
        inbox.send("Newer", to=("bob@example.org", "secret@example.org"))
        wait(browser, f"({SUBJECTS})[0] === 'Newer'", LIVE_S)
        assert ask(browser, "window.mark") == 1, "the page was loaded anew"
        assert ask(browser, row(0) + ".classList.contains('unread')")
        to = ask(browser, row(0) + ".querySelector('.to').textContent")
        assert to == "to bob@example.org +1", f"not the envelope's recipients: {to}"
        wait(browser, "document.title.startsWith('(2)')")
        silent(browser)


def check_inbox_open(browser):
    """a message opens with all its sides; it is then read, here and elsewhere"""
    with Inbox() as inbox:
        inbox.send("To read", text="See https://example.org/path?a=1.\n", html="<p>See")
        go(browser, inbox)
        wait(browser, f"({SUBJECTS}).length === 1")
        open_row(browser)
        assert ask(browser, SUBJECT) == "To read"
        wait(browser, f"!{row(0)}.classList.contains('unread')")
        sides = {"text": "See https://example.org", "headers": "alice@example.org",
                 "source": "Subject: To read", "envelope": "EHLO"}
        for name, words in sides.items():
            click(browser, f"#tab-{name}")
            wait(browser, f"document.getElementById('panel-{name}').textContent"
                          f".includes('{words}')")
        link = ask(browser, "document.querySelector('#panel-text a').href")
        assert link == "https://example.org/path?a=1", link
        picture(browser, "envelope")
        browser.refresh()
        wait(browser, f"{SUBJECT} === 'To read'")
        wait(browser, "!document.getElementById('panel-envelope').hidden")
        silent(browser)


def check_inbox_inert(browser):
    """HTML mail cannot run script, reach the network, the page or the API"""
    with Inbox() as inbox:
        inbox.send("Nasty", html=HTML)
        go(browser, inbox)
        wait(browser, f"({SUBJECTS}).length === 1")
        browser.get_log("performance")
        open_row(browser)
        frame = browser.find_element("css selector", "iframe.frame")
        allowed = set((frame.get_attribute("sandbox") or "").split())
        assert not allowed & {"allow-scripts", "allow-same-origin", "allow-forms",
                              "allow-top-navigation"}, allowed
        browser.switch_to.frame(frame)
        wait(browser, "document.getElementById('title')?.textContent === 'Hello'")
        browser.switch_to.default_content()
        title = ask(browser, "document.title")
        assert title.endswith("Inbox · Berth"), title
        for name in ("Phone", "Tablet", "Desktop"):
            click(browser, f".widths [data-name={name}]")
            width = ask(browser, "parseInt(document.querySelector('.frame').style.width)")
            assert width == {"Phone": 390, "Tablet": 768, "Desktop": 1280}[name], width
            picture(browser, f"html-{name.lower()}")
        asked = [entry["message"] for entry in browser.get_log("performance")
                 if '"Network.requestWillBeSent"' in entry["message"]]
        out = [one[:300] for one in asked if "192.0.2.1" in one.split('"headers"')[0]]
        # A request that the policy stopped is never announced as sent.
        assert not out, out
        wait(browser, f"({SUBJECTS}).length === 1")


def check_inbox_attachment(browser):
    """an attachment downloads as it was sent; a wrong type is marked"""
    content = bytes(range(256)) * 500
    with Inbox() as inbox, tempfile.TemporaryDirectory() as folder:
        inbox.send("With files", files=[
            ("data.bin", "application/octet-stream", content),
            ("photo.jpg", "image/jpeg", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n")])
        go(browser, inbox)
        wait(browser, f"({SUBJECTS}).length === 1")
        assert ask(browser, row(0) + ".querySelector('.clip').textContent") == "2"
        open_row(browser)
        marked = ask(browser, "[...document.querySelectorAll('.attachment')]"
                              ".map((one) => one.querySelector('.flag')?.textContent ?? '')")
        assert marked == ["", "is really application/pdf"], marked
        browser.execute_cdp_cmd("Browser.setDownloadBehavior",
                                {"behavior": "allow", "downloadPath": folder})
        click(browser, ".attachment a")
        path = os.path.join(folder, "data.bin")
        end = time.monotonic() + WAIT_S
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
        wait(browser, f"({SUBJECTS}).length === 3")
        press(browser, "/", "subject:apple", Keys.ENTER)
        wait(browser, f"({SUBJECTS}).join() === 'apple pie,apple'")
        assert "q=subject" in browser.current_url, browser.current_url
        inbox.send("apple juice")
        wait(browser, f"({SUBJECTS})[0] === 'apple juice'")
        press(browser, "/", "nothing like it", Keys.ENTER)
        wait(browser, "document.getElementById('nothing').textContent.includes('No message')")
        click(browser, "#search [popovertarget]")
        wait(browser, "document.getElementById('syntax').matches(':popover-open')")
        press(browser, Keys.ESCAPE)
        browser.back()
        wait(browser, f"({SUBJECTS}).length > 0")
        silent(browser)


def check_inbox_delete(browser):
    """a delete can be taken back; else it is done, here and in the Maildir"""
    with Inbox() as inbox:
        for n in range(4):
            inbox.send(f"Number {n}")
        go(browser, inbox)
        wait(browser, f"({SUBJECTS}).length === 4")
        open_row(browser)
        click(browser, "#message-delete")
        wait(browser, f"{SUBJECT} === 'Number 2'")      # the next one is shown
        assert ask(browser, row(0) + ".classList.contains('going')")
        click(browser, "#toast-undo")
        wait(browser, "!document.querySelector('.row.going')")
        ask(browser, row(1) + ".querySelector('input').click()")
        ActionChains(browser).key_down(Keys.SHIFT).click(
            browser.find_elements("css selector", ".row .tick")[3]).key_up(Keys.SHIFT).perform()
        wait(browser, "document.getElementById('chosen').textContent === '3 selected'")
        click(browser, "#do-delete")
        wait(browser, f"({SUBJECTS}).join() === 'Number 3'")
        click(browser, "#do-delete")                      # all that is left
        wait(browser, "document.getElementById('sure').open")
        press(browser, Keys.ESCAPE)
        assert ask(browser, f"({SUBJECTS}).length") == 1, "Escape is not yes"
        click(browser, "#do-delete")
        click(browser, "#sure-yes")
        wait(browser, "!document.getElementById('first').hidden")
        silent(browser)


def check_inbox_keyboard(browser):
    """all of it works by the keyboard alone"""
    with Inbox() as inbox:
        for n in range(5):
            inbox.send(f"Number {n}")
        go(browser, inbox)
        wait(browser, f"({SUBJECTS}).length === 5")
        press(browser, Keys.TAB, Keys.ENTER)               # the skip link
        assert ask(browser, FOCUS) == "list"
        press(browser, "j", "j", "k", Keys.ENTER)
        wait(browser, f"{SUBJECT} === 'Number 3'")
        assert ask(browser, FOCUS) == "message", "the focus is not on the message"
        press(browser, "2")
        wait(browser, "document.querySelectorAll('[role=tab]')[1].ariaSelected === 'true'")
        press(browser, "j")
        wait(browser, f"{SUBJECT} === 'Number 2'")
        press(browser, "u")
        wait(browser, "document.getElementById('message').hidden")
        assert ask(browser, FOCUS) == "list"
        press(browser, "e")
        wait(browser, row(2) + ".classList.contains('unread')")
        press(browser, "x", Keys.ARROW_DOWN, Keys.SPACE)
        wait(browser, "document.getElementById('chosen').textContent === '2 selected'")
        press(browser, "#", "z")
        wait(browser, "document.getElementById('toast-words').textContent.includes('kept')")
        press(browser, "?")
        wait(browser, "document.getElementById('keys').open")
        picture(browser, "keys")
        press(browser, Keys.ESCAPE)
        wait(browser, "!document.getElementById('keys').open")
        active = ask(browser, "document.getElementById(document.getElementById('list')"
                              ".getAttribute('aria-activedescendant'))?.ariaRowIndex")
        assert active == "4", f"the cursor is told as row {active}"
        silent(browser)


def check_inbox_tabs(browser):
    """two tabs keep one stream, and both follow, the hidden one too"""
    with Inbox() as inbox:
        inbox.send("One")
        go(browser, inbox)
        first = browser.current_window_handle
        wait(browser, f"({SUBJECTS}).length === 1")
        browser.switch_to.new_window("tab")
        second = browser.current_window_handle
        try:
            go(browser, inbox)
            wait(browser, f"({SUBJECTS}).length === 1")
            held = ask(browser, "navigator.locks.query().then(({held, pending}) =>"
                                " [held.length, pending.length])")
            assert held == [1, 1], f"locks held and waited for: {held}"
            inbox.send("Two")
            wait(browser, f"({SUBJECTS})[0] === 'Two'", LIVE_S)
            click(browser, "#do-read")
            wait(browser, "!document.querySelector('.row.unread')")
            browser.switch_to.window(first)
            wait(browser, f"({SUBJECTS})[0] === 'Two'", LIVE_S)
            wait(browser, "!document.querySelector('.row.unread')")
            browser.close()                               # the one with the stream
            browser.switch_to.window(second)
            wait(browser, "navigator.locks.query().then(({held, pending}) =>"
                          " held.length === 1 && pending.length === 0)")
            inbox.send("Three")
            wait(browser, f"({SUBJECTS})[0] === 'Three'")
        finally:
            browser.switch_to.window(second)


def check_inbox_gone(browser):
    """a server that is gone is told, and its return brings what was missed"""
    with Inbox() as inbox:
        inbox.send("Before")
        go(browser, inbox)
        wait(browser, f"({SUBJECTS}).length === 1")
        inbox.stop_inbox()
        wait(browser, "!document.getElementById('gone').hidden")
        picture(browser, "gone")
        inbox.send("Meanwhile")
        inbox.start_inbox(inbox.face.address)
        click(browser, "#gone-retry")
        wait(browser, f"({SUBJECTS}).join() === 'Meanwhile,Before'")
        wait(browser, "document.getElementById('gone').hidden")


def check_inbox_broken(browser):
    """broken MIME is shown raw with the reason; a lost message says so"""
    with Inbox() as inbox:
        inbox.send_raw(b"Subject: Broken\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed;"
                       b" boundary=x\r\n\r\nno boundary comes \xff\xfe\r\n")
        go(browser, inbox)
        wait(browser, f"({SUBJECTS}).length === 1")
        open_row(browser)
        click(browser, "#tab-source")
        wait(browser, "document.getElementById('panel-source').textContent"
                      ".includes('no boundary comes')")
        go(browser, inbox, "#id=1700000000.M0P0")
        wait(browser, f"{SUBJECT} === 'This message is gone'")
        picture(browser, "lost")


def check_inbox_look(browser):
    """light, dark, phone: nothing is too wide, too faint or without a name"""
    from check_look import FAINT
    with Inbox() as inbox:
        for n in range(12):
            inbox.send(f"A message, number {n}", html=HTML if n % 2 else None)
        for name, suit in {"light": {}, "dark": {"dark": True},
                           "tablet": {"width": 820},
                           "phone": {"width": 360, "height": 740, "phone": True},
                           "phone-dark": {"width": 360, "height": 740, "phone": True,
                                          "dark": True}}.items():
            go(browser, inbox)
            dress(browser, **suit)
            wait(browser, f"({SUBJECTS}).length >= 5")
            picture(browser, name + "-list")
            open_row(browser, 1)
            wait(browser, "document.querySelector('.message[aria-busy]') === null")
            picture(browser, name + "-message")
            width = ask(browser, "document.documentElement.scrollWidth")
            assert width <= suit.get("width", 1280), f"{name}: {width} px"
            faint = ask(browser, FAINT)
            assert not faint, f"{name}: too faint: {faint}"
            nameless = ask(browser, "[...document.querySelectorAll('button, input, select, iframe')]"
                ".filter((one) => !(one.textContent.trim() || one.ariaLabel || one.title ||"
                " one.labels?.length)).map((one) => one.outerHTML)")
            assert not nameless, nameless
        dress(browser)


def check_inbox_many(browser):
    """10,000 messages: few elements, and no frame that is felt"""
    with Inbox(already=10000) as inbox:
        go(browser, inbox)
        wait(browser, f"{COUNT}.startsWith('10,000 messages')", 60)
        frames = browser.execute_async_script("""
            const done = arguments[0], list = document.getElementById("list");
            const times = []; let last = 0;
            requestAnimationFrame(function frame(now) {
                if (last) times.push(now - last);
                last = now;
                list.scrollTop += 200;
                if (times.length < 150) requestAnimationFrame(frame);
                else done(times.sort((a, b) => a - b));
            });""")
        median, late = frames[len(frames) // 2], frames[len(frames) * 95 // 100]
        assert median < 34 and late < 100, f"median {median} ms, 95 % {late} ms"
        count = ask(browser, "document.querySelectorAll('.row').length")
        assert count < 60, f"{count} rows exist"
        wait(browser, f"({SUBJECTS}).every((words) => words.startsWith('Number '))")
        press(browser, Keys.TAB, Keys.ENTER, Keys.END)
        wait(browser, f"({SUBJECTS}).at(-1) === 'Number 1'")
        last = ask(browser, "[...document.querySelectorAll('.row')].at(-1).ariaRowIndex")
        assert last == "10000", last
        picture(browser, "10000")
        inbox.send("Number 10001")
        wait(browser, f"{COUNT}.startsWith('10,001 messages')")
        assert ask(browser, f"({SUBJECTS}).at(-1)") == "Number 1", "the list jumped"
