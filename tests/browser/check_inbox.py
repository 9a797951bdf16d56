"""check_inbox - the inbox's list, from the first mail to the ten thousandth.

Mail is sent by berth-smtp to berth-smtpd, and seen through berth-inboxd.
"""
import os
import sys
import time

from browser import WAIT_S
from check_look import FAINT
from inbox import Inbox
from inbox_page import (FOCUS, SUBJECT, SUBJECTS, go, open_row, picture, press, row,
                        silent)
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

LIVE_S = 5       # from the end of a send to its row, on a busy machine
FRAME_MS = 16    # 60 frames a second
INDEX_S = 300    # 10,000 messages must be listed in this time

COUNT = "document.getElementById('box-count').textContent"


def busy(browser):
    """Milliseconds that the page's thread has run so far."""
    metrics = browser.cdp("Performance.getMetrics")["metrics"]
    return next(one["value"] for one in metrics if one["name"] == "TaskDuration") * 1000


def check_inbox_first(browser):
    """an empty inbox shows how to send the first mail, and then shows it"""
    with Inbox() as inbox:
        go(browser, inbox)
        lines = browser.wait("[...document.querySelectorAll('.lines li')]"
                              ".map((line) => line.textContent)")
        for word in ("PHP", "Node", "Python", "Rails", "Go", "Java"):
            assert any(line.startswith(word) for line in lines), f"no line for {word}"
        picture(browser, "empty")
        shell, python = (browser.ask("[...document.querySelectorAll('.lines li')].find((line) =>"
                         f" line.textContent.startsWith('{word}')).querySelector('code').textContent")
                         for word in ("Shell", "Python"))
        inbox.obey(["sh", "-c", shell])
        browser.wait(f"({SUBJECTS}).join() === 'Hello'")
        assert browser.ask("document.getElementById('first').hidden")
        inbox.obey([sys.executable, "-c", python])
        browser.wait(f"({SUBJECTS}).join() === 'Hello,Hello'")
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
        inbox.drop("Oldest", 1600000000)
        browser.wait(f"({SUBJECTS}).length === 3")
        browser.wait(f"({SUBJECTS}).join() === 'Newer,Older,Oldest'")
        silent(browser)


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
        browser.wait(f"{FOCUS} === 'list'")
        press(browser, "j", "j", "k", Keys.ENTER)
        browser.wait(f"{SUBJECT} === 'Number 3'")
        browser.wait(f"{FOCUS} === 'message'")
        press(browser, "2")
        browser.wait("document.querySelectorAll('[role=tab]')[1].ariaSelected === 'true'")
        press(browser, "j")
        browser.wait(f"{SUBJECT} === 'Number 2'")
        press(browser, "u")
        browser.wait("document.getElementById('message').hidden")
        browser.wait(f"{FOCUS} === 'list'")
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
            browser.wait("navigator.locks.query().then(({held, pending}) =>"
                          " held.length === 1 && pending.length === 1)")
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


def say_behind(inbox, more):
    """What the indexer does when it has no room (4), and when it has again (0)."""
    path = os.path.join(inbox.maildir, ".berth", "changed")
    with open(path, "r+b") as file:
        file.truncate(8 + more)


def say_until(browser, inbox, more, seen, come=lambda: None):
    """Until it is seen: the indexer, which has room, may say otherwise meanwhile."""
    for _ in range(30):
        say_behind(inbox, more)
        come()
        time.sleep(0.5)
        if browser.ask(seen):
            return
    raise AssertionError(f"not seen: {seen}")


def check_inbox_behind(browser):
    """that the list is old, for the index has no room, is told as long as it is so"""
    shown = "!document.getElementById('behind').hidden"
    words = "document.getElementById('behind').textContent"
    with Inbox() as inbox:
        inbox.send("Before")
        for name, suit in {"light": {}, "dark": {"dark": True},
                           "phone": {"width": 320, "height": 640, "phone": True}}.items():
            go(browser, inbox)
            browser.dress(**suit)
            browser.wait(f"({SUBJECTS}).length === 1 && !({shown})")
            say_until(browser, inbox, 4,
                      f"{shown} && {words}.includes('no room for the index')")
            picture(browser, "behind-" + name)
            width = browser.ask("document.documentElement.scrollWidth")
            assert width <= suit.get("width", 1280), f"{name}: {width} px"
            faint = browser.ask(FAINT)
            assert not faint, f"{name}: too faint: {faint}"
            say_until(browser, inbox, 4,    # who comes now is told, too
                      f"{shown} && ({SUBJECTS}).length === 1",
                      come=lambda: go(browser, inbox))
            say_behind(inbox, 0)
            browser.wait(f"!({shown})")
        browser.dress()
        silent(browser)


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
        inbox.start_inbox(inbox.at)
        browser.ask("document.getElementById('gone-retry').click()")   # or it is back already
        browser.wait(f"({SUBJECTS}).join() === 'Meanwhile,Before'")
        browser.wait("document.getElementById('gone').hidden")


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
            browser.wait("document.getElementById('list').scrollTop === 500"
                         f" && {FOCUS} === 'list'")
        silent(browser)


def check_inbox_many(browser):
    """10,000 messages: few elements, and no frame that is felt"""
    with Inbox(already=10000) as inbox:
        # What follows each of them is in chromedriver's log, too, and it answers
        # behind that.
        browser.driver.set_script_timeout(INDEX_S)
        go(browser, inbox)
        browser.wait(f"{COUNT}.startsWith('10,000 messages')", INDEX_S)
        browser.driver.set_script_timeout(WAIT_S)
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
