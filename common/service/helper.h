/*
 * helper.h - a program that a server runs beside its children: one that holds
 * no connection and works for them all, such as an indexer.
 *
 * The server lists what it wants in struct server (server.h); the master sees
 * to it (master/helper_program.c).
 */
#ifndef HELPER_H
#define HELPER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A helper that ends with CONDUCT_STALE (service.h) says that what it was given
 * is there no more: the image is renewed, and gives it what is there then.
 */
enum helper_restart {
	HELPER_ALWAYS,     /* however it ends it is started again */
	HELPER_ON_FAILURE, /* not when it ends with 0: then it has done its
			    * work, until the next reload */
};

struct helper_offer {
	const char *name; /* in the log */
	/*
	 * The program, first of argv, which NULL ends.  A name without a slash
	 * is looked for in the directory of the server's own program.
	 */
	const char *const *argv;
	/*
	 * A descriptor that it gets as IMAGE_HELPER_FD (system/image.h), looked
	 * at when it is started.  NULL, or one that is negative: none.
	 */
	const int *fd;
	/* More of them, with the numbers behind that one. */
	const int *more;
	size_t more_count;
	enum helper_restart restart;
	/* After a reload the old one may finish while the new one works. */
	bool beside;
};

#endif
