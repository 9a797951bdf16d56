"""checks - run the browser checks and count them.

A check is a function check_NAME(browser) in one of the modules below; its
first docstring line says what is shown to hold.  It fails by an exception.
Each starts a server of its own, so no check sees the cache, the cookies or
the connections of another.
"""
import os
import signal
import sys
import time
import traceback

import check_cache
import check_inbox
import check_inbox_message
import check_inbox_release
import check_listing
import check_live
import check_look
import check_options
import check_proxy
import check_site
import check_tls
from browser import Browser
from selenium.common.exceptions import WebDriverException
from server import PICTURES

MODULES = [check_site, check_cache, check_options, check_listing, check_live,
           check_look, check_inbox, check_inbox_message, check_inbox_release,
           check_tls, check_proxy]
ALL_S = 600      # beyond it something hangs, and we say where


def collect(wanted):
    found = {name[len("check_"):]: function
             for module in MODULES
             for name, function in vars(module).items()
             if name.startswith("check_") and callable(function)}
    unknown = [name for name in wanted if name not in found]
    if unknown:
        sys.exit(f"checks: no such check: {' '.join(unknown)}; "
                 f"there are: {' '.join(found)}")
    return {name: found[name] for name in (wanted or found)}


def run(browser, name, check):
    started = time.monotonic()
    try:
        browser.dress()
        browser.forget()
        check(browser)
    except Exception as error:
        words = str(error) or repr(error)
        print(f"FAIL  {name}: {words}", flush=True)
        if not isinstance(error, (AssertionError, WebDriverException)):
            traceback.print_exc()
        return False
    took = time.monotonic() - started
    print(f"ok    {name}: {check.__doc__.splitlines()[0]} ({took:.1f} s)", flush=True)
    return True


def too_long(*_):
    raise TimeoutError(f"all checks together took more than {ALL_S} s")


def main():
    checks = collect(sys.argv[1:])
    os.makedirs(PICTURES, exist_ok=True)
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(ALL_S)
    with Browser() as browser:
        passed = sum([run(browser, *item) for item in checks.items()])
    failed = len(checks) - passed
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
