#!/usr/bin/env python3
"""The image of "make image", started with what berth.yaml gives a container:
its arguments, its user, no capability, no new privileges, a root that cannot be
written, a filter of system calls like a container engine's.

No engine runs here; bubblewrap makes the namespaces.  The network is this
machine's, so ports are 0 on loopback in place of those of the manifest.
"""

import ctypes
import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../peers/lib"))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from fleet import manifests, of_kind
from peer import BIN, check, done, log, place, read, run, start, told, until

TOP = os.path.join(os.path.dirname(__file__), "../..")
here = place()
pod = of_kind("Deployment", manifests())["spec"]["template"]["spec"]
container = pod["containers"][0]
user = pod["securityContext"]["runAsUser"]

# --- The image ----------------------------------------------------------------

for n in ("one", "two"):
    got = run(TOP + "/tests/tools/image", BIN, f"{here}/{n}", "berth",
              "berth-dialler")
    check("the image is made", got.returncode == 0, told(got))
image = here + "/one/berth-image.tar"
check("twice the same", read(image) == read(here + "/two/berth-image.tar"))
root = here + "/root"
with tarfile.open(image) as tar:
    names = [m.name for m in tar if m.isfile() or m.issym()]
    check("no program of it gives rights", not [
        m.name for m in tar if m.mode & 0o7022], str(names))
    tar.extractall(root)
size = os.path.getsize(image) / (1 << 20)
# A sanitizer's or a debugger's programs are larger.
check("no shell, and few files", size < 64 and len(names) < 40 and
      not [n for n in names if n.endswith("sh")], f"{size} {names}")
print(f"  {size:.1f} MiB, {len(names)} files")

# --- Its rights ---------------------------------------------------------------

# What Docker's and containerd's default profiles keep from a process without
# capabilities, unless by an argument; those of clone(2) are below.
REFUSED = """acct add_key bpf clock_adjtime clock_settime create_module
delete_module finit_module fsconfig fsmount fsopen fspick get_mempolicy
init_module io_uring_enter io_uring_register io_uring_setup ioperm iopl kcmp
kexec_file_load kexec_load keyctl lookup_dcookie mbind mount mount_setattr
move_mount move_pages name_to_handle_at nfsservctl open_by_handle_at open_tree
perf_event_open personality pivot_root process_madvise query_module quotactl
reboot request_key set_mempolicy setns settimeofday swapoff swapon sysfs umount2
unshare uselib userfaultfd ustat vhangup""".split()
ALLOW, EPERM, ENOSYS = 0x7fff0000, 0x00050001, 0x00050026
NAMESPACES = 0x7e020000  # CLONE_NEW*


class Arg(ctypes.Structure):
    """struct scmp_arg_cmp; 7 is SCMP_CMP_MASKED_EQ."""

    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int),
                ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def profile():
    """Such a filter, as a file of instructions for bubblewrap."""
    lib = ctypes.CDLL("libseccomp.so.2")
    lib.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(lib.seccomp_init(ALLOW))
    for name in REFUSED:
        number = lib.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:  # this machine has it
            assert not lib.seccomp_rule_add_array(context, EPERM, number, 0,
                                                  None), name
    for bit in (b for b in range(32) if NAMESPACES >> b & 1):
        test = Arg(0, 7, 1 << bit, 1 << bit)
        clone = lib.seccomp_syscall_resolve_name(b"clone")
        assert not lib.seccomp_rule_add_array(context, EPERM, clone, 1,
                                              ctypes.byref(test))
    # Its flags lie in memory, where no filter looks.
    clone3 = lib.seccomp_syscall_resolve_name(b"clone3")
    assert not lib.seccomp_rule_add_array(context, ENOSYS, clone3, 0, None)
    out = tempfile.TemporaryFile()
    assert not lib.seccomp_export_bpf(context, out.fileno())
    return out


calls = profile()


def contained(base, *more):
    """Arguments of bubblewrap for such a container, up to the command."""
    calls.seek(0)
    words = ["bwrap", "--unshare-user", "--unshare-pid", "--unshare-ipc",
             "--unshare-uts", "--as-pid-1", "--die-with-parent",
             "--uid", str(user),
             "--gid", str(pod["securityContext"]["runAsGroup"]),
             "--ro-bind" if container["securityContext"][
                 "readOnlyRootFilesystem"] else "--bind", base, "/",
             "--proc", "/proc", "--dev", "/dev", *more]
    for name in container["securityContext"]["capabilities"]["drop"]:
        words += ["--cap-drop", name]
    if pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault":
        words += ["--seccomp", str(calls.fileno())]
    return words


def run_contained(*argv):
    return subprocess.run([*contained("/"), *argv], capture_output=True,
                          pass_fds=[calls.fileno()], timeout=60, check=False)


