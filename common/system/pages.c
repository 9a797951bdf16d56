/*
 * pages.c - which pages of a program's files fork(2) hands on.
 */
#include "system/pages.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE       ((uintptr_t)4096)
#define PAGES_MOST 4096 /* of one mapping; what lies behind is left alone */

#define OWNED_MOST   16
#define WATCHED_MOST 2

static struct mapping {
	uintptr_t from, to;
	int rights;
	bool *seen; /* which pages were touched; NULL: it is not watched */
} owned[OWNED_MOST];
static size_t owned_count;

static bool seen[WATCHED_MOST][PAGES_MOST];
static size_t watched;

/* Which pages of a mapping are used. */
struct use {
	bool page[PAGES_MOST];
	bool around;
};

static bool
is_within(const struct mapping *m, uintptr_t at)
{
	return at >= m->from && at < m->to;
}

static void
mark(struct use *use, const struct mapping *m, const struct pages_used *u,
    size_t n)
{
	memset(use, 0, sizeof(*use));
	if (m->seen != NULL)
		memcpy(use->page, m->seen, sizeof(use->page));
	for (size_t i = 0; i < n; i++) {
		uintptr_t at = u[i].at, end = at + u[i].n;

		if (!is_within(m, at) || u[i].n == PAGES_WATCHED)
			continue;
		for (at -= at % PAGE; at <= end && at < m->to; at += PAGE)
			if ((at - m->from) / PAGE < PAGES_MOST)
				use->page[(at - m->from) / PAGE] = true;
		use->around = use->around || u[i].n == 0;
	}
}

/*
 * The kernel lets a process write to its own memory, where it may not do so by
 * itself, as for a debugger that sets a breakpoint.  It makes a page of the
 * process's own of it.
 */
static bool
write_a_byte(int memory, const struct mapping *m)
{
	/* NOLINTNEXTLINE(performance-no-int-to-ptr): /proc told it as a number */
	const char *at = (const char *)m->from;

	return pwrite(memory, at, 1, (off_t)m->from) == 1;
}

static bool
is_used(const struct mapping *m, const struct pages_used *u, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_within(m, u[i].at))
			return true;
	return false;
}

static void
settle(struct mapping *m, const char *may, const struct pages_used *u, size_t n)
{
	m->rights = PROT_READ | (may[2] == 'x' ? PROT_EXEC : 0);
	m->seen = NULL;
	for (size_t i = 0; i < n && m->seen == NULL; i++)
		if (u[i].n == PAGES_WATCHED && is_within(m, u[i].at) &&
		    watched < WATCHED_MOST)
			m->seen = seen[watched++];
}

void
pages_own(const struct pages_used *u, size_t n)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	int memory = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	struct mapping *m = &owned[0];
	char line[256], may[5];

	/* A line longer than that continues in what is none. */
	while (maps != NULL && memory >= 0 && m < owned + OWNED_MOST &&
	    fgets(line, sizeof(line), maps) != NULL)
		if (sscanf(line, "%lx-%lx %4s", &m->from, &m->to, may) == 3 &&
		    may[0] == 'r' && may[1] == '-' && may[3] == 'p' &&
		    is_used(m, u, n) && write_a_byte(memory, m))
			settle(m++, may, u, n);
	owned_count = (size_t)(m - owned);
	if (maps != NULL)
		fclose(maps);
	if (memory >= 0)
		close(memory);
}

static void
allow(uintptr_t from, size_t n, int rights)
{
	/* NOLINTNEXTLINE(performance-no-int-to-ptr): /proc told it as a number */
	mprotect((void *)from, n, rights);
}

/* A page that may not be read yet: note it, and let it be read. */
static void
see(int sig, siginfo_t *info, void *unused)
{
	uintptr_t at = (uintptr_t)info->si_addr;

	(void)unused;
	for (size_t i = 0; i < owned_count; i++) {
		const struct mapping *m = &owned[i];
		size_t page = (at - m->from) / PAGE;

		if (m->seen == NULL || !is_within(m, at))
			continue;
		if (page < PAGES_MOST)
			m->seen[page] = true;
		allow(at - at % PAGE, PAGE, m->rights);
		return;
	}
	signal(sig, SIG_DFL); /* it comes again, and is the end */
}

void
pages_watch(bool on)
{
	struct sigaction act = { .sa_flags = SA_SIGINFO };

	if (watched == 0)
		return;
	act.sa_sigaction = see;
	sigemptyset(&act.sa_mask);
	if (on && sigaction(SIGSEGV, &act, NULL) < 0)
		return;
	for (size_t i = 0; i < owned_count; i++)
		if (owned[i].seen != NULL)
			allow(owned[i].from, owned[i].to - owned[i].from,
			    on ? PROT_NONE : owned[i].rights);
	if (!on)
		signal(SIGSEGV, SIG_DFL);
}

/*
 * Map what is used.  The kernel maps what lies around it, too: that is taken
 * away again, from the second page on, for the first one has been written.
 * What lies there is nobody's object: no sanitizer is to judge it.
 */
__attribute__((no_sanitize("address"))) static void
map(const struct use *use, const struct mapping *m)
{
	/* NOLINTNEXTLINE(performance-no-int-to-ptr): /proc told it as a number */
	char *at = (char *)m->from;
	size_t pages = (m->to - m->from) / PAGE;

	if (pages > PAGES_MOST)
		pages = PAGES_MOST;
	for (size_t i = 0; i < pages; i++)
		if (use->page[i])
			(void)*(volatile const char *)(at + i * PAGE);
	for (size_t i = 1, end; i < pages && !use->around; i = end) {
		for (end = i; end < pages && use->page[end] == use->page[i];)
			end++;
		if (!use->page[i])
			madvise(at + i * PAGE, (end - i) * PAGE, MADV_DONTNEED);
	}
}

void
pages_map(const struct pages_used *u, size_t n)
{
	static struct use use;

	for (size_t i = 0; i < owned_count; i++) {
		mark(&use, &owned[i], u, n);
		map(&use, &owned[i]);
	}
}
