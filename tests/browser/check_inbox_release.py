"""check_inbox_release - a message goes on from the inbox's page, by a dialog.

The real mail server of --relay is another berth-smtpd, with an inbox over what
it has caught.
"""
import json
import urllib.request
from contextlib import contextmanager

from check_look import FAINT
from inbox import Inbox
from inbox_page import FOCUS, SUBJECTS, go, open_row, picture, press, silent
from selenium.webdriver.common.keys import Keys

OPEN = "document.getElementById('release').open"
FAULT = "document.getElementById('release-fault').textContent"
TOAST = "document.getElementById('toast-words').textContent"
LINES = ("new Set([...document.querySelectorAll('.message-bar button')]"
         ".filter((one) => one.offsetParent).map((one) => one.offsetTop)).size")
LONG = "somebody.with.a.long.name@a.department.of.some.company.example.com"


def released(inbox):
    """The subjects of what another inbox has caught, and for whom."""
    with urllib.request.urlopen(inbox.url + "/api/v1/messages") as reply:
        return [(one["Subject"], one["Envelope"]["To"])
                for one in json.load(reply)["messages"]]


@contextmanager
def one_message(browser, *options, to=("bob@example.org",)):
    """An inbox whose only message is open; and the other one."""
    with Inbox() as far, Inbox(face=("--relay", far.smtp, *options)) as inbox:
        inbox.send("Let go", html="<p>Hello", to=to)
        go(browser, inbox)
        browser.wait(f"({SUBJECTS}).length === 1")
        open_row(browser)
        yield inbox, far


def retype(browser, text):
    browser.ask("document.getElementById('release-to').select()")
    press(browser, text, Keys.ENTER)


def check_inbox_release(browser):
    """a message goes on to the server of --relay, by a dialog; who may not have it is told"""
    with one_message(browser, "--relay-to", "*@example.org") as (_, far):
        browser.click("#message-release")
        browser.wait(OPEN)
        words = browser.ask("document.getElementById('release-words').textContent")
        assert far.smtp in words and "*@example.org" in words, words
        value = browser.ask("document.getElementById('release-to').value")
        assert value == "bob@example.org", value
        press(browser, "bob@example.org, eve@elsewhere.example", Keys.ENTER)
        browser.wait(f"{FAULT}.includes('eve@elsewhere.example') &&"
                     f" {FAULT}.includes('--relay-to')")
        assert browser.ask(OPEN) and released(far) == [], released(far)
        retype(browser, "bob")
        browser.wait(f"{FAULT}.includes('no address')")
        silenced(browser)
        retype(browser, "bob@example.org, carol@example.org")
        browser.wait(f"!{OPEN}")
        browser.wait(f"{TOAST}.includes('carol@example.org')")
        assert released(far) == [("Let go", ["bob@example.org", "carol@example.org"])], \
            released(far)
        silent(browser)
        browser.click("#message-release")
        assert browser.ask("document.getElementById('release-fault').hidden"), "an old fault"


def silenced(browser):
    """Refusals are in the console, and nothing else is."""
    bad = [text for level, text in browser.console()
           if level == "SEVERE" and "/release" not in text]
    assert not bad, bad


def check_inbox_release_keyboard(browser):
    """the dialog is opened, left and sent without a mouse, and the focus is where it was"""
    with one_message(browser) as (_, far):
        browser.ask("document.getElementById('message-release').focus()")
        press(browser, Keys.ENTER)
        browser.wait(f"{OPEN} && {FOCUS} === 'release-to'")
        press(browser, Keys.ESCAPE)
        browser.wait(f"!{OPEN} && {FOCUS} === 'message-release'")
        press(browser, Keys.SPACE)
        browser.wait(f"{OPEN} && {FOCUS} === 'release-to'")
        press(browser, Keys.TAB)
        browser.wait(f"{FOCUS} === 'release-no'")
        press(browser, Keys.ENTER)
        browser.wait(f"!{OPEN} && {FOCUS} === 'message-release'")
        assert released(far) == [], released(far)
        press(browser, Keys.ENTER)
        browser.wait(OPEN)
        press(browser, Keys.TAB, Keys.TAB)
        browser.wait(f"{FOCUS} === 'release-yes'")
        tree = browser.spoken()
        for one in (("dialog", "Release this message"), ("textbox", "To"),
                    ("button", "Send it on")):
            assert one in tree, f"no {one} in {tree}"
        press(browser, Keys.ENTER)
        browser.wait(f"!{OPEN} && {FOCUS} === 'message-release'")
        browser.wait(f"{TOAST}.includes('bob@example.org')")
        assert released(far) == [("Let go", ["bob@example.org"])], released(far)
        silent(browser)


def check_inbox_release_look(browser):
    """light, dark, phones: the bar is one line; the dialog and a refusal in it fit and can be read"""
    with one_message(browser, "--relay-to", "*@example.org", to=(LONG,)) as (inbox, _):
        for name, suit in {"light": {}, "dark": {"dark": True},
                           "phone": {"width": 360, "height": 740, "phone": True},
                           "phone-dark": {"width": 360, "height": 740, "phone": True,
                                          "dark": True},
                           "narrow": {"width": 320, "height": 640, "phone": True},
                           "wide": {"width": 412, "height": 900, "phone": True}}.items():
            go(browser, inbox)
            browser.dress(**suit)
            browser.wait(f"({SUBJECTS}).length === 1")
            open_row(browser)
            picture(browser, "bar-" + name)
            lines = browser.ask(LINES)
            assert lines == 1, f"{name}: the bar's buttons stand in {lines} lines"
            browser.click("#message-release")
            browser.wait(OPEN)
            press(browser, Keys.ENTER)
            browser.wait(f"{FAULT}.includes('--relay-to')")
            picture(browser, "release-" + name)
            width = browser.ask("document.documentElement.scrollWidth")
            assert width <= suit.get("width", 1280), f"{name}: {width} px"
            inside = browser.ask("(([d]) => d.scrollWidth <= d.clientWidth)"
                                 "([document.getElementById('release')])")
            assert inside, f"{name}: the dialog is too narrow for what is in it"
            right = browser.ask("document.getElementById('message-delete')"
                                ".getBoundingClientRect().right")
            assert right <= suit.get("width", 1280), f"{name}: a button at {right} px"
            faint = browser.ask(FAINT)
            assert not faint, f"{name}: too faint: {faint}"
        browser.dress()


def check_inbox_no_release(browser):
    """without --relay there is no such button"""
    with Inbox() as inbox:
        inbox.send("Stays")
        go(browser, inbox)
        browser.wait(f"({SUBJECTS}).length === 1")
        open_row(browser)
        assert browser.ask("document.getElementById('message-release')") is None
        silent(browser)
