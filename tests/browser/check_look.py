"""check_look - light, dark and phone: pictures, and what can be measured."""
import os

from server import PICTURES, Server

# name, page, how the browser is dressed
VIEWS = [
    ("light", "/", {}),
    ("dark", "/", {"dark": True}),
    ("phone", "/", {"width": 360, "height": 740, "phone": True}),
    ("phone-dark", "/", {"width": 360, "height": 740, "phone": True, "dark": True}),
    ("404", "/missing", {}),
    ("404-dark", "/missing", {"dark": True}),
    ("404-phone", "/missing", {"width": 360, "height": 740, "phone": True}),
]

SETTLED = ("document.readyState === 'complete' && (!document.getElementById('served')"
           " || !document.getElementById('served').hidden)")

# Elements with text of their own whose contrast is below WCAG 2.2 AA (1.4.3),
# as it stands there or selected, in colours that are the page's.  A canvas turns
# any CSS colour into numbers.
FAINT = """(() => {
    const pen = Object.assign(document.createElement("canvas"),
        { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
    const over = (colours) => {
        pen.clearRect(0, 0, 1, 1);
        for (const colour of colours) {
            pen.fillStyle = colour;
            pen.fillRect(0, 0, 1, 1);
        }
        return [...pen.getImageData(0, 0, 1, 1).data];
    };
    const light = (rgb) => rgb.slice(0, 3)
        .map((v) => v / 255)
        .map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.backgroundColor = "Canvas";    // dark where the page is dark
    const paper = getComputedStyle(probe).backgroundColor;
    probe.remove();
    const beds = (element) => element
        ? [...beds(element.parentElement), getComputedStyle(element).backgroundColor]
        : [paper];
    return [...document.body.querySelectorAll("*")].filter((element) =>
        element.checkVisibility() && [...element.childNodes].some((node) =>
            node.nodeType === Node.TEXT_NODE && node.data.trim())
    ).flatMap((element) => [[element, null], [element, "::selection"]]
    ).map(([element, part]) => {
        const style = getComputedStyle(element);
        const own = part ? getComputedStyle(element, part) : style;
        const ground = part ? [own.backgroundColor] : beds(element);
        const bed = light(over(ground));
        const ink = light(over([...ground, own.color]));
        const ratio = (Math.max(bed, ink) + .05) / (Math.min(bed, ink) + .05);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
        return [ratio, large ? 3 : 4.5,
            element.tagName + (part ?? "") + ": " + element.textContent.trim().slice(0, 30)];
    }).filter(([ratio, least]) => ratio < least);
})()"""

# Bones that a screen reader needs; each entry of the list is a fault.
BONES = """(() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    const ids = all("[id]").map((element) => element.id);
    const levels = all("h1, h2, h3, h4, h5, h6").map((h) => Number(h.tagName[1]));
    return [
        ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => "twice: " + id),
        ...all("img:not([alt])").map((image) => "no alt: " + image.src),
        ...all('a[href^="#"]').map((a) => a.hash.slice(1))
            .filter((id) => !ids.includes(id)).map((id) => "leads nowhere: " + id),
        ...all("[aria-labelledby], [aria-controls]").flatMap((element) => [
            element.getAttribute("aria-labelledby"), element.getAttribute("aria-controls")])
            .filter((id) => id && !ids.includes(id)).map((id) => "no such id: " + id),
        ...levels.filter((level, i) => i > 0 && level > levels[i - 1] + 1)
            .map((level) => "skipped to h" + level),
        ...["main", "h1", "title", "html[lang]"].filter((one) => all(one).length !== 1)
            .map((one) => "not exactly one " + one),
        ...all("[style], style, script:not([src])").map((one) => "inline: " + one.tagName),
    ];
})()"""


def views(browser, look):
    """Call look(name) at each view of the site."""
    with Server() as server:
        for name, page, dress in VIEWS:
            browser.dress(**dress)
            browser.go(server.url + page)
            browser.wait(SETTLED)
            look(name)


def check_pictures(browser):
    """screenshots are taken: light, dark, phone and the 404 page"""
    def look(name):
        path = os.path.join(PICTURES, name + ".png")
        browser.picture(path)
        assert os.path.getsize(path) > 5000, f"{path} is empty"
    views(browser, look)


def check_fits(browser):
    """no view is wider than its screen"""
    def look(name):
        # A phone widens its window to what does not fit: not innerWidth.
        screen = dict((view, dress) for view, _, dress in VIEWS)[name].get("width", 1280)
        width = browser.ask("document.documentElement.scrollWidth")
        assert width <= screen, f"{name}: {width} px on a screen of {screen}"
    views(browser, look)


def check_light_and_dark(browser):
    """light is light, dark is dark, and every text keeps WCAG AA contrast"""
    beds = {}

    def look(name):
        beds[name] = browser.ask("getComputedStyle(document.body).backgroundColor")
        faint = browser.ask(FAINT)
        assert not faint, f"{name}: too faint: {faint}"
    views(browser, look)
    assert beds["light"] != beds["dark"], f"one colour for both: {beds}"
    assert beds["404"] == beds["light"] and beds["404-dark"] == beds["dark"]


def check_bones(browser):
    """landmarks, headings, labels and links are whole; nothing is inline"""
    def look(name):
        faults = browser.ask(BONES)
        assert not faults, f"{name}: {faults}"
    views(browser, look)
