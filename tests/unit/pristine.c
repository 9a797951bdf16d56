/*
 * pristine.c - memory that a process can read for ever and write no more.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "child/pristine.h"

#define PAGE ((size_t)4096)

static char page[PAGE];

static const char *
at(uint64_t address)
{
	/* NOLINTNEXTLINE(performance-no-int-to-ptr) */
	return (const char *)(uintptr_t)address;
}

Test(pristine, what_is_added_can_be_read)
{
	struct pristine p;
	uint64_t one, two;

	cr_assert_eq(pristine_open(&p), 0, "%s", strerror(errno));
	memset(page, 'a', PAGE);
	one = pristine_add(&p, page);
	memset(page, 'b', PAGE);
	two = pristine_add(&p, page);
	cr_assert_neq(one, 0);
	cr_assert_eq(at(one)[PAGE - 1], 'a');
	cr_assert_arr_eq(at(two), page, PAGE);
	pristine_only_read(&p);
	cr_assert_eq(at(one)[0], 'a');
	pristine_close(&p);
	cr_assert_null(p.read);
}

Test(pristine, it_ends)
{
	struct pristine p;
	size_t n = 0;

	cr_assert_eq(pristine_open(&p), 0);
	while (n < 1 << 20 && pristine_add(&p, page) != 0)
		n++;
	cr_assert_gt(n, 100);
	cr_assert_lt(n, 1 << 20);
	pristine_close(&p);
}

Test(pristine, who_can_only_read_cannot_get_more)
{
	struct pristine p;
	char *read;
	int memory = open("/proc/self/mem", O_RDWR | O_CLOEXEC);

	cr_assert_geq(memory, 0);
	cr_assert_eq(pristine_open(&p), 0);
	memset(page, 'a', PAGE);
	cr_assert_neq(pristine_add(&p, page), 0);
	pristine_only_read(&p);
	cr_assert_eq(pristine_add(&p, page), 0);

	read = (char *)p.read;
	cr_assert_neq(mprotect(read, PAGE, PROT_READ | PROT_WRITE), 0);
	cr_assert_eq(errno, EACCES);
	cr_assert_lt(pwrite(memory, "b", 1, (off_t)(uintptr_t)read), 0);
	cr_assert_neq(madvise(read, PAGE, MADV_REMOVE), 0);
	cr_assert_eq(read[0], 'a');
	close(memory);
	pristine_close(&p);
}

Test(pristine, without_it_nothing_is_kept)
{
	struct pristine p = { 0 };

	cr_assert_eq(pristine_add(&p, page), 0);
	pristine_only_read(&p);
	pristine_close(&p);
}
