"""check_tls - https on this machine: a browser trusts it by berth-ca alone."""
import os
import subprocess
import tempfile

from browser import Browser
from server import BIN, PICTURES, Folder, Server

PAGE = """<!DOCTYPE html><title>secure</title><script>
window.answer = (async () => {
  await navigator.serviceWorker.register("/worker.js");
  await navigator.serviceWorker.ready;
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(3));
  document.cookie = "a=b; Secure";
  return [isSecureContext, location.protocol, new Uint8Array(digest).length,
          document.cookie].join(" ");
})();
</script>"""

# In place of what only root may do to the system's store.
FAKE = "#!/bin/sh\necho \"$0 $*\" >>\"$HOME/asked\"\n"


def install(home):
    """berth-ca install, for the browsers of this home and nobody else."""
    fake = os.path.join(home, "bin")
    os.makedirs(fake)
    for name in ("install", "update-ca-certificates", "sudo"):
        path = os.path.join(fake, name)
        with open(path, "w") as file:
            file.write(FAKE)
        os.chmod(path, 0o755)
    subprocess.run([os.path.join(BIN, "berth-ca"), "install"], check=True,
                   env={**os.environ, "PATH": fake + ":" + os.environ["PATH"]})


def check_tls(_):
    """A page over https is a secure context, once berth-ca is installed."""
    before = {name: os.environ.get(name) for name in ("HOME", "XDG_DATA_HOME")}
    with tempfile.TemporaryDirectory() as home, Folder() as folder:
        os.environ.update(HOME=home, XDG_DATA_HOME=os.path.join(home, "data"))
        try:
            folder.write("index.html", PAGE)
            folder.write("worker.js", "self.onfetch = () => {};\n")
            with Server(folder.path, "--tls-listen", "127.0.0.1:0") as server:
                port = server.address("https").rsplit(":", 1)[1]
                url = f"https://localhost:{port}/"
                with Browser() as browser:
                    try:
                        browser.driver.get(url)
                        trusted = browser.driver.title == "secure"
                    except Exception as error:
                        trusted = "ERR_CERT_AUTHORITY_INVALID" not in str(error)
                    assert not trusted, "trusted without having been installed"
                install(home)
                with Browser() as browser:
                    browser.driver.get(url)
                    answer = browser.driver.execute_async_script(
                        "window.answer.then(arguments[0], "
                        "e => arguments[0](String(e)))")
                    assert answer == "true https: 32 a=b", answer
                    browser.picture(os.path.join(PICTURES, "tls.png"))
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value
