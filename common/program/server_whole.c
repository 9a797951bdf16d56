/*
 * server_whole.c - see server_whole.h.
 */
#include "program/server_whole.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "program/server_tls.h"
#include "sandbox/privdrop.h"
#include "system/addr.h"
#include "system/log.h"
#include "system/whole.h"

/*
 * A name of a host; for root a path, for whose directory it is in may be known
 * to the name service only.  What is wrong with it somebody else says.
 */
static bool
asks_for_names(const struct arg_list *listen)
{
	for (size_t i = 0; i < listen->n; i++)
		if (addr_is_name(listen->item[i]) ||
		    (geteuid() == 0 &&
			strncmp(listen->item[i], "unix:", 5) == 0))
			return true;
	return false;
}

/* The start card draws what others can reach as a QR code. */
static bool
is_distant(const struct arg_list *listen)
{
	for (size_t i = 0; i < listen->n; i++)
		if (strchr(listen->item[i], ':') != NULL &&
		    strncmp(listen->item[i], "127.", 4) != 0 &&
		    strncmp(listen->item[i], "[::1]", 5) != 0)
			return true;
	return false;
}

/* Why, or NULL. */
static const char *
reason(const struct server *s)
{
	bool shown = s->options.quiet == 0 && isatty(STDERR_FILENO);
	struct privdrop user;
	const char *why;

	if (server_tls_wanted(s))
		return "TLS";
	for (size_t i = 0; i < s->offer_count; i++) {
		if (asks_for_names(&s->offers[i].listen))
			return "names of hosts";
		if (shown && is_distant(&s->offers[i].listen))
			return "the start card";
	}
	return privdrop_find(&user, s->options.user, &why) < 0 ? "users" : NULL;
}

void
server_whole(const struct server *s)
{
	const char *what = whole_is() ? NULL : reason(s);

	if (what == NULL)
		return;
	whole_become(s->program);
	die(EXIT_CONFIG,
	    "%s: there is no " WHOLE_FOLDER "/%s, which has that: %s", what,
	    s->program, strerror(errno));
}
