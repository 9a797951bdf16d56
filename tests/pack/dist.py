#!/usr/bin/env python3
"""What "make dist" packs packs itself again, without git and without apt; and
what packages name agrees with what the build names."""

import os
import re
import shutil
import sys
import tarfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../peers/lib"))
from peer import check, done, place, read, run, told, write

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
here = place()


def make(where, *words, path=None):
    clean = [f"-u{n}" for n in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "NO_APT")]
    return run("env", *clean, "PATH=" + (path or os.environ["PATH"]),
               "make", "-s", "-C", where, *words, limit=120)


got = make(TOP, "dist", f"B={here}/first")
check("make dist", got.returncode == 0, told(got))
name = got.stdout.decode().split()[-1]
first = read(name)
version = re.search(r"berth-([^/]*)\.tar\.gz$", name)[1]
with tarfile.open(name) as tar:
    tar.extractall(here)
tree = f"{here}/berth-{version}"

# Where these are the only programs there is no git, and apt tells when it is
# called.
few = here + "/few"
os.mkdir(few)
for program in ("bash sh make sed awk tar gzip head tail cat cp rm mkdir env "
                "dirname basename realpath mktemp nproc pwd echo sort tr id").split():
    os.symlink(shutil.which(program), f"{few}/{program}")
write(few + "/apt-get", f"#!/bin/sh\n>{here}/called\nexit 1\n")
os.chmod(few + "/apt-get", 0o755)
got = make(tree, "dist", path=few)
check("make dist of what it packed", got.returncode == 0, told(got))
again = f"{tree}/build/berth-{version}.tar.gz"
check("is the same, byte by byte",
      os.path.exists(again) and read(again) == first)
got = make(tree, "programs", "NO_APT=1", path=few)
check("NO_APT: what is missing is said, and nothing is installed",
      got.returncode != 0 and b"NO_APT is set: " in got.stderr
      and b"pkg-config" in got.stderr and not os.path.exists(here + "/called"),
      told(got))
make(tree, "programs", path=few)
check("without it, it is asked for", os.path.exists(here + "/called"))

# With all that it needs, it builds there.
got = make(tree, "NO_APT=1", "build/bin/berth-udp")
check("a program is built from it", got.returncode == 0, told(got))
got = run(tree + "/build/bin/berth-udp", "--version")
check("and runs", version.encode() in got.stdout, told(got))

control = read(TOP + "/servers/debian/control").decode()
wanted = set(re.findall(r"[\w.+-]+", re.search(
    "^Build-Depends: (.*)$", control, re.M)[1]))
listed = set(re.findall(r"^build +\S+ +(\S+)$",
                        read(TOP + "/tests/tools/deps").decode(), re.M))
listed -= {"gcc", "libc6-dev"}  # build-essential
check("the package is built with what make asks for", listed <= wanted,
      str(listed - wanted))
check("its version is the programs'",
      read(TOP + "/servers/debian/changelog").decode().startswith(
          f"berth ({version}) "))
done()
