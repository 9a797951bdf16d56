/*
 * service.c - the mail service as it is offered to a master: what is opened
 * before the first fork, and who serves.
 */
#include <limits.h>
#include <stdio.h>

#include "smtpd/serve.h"
#include "smtpd/smtpd.h"
#include "smtpd/store.h"

/*
 * In the master, before the first fork: the Maildir and its directories are
 * opened here and reached from these descriptors ever after.
 */
static void
prepare(struct service *s)
{
	static char paths[4][PATH_MAX];
	static const char *const parts[] = { "", "/tmp", "/new", "/cur" };

	store_open(smtpd_options.maildir, smtpd_options.hostname);
	s->path_count = 0;
	for (size_t i = 0; i < 4; i++) {
		snprintf(paths[i], sizeof(paths[i]), "%s%s",
		    smtpd_options.maildir, parts[i]);
		s->paths[s->path_count++] =
		    (struct sandbox_path){ paths[i], SANDBOX_WRITE };
	}
}

struct service mail_service = {
	.name = "smtp",
	.prepare = prepare,
	.serve = serve_mail,
	.busy = SLICE("421 4.3.2 Too many connections, try again later\r\n"),
};
