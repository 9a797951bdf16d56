/*
 * sandbox_rights.c - what processes have beside their system calls: rights,
 * environment, core dumps, and their turn when memory runs out.
 */
#include <criterion/criterion.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/faulty.h"
#include "rig/main.h"
#include "rig/rig.h"
#include "system/oom.h"

#define MOST       64 /* children, those before a reload too */
#define RIGHT(cap) (UINT64_C(1) << (cap))

/* A line of /proc/PID/FILE that begins so, behind that. */
static const char *
look(pid_t pid, const char *file, const char *begin)
{
	static char found[256];
	char path[64];
	struct buf all;
	const char *at;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	buf_init(&all, 1 << 20);
	cr_assert_eq(rig_slurp(path, &all), 0, "%s", path);
	at = strstr(buf_str(&all), begin);
	cr_assert_not_null(at, "%s: %s", path, begin);
	snprintf(found, sizeof(found), "%.*s",
	    (int)strcspn(at + strlen(begin), "\n"), at + strlen(begin));
	buf_free(&all);
	return found;
}

/* Of one that has left in this moment: none. */
static uint64_t
caps(pid_t pid, const char *kind)
{
	char path[64];
	struct buf all;
	const char *at;
	uint64_t set = 0;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	buf_init(&all, 1 << 20);
	if (rig_slurp(path, &all) == 0 &&
	    (at = strstr(buf_str(&all), kind)) != NULL)
		set = strtoull(at + strlen(kind), NULL, 16);
	buf_free(&all);
	return set;
}

/* Those who are served are cut short. */
static void
end(struct rig *r)
{
	rig_signal(r, SIGQUIT);
	cr_assert_eq(rig_wait(r), 0);
}

/* A process that serves: the connection stays. */
static pid_t
one_that_serves(struct rig *r)
{
	int fd = rig_open(r, FAULTY);
	char line[32] = "";

	cr_assert(rig_send(fd, "pid\n"));
	cr_assert(rig_receive(fd, line, sizeof(line) - 1) > 0);
	return (pid_t)strtol(line, NULL, 10);
}

static bool
has_none(pid_t pid)
{
	static const char *const kinds[] = {
		"CapInh:", "CapPrm:", "CapEff:", "CapAmb:"
	};
	uint64_t all = 0;

	for (size_t i = 0; i < 4; i++)
		all |= caps(pid, kinds[i]);
	return all == 0;
}

/* One may just have been forked, or leave now. */
static bool
have_none(void *r)
{
	pid_t all[MOST];
	size_t n = rig_children(rig_pid(r), all, MOST), looked = 0;

	for (size_t i = 0; i < n && i < MOST; i++) {
		if (rig_is_gone(all[i]))
			continue;
		looked++;
		if (!has_none(all[i]))
			return false;
	}
	return looked > 1;
}

static void
assert_no_caps(struct rig *r)
{
	pid_t serves = one_that_serves(r);

	cr_assert_not_null(look(serves, "status", "CapEff:"));
	cr_expect(has_none(serves));
	cr_assert(rig_until("no child has a capability", have_none, r));
}

static const char *const ways[] = { NULL, "--reuse=0", "--exec", NULL };

Test(sandbox_rights, children_have_no_capability)
{
	for (size_t i = 0; i < 3; i++) {
		struct rig *r = faulty_start(RIG(ways[i]));

		assert_no_caps(r);
		end(r);
	}
}

/* Not even when the kernel was told to leave them across a change of ids, for
 * good or not. */
Test(sandbox_rights, children_have_none_whatever_securebits_say)
{
	static const char *const bits[] = { "--securebits=+no_setuid_fixup",
		"--securebits=+no_setuid_fixup,+no_setuid_fixup_locked" };
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char *const env[] = { "BERTH_FAULTY=1", "BXFI_MAP", NULL };
	struct rig *r;

	if (geteuid() != 0 || access("/usr/bin/setpriv", X_OK) != 0)
		cr_skip_test("takes root and setpriv");
	cr_assert_gt(n, 0);
	self[n] = '\0';
	for (size_t i = 0; i < 6; i++) {
		const char *const argv[] = { "/usr/bin/setpriv", bits[i / 3],
			self, "-l", "127.0.0.1:0", ways[i % 3], NULL };

		r = rig_start_how(
		    &(struct rig_how){ .argv = argv, .env = env });
		assert_no_caps(r);
		end(r);
	}
}

