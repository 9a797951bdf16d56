/*
 * sendmail.c - called as sendmail: whom a message goes to, and from whom.
 *
 * There is no queue here: what cannot be sent now is said with the exit code.
 */
#include "sendmail.h"
#include "message.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grammar/mail_address.h"
#include "system/log.h"

/* The user at this machine. */
static void
own_address(struct options *o)
{
	char text[600], host[256] = "localhost";
	const struct passwd *p = getpwuid(getuid());

	if (gethostname(host, sizeof(host) - 1) < 0 ||
	    mail_domain(slice_of(host)) < 0)
		strcpy(host, "localhost");
	snprintf(text, sizeof(text), "\"%s\"@%s",
	    p == NULL ? "nobody" : p->pw_name, host);
	take_sender(o, "the name of the user", slice_of(text));
}

/* -t: To, Cc and Bcc; or those of who sends it again (RFC 5322 3.6.6). */
static void
read_recipients(struct options *o, const struct head *h)
{
	static const char *const names[] = { "To", "Cc", "Bcc" };
	static const char *const again[] = { "Resent-To", "Resent-Cc",
		"Resent-Bcc" };
	const char *const *wanted = names;

	for (size_t i = 0; i < 3; i++)
		if (head_find(h, again[i]) != NULL)
			wanted = again;
	for (size_t i = 0; i < h->count; i++)
		for (size_t k = 0; k < 3; k++)
			if (slice_iis(h->fields[i].name, wanted[k]))
				take_recipients(
				    o, wanted[k], h->fields[i].value);
}

static void
read_sender(struct options *o, const struct head *h)
{
	const struct field *f = head_find(h, "Sender");

	if (f == NULL)
		f = head_find(h, "From");
	if (f != NULL)
		take_sender(o, "From", f->value);
}

/* What is no sending, and done at once. */
static void
other_modes(const struct wish *w)
{
	bool nobody = w->o->to_count == 0 && !w->want_to;

	switch (w->mode) {
	case 's':
		exit(relay(w->o));
	case 'p':
		puts("Mail queue is empty");
		exit(0);
	case 'i':
		exit(0);
	case 'm':
	case 'a':
		break;
	default:
		die(EXIT_USAGE,
		    "-b%c: this is no mail server (see "
		    "berth-smtpd(8))",
		    w->mode);
	}
	if (w->queue && nobody)
		exit(0); /* nothing is ever queued */
	if (nobody)
		die(EXIT_USAGE, "no recipients: name them, or use -t");
}

static void
find_server(const struct wish *w)
{
	char text[600];

	if (w->host == NULL && w->port == NULL) {
		split_server(w->o, w->server);
		return;
	}
	snprintf(text, sizeof(text), "%s:%s",
	    w->host == NULL ? "localhost" : w->host,
	    w->port == NULL ? "25" : w->port);
	split_server(w->o, text);
}

void
sendmail_read(int argc, char **argv, struct options *o, struct message *l)
{
	struct wish w = {
		.o = o, .server = "localhost:25", .dots = true, .mode = 'm'
	};
	struct head h;
	FILE *in;

	log_init("sendmail", SAY_INFO);
	sendmail_flags(&w, argc, argv);
	find_server(&w);
	other_modes(&w);
	in = input_read(stdin, w.dots);
	head_read(&h, in);
	if (w.want_to)
		read_recipients(o, &h);
	if (o->to_count == 0)
		die(EXIT_USAGE, "no recipients: To, Cc and Bcc have none");
	if (o->from == NULL && w.want_from)
		read_sender(o, &h);
	if (o->from == NULL)
		own_address(o);
	if (w.name != NULL)
		o->from_name = w.name;
	whole(l, in, &h, o);
	head_free(&h);
	fclose(in);
}
