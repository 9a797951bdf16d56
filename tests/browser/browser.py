"""browser - headless Chromium by Selenium, and what it says of a page.

Adds to Selenium what the checks ask for: the two logs of Chromium, the console
and every network event, and its looks.  Knows nothing of Berth.  Every wait
has an end.
"""
import base64
import json
import shutil
import time

from selenium.common.exceptions import (
    JavascriptException, NoSuchElementException, StaleElementReferenceException)
from selenium.webdriver import ActionChains, Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

WAIT_S = 15      # a page must come to what we wait for in this time
POLL_S = 0.03    # how often we look

QUIET = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic",
    "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-extensions", "--mute-audio",
    "--autoplay-policy=no-user-gesture-required", "--window-size=1280,900",
]


class Exchange:
    """One request of the browser and what became of it."""

    def __init__(self, url, method):
        self.url, self.method = url, method
        self.status = None       # of the reply; 304 is seen as such
        self.headers = {}        # of the reply, names in lower case
        self.failed = None       # Chromium's words for a failure
        self.cached = False      # answered without asking the server

    def __repr__(self):
        return f"{self.method} {self.url}: {self.failed or self.status}"


class Browser:
    """One Chromium.  Use it in a with statement."""

    def __init__(self):
        options = ChromeOptions()
        options.binary_location = shutil.which("chromium")
        options.set_capability("goog:loggingPrefs",
                               {"browser": "ALL", "performance": "ALL"})
        options.ignore_local_proxy_environment_variables()
        for argument in QUIET:
            options.add_argument(argument)
        self.driver = Chrome(
            service=Service(shutil.which("chromedriver")), options=options)
        self.driver.set_page_load_timeout(WAIT_S)
        self.driver.set_script_timeout(WAIT_S)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    # What a person does.

    def go(self, url):
        """Load a page, and wait until it has loaded."""
        self.driver.get(url)

    def reload(self):
        self.driver.refresh()

    def click(self, selector):
        self.driver.find_element(By.CSS_SELECTOR, selector).click()

    def keys(self, text):
        """Type; special keys are those of Selenium's Keys."""
        ActionChains(self.driver).send_keys(text).perform()

    # What a person sees.

    def ask(self, expression):
        """The value of a JavaScript expression; a promise is awaited."""
        return self.driver.execute_script(f"return ({expression});")

    def wait(self, expression, seconds=WAIT_S):
        """Wait until the expression is true; its last value is returned.  What
        it speaks of may not be there yet."""
        return WebDriverWait(
            self.driver, seconds, POLL_S,
            ignored_exceptions=[JavascriptException]).until(
            lambda _: self.ask(expression),
            f"not within {seconds} s: {expression}")

    def until(self, true):
        """Wait until a function of the driver says so; a page may come meanwhile."""
        return WebDriverWait(
            self.driver, WAIT_S, POLL_S,
            ignored_exceptions=[NoSuchElementException,
                                StaleElementReferenceException]).until(true)

    def title(self):
        return self.driver.title

    def dress(self, dark=False, width=1280, height=900, phone=False):
        """Light or dark, and the size of the screen."""
        self.cdp("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"}])
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height,
                 deviceScaleFactor=2 if phone else 1, mobile=phone)

    def picture(self, path, whole=True):
        """A screenshot of the page, from top to bottom if whole."""
        shot = self.cdp("Page.captureScreenshot", format="png",
                        captureBeyondViewport=whole)
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))

    def spoken(self):
        """What a screen reader is told of: [(role, name)], in its order."""
        self.cdp("Accessibility.enable")
        nodes = self.cdp("Accessibility.getFullAXTree")["nodes"]
        self.cdp("Accessibility.disable")
        return [(node["role"]["value"], node.get("name", {}).get("value", ""))
                for node in nodes if not node["ignored"]]

    # What a person does not see.

    def cdp(self, command, **parameters):
        return self.driver.execute_cdp_cmd(command, parameters)

    def console(self):
        """What went to the console since the last call: [(level, text)]."""
        return [(entry["level"], entry["message"])
                for entry in self.driver.get_log("browser")]

    def network(self, enough=lambda seen: True):
        """Every request since the last call, in order: [Exchange].  What a page
        asks for may come, or be noted, behind what is seen of it: wait until
        enough(them) says so, or WAIT_S are over."""
        found, end = {}, time.monotonic() + WAIT_S
        while True:
            for entry in self.driver.get_log("performance"):
                message = json.loads(entry["message"])["message"]
                _note(found, message["method"], message["params"])
            seen = [one for one in found.values() if one.url.startswith("http")]
            if enough(seen) or time.monotonic() > end:
                return seen
            time.sleep(POLL_S)

    def forget(self):
        """Start from nothing: an empty page, an empty cache, empty logs."""
        self.go("about:blank")
        self.cdp("Network.clearBrowserCache")
        self.console()
        self.network()


def _note(found, event, params):
    key = params.get("requestId")
    if event == "Network.requestWillBeSent":
        request = params["request"]
        if key in found:        # a redirect uses the id again
            moved = found.pop(key)
            moved.status = params.get("redirectResponse", {}).get("status")
            found[key, moved.url] = moved
        found[key] = Exchange(request["url"], request["method"])
        return
    one = found.get(key)
    if one is None:
        return
    if event == "Network.responseReceived":
        response = params["response"]
        one.status = one.status or response["status"]
        one.headers = one.headers or _lower(response["headers"])
        one.cached = response.get("fromDiskCache", False)
    elif event == "Network.responseReceivedExtraInfo":
        one.status = params["statusCode"]
        one.headers = _lower(params["headers"])
    elif event == "Network.requestServedFromCache":
        one.cached = True
    elif event == "Network.loadingFailed":
        one.failed = params["errorText"]


def _lower(headers):
    return {name.lower(): value for name, value in headers.items()}