# The rights are those that are meant: a shell of this machine tries.
got = run_contained("true")
check("a program starts under them", got.returncode == 0, told(got))
for attempt in ("unshare -U true", "mount -t tmpfs none /tmp",
                f"touch {here}/x", "chroot / true", "mknod /tmp/n p"):
    got = run_contained("sh", "-c", attempt)
    check(f"refused: {attempt}", got.returncode != 0, told(got))

# --- Started ------------------------------------------------------------------

os.mkdir(here + "/mail")
mount = next(m for m in container["volumeMounts"] if m["name"] == "mail")
arguments = [re.sub(r"^\*:\d+$", "127.0.0.1:0", a) for a in container["args"]]
bwrap = start(*contained(root, "--bind", here + "/mail", mount["mountPath"]),
              "--", "/usr/bin/berth", *arguments,
              pass_fds=[calls.fileno()])


def ready():
    found = re.findall(r"^ready (\S+) 127\.0\.0\.1:(\d+)$", log(bwrap), re.M)
    return len(found) == 3 and {n: int(p) for n, p in found}


PORT = until("it is ready", ready, bwrap)


def children(pid):
    return [int(c) for c in
            read(f"/proc/{pid}/task/{pid}/children").split()]


(master,) = children(bwrap.pid)


def words(pid):
    return dict(line.split(":\t", 1) for line in
                read(f"/proc/{pid}/status").decode().splitlines()
                if ":\t" in line)


own = words(master)
check("it is the first process of its namespace",
      own["NSpid"].split()[-1] == "1", str(own))
until("the master has children", lambda: len(children(master)) > 3, bwrap)
everybody = [master, *children(master)]
for name, wanted in (("NoNewPrivs", "1"), ("Seccomp", "2"),
                     ("CapEff", "0" * 16), ("CapPrm", "0" * 16),
                     ("CapInh", "0" * 16), ("CapAmb", "0" * 16),
                     ("CapBnd", "0" * 16)):
    got = {pid: words(pid)[name] for pid in everybody}
    check(f"{name} is {wanted} in all of them", set(got.values()) == {wanted},
          str(got))
slash = [m.split() for m in
         read(f"/proc/{master}/mountinfo").decode().splitlines()
         if m.split()[4] == "/"]
check("its root cannot be written", slash[-1][5].split(",")[0] == "ro",
      str(slash))


def promise(process):
    """What its line "sandbox:" says, without whose it is."""
    found = re.search("sandbox: (.*)", log(process))
    return found and [w for w in found[1].split(", ")
                      if not w.startswith("user ")]


# As much as it has on this machine, outside of all this.
outside = start("berth", "--http", "127.0.0.1:0", "--smtp", "127.0.0.1:0",
                "--inbox", "off", "--mail", here + "/outside",
                root + "/srv/site")
until("it says what it has outside", lambda: promise(outside), outside)
check("the sandbox is complete", promise(bwrap) == promise(outside) and
      "no_new_privs" in promise(bwrap) and "seccomp" in promise(bwrap),
      f"{promise(bwrap)}, outside {promise(outside)}")

# --- In use -------------------------------------------------------------------


def get(path, port="http"):
    try:
        with urllib.request.urlopen(
                f"http://127.0.0.1:{PORT[port]}{path}", timeout=60) as f:
            return f.status, f.read()
    except urllib.error.HTTPError as e:
        return e.code, e.read()


for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
    asked = container[probe]["httpGet"]
    got = get(asked["path"], asked["port"])
    check(f"{probe}: {asked['path']}", got[0] == 200, str(got))
check("its page", get("/") == (200, read(root + "/srv/site/index.html")))
check("a page that is not there", get("/none")[0] == 404)
with smtplib.SMTP("127.0.0.1", PORT["smtp"], timeout=60) as c:
    c.sendmail("a@b.c", ["d@e.f"], "Subject: to a container\r\n\r\nHi\r\n")
mails = os.listdir(here + "/mail/new")
check("a mail is on the volume", len(mails) == 1 and
      b"Subject: to a container" in read(f"{here}/mail/new/{mails[0]}"))

# --- Asked to end -------------------------------------------------------------

held = socket.create_connection(("127.0.0.1", PORT["smtp"]), 60)
greeting = held.recv(1000)
os.kill(master, signal.SIGTERM)
until("/readyz says 503", lambda: get("/readyz", "health")[0] == 503, bwrap)
check("while it still lives", get("/livez", "health")[0] == 200)
check("and still serves", get("/")[0] == 200)
held.sendall(b"QUIT\r\n")
last = held.recv(1000)
check("who is there is served to the end", greeting.startswith(b"220") and
      last.startswith(b"221"), last)
held.close()
code = bwrap.wait(60)
check("it ends as asked", code == 0, f"{code} {log(bwrap)}")
done()
