/*
 * helper_main.c - how the main() of a helper program begins.
 */
#include "system/helper_main.h"

#include <fcntl.h>

#include "system/image.h"
#include "system/log.h"

int
helper_begin(const struct args *args, const bool *quiet, int argc, char **argv)
{
	int first;

	log_init(args->program, SAY_INFO);
	log_helper(); /* what is wrong with the options is said there too */
	first = args_parse(args, argc, argv);
	log_init(args->program, *quiet ? SAY_WARN : SAY_INFO);
	return first;
}

void
helper_is_started(void)
{
	if (fcntl(IMAGE_HELPER_FD, F_GETFD) < 0)
		die(EXIT_USAGE, "servers start it by themselves (see --help)");
}
