/*
 * service.c - the mail service as it is offered to a master: what is opened
 * before the first fork, and who serves.
 */
#include "smtpd/rules.h"
#include "smtpd/serve.h"
#include "smtpd/smtpd.h"
#include "smtpd/store.h"
#include "smtpd/store_dirs.h"

static bool opened;

/*
 * In the master, before the first fork: the Maildir and its directories are
 * opened here and reached from these descriptors ever after.  Children write
 * to it and read nothing of it but what is ours beside the mail.
 */
static void
prepare(struct service *s)
{
	const char *dir = smtpd_options.maildir;
	int fd = store_open(dir, smtpd_options.hostname, s->user, !s->single);

	s->paths[0] = (struct sandbox_path){ dir, SANDBOX_WRITE, fd };
	s->paths[1] =
	    (struct sandbox_path){ dir, SANDBOX_READ, store_dirs.own };
	s->path_count = 2;
	rules_prepare();
	opened = true;
}

/* Then every message is put off. */
static const char *
unready(void)
{
	return !opened || store_has_room(0) ? NULL : "no room for mail";
}

struct service mail_service = {
	.name = "smtp",
	.title = "Mail",
	.secure_name = "smtps",
	.starttls = true,
	.mail = true,
	.prepare = prepare,
	.watch = store_watch,
	.moved = store_moved,
	.renews = true,
	.unready = unready,
	.serve = serve_mail,
	.busy = SLICE("421 4.3.2 Too many connections, try again later\r\n"),
};