Test(sandbox_rights, the_master_keeps_what_it_needs)
{
	const uint64_t needed = RIGHT(CAP_KILL) | RIGHT(CAP_SETUID) |
	    RIGHT(CAP_SETGID) | RIGHT(CAP_SETPCAP) | RIGHT(CAP_DAC_READ_SEARCH);
	struct rig *r = faulty_start(NULL);

	cr_expect_eq(caps(rig_pid(r), "CapEff:") & ~needed, 0);
	cr_expect_eq(caps(rig_pid(r), "CapPrm:") & ~needed, 0);
	/* The next image is as this one. */
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear(r, "reloading"));
	cr_assert(rig_hear_times(r, "sandbox: ", 2));
	cr_expect_eq(caps(rig_pid(r), "CapEff:") & ~needed, 0);
	assert_no_caps(r);
	end(r);
}

/* A password in the environment is nobody's business. */
Test(sandbox_rights, the_environment_is_forgotten)
{
	static const char secret[] = "SSh-nobody-needs-this";
	char scan[256] = "scan ";
	struct rig *r;
	int fd;

	for (size_t i = 0; i < sizeof(secret) - 1; i++)
		snprintf(scan + strlen(scan), sizeof(scan) - strlen(scan),
		    "%02x", (unsigned)(unsigned char)(secret[i] ^ 0x55));
	strcat(scan, "\n");
	setenv("SOME_TOKEN", secret, 1);
	setenv("BERTH_KEPT", "kept", 1);
	for (size_t i = 0; i < 3; i++) {
		r = faulty_start(RIG(ways[i]));
		fd = rig_open(r, FAULTY);
		cr_assert(rig_send(fd, scan));
#ifdef BERTH_ASAN /* whose runtime may keep a copy of the environment */
		cr_expect(rig_receive(fd, scan, 1) > 0);
#else
		cr_expect(rig_expect(fd, "none\n"));
#endif
		close(fd);
		look(rig_pid(r), "environ", "");
		end(r);
	}
}

Test(sandbox_rights, no_core_and_first_to_go)
{
	const char *core;
	long own, score;
	pid_t pid;

	rig_needs_sandbox();
	for (size_t i = 0; i < 3; i++) {
		struct rig *r = faulty_start(RIG(ways[i]));

		pid = one_that_serves(r);
		own = strtol(look(rig_pid(r), "oom_score_adj", ""), NULL, 10);
		score = strtol(look(pid, "oom_score_adj", ""), NULL, 10);
		cr_expect_eq(
		    score, own + OOM_FIRST < 1000 ? own + OOM_FIRST : 1000);
		core = look(pid, "limits", "Max core file size");
		cr_expect_eq(strtol(core, NULL, 10), 0, "%s", core);
		end(r);
	}
}

/* What is typed at the server's terminal is not for its children. */
Test(sandbox_rights, nothing_to_read_from_or_write_to)
{
	/* Of a process that leaves no core only root sees the descriptors. */
	if (geteuid() != 0)
		cr_skip_test("takes root");
	for (size_t i = 0; i < 3; i++) {
		struct rig *r = faulty_start(RIG(ways[i]));
		pid_t pid = one_that_serves(r);

		for (int fd = 0; fd <= 1; fd++) {
			char path[64], to[64] = "";

			snprintf(
			    path, sizeof(path), "/proc/%d/fd/%d", (int)pid, fd);
			cr_assert_gt(readlink(path, to, sizeof(to) - 1), 0);
			cr_expect_str_eq(to, "/dev/null");
		}
		end(r);
	}
}

/* Each page would be 403, and nobody would know why. */
Test(sandbox_rights, a_site_that_the_user_cannot_read_is_told)
{
	const char *place = rig_place(), *site;
	struct rig_reply reply;
	struct rig *r;

	if (geteuid() != 0)
		cr_skip_test("takes root");
	rig_file(place, "site/page", "a page");
	site = rig_in(place, "site");
	/* The way there is barred, but the directory is opened by root. */
	cr_assert_eq(chmod(place, 0700), 0);
	r = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", site));
	cr_assert(rig_get(rig_address(r, "http"), "/page", &reply));
	cr_expect_eq(reply.status, 200);
	rig_reply_free(&reply);
	cr_expect_eq(rig_count(r, "cannot read"), 0);
	end(r);
	cr_assert_eq(chmod(site, 0700), 0);
	r = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", site));
	cr_assert(rig_get(rig_address(r, "http"), "/page", &reply));
	cr_expect_eq(reply.status, 403);
	rig_reply_free(&reply);
	cr_expect_eq(rig_count(r, "user nobody cannot read "), 1);
	cr_expect_eq(rig_count(r, "Permission denied (give it the right"), 1);
	end(r);
}

RIG_MAIN int
main(int argc, char **argv)
{
	return faulty_or_tests(argc, argv);
}
