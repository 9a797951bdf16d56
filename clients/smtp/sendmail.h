/*
 * sendmail.h - what sendmail's command line comes to: for sendmail.c and
 * sendmail_flags.c only.
 */
#ifndef SENDMAIL_H
#define SENDMAIL_H

#include "smtp.h"

/* What the options say. */
struct wish {
	struct options *o;
	const char *server, *name, *host, *port;
	bool want_to, want_from, dots, queue;
	char mode; /* of -b */
};

/*
 * Read the command line into w and its options; a recipient is added to them.
 * Ends the program if something has no value or is no address.
 */
void sendmail_flags(struct wish *w, int argc, char **argv);

#endif
