#!/usr/bin/env python3
"""berth-smtp as the sendmail of programs that send mail by it: PHP's mail(),
Symfony Mailer, git send-email, cron, mutt, s-nail, swaks, and the command
lines of msmtp; and what our own catcher has stored then."""

import email
import email.policy
import glob
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from peer import BIN, check, done, place, read, run, serve, told, write

here = place()
mail = os.path.join(here, "mail")
server, at = serve("berth-smtpd", "-l", "127.0.0.1:0", "--hostname", "mx.test",
                   "--durability", "none", mail)
PORT = at["smtp"].rsplit(":", 1)[1]
SENDMAIL = os.path.join(here, "sendmail")
os.symlink(os.path.join(BIN, "berth-smtp"), SENDMAIL)
WITH = f"{SENDMAIL} -S 127.0.0.1:{PORT}"
os.environ.update(HOME=here, GIT_CONFIG_NOSYSTEM="1")


def stored(count=1):
    """The messages, each with the addresses it was delivered to."""
    found = []
    for path in sorted(glob.glob(mail + "/new/*")):
        m = email.message_from_bytes(read(path), policy=email.policy.default)
        m.to = m.get_all("Delivered-To", [])
        m.raw = read(path)
        found.append(m)
        os.unlink(path)
    if len(found) != count:
        check(f"{count} messages", False, f"{len(found)} are there")
        found += [None] * (count - len(found))
    return found


def sent(what, result, code=0):
    """It ended well, and here is the message."""
    check(f"{what}: exit code {code}", result.returncode == code,
          told(result))
    m = stored()[0]
    if m is None:
        print(told(result))
        done()
    for name in ("Date", "From", "Message-ID"):
        check(f"{what}: one {name}", len(m.get_all(name, [])) == 1
              and str(m[name]), repr(m.raw[:1500]))
    check(f"{what}: no Bcc", m["Bcc"] is None, repr(m.raw[:1500]))
    check(f"{what}: lines end in CRLF",
          m.raw.count(b"\n") == m.raw.count(b"\r\n"), repr(m.raw[:1500]))
    return m


# PHP's mail(): sendmail -t -i, with headers that end in CRLF.
def php(code, *options, path=f"{WITH} -t -i"):
    return run("php", "-d", "sendmail_path=" + path, *options, "-r",
               f"exit(({code}) ? 0 : 1);")


m = sent("PHP mail()", php(
    "mail('c@d.example', 'Hello', \"line\\n.\\nlast\", "
    "['From' => 'Shop <a@b.example>', 'Bcc' => 'e@f.example', "
    "'X-Mailer' => 'PHP'])"))
check("PHP mail(): recipients", m.to == ["c@d.example", "e@f.example"],
      repr(m.to))
check("PHP mail(): text", m.get_content().splitlines() == ["line", ".",
                                                           "last"],
      repr(m.get_content()))
m = sent("PHP mail(), -f and UTF-8", php(
    "mail('Zoë <c@d.example>', '=?UTF-8?B?R3LDvMOfZQ==?=', "
    "\"Grüße\\r\\n\", \"MIME-Version: 1.0\\r\\n"
    "Content-Type: text/plain; charset=UTF-8\", '-fbounce@b.example')"))
check("PHP mail(), -f: Return-Path", m["Return-Path"] ==
      "<bounce@b.example>", repr(m.raw[:600]))
check("PHP mail(), UTF-8", m["Subject"] == "Grüße"
      and m.get_content().strip() == "Grüße", repr(m.raw))
r = php("mail('c@d.example, e f', 'x', 'y')")
check("PHP mail(), a bad address: false", r.returncode == 1, told(r))
check("PHP mail(), a bad address: where", b"at character 17: f" in r.stderr,
      told(r))
check("PHP mail(), a bad address: nothing is sent", stored(0) == [])

# Symfony Mailer speaks SMTP with "sendmail -bs" unless told otherwise.
SYMFONY = "/usr/share/php/Symfony/Component/Mailer/autoload.php"
if os.path.exists(SYMFONY):
    for mode in ("-bs", "-t -i"):
        r = run("php", "-r", f"""
            require '{SYMFONY}';
            use Symfony\\Component\\Mailer\\Transport\\SendmailTransport;
            use Symfony\\Component\\Mailer\\Mailer;
            use Symfony\\Component\\Mime\\Email;
            $t = new SendmailTransport('{WITH} {mode}');
            $m = new Mailer($t);
            $m->send((new Email())->from('a@b.example')->to('c@d.example')
                ->bcc('e@f.example')->subject('Grüße')
                ->text("Grüße\\n.\\nlast\\n"));
            """)
        m = sent(f"Symfony Mailer, {mode}", r)
        check(f"Symfony Mailer, {mode}: recipients",
              m.to == ["c@d.example", "e@f.example"], repr(m.to))
        check(f"Symfony Mailer, {mode}: text", m["Subject"] == "Grüße"
              and m.get_content().split() == ["Grüße", ".", "last"],
              repr(m.raw))
else:
    print("Symfony Mailer is not here: skipped")

