/*
 * mark.c - marks that a client leaves in memory.
 */
#include "rig/mark.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "child/restore.h"
#include "child/restore_point.h"

#define PAGE  4096
#define PAGES 64
#define DEEP  ((size_t)400 << 10) /* of the stack */
#define MASK  0x5555555555555555

/* Nobody else writes here. */
static union {
	volatile uint64_t mark;
	stack_t stack;
	char room[PAGE];
} field[PAGES] __attribute__((aligned(PAGE)));

static void
by_hand(unsigned page, uint64_t mark)
{
	field[page].mark = mark;
}

/* A page of zeros that all processes have in common is there from now on. */
static void
read_only(unsigned page, uint64_t mark)
{
	if (field[page].mark == mark)
		abort();
}

/* The kernel writes it. */
static void
by_kernel(unsigned page, uint64_t mark)
{
	/* NOLINTNEXTLINE(performance-no-int-to-ptr) */
	const stack_t s = { .ss_sp = (void *)mark, .ss_size = (size_t)1 << 16 };

	if (sigaltstack(&s, NULL) < 0 ||
	    sigaltstack(NULL, &field[page].stack) < 0)
		abort();
}

static void
in_heap(unsigned page, uint64_t mark)
{
	volatile uint64_t *much = malloc(RESTORE_HEAP / 2);

	if (much != NULL)
		much[(RESTORE_HEAP / 4 + (size_t)page * PAGE) / sizeof(mark)] =
		    mark;
	/* cppcheck-suppress memleak ; it is not freed, and that is the point */
}

static void
in_stack(unsigned page, uint64_t mark)
{
	volatile char deep[DEEP];

	for (size_t i = 0; i < sizeof(mark); i++)
		deep[(size_t)page * PAGE + i] = (char)(mark >> 8 * i);
	if (deep[(size_t)page * PAGE] != (char)mark)
		abort();
}

static _Noreturn void
wait_at_once(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	restore_wait();
}

/* Memory is not given back before it is put back. */
static void
without_end(unsigned page, uint64_t mark)
{
	by_hand(page, mark);
	in_heap(page, mark);
	in_stack(page, mark);
	wait_at_once();
}

/* NOLINTBEGIN(performance-no-int-to-ptr) */
static void
fill_list(unsigned page)
{
	struct restore_copy *list =
	    (struct restore_copy *)restore_list_address();

	for (size_t i = 0; list != NULL && i < RESTORE_COPIES; i++)
		list[i] = (struct restore_copy){
			(uint64_t)(uintptr_t)&field[(page + 1 + i) % PAGES],
			(uint64_t)(uintptr_t)&field[page]
		};
}
/* NOLINTEND(performance-no-int-to-ptr) */

/* The list of what is to be copied says that the mark is. */
static void
by_list(unsigned page, uint64_t mark)
{
	by_hand(page, mark);
	fill_list(page);
	wait_at_once();
}

/* The same, behind the call that the restorer hears: as if it had answered. */
static void
by_own_answer(unsigned page, uint64_t mark)
{
	by_hand(page, mark);
	fill_list(page);
#ifdef __x86_64__
	__asm__ volatile(
	    "jmp *%0"
	    :
	    : "r"(restore_address(RESTORE_WAIT)), "a"(RESTORE_AGAIN)
	    : "memory");
#endif
	abort();
}

static const struct {
	const char *name;
	void (*leave)(unsigned page, uint64_t mark);
} ways[] = {
	{ "by-hand", by_hand },
	{ "read-only", read_only },
	{ "by-kernel", by_kernel },
	{ "in-heap", in_heap },
	{ "in-stack", in_stack },
	{ "without-end", without_end },
	{ "by-list", by_list },
	{ "by-own-answer", by_own_answer },
};

const char *
mark_leave(const char *words)
{
	char name[16];
	unsigned page;
	unsigned long mark;

	/* NOLINTNEXTLINE(cert-err34-c): of our own test */
	if (sscanf(words, "%15s %u %16lx", name, &page, &mark) != 3 ||
	    page >= PAGES)
		return NULL;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (strcmp(name, ways[i].name) == 0) {
			ways[i].leave(page, __builtin_bswap64(mark) ^ MASK);
			return "left\n";
		}
	return NULL;
}
