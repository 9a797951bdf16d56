/*
 * faulty_memory.c - bytes that the server with planted faults keeps in its
 * memory, and looks for.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "rig/faulty_inside.h"

#define MASK 0x55
#ifdef BERTH_ASAN /* it has large ones */
#define RANGE_MAX ((size_t)1 << 20)
#else
#define RANGE_MAX ((size_t)64 << 20)
#endif
#define RANGES 256

static struct {
	uintptr_t from, to;
} range[RANGES];
static size_t ranges;
static char kept[FAULTY_MOST];
static sigjmp_buf no_memory;

/*
 * Where is there memory to write?  Asked before the sandbox is entered.
 */
void
faulty_find_memory(void)
{
	FILE *f = fopen("/proc/self/maps", "re");
	char line[512], mode[8];
	unsigned long from, to;

	ranges = 0;
	while (f != NULL && ranges < RANGES &&
	    fgets(line, sizeof line, f) != NULL) {
		/* NOLINTNEXTLINE(cert-err34-c): the kernel's own numbers */
		if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) != 3 ||
		    mode[1] != 'w' || to - from > RANGE_MAX)
			continue;
		range[ranges].from = from;
		range[ranges++].to = to;
	}
	if (f != NULL)
		fclose(f);
	if (ranges < RANGES) {
		/* What the heap may grow by later. */
		range[ranges].from = (uintptr_t)sbrk(0);
		range[ranges++].to = (uintptr_t)sbrk(0) + ((size_t)1 << 22);
	}
}

static void
give_up_range(int sig)
{
	(void)sig;
	siglongjmp(no_memory, 1);
}

__attribute__((no_sanitize_address)) static bool
is_at(const volatile char *p, const char *masked, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != (char)(masked[i] ^ MASK))
			return false;
	return true;
}

static bool
scan_range(uintptr_t from, uintptr_t to, const char *masked, size_t n)
{
	if (sigsetjmp(no_memory, 1) != 0)
		return false;
	for (uintptr_t at = from; at + n <= to; at++)
		/* NOLINTNEXTLINE(performance-no-int-to-ptr) */
		if (is_at((const volatile char *)at, masked, n))
			return true;
	return false;
}

const char *
faulty_scan(const char *masked, size_t n)
{
	const char *answer = "none\n";

	signal(SIGSEGV, give_up_range);
	signal(SIGBUS, give_up_range);
	for (size_t i = 0; i < ranges; i++)
		if (scan_range(range[i].from, range[i].to, masked, n))
			answer = "found\n";
	signal(SIGSEGV, SIG_DFL);
	signal(SIGBUS, SIG_DFL);
	return answer;
}

const char *
faulty_keep(const char *masked, size_t n)
{
	volatile char stack[FAULTY_MOST];
	char *heap = malloc(4096);

	for (size_t i = 0; i < n; i++) {
		stack[i] = (char)(masked[i] ^ MASK);
		kept[i] = stack[i];
		if (heap != NULL)
			((volatile char *)heap)[1024 + i] = stack[i];
	}
	free(heap);
	return "kept\n";
}
