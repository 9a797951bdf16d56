/*
 * inbox.c - what the rooms of the inbox share.
 */
#include "inboxd/inbox.h"

struct inbox inbox;

int
inbox_failed(struct exchange *x, int status)
{
	web_text(x, 503, index_words(status));
	web_fieldz(x, "Retry-After", "1");
	return 0;
}

const char *
inbox_behind(void)
{
	int status = inbox.maildir == NULL ?
	    0 :
	    index_behind(maildir_root(inbox.maildir));

	return status < 0 ? index_words(status) : NULL;
}

int
inbox_ok(struct exchange *x)
{
	static const struct slice ok = SLICE("ok");

	web_bytes(x, 200, "text/plain; charset=utf-8", ok);
	web_fieldz(x, "X-Content-Type-Options", "nosniff");
	return 0;
}

int
inbox_error(struct exchange *x, int status, const char *why)
{
	return web_text(x, status, why);
}
