/*
 * scoreboard.c - what the master shows its children they cannot change: this
 * process is both, for a child has the same view.
 */
#include "service/scoreboard.h"

#include <criterion/criterion.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* As a child of --isolation exec has it for a moment. */
static int
descriptor(void)
{
	char path[64], is[64];

	for (int fd = 3; fd < 4096; fd++) {
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		n = readlink(path, is, sizeof(is) - 1);
		is[n < 0 ? 0 : n] = '\0';
		if (strstr(is, "berth-scoreboard") != NULL)
			return fd;
	}
	return -1;
}

Test(scoreboard, children_cannot_write_to_what_the_master_shows)
{
	struct scoreboard_head *master = scoreboard_make(4);
	const struct scoreboard_head *child = scoreboard_read();
	size_t page = 4096;
	int fd = descriptor();
	void *p;

	cr_assert_not_null(master);
	cr_assert_neq((void *)child, (void *)master);
	master->accepted = 7;
	cr_assert_eq(child->accepted, 7);
	/* Its view cannot be made another, nor can there be a new one. */
	cr_expect_eq(mprotect((void *)child, page, PROT_READ | PROT_WRITE), -1);
	cr_assert_geq(fd, 0);
	p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	cr_expect_eq(p, MAP_FAILED);
	cr_expect_eq(errno, EPERM);
	cr_expect_eq(ftruncate(fd, 0), -1);
	cr_expect_eq(pwrite(fd, "x", 1, 0), -1);
	cr_expect_eq(child->accepted, 7);
}
