/*
 * persist_memory.c - attempts to leave something behind in a process's memory.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child/restore.h"
#include "child/restore_point.h"
#include "rig/persist_inside.h"

#define PAGE ((size_t)4096)

static char global[8 * PAGE] __attribute__((aligned(4096)));

/* Each returns whether the kernel let it. */

static bool
write_memory(void)
{
	volatile char stack[4 * PAGE];
	char *heap = malloc(64 * PAGE);

	memset(global, 0x5a, sizeof(global));
	memset((char *)stack, 0x5a, sizeof(stack));
	if (heap != NULL)
		memset(heap, 0x5a, 64 * PAGE);
	/* cppcheck-suppress memleak ; it is not freed, and that is the point */
	return heap != NULL && stack[1] == 0x5a;
}

static bool
write_too_much(void)
{
	size_t n = RESTORE_HEAP / 2;
	char *heap = malloc(n);

	if (heap != NULL)
		memset(heap, 0x5a, n);
	/* cppcheck-suppress memleak */
	return heap != NULL;
}

static bool
use_all_memory(void)
{
	size_t n = 0;

	/* cppcheck-suppress leakReturnValNotUsed */
	while (malloc(8 * PAGE) != NULL && n < 1 << 20)
		n++;
	return n == 1 << 20;
}

static bool
map_memory(void)
{
	return mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static bool
unmap_memory(void)
{
	return munmap(global + PAGE, PAGE) == 0;
}

static bool
drop_memory(void)
{
	return madvise(global, sizeof(global), MADV_DONTNEED) == 0;
}

static bool
protect_memory(void)
{
	return mprotect(global + PAGE, PAGE, PROT_READ) == 0;
}

static bool
move_memory(void)
{
	return mremap(global, PAGE, 2 * PAGE, MREMAP_MAYMOVE) != MAP_FAILED;
}

static bool
move_break(void)
{
	uintptr_t now = (uintptr_t)syscall(SYS_brk, 0);

	return (uintptr_t)syscall(SYS_brk, now + 64) == now + 64;
}

static bool
lock_memory(void)
{
	return mlock(global, PAGE) == 0;
}

/* What is too much to be tidied up, and is not given back before. */
static bool
hoard_memory(void)
{
	write_too_much();
	persist_block_signals();
	restore_wait();
}

const struct persist_attempt persist_memory[] = {
	{ "memory", write_memory, false },
	{ "too-much-memory", write_too_much, false },
	{ "hoard", hoard_memory, true },
	{ "all-memory", use_all_memory, false },
	{ "mmap", map_memory, false },
	{ "munmap", unmap_memory, false },
	{ "madvise", drop_memory, false },
	{ "mprotect", protect_memory, false },
	{ "mremap", move_memory, false },
	{ "brk", move_break, false },
	{ "mlock", lock_memory, false },
	{ 0 },
};
