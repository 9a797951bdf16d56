#!/usr/bin/env python3
"""Postfix takes what the inbox relays: what is released, and what goes by a
rule, by STARTTLS and with a login that Dovecot checks.  It delivers to a
Maildir of its own; and what is for others it sends on to Berth, behind it.

A Postfix with directories of its own, beside the system's, which is not
touched; only root can run one.
"""

import glob
import json
import os
import pwd
import smtplib
import sys
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from peer import (accepts, check, done, end, free_port, log, place, read, run,
                  serve, start, told, until, write)

if os.geteuid() != 0:
    check("Postfix is left out: only root can run one", True)
    done()

here = place()
own = here + "/postfix"
QUEUE = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold",
         "incoming", "maildrop", "private", "public", "saved", "trace", "pid")
run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
    "ec_paramgen_curve:P-256", "-nodes", "-keyout", here + "/key",
    "-out", here + "/cert", "-days", "30", "-subj", "/CN=localhost",
    "-addext", "subjectAltName=DNS:localhost")
os.chmod(here + "/cert", 0o644)


# ---- who may log in: Dovecot ----

write(here + "/dovecot/users", "ann:{PLAIN}secret\n")
write(here + "/dovecot/conf", f"""protocols =
ssl = no
base_dir = {here}/dovecot/run
state_dir = {here}/dovecot/state
log_path = {here}/dovecot/log
passdb {{
  driver = passwd-file
  args = {here}/dovecot/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home=/nonexistent
}}
service auth {{
  unix_listener {here}/dovecot/auth {{
    mode = 0666
  }}
}}
""")
dovecot = start("dovecot", "-F", "-c", here + "/dovecot/conf")
until("Dovecot is there", lambda: os.path.exists(here + "/dovecot/auth"),
      dovecot)


# ---- Postfix ----

for name in QUEUE:
    os.makedirs(f"{own}/queue/{name}")
os.makedirs(own + "/data")
os.makedirs(here + "/box")
postfix_user = pwd.getpwnam("postfix")
for path in [own + "/data"] + [f"{own}/queue/{n}" for n in QUEUE
                               if n != "pid"]:
    os.chown(path, postfix_user.pw_uid, -1)
run("chgrp", "postdrop", own + "/queue/maildrop", own + "/queue/public")
os.chmod(own + "/queue/maildrop", 0o730)
os.chmod(own + "/queue/public", 0o710)
os.chmod(own + "/queue/private", 0o700)
os.chown(here + "/box", 65534, 65534)

MAIN = f"""compatibility_level = 3.6
queue_directory = {own}/queue
data_directory = {own}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {own}/log
maillog_file_prefixes = {own}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.test
mydestination =
mynetworks =
alias_maps =
local_recipient_maps =
default_transport = error:nothing leaves this test
relay_domains = c.example
transport_maps = texthash:{own}/transport
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
virtual_mailbox_domains = b.example
virtual_mailbox_base = {here}/box
virtual_mailbox_maps = inline:{{ bob@b.example=bob/, auto@b.example=auto/ }}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = {here}/cert
smtpd_tls_key_file = {here}/key
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {here}/dovecot/auth
smtpd_tls_auth_only = yes
smtpd_relay_restrictions =
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_reject_unlisted_recipient = yes
"""
# service type private unprivileged chroot wakeup maxproc command
SERVICES = """127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
smtp unix - - n - - smtp
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
proxymap unix - - n - - proxymap
"""


def said():
    return (read(own + "/log").decode(errors="replace")
            if os.path.exists(own + "/log") else "")


def begin(port):
    write(own + "/master.cf", SERVICES.format(port=port))
    write(own + "/main.cf", MAIN)
    os.environ["MAIL_CONFIG"] = own
    # It ends its process group when it ends.
    process = start("setsid", "/usr/lib/postfix/sbin/master", "-c", own, "-d")
    del os.environ["MAIL_CONFIG"]
    until("Postfix is there, or not",
          lambda: process.poll() is not None or accepts(port))
    return process


for _ in range(3):  # another program may take the port first
    PORT = free_port()
    postfix = begin(PORT)
    if postfix.poll() is None:
        break
else:
    check("Postfix starts", False, log(postfix) + said())
    done()


# ---- the inbox ----

write(here + "/login", "ann:secret\n")
os.chmod(here + "/login", 0o600)


def inbox_with(login):
    mail = here + "/mail"
    process, at = serve(
        "berth", "--http", "off", "--smtp", "127.0.0.1:0", "--inbox",
        "127.0.0.1:0", "--mail", mail, "--relay", f"localhost:{PORT}",
        "--relay-ca", here + "/cert", "--relay-auth", login,
        "--relay-to", "*@b.example", "--relay-to", "*@c.example",
        "--relay-matching", "auto@*", "--rules", here + "/rules")
    until("the inbox is ready", lambda: run(
        "berth-http", "-f", f"http://{at['inbox']}/readyz").returncode == 0,
          process)
    return process, at


