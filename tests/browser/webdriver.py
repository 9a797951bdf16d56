"""webdriver - drive headless Chromium through chromedriver.

The W3C WebDriver protocol over HTTP, with nothing but Python's library, and
the two logs that Chromium adds: the console, and every network event.  Knows
nothing of Berth.  Every wait has an end.
"""
import base64
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

CALL_S = 60      # one command to the driver, a page load included
WAIT_S = 15      # a page must come to what we wait for in this time
POLL_S = 0.03    # how often we look

QUIET = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic",
    "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-extensions", "--mute-audio",
    "--autoplay-policy=no-user-gesture-required", "--window-size=1280,900",
]


class BrowserError(Exception):
    """The browser or its driver could not do what it was told."""


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
        self.profile = tempfile.mkdtemp(prefix="berth-browser-")
        self.driver = subprocess.Popen(
            [shutil.which("chromedriver"), "--port=0"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            start_new_session=True)
        self.session = None
        try:
            self._begin()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _begin(self):
        port = None
        for line in self.driver.stdout:
            found = re.search(r"started successfully on port (\d+)", line)
            if found:
                port = found.group(1)
                break
        if port is None:
            raise BrowserError("chromedriver did not start")
        self.base = f"http://127.0.0.1:{port}"
        value = self._call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {
                "binary": shutil.which("chromium"),
                "args": QUIET + [f"--user-data-dir={self.profile}"],
            },
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }}})
        self.session = f"/session/{value['sessionId']}"
        self._post("/timeouts", {"pageLoad": WAIT_S * 1000, "script": WAIT_S * 1000})

    def _call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=CALL_S) as reply:
                return json.load(reply)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise BrowserError(value["message"].splitlines()[0]) from None
        except OSError as error:
            raise BrowserError(f"chromedriver: {error}") from None

    def _post(self, path, body=None):
        return self._call("POST", self.session + path, body or {})

    def close(self):
        """End Chromium and its driver, whatever state they are in."""
        if self.session:
            try:
                self._call("DELETE", self.session)
            except BrowserError:
                pass
        self.driver.terminate()
        try:
            self.driver.wait(10)
        except subprocess.TimeoutExpired:
            self.driver.kill()
            self.driver.wait()
        self.driver.stdout.close()
        _end_leftovers(self.profile)
        shutil.rmtree(self.profile, ignore_errors=True)

    # What a person does.

    def go(self, url):
        """Load a page, and wait until it has loaded."""
        self._post("/url", {"url": url})

    def reload(self):
        self._post("/refresh")

    def click(self, selector):
        element = self._post("/element", {"using": "css selector", "value": selector})
        self._post(f"/element/{next(iter(element.values()))}/click")

    def keys(self, text):
        """Type; special keys are the code points of WebDriver 17.4.2."""
        strokes = [{"type": kind, "value": key}
                   for key in text for kind in ("keyDown", "keyUp")]
        self._post("/actions", {"actions": [
            {"type": "key", "id": "keyboard", "actions": strokes}]})

    # What a person sees.

    def ask(self, expression):
        """The value of a JavaScript expression; a promise is awaited."""
        return self._post("/execute/sync", {
            "script": f"return ({expression});", "args": []})

    def wait(self, expression, seconds=WAIT_S):
        """Wait until the expression is true; its last value is returned."""
        end = time.monotonic() + seconds
        while True:
            value = self.ask(expression)
            if value:
                return value
            if time.monotonic() > end:
                raise BrowserError(f"not within {seconds} s: {expression}")
            time.sleep(POLL_S)

    def title(self):
        return self._call("GET", self.session + "/title")

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

    # What a person does not see.

    def cdp(self, command, **parameters):
        return self._post("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def console(self):
        """What went to the console since the last call: [(level, text)]."""
        return [(entry["level"], entry["message"])
                for entry in self._post("/se/log", {"type": "browser"})]

    def network(self):
        """Every request since the last call, in order: [Exchange]."""
        found = {}
        for entry in self._post("/se/log", {"type": "performance"}):
            message = json.loads(entry["message"])["message"]
            _note(found, message["method"], message["params"])
        return [one for one in found.values() if one.url.startswith("http")]

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


def _end_leftovers(profile):
    """A Chromium that outlived its driver is known by its profile."""
    mark = f"--user-data-dir={profile}".encode()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if mark in file.read():
                    os.kill(int(pid), signal.SIGKILL)
        except OSError:
            continue
