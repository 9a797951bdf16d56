/*
 * stack.c - what is below the stack's end.
 */
#include "system/stack.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define DEEP (32 * 1024) /* deeper nobody goes before a fork */
#define PAGE ((size_t)4096)

__attribute__((noinline)) void
stack_forget(void)
{
	char room[DEEP + PAGE];
	char *page = room + (PAGE - (uintptr_t)room % PAGE) % PAGE;

	explicit_bzero(room, sizeof(room));
	/* Zeros they are either way. */
	madvise(page, DEEP, MADV_DONTNEED);
}