os.chmod(here, 0o777)
write(here + "/rules", "rcpt to=again@* first=1 reply 450 4.2.0 Not yet\n")
berth, at = inbox_with(here + "/login")
# Before the first mail, with which Postfix looks at it.
write(own + "/transport", f"c.example smtp:[{at['smtp'].replace(':', ']:')}\n")


def send(to, subject):
    host, port = at["smtp"].rsplit(":", 1)
    with smtplib.SMTP(host, int(port)) as s:
        s.ehlo("client.test")
        s.mail("ann@a.example")
        s.rcpt(to)
        return s.data(f"From: Ann <ann@a.example>\r\nTo: {to}\r\n"
                      f"Subject: {subject}\r\n\r\n.dot\r\nlast\r\n"
                      )[1].split()[1].decode()


def release(which, *to):
    """The status, and what was said."""
    request = urllib.request.Request(
        f"http://{at['inbox']}/api/v1/message/{which}/release",
        json.dumps({"To": to}).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()


def box(name):
    return [read(f).decode() for f in glob.glob(f"{here}/box/{name}/new/*")]


def box_has(name, count):
    until(f"{name} has {count}: {said()[-3000:]}",
          lambda: len(box(name)) >= count, postfix)
    return box(name)


which = send("x@x.example", "released")
got = release(which, "bob@b.example")
check("Postfix takes what is released", got == (200, "ok"),
      f"{got}\n{said()[-3000:]}")
texts = box_has("bob", 1)
check("and delivers it", "\nSubject: released\n" in texts[0]
      and texts[0].endswith("\n\n.dot\nlast\n"), texts[0])
until("Postfix says who has logged in",
      lambda: "sasl_username=ann" in said(), postfix)
check("it came by TLS and with a login", "with ESMTPSA id" in texts[0]
      and "sasl_username=ann" in said(), texts[0] + said()[-3000:])
check("from the sender that it had",
      texts[0].startswith("Return-Path: <ann@a.example>\n"), texts[0])

send("auto@b.example", "by a rule")
texts = box_has("auto", 1)
check("what a rule names comes by itself", len(texts) == 1 and
      "\nSubject: by a rule\n" in texts[0] and
      "X-Original-To: auto@b.example\n" in texts[0], repr(texts))
check("with where it has been", texts[0].count("\nReceived: from ") == 2,
      texts[0])

# There and back: Postfix is before Berth, too.
def caught(whom):
    texts = [read(f).decode() for f in glob.glob(here + "/mail/new/*")]
    return [t for t in texts if f"\nDelivered-To: {whom}\n" in t.replace(
        "\r", "")]


for whom in ("onward@c.example", "again@c.example"):
    got = release(which, whom)
    check(f"Postfix takes what is for {whom}", got == (200, "ok"), str(got))
    until(f"Berth has it from Postfix: {said()[-3000:]}",
          lambda: caught(whom), postfix)
    (text,) = caught(whom)
    check("as it was sent, through Postfix",
          text.endswith("\r\n\r\n.dot\r\nlast\r\n") and
          "(Postfix) with ESMTPSA" in text and
          text.count("\nReceived: from ") == 2, repr(text))
until("Postfix has heard that Berth has them",
      lambda: said().count("status=sent (250 2.0.0") >= 2, postfix)
check("whom Berth puts off has his on the second try, and once",
      said().count("status=deferred") == 1 and "450 4.2.0 Not yet" in said()
      and len(caught("again@c.example")) == 1, said()[-3000:])

got = release(which, "nobody@b.example")
check("whom Postfix does not know it refuses, and says so",
      got[0] == 400 and "User unknown" in got[1], str(got))
got = release(which, "bob@d.example")
check("who may not have it does not get as far", got[0] == 400 and
      "--relay-to" in got[1] and "d.example" not in said(), str(got))

end(postfix)
got = release(which, "bob@b.example")
check("when Postfix is away that is told", got[0] == 502, str(got))
send("auto@b.example", "later")
until("the rule waits", lambda: "trying again" in log(berth), berth)
postfix = begin(PORT)
texts = box_has("auto", 2)
check("and has it later", len(texts) == 2 and
      any("\nSubject: later\n" in t for t in texts), repr(texts))
end(berth)

write(here + "/wrong", "ann:wrong\n")
berth, at = inbox_with(here + "/wrong")
got = release(which, "bob@b.example")
check("a wrong password is told", got[0] in (400, 502) and
      "uthentication" in got[1], str(got))
end(berth)
check("nobody has it twice", len(box("bob")) == 1 and len(box("auto")) == 2,
      f"{box('bob')}{box('auto')}")
check("Postfix has found nothing wrong",
      not [line for line in said().splitlines()
           if "fatal:" in line or "panic:" in line], said())
done()
