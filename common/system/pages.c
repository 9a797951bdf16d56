/*
 * pages.c - which pages of a program's files fork(2) hands on.
 */
#include "system/pages.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE       ((uintptr_t)4096)
#define PAGES_MOST 4096 /* of one mapping; what lies behind is left alone */

#define OWNED_MOST   16
#define WATCHED_MOST 2
#define LEARN_S      5 /* seconds at most */

static struct mapping {
	uintptr_t from, to;
	int rights;
	size_t watched; /* its number among the watched, from 1 on; or 0 */
} owned[OWNED_MOST];
static size_t owned_count;

/* Which pages were touched, of those that are watched; NULL: nobody knows. */
static bool (*seen)[PAGES_MOST];
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
	if (m->watched > 0 && seen != NULL)
		memcpy(use->page, seen[m->watched - 1], sizeof(use->page));
	else if (m->watched > 0)
		use->around = true; /* all that is mapped by now */
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
	m->watched = 0;
	for (size_t i = 0; i < n && m->watched == 0; i++)
		if (u[i].n == PAGES_WATCHED && is_within(m, u[i].at) &&
		    watched < WATCHED_MOST)
			m->watched = ++watched;
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

/* ---- which pages are touched ---- */

/* In a process that is for this alone: without the right it ends. */
static void
allow(uintptr_t from, size_t n, int rights)
{
	/* NOLINTNEXTLINE(performance-no-int-to-ptr): /proc told it as a number */
	if (mprotect((void *)from, n, rights) < 0)
		_exit(EXIT_FAILURE);
}

/* A page that may not be read yet: note it, and let it be read. */
static void
see(int sig, siginfo_t *info, void *unused)
{
	uintptr_t at = (uintptr_t)info->si_addr;

	(void)sig;
	(void)unused;
	for (size_t i = 0; i < owned_count; i++) {
		const struct mapping *m = &owned[i];
		size_t page = (at - m->from) / PAGE;

		if (m->watched == 0 || !is_within(m, at))
			continue;
		if (page < PAGES_MOST)
			seen[m->watched - 1][page] = true;
		allow(at - at % PAGE, PAGE, m->rights);
		return;
	}
	_exit(EXIT_FAILURE);
}

static void
watch(bool on)
{
	for (size_t i = 0; i < owned_count; i++)
		if (owned[i].watched > 0)
			allow(owned[i].from, owned[i].to - owned[i].from,
			    on ? PROT_NONE : owned[i].rights);
}

static _Noreturn void
do_watched(void (*deed)(void (*watch)(bool)))
{
	struct sigaction act = { .sa_flags = SA_SIGINFO };

	alarm(LEARN_S);
	act.sa_sigaction = see;
	sigemptyset(&act.sa_mask);
	if (sigaction(SIGSEGV, &act, NULL) < 0)
		_exit(EXIT_FAILURE);
	deed(watch);
	_exit(EXIT_SUCCESS);
}

void
pages_learn(void (*deed)(void (*watch)(bool)))
{
	size_t n = watched * sizeof(*seen);
	int status = -1;
	pid_t pid;

	if (watched == 0)
		return;
	seen = mmap(
	    NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (seen == MAP_FAILED) {
		seen = NULL;
		return;
	}
	pid = fork();
	if (pid == 0)
		do_watched(deed);
	if (pid > 0 && waitpid(pid, &status, 0) == pid && status == 0)
		return;
	munmap(seen, n);
	seen = NULL;
}

/* ---- what fork(2) finds mapped ---- */

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
	if (seen != NULL)
		munmap(seen, watched * sizeof(*seen));
	seen = NULL;
}
