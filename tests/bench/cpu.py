"""cpu.py - how much CPU a server's whole process group has used.

A server lives in a cgroup of its own where that can be had, which is exact;
else /proc tells.  BENCH_ACCOUNT chooses: cpuacct, cgroup2 or proc.
"""
import os
import re
import signal
import time


class Cgroup:
    """A cgroup of its own for each server: exact, ended children included."""

    def __init__(self, base, usage, scale):
        self.base, self.usage, self.scale, self.made = base, usage, scale, 0

    def enter(self):
        """A directory, and what the server does first to live in it."""
        self.made += 1
        path = "%s/berth-bench-%d-%d" % (self.base, os.getpid(), self.made)
        os.mkdir(path)

        def inside():
            with open(path + "/cgroup.procs", "w") as procs:
                procs.write("0")
        return path, inside

    def seconds(self, path, pid):
        with open(path + "/" + self.usage) as f:
            return int(re.search(r"(\d+)\s", f.read()).group(1)) * self.scale

    def leave(self, path):
        for _ in range(50):
            with open(path + "/cgroup.procs") as f:
                left = f.read().split()
            if not left:
                break
            for pid in left:
                try:
                    os.kill(int(pid), signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.02)
        os.rmdir(path)


class Proc:
    """Without cgroups: what /proc says of the master and of all below it, each
    with the times of the children it has waited for.  An ended child is in one
    of them exactly once.  The own time of a process comes from schedstat, in
    ns, for clock ticks would lose those who ran for less than one."""

    def enter(self):
        return None, None

    def times(self, name):
        """The parent of a process, its own time, that of its ended ones."""
        with open("/proc/%s/stat" % name) as f:
            field = f.read().rsplit(")", 1)[1].split()
        tick = os.sysconf("SC_CLK_TCK")
        own = (int(field[11]) + int(field[12])) / tick
        try:
            with open("/proc/%s/schedstat" % name) as f:
                own = int(f.read().split()[0]) / 1e9
        except FileNotFoundError:
            pass
        return int(field[1]), own, (int(field[13]) + int(field[14])) / tick

    def seconds(self, path, pid):
        below, times = {}, {}
        for name in os.listdir("/proc"):
            try:
                if name.isdigit():
                    parent, own, ended = self.times(name)
                    below.setdefault(parent, []).append(int(name))
                    times[int(name)] = own + ended
            except (FileNotFoundError, ProcessLookupError):
                pass
        total, todo = 0, [pid]
        while todo:
            one = todo.pop()
            total += times.get(one, 0)
            todo += below.get(one, [])
        return total

    def leave(self, path):
        pass


def accountant():
    wish = os.environ.get("BENCH_ACCOUNT")
    mine, found = {}, {}
    with open("/proc/self/cgroup") as f:
        for line in f:
            _, names, path = line.rstrip("\n").split(":", 2)
            for name in names.split(","):
                mine[name] = path.rstrip("/")
    with open("/proc/self/mounts") as f:
        for line in f:
            _, where, kind, options = line.split()[:4]
            if kind == "cgroup" and "cpuacct" in options.split(","):
                found["cpuacct"] = Cgroup(where + mine.get("cpuacct", ""),
                                          "cpuacct.usage", 1e-9)
            if kind == "cgroup2":
                found["cgroup2"] = Cgroup(where + mine.get("", ""),
                                          "cpu.stat", 1e-6)
    for name in ("cpuacct", "cgroup2"):
        if name in found and wish in (None, name):
            try:
                path, _ = found[name].enter()
                found[name].seconds(path, 0)
                os.rmdir(path)
                return name, found[name]
            except OSError:
                pass
    return "proc", Proc()
