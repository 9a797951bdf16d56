/*
 * sandbox_leak.c - the leak proof.  A server with a planted over-read that reaches
 * all of its memory: what one client leaves, another finds in a process that
 * serves both, and never in a process of its own, nor in the master.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/uio.h>
#include <unistd.h>

#include "rig/faulty.h"
#include "rig/main.h"
#include "rig/rig.h"

#define RANGE_MAX ((size_t)64 << 20) /* larger: the sanitizer's own */
#define SECRET    32
#ifdef BERTH_ASAN /* each has much more memory to search */
#define OTHERS   5
#define EXECUTED 2
#else
#define OTHERS   1000
#define EXECUTED 50 /* others, where each takes an exec */
#endif

#define OPTIONS(...) ((const char *const[]){ __VA_ARGS__, NULL })

struct secret {
	char bytes[SECRET];
	char keep[5 + 2 * SECRET + 2], scan[5 + 2 * SECRET + 2];
};

static void
make_secret(struct secret *s)
{
	char hex[2 * SECRET + 1];

	cr_assert_eq(getrandom(s->bytes, SECRET, 0), SECRET);
	for (size_t i = 0; i < SECRET; i++)
		snprintf(hex + 2 * i, 3, "%02x",
		    (unsigned)(unsigned char)(s->bytes[i] ^ 0x55));
	snprintf(s->keep, sizeof s->keep, "keep %s\n", hex);
	snprintf(s->scan, sizeof s->scan, "scan %s\n", hex);
}

/*
 * A client of its own says line.  Is the answer as expected?
 */
static bool
says(struct rig *r, const char *line, const char *expect)
{
	int fd = rig_open(r, FAULTY);
	bool ok = rig_send(fd, line) && rig_expect(fd, expect);

	rig_half_close(fd);
	ok = rig_expect_end(fd) && ok;
	close(fd);
	return ok;
}

static bool
is_in(const char *memory, size_t n, const char *secret)
{
	return memmem(memory, n, secret, SECRET) != NULL;
}

/*
 * How many of the readable pages of a process hold the secret?
 */
static int
count_in_process(pid_t pid, const char *secret, size_t *pages)
{
	static char page[4096 + SECRET];
	char path[64], line[512], mode[8];
	unsigned long from, to;
	int found = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
	f = fopen(path, "re");
	cr_assert_not_null(f);
	*pages = 0;
	while (fgets(line, sizeof line, f) != NULL) {
		/* NOLINTNEXTLINE(cert-err34-c): the kernel's own numbers */
		if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) != 3 ||
		    mode[1] != 'w' || to - from > RANGE_MAX)
			continue;
		for (; from < to; from += 4096) {
			struct iovec here = { page, sizeof page };
			struct iovec there = { .iov_len = sizeof page };
			ssize_t n;

			memcpy(&there.iov_base, &from, sizeof from);
			n = process_vm_readv(pid, &here, 1, &there, 1, 0);

			*pages += n > 0;
			found += n > 0 && is_in(page, (size_t)n, secret);
		}
	}
	fclose(f);
	memset(page, 0, sizeof page);
	return found;
}

static void
assert_never_found(struct rig *r, int others)
{
	struct secret s;
	size_t pages;

	make_secret(&s);
	cr_assert(says(r, s.keep, "kept\n"));
	for (int i = 0; i < others; i++)
		cr_assert(says(r, s.scan, "none\n"), "client %d", i);
	cr_assert_eq(count_in_process(rig_pid(r), s.bytes, &pages), 0);
	cr_assert_gt(pages, 10);
	cr_assert_gt(count_in_process(getpid(), s.bytes, &pages), 0,
	    "the search finds nothing at all");
	cr_assert_eq(rig_stop(r), 0);
}

/* The over-read works: in a process that serves several it finds much. */
Test(sandbox_leak, a_process_for_many_leaks)
{
	struct rig *r = faulty_start(OPTIONS("--reuse", "0", "--max-children",
	    "1", "--min-idle", "1", "--max-idle", "1"));
	struct secret s;

	make_secret(&s);
	cr_assert(says(r, s.scan, "none\n"));
	cr_assert(says(r, s.keep, "kept\n"));
	cr_assert(says(r, s.scan, "found\n"));
	cr_assert(says(r, s.scan, "found\n"));
	cr_assert_eq(rig_stop(r), 0);
}

Test(sandbox_leak, the_same_client_finds_its_own)
{
	struct rig *r = faulty_start(NULL);
	struct secret s;
	int fd = rig_open(r, FAULTY);

	make_secret(&s);
	cr_assert(rig_send(fd, s.keep) && rig_expect(fd, "kept\n"));
	cr_assert(rig_send(fd, s.scan) && rig_expect(fd, "found\n"));
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
}

Test(sandbox_leak, fresh_processes_do_not)
{
	assert_never_found(faulty_start(NULL), OTHERS);
}

Test(sandbox_leak, fresh_programs_do_not)
{
	assert_never_found(faulty_start(OPTIONS("--exec")), EXECUTED);
}

/* Where it cannot be had, that is a fork for each. */
Test(sandbox_leak, restored_processes_do_not)
{
	assert_never_found(faulty_start(OPTIONS("--isolation", "restore",
			       "--min-idle", "1", "--max-idle", "1")),
	    OTHERS);
}

RIG_MAIN int
main(int argc, char **argv)
{
	return faulty_or_tests(argc, argv);
}
