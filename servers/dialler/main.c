/*
 * berth-dialler - connects to the places that a server's options name, for
 * processes that may not connect.
 *
 * A helper of a server with --proxy, started by its master: no process that
 * talks to clients can connect anywhere.
 */
#include <unistd.h>

#include "dialler/dialler.h"
#include "system/helper_main.h"
#include "system/image.h"
#include "system/io.h"
#include "system/log.h"

static bool quiet;

static const struct arg own[] = {
	{ "quiet", NULL, "say only what is wrong", .letter = 'q',
	    .flag = &quiet },
	{ 0 },
};

static const struct arg_table table = { .options = own };
static const struct arg_table *const tables[] = { &table, NULL };

static const struct args args = {
	.program = DIAL_PROGRAM,
	.synopsis = "HOST:PORT...",
	.about = "Connects to these places for the processes of a server, "
		 "which cannot connect\nanywhere by themselves.  Servers start "
		 "it by themselves.",
	.examples = "  berth-httpd --proxy /api=http://localhost:3000\n",
	.tables = tables,
};

int
main(int argc, char **argv)
{
	const char *why;
	int first;

	first = helper_begin(&args, &quiet, argc, argv);
	helper_is_started();
	if (first == argc)
		die(EXIT_USAGE, "where to, please: HOST:PORT");
	io_fill_standard();
	close_range(IMAGE_HELPER_FD + 1, ~0U, 0);
	for (int i = first; i < argc; i++)
		if (places_add(argv[i], &why) < 0)
			die(EXIT_USAGE, "%s: %s", argv[i], why);
	return dialler_serve(IMAGE_HELPER_FD);
}
