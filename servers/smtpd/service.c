/*
 * service.c - the mail service as it is offered to a master: what is opened
 * before the first fork, and who serves.
 */
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
	const char *dir = smtpd_options.maildir;
	int fd = store_open(dir, smtpd_options.hostname, s->user, !s->single);

	s->paths[0] = (struct sandbox_path){ dir, SANDBOX_WRITE, fd };
	s->path_count = 1;
}

struct service mail_service = {
	.name = "smtp",
	.prepare = prepare,
	.serve = serve_mail,
	.busy = SLICE("421 4.3.2 Too many connections, try again later\r\n"),
};