# git send-email: sendmail -i, recipients as operands.
repository = os.path.join(here, "repository")
AUTHOR = ["-c", "user.name=Jörg", "-c", "user.email=j@b.example"]
run("git", "init", "-q", repository)
write(os.path.join(repository, "file"), "Grüße\n")
run("git", "add", "file", cwd=repository)
run("git", *AUTHOR, "commit", "-qm", "Add a file\n\nFrom here on: it is.",
    cwd=repository)
for options in (["--sendmail-cmd=" + WITH + " -i"],
                ["--sendmail-cmd=" + WITH + " -i",
                 "--envelope-sender=bounce@b.example"]):
    r = run("git", *AUTHOR, "send-email", "--confirm=never", "--quiet",
            "--8bit-encoding=UTF-8",
            "--to=List <c@d.example>", "--cc=e@f.example",
            "--bcc=g@h.example", *options, "-1", cwd=repository)
    m = sent(f"git send-email {options[1:]}", r)
    check(f"git send-email {options[1:]}: recipients", m.to[:1] ==
          ["c@d.example"] and set(m.to) >= {"e@f.example", "g@h.example"},
          repr(m.to))
    check(f"git send-email {options[1:]}: it applies", run(
        "git", *AUTHOR, "mailinfo", "msg", "patch", cwd=repository,
        stdin=m.raw).returncode == 0)
    check(f"git send-email {options[1:]}: the patch", "+Grüße" in
          m.get_content(), repr(m.get_content()))

# Debian's cron: its command line and its header.
r = run(SENDMAIL, "-S", "127.0.0.1:" + PORT, "-i", "-FCronDaemon",
        "-B8BITMIME", "-oem", "root", stdin=(
            "From: root (Cron Daemon)\nTo: root\n"
            "Subject: Cron <root@host> /usr/bin/job\nMIME-Version: 1.0\n"
            "Content-Type: text/plain; charset=UTF-8\n"
            "Content-Transfer-Encoding: 8bit\n"
            "X-Cron-Env: <SHELL=/bin/sh>\nX-Cron-Env: <HOME=/root>\n\n"
            "Gefüllt: 98%\n.\nend\n").encode())
m = sent("cron", r)
check("cron: recipient", m.to == ["root"], repr(m.to))
check("cron: text", m.get_content().splitlines() ==
      ["Gefüllt: 98%", ".", "end"], repr(m.raw))
check("cron: its fields", m.get_all("X-Cron-Env") ==
      ["<SHELL=/bin/sh>", "<HOME=/root>"], repr(m.raw))

# The command lines that msmtp's users have.
for options in (["-t", "-i"], ["-oi", "-f", "a@b.example", "--",
                               "c@d.example"],
                ["--read-recipients", "--read-envelope-from"],
                ["-t", "--from=a@b.example"], ["-ti"]):
    r = run(SENDMAIL, "--host=127.0.0.1", "--port=" + PORT, *options,
            stdin=b"From: A <a@b.example>\nTo: c@d.example\nSubject: x\n\n"
            b"text\n")
    m = sent(f"as msmtp {options}", r)
    check(f"as msmtp {options}: recipient", m.to == ["c@d.example"],
          repr(m.to))

# swaks pipes SMTP into "sendmail -bs".
for options in ([], ["--pipeline"]):
    r = run("swaks", "--pipe", WITH + " -bs", "--from", "a@b.example", "--to",
            "c@d.example,e@f.example", *options, "--data",
            "From: a@b.example\nDate: now\nMessage-ID: <x@y>\n\n.dot\nGrüße\n")
    m = sent(f"swaks --pipe {options}", r)
    check(f"swaks --pipe {options}: recipients", m.to ==
          ["c@d.example", "e@f.example"], repr(m.to))
    check(f"swaks --pipe {options}: text", ".dot\r\nGrüße".encode() in m.raw,
          repr(m.raw))

# Mail programs.
if shutil.which("mutt"):
    r = run("mutt", "-n", "-F", "/dev/null", "-e",
            f'set sendmail="{WITH} -oem -oi"', "-e",
            'set from="a@b.example"', "-e", "set copy=no", "-e",
            "set use_envelope_from=yes", "-e", "set charset=utf-8", "-s",
            "Grüße", "-b", "e@f.example", "c@d.example",
            stdin="Grüße\n.\n".encode())
    m = sent("mutt", r)
    check("mutt: recipients", m.to == ["c@d.example", "e@f.example"],
          repr(m.to))
    check("mutt: subject", m["Subject"] == "Grüße", repr(m.raw))
if shutil.which("s-nail"):
    wrapper = os.path.join(here, "mta")
    write(wrapper, f'#!/bin/sh\nexec {WITH} "$@"\n')
    os.chmod(wrapper, 0o755)
    r = run("s-nail", "-:/", "-Sv15-compat", "-Smta=" + wrapper,
            "-Sfrom=a@b.example", "-Ssendwait", "-s", "Grüße", "-b",
            "e@f.example", "c@d.example", stdin="Grüße\n.x\n".encode())
    m = sent("s-nail", r)
    check("s-nail: recipients", m.to == ["c@d.example", "e@f.example"],
          repr(m.to))

# Who called hears of it.
r = php("mail('c@d.example', 'x', 'y')", path=SENDMAIL
        + " -S 127.0.0.1:1 -t -i")
check("PHP mail() and no server: false", r.returncode == 1, told(r))
check("PHP mail() and no server: why", b"Connection refused" in r.stderr,
      told(r))
done()
