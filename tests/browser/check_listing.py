"""check_listing - a directory without an index file, and other pages that the
server writes itself."""
import os

from check_look import FAINT
from server import ODD, PICTURES, Folder, Server

NAMES = "[...document.querySelectorAll('tbody tr td:first-child')]" \
        ".map((cell) => cell.textContent)"


def check_listing_sorted(browser):
    """a click on a heading sorts the listing, a second one turns it round"""
    with Folder(**{"b.txt": "four", "c.txt": "1", "a.bin": b"\0" * 5000,
                   "z/inside.txt": "in"}) as folder, Server(folder.path) as server:
        browser.go(server.url)
        assert browser.ask(NAMES) == ["z/", "a.bin", "b.txt", "c.txt"]
        browser.click("thead th:nth-child(2) a")
        browser.wait(f"({NAMES}).join() === 'z/,c.txt,b.txt,a.bin'")
        browser.click("thead th:nth-child(2) a")
        browser.wait(f"({NAMES})[1] === 'a.bin'")
        browser.click("tbody a[href*='z/']")
        browser.wait(f"({NAMES}).includes('inside.txt')")


def check_listing_leads(browser):
    """every name of a listing, however odd, leads to its file"""
    with Server(ODD) as server:
        browser.go(server.url)
        names = set(browser.ask(NAMES))
        assert set(os.listdir(ODD)) <= names, names
        lost = browser.ask(
            "Promise.all([...document.querySelectorAll('tbody a')].map((a) =>"
            " fetch(a.href).then((reply) => [a.textContent, reply.status])))"
            ".then((all) => all.filter(([name, status]) => status !== 200))")
        assert not lost, lost


def check_own_pages(browser):
    """what the server writes itself is readable in light, dark, on a phone"""
    phone = {"width": 360, "phone": True}
    views = [("listing", "/", {}), ("listing-dark", "/", {"dark": True}),
             ("listing-phone", "/", phone),
             ("status", "/status", {}), ("status-dark", "/status", {"dark": True}),
             ("own-404", "/missing", {}), ("own-404-dark", "/missing", {"dark": True}),
             ("own-404-phone", "/missing", phone)]
    with Folder(**{"odd name & more.txt": "text"}) as folder, \
            Server(folder.path, "--status", "/status") as server:
        for name, path, dress in views:
            browser.dress(**dress)
            browser.go(server.url + path)
            browser.picture(os.path.join(PICTURES, name + ".png"))
            faint = browser.ask(FAINT)
            assert not faint, f"{name}: too faint: {faint}"
            width = browser.ask("document.documentElement.scrollWidth")
            assert width <= dress.get("width", 1280), f"{name}: {width} px"
