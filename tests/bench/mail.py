"""mail.py - how many mails a second? berth-smtpd beside smtp-sink, which dumps
them into files, and beside a program that only writes files as safely.

smtp-source sends; all keep what comes on the same disk.
"""
import os
import shutil
import socket
import subprocess
import time

import loads
import paper
import servers

SIZE = 2048
# what: (mails, sessions, options of smtp-source, what berth-smtpd is told)
CASES = {
    "nothing is flushed, 10 kept sessions": (4000, 10, ["-d"], "none"),
    "nothing is flushed, 10 at a time, a new one each": (
        1000, 10, [], "none"),
    "all is on the disk, 32 kept sessions": (2000, 32, ["-d"], "full"),
}


def accepts(server):
    end = time.monotonic() + servers.START_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", server.port), 5).close()
            return
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise OSError("does not accept: " + server.words()) from None
            time.sleep(0.02)


def source(server, mails, sessions, options):
    begin = time.monotonic()
    out = loads.tool(["smtp-source", "-s", str(sessions), "-m", str(mails),
                      "-l", str(SIZE), "-f", "a@example.org", "-t",
                      "b@example.org", *options,
                      "inet:127.0.0.1:%d" % server.port])
    if out.returncode or out.stderr:
        raise OSError("smtp-source: " + out.stderr.strip()[-200:])
    return mails / (time.monotonic() - begin)


def kept_files(folder):
    return sum(len(files) for _, _, files in os.walk(folder))


def by_server(field, account, folder, case, ours):
    mails, sessions, options, durability = case
    port = None if ours else servers.free_port()
    if ours:
        command = [os.path.join(field.build, "bin/berth-smtpd"), "-q", "-l",
                   "127.0.0.1:0", "--access-log", "off", "--durability",
                   durability, folder]
    else:
        command = ["smtp-sink", "-u", field.user, "-d", folder + "/%M.",
                   "127.0.0.1:%d" % port, "128"]
    server = servers.Server("smtp", command, port)
    try:
        server.start(account, field.tmp)
        accepts(server)
        before, had = server.seconds(), kept_files(folder)
        rate = source(server, mails, sessions, options)
        used = server.seconds() - before
        kept = kept_files(folder) - had
        if kept < mails:
            raise OSError("%d of %d mails were kept" % (kept, mails))
        return {"rate": rate, "cpu": used / mails * 1e6}
    finally:
        server.end()


def by_store(field, account, folder, case, _):
    mails, sessions, _, _ = case
    path, inside = account.enter()
    with subprocess.Popen(
            [os.path.join(field.build, "tests/bench/store"), folder,
             str(sessions), str(mails), str(SIZE)], preexec_fn=inside,
            stdout=subprocess.PIPE, text=True) as process:
        out = process.communicate(timeout=loads.PATIENCE_S)[0].split()
    if process.returncode or out[:1] != ["FIGURES"]:
        raise OSError("store: failed")
    used = account.seconds(path, 0) if path else 0
    account.leave(path)
    n, us = int(out[1]), int(out[2])
    return {"rate": n / us * 1e6, "cpu": used / n * 1e6}


def round_of(field, account, title, turn, figures, fault):
    case = CASES[title]
    takers = [("berth-smtpd --durability " + case[3], by_server, True)]
    if case[3] == "full":
        takers.append(("only write, fsync, rename, fsync", by_store, False))
    elif shutil.which("smtp-sink"):
        takers.append(("smtp-sink", by_server, False))
    for k in range(len(takers)):
        name, deed, ours = takers[(k + turn) % len(takers)]
        folder = os.path.join(field.build, "bench", "mail-%d" % os.getpid())
        os.makedirs(folder)
        shutil.chown(folder, field.user)
        try:
            figures.setdefault(title, {}).setdefault(name, []).append(
                deed(field, account, folder, case, ours))
        except (OSError, subprocess.TimeoutExpired) as e:
            fault("%s, %s: %s" % (name, title, e))
        finally:
            shutil.rmtree(folder)


def measure(field, account, rounds, fault):
    figures = {}
    for i in range(rounds):
        for title in CASES:
            round_of(field, account, title, i, figures, fault)
    for title, rows in figures.items():
        mails = CASES[title][0]
        paper.head("%d mails of 2 KiB: %s" % (mails, title), "who", "mails/s",
                   "÷ the other", "CPU µs/mail")
        for name, got in rows.items():
            other = [r for n, o in rows.items() if n != name for r in o]
            paper.row(name, paper.middle([r["rate"] for r in got], ".0f"),
                      paper.ratio((a["rate"], b["rate"])
                                  for a, b in zip(got, other)),
                      paper.middle([r["cpu"] for r in got], ".1f"))
