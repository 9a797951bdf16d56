"""memory.py - what a server's processes hold.

Pss is their own and their share of what they share; a group of the kernel's
for memory counts in addition what that holds for them: stacks, page tables,
sockets.  Cached files are in neither.
"""
import os
import re
import time


def everybody(pid):
    """A process and all below it."""
    found = [pid]
    for one in found:
        try:
            with open(f"/proc/{one}/task/{one}/children") as f:
                found += [int(c) for c in f.read().split()]
        except OSError:
            pass
    return found


def pss_kib(pid):
    total = 0
    for one in everybody(pid):
        try:
            with open(f"/proc/{one}/smaps_rollup") as f:
                total += int(re.search(r"^Pss: +(\d+)", f.read(), re.M)[1])
        except (OSError, TypeError):
            pass
    return total


class Group:
    """A group of its own; `path` is None where that is not to be had."""

    count = 0

    def __init__(self):
        Group.count += 1
        self.path = (f"/sys/fs/cgroup/memory/berth-bench-{os.getpid()}-"
                     f"{Group.count}")
        try:
            os.mkdir(self.path)
        except OSError:
            self.path = None
        if self.path and not os.path.exists(
                self.path + "/memory.usage_in_bytes"):
            self.path = None

    def enter(self):
        """What a server does first to be in it."""
        if self.path:
            with open(self.path + "/cgroup.procs", "w") as f:
                f.write("0")

    def kib(self):
        if not self.path:
            return 0
        with open(self.path + "/memory.usage_in_bytes") as f:
            whole = int(f.read())
        with open(self.path + "/memory.stat") as f:
            files = int(re.search(r"^cache (\d+)", f.read(), re.M)[1])
        return (whole - files) // 1024

    def leave(self):
        for _ in range(50 if self.path else 0):
            try:
                os.rmdir(self.path)
                break
            except OSError:
                time.sleep(0.1)
