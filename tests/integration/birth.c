/*
 * birth.c - what a fresh child costs, in numbers that do not depend on the
 * machine: mappings, memory that its birth copies the entries of, and page
 * faults up to its first reply.
 *
 * The bounds are somewhat above what there was when they were written (see
 * tests/bench/README.md); a new library, or a mapping that is no longer handed
 * on, is beyond them.
 */
#include <criterion/criterion.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bytes/buf.h"
#include "bytes/num.h"
#include "child_counts.h"
#include "tls_start.h"

#define MAPPINGS 20  /* 30 with a libc that is shared */
#define FAULTS   14  /* 54 when nothing is handed on */
#define KIB      800 /* 4,904 with the master's tables and libmagic's */

#define HUGE_PAGE ((size_t)2 << 20)
#define BASE      ((size_t)4) /* huge pages of libmagic's database */
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25 /* since Linux 6.1 */
#endif

#define RUSH       40 /* clients at once */
#define READY      4
#define MOST_READY 16
#define TRIES      3

/* By TLS: the module is seven. */
#define SECURE_MAPPINGS 40
#define SECURE_FAULTS   75 /* 125 without what zygote.c does for it */

TestSuite(birth, .init = start_counting);

/* The nth word behind the name of the program in /proc/PID/stat, or -1. */
static long
stat_word(pid_t pid, unsigned nth)
{
	char path[64];
	struct slice rest;
	const char *name;
	uint64_t n;
	struct buf b;
	long found = -1;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	buf_init(&b, 4096);
	if (rig_slurp(path, &b) == 0 &&
	    (name = slice_rfind(buf_slice(&b), ')')) != NULL) {
		rest = slice_between(name + 2, b.p + b.n);
		while (--nth > 0)
			slice_cut(&rest, ' ');
		if (num_decimal(slice_cut(&rest, ' '), &n) == NUM_OK)
			found = (long)n;
	}
	buf_free(&b);
	return found;
}

/* The most that any child has had: the one that served. */
static long
most_faults(pid_t master)
{
	pid_t child[64];
	size_t n = rig_children(master, child, 64);
	long most = 0;

	for (size_t i = 0; i < n && i < 64; i++) {
		long faults =
		    is_helper(master, child[i]) ? 0 : stat_word(child[i], 8);

		most = faults > most ? faults : most;
	}
	return most;
}

/* How many mappings a child has, or 0: not everybody may see. */
static size_t
mappings(pid_t master)
{
	pid_t child[64];
	size_t n = rig_children(master, child, 64), lines = 0;
	char path[64];
	struct buf b;

	buf_init(&b, 1 << 20);
	for (size_t i = 0; i < n && i < 64 && lines == 0; i++) {
		if (is_helper(master, child[i]))
			continue;
		snprintf(path, sizeof(path), "/proc/%d/maps", (int)child[i]);
		if (rig_slurp(path, &b) == 0)
			for (size_t at = 0; at < b.n; at++)
				lines += b.p[at] == '\n';
	}
	buf_free(&b);
	return lines;
}

/*
 * KiB that the one who waits has mapped: but for what it has touched itself,
 * fork(2) copied an entry for each page, and its end takes it away again.  A
 * huge page is one entry.
 */
static uint64_t
handed_on(pid_t master)
{
	pid_t child[64];
	size_t n = rig_children(master, child, 64);
	uint64_t least = 0;

	for (size_t i = 0; i < n && i < 64; i++) {
		uint64_t kib = rollup(child[i], "Rss:") -
		    rollup(child[i], "AnonHugePages:");

		if (child[i] != rig_logger(master) && kib > 0 &&
		    (least == 0 || kib < least))
			least = kib;
	}
	return least;
}

