"""inbox_page - what the checks of the inbox do with its page, and see of it."""
import os

from server import PICTURES

ROWS = "[...document.querySelectorAll('.row')].filter((row) => row.textContent.trim())"
SUBJECTS = f"{ROWS}.map((row) => row.querySelector('.subject').textContent)"
SHOWN = "document.querySelector('#message:not([hidden]) [role=tablist]') !== null"
SUBJECT = "document.getElementById('subject')?.textContent"
FOCUS = "document.activeElement.id"


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


def silent(browser):
    """Nothing was refused by the page's policy, and no script failed."""
    bad = [text for level, text in browser.console()
           if level == "SEVERE" and "/view/" not in text]
    assert not bad, bad
