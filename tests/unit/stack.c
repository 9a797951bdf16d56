/*
 * stack.c - what functions that have returned leave on the stack, and that a
 * process that is forked then does not find it.
 */
#include "system/stack.h"

#include <criterion/criterion.h>

#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define DEEP ((size_t)24 * 1024)

static const char address[] = "192.0.2.77, who was here";
static char seen[DEEP];

static __attribute__((noinline)) void
serve(void)
{
	char room[DEEP - 4096];

	memset(room, 'x', sizeof(room));
	memcpy(room, address, sizeof(address));
	__asm__ volatile("" : : "r"(room) : "memory"); /* it is wanted */
}

/* Is it below here, as a process of ours would find it? */
static __attribute__((noinline)) bool
is_left(void)
{
	struct iovec to = { .iov_base = seen, .iov_len = DEEP };
	struct iovec from = { .iov_base =
				  (char *)__builtin_frame_address(0) - DEEP,
		.iov_len = DEEP };

	cr_assert_eq(
	    process_vm_readv(getpid(), &to, 1, &from, 1, 0), (ssize_t)DEEP);
	return memmem(seen, DEEP, address, sizeof(address)) != NULL;
}

Test(stack, nothing_is_left_when_it_is_forgotten)
{
	for (int i = 0; i < 3; i++) {
		serve();
		cr_assert(is_left(), "the search finds what is there");
		stack_forget();
		cr_assert_not(is_left());
	}
}