/* Shared ones, as many as that takes, when they are asked for. */
static bool
makes_huge_pages(void)
{
	size_t n = BASE * HUGE_PAGE;
	int fd = memfd_create("test", MFD_CLOEXEC);
	char *all = mmap(
	    NULL, n + HUGE_PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *at = all + -(uintptr_t)all % HUGE_PAGE;
	bool made;

	cr_assert(fd >= 0 && all != MAP_FAILED);
	cr_assert_eq(ftruncate(fd, (off_t)n), 0);
	for (size_t i = 0; i < BASE; i++)
		cr_assert_eq(pwrite(fd, "x", 1, (off_t)(i * HUGE_PAGE)), 1);
	cr_assert_eq(
	    mmap(at, n, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0), at);
	made = madvise(at, n, MADV_COLLAPSE) == 0;
	munmap(all, n + HUGE_PAGE);
	close(fd);
	return made;
}

static bool
has_shared_base(pid_t master)
{
	return rollup(master, "ShmemPmdMapped:") > 0;
}

/*
 * libmagic's database lies in huge pages that fork(2) copies nothing of, nor
 * does it set a page-table page aside for each: where the kernel makes such.
 */
static void
check_base(pid_t master)
{
	pid_t child[64];
	size_t n = rig_children(master, child, 64);
	bool shared = has_shared_base(master);

	if (!shared && !makes_huge_pages())
		return;
	cr_expect(shared);
	for (size_t i = 0; i < n && i < 64; i++) {
		cr_expect_eq(rollup(child[i], "AnonHugePages:"), 0);
		cr_expect_eq(rollup(child[i], "ShmemPmdMapped:"), 0);
	}
}

/* A client who comes, and what its child has cost. */
struct newcomer {
	struct rig *rig;
	const char *where, *says, *hears;
	uint64_t kib;
	long faults;
	size_t maps;
};

static bool
has_cost_little(struct newcomer *c)
{
	c->kib = handed_on(rig_pid(c->rig));
	c->faults = most_faults(rig_pid(c->rig));
	c->maps = mappings(rig_pid(c->rig));
	return c->kib <= KIB && c->faults > 0 && c->faults <= FAULTS &&
	    c->maps <= MAPPINGS;
}

static bool
is_lean(void *arg)
{
	struct newcomer *c = arg;
	int fd = rig_open(c->rig, c->where);
	bool lean;

	cr_assert(rig_send(fd, c->says));
	cr_assert(rig_expect(fd, c->hears));
	lean = has_cost_little(c);
	close(fd);
	return lean;
}

/* The first child is the master's own, if the zygote takes its time. */
static void
check_newcomer(struct newcomer *c, bool (*comes)(void *))
{
	cr_expect(rig_within(rig_patience_ms(), comes, c),
	    "%ld faults, %zu mappings, %llu KiB", c->faults, c->maps,
	    (unsigned long long)c->kib);
	fprintf(stderr, "%ld faults, %zu mappings, %llu KiB\n", c->faults,
	    c->maps, (unsigned long long)c->kib);
	cr_expect_eq(rig_stop(c->rig), 0);
}

Test(birth, of_a_site)
{
	const char *dir = rig_place();
	struct newcomer c = { .where = "http 127",
		.says = "GET /page.txt HTTP/1.1\r\nHost: localhost\r\n\r\n",
		.hears = "HTTP/1.1 200 OK\r\n" };

	rig_file(dir, "page.txt", "Here I am");
	/* There may be no huge pages just now. */
	for (int tries = 0; tries < TRIES; tries++) {
		if (c.rig != NULL)
			cr_expect_eq(rig_stop(c.rig), 0);
		c.rig = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", dir));
		if (has_shared_base(rig_pid(c.rig)) || !makes_huge_pages())
			break;
	}
	check_base(rig_pid(c.rig));
	check_newcomer(&c, is_lean);
}

static bool
are_ready(void *r)
{
	pid_t child[64];

	return rig_children(rig_pid(r), child, 64) >= READY;
}

/* Many come at once; those of an earlier time have left. */
static bool
is_lean_in_a_rush(void *arg)
{
	struct newcomer *c = arg;
	pid_t master = rig_pid(c->rig);
	int fd[RUSH];
	bool lean;

	cr_assert(rig_until("four are ready", are_ready, c->rig));
	cr_assert(rig_children_become(master, READY, MOST_READY));
	/* All are there when it looks. */
	cr_assert_eq(kill(master, SIGSTOP), 0);
	for (size_t i = 0; i < RUSH; i++) {
		fd[i] = rig_open(c->rig, c->where);
		cr_assert(rig_send(fd[i], c->says));
	}
	cr_assert_eq(kill(master, SIGCONT), 0);
	for (size_t i = 0; i < RUSH; i++)
		cr_assert(rig_expect(fd[i], c->hears));
	lean = has_cost_little(c);
	for (size_t i = 0; i < RUSH; i++)
		close(fd[i]);
	return lean;
}

/* Nor are more than were ready forked by the master, whose children have 37
 * faults and each a filter of its own to load; but where births take long. */
Test(birth, of_a_rush)
{
	const char *dir = rig_place();
	struct newcomer c = { .where = "http 127",
		.says = "GET /page.txt HTTP/1.1\r\nHost: localhost\r\n\r\n",
		.hears = "HTTP/1.1 200 OK\r\n" };

	rig_file(dir, "page.txt", "Here I am");
	c.rig = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", dir));
	check_newcomer(&c, is_lean_in_a_rush);
}

Test(birth, of_mail)
{
	struct newcomer c = {
		.where = "smtp 127", .says = "NOOP\r\n", .hears = "220 "
	};

	c.rig = rig_start(RIG(
	    "berth-smtpd", "-l", "127.0.0.1:0", rig_in(rig_place(), "mail")));
	check_newcomer(&c, is_lean);
}

/* The page of tls_start.h, and the connection stays. */
static SSL *
ask(SSL_CTX *context, int fd)
{
	static const char request[] =
	    "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
	SSL *ssl = SSL_new(context);
	char answer[1024];
	int n;

	cr_assert_not_null(ssl);
	SSL_set_fd(ssl, fd);
	cr_assert_eq(SSL_connect(ssl), 1);
	cr_assert_gt(SSL_write(ssl, request, (int)strlen(request)), 0);
	n = SSL_read(ssl, answer, sizeof(answer) - 1);
	cr_assert_gt(n, 0);
	answer[n] = '\0';
	cr_expect_not_null(strstr(answer, " 200 OK"), "%s", answer);
	return ssl;
}

struct secure {
	struct rig *rig;
	SSL_CTX *context;
	long faults;
	size_t maps;
};

static bool
is_cheap(void *arg)
{
	struct secure *s = arg;
	int fd = rig_open(s->rig, "https 127");
	SSL *ssl = ask(s->context, fd);

	s->faults = most_faults(rig_pid(s->rig));
	s->maps = mappings(rig_pid(s->rig));
	SSL_free(ssl);
	close(fd);
	return s->faults > 0 && s->faults <= SECURE_FAULTS && s->maps > 0 &&
	    s->maps <= SECURE_MAPPINGS;
}

/* The first child is the master's own, while the zygote gets ready. */
Test(birth, of_a_secure_site)
{
	struct secure s = { .rig = tls_start(TLS_SERVER),
		.context = SSL_CTX_new(TLS_client_method()) };

	cr_assert_not_null(s.context);
	cr_expect(rig_within(rig_patience_ms(), is_cheap, &s),
	    "%ld faults, %zu mappings", s.faults, s.maps);
	fprintf(stderr, "%ld faults, %zu mappings\n", s.faults, s.maps);
	SSL_CTX_free(s.context);
	cr_expect_eq(rig_stop(s.rig), 0);
}
