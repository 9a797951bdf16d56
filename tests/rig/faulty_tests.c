/*
 * faulty_tests.c - a test program that has the faulty server in it: its main(),
 * and what it asks.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "rig/faulty.h"
#include "rig/wire.h"

int
faulty_or_tests(int argc, char **argv)
{
	struct criterion_test_set *tests;
	int failed = 0;

	if (faulty_is_asked())
		return faulty_main(argc, argv);
	tests = criterion_initialize();
	if (criterion_handle_args(argc, argv, true))
		failed = !criterion_run_all_tests(tests);
	criterion_finalize(tests);
	return failed;
}

pid_t
faulty_who(int fd)
{
	char line[32] = "";

	cr_assert(rig_send(fd, "pid\n"));
	cr_assert(rig_receive(fd, line, sizeof(line) - 1) > 0);
	return (pid_t)strtol(line, NULL, 10);
}
