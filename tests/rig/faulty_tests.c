/*
 * faulty_tests.c - main() of a test program that has the faulty server in it.
 */
#include <criterion/criterion.h>

#include "rig/faulty.h"

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
