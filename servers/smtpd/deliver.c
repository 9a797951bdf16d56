/*
 * deliver.c - a message from its first byte to the verdict.
 */
#include "smtpd/deliver.h"

#include <errno.h>
#include <string.h>

#include "bytes/ascii.h"
#include "grammar/mail_begin.h"
#include "grammar/mail_folder.h"
#include "grammar/mail_trace.h"
#include "grammar/smtp_data.h"
#include "smtpd/envelope.h"
#include "smtpd/lines.h"
#include "smtpd/report.h"
#include "smtpd/session.h"
#include "smtpd/trace.h"
#include "smtpd/transcript.h"
#include "system/clock.h"
#include "system/log.h"

void
deliver_begin(struct delivery *d, struct session *s)
{
	/* What is no text is no lines either. */
	bool lf =
	    s->o->line_ends == SMTPD_LF && s->mail.body != SMTP_BINARYMIME;

	deliver_abort(d);
	*d = (struct delivery){ .in_header = true, .at_start = true };
	store_begin(&d->m, lf);
}

/* Count the fields Received; the header ends at the first empty line. */
static void
count_hops(struct delivery *d, const char *p, size_t n)
{
	static const char name[] = "received:";

	for (size_t i = 0; i < n && d->in_header; i++) {
		if (p[i] == '\n') {
			d->in_header = !d->at_start;
			d->at_start = true;
			d->matched = 0;
			continue;
		}
		if (p[i] == '\r')
			continue;
		d->at_start = false;
		if (d->matched < sizeof(name) - 1 &&
		    ascii_lower(p[i]) == name[d->matched]) {
			if (name[++d->matched] == '\0')
				d->hops++;
		} else {
			d->matched = sizeof(name);
		}
	}
}

/* It is known how the message begins: the trace block, and what was held. */
static void
open_with(struct delivery *d, const struct session *s, bool headless)
{
	struct buf block;

	d->begun = true;
	buf_init(&block, TRACE_MAX);
	trace_make(s, d->m.id, headless, &block);
	if (block.failed && d->m.error == 0)
		d->m.error = ENOMEM;
	store_add(&d->m, buf_slice(&block));
	store_add(&d->m, (struct slice){ d->first, d->held });
	buf_free(&block);
}

/* The first bytes are held until it is known what they begin. */
static void
begin_with(struct delivery *d, const struct session *s, struct slice bytes)
{
	static char rest[STORE_BLOCK]; /* where they lie, the block will */
	size_t n = sizeof(d->first) - d->held;
	enum mail_beginning how;

	if (n > bytes.n)
		n = bytes.n;
	memcpy(d->first + d->held, bytes.p, n);
	d->held += n;
	bytes = slice_from(bytes, n);
	how = mail_begin((struct slice){ d->first, d->held });
	if (how == MAIL_BEGIN_UNKNOWN)
		return;
	memcpy(rest, bytes.p, bytes.n);
	open_with(d, s, how == MAIL_BEGIN_TEXT);
	store_add(&d->m, (struct slice){ rest, bytes.n });
}

char *
deliver_room(struct delivery *d, size_t *n)
{
	return store_room(&d->m, n);
}

void
deliver_grew(struct delivery *d, struct session *s, size_t n)
{
	size_t room;
	char *at = store_room(&d->m, &room);

	count_hops(d, at, n);
	d->size += n;
	if (d->begun)
		store_grew(&d->m, n);
	else
		begin_with(d, s, (struct slice){ at, n });
	if (s->o->max_size > 0 && d->size > s->o->max_size && d->m.error == 0) {
		store_abort(&d->m);
		d->m.error = EMSGSIZE;
	}
}

void
deliver_add(struct delivery *d, struct session *s, struct slice bytes)
{
	while (bytes.n > 0) {
		size_t n;
		char *to = store_room(&d->m, &n);

		if (n > bytes.n)
			n = bytes.n;
		memcpy(to, bytes.p, n);
		deliver_grew(d, s, n);
		bytes = slice_from(bytes, n);
	}
}

/* The folders of all recipients, as store_commit() wants them. */
static void
folders_of(const struct session *s, struct buf *out)
{
	struct slice rest = buf_slice(&s->mail.rcpts), params;

	if (s->o->mailbox_by == MAIL_BY_NONE)
		return;
	while (rest.n > 0) {
		struct slice text = mail_rcpt_next(&rest, &params);
		struct mail_address a;

		if (mail_path(text, &a) < 0)
			bug("a recipient that is none: %.*s", SLICE_FMT(text));
		mail_folder(&a, (enum mail_folder_by)s->o->mailbox_by, out);
		buf_addc(out, '\n');
	}
}

static void
commit(struct delivery *d, const struct session *s)
{
	struct buf folders;

	buf_init(&folders, s->o->max_recipients * (MAIL_FOLDER_MAX + 2));
	folders_of(s, &folders);
	if (folders.failed)
		d->m.error = ENOMEM;
	else
		store_commit(&d->m, buf_slice(&folders), s->o->durability);
	buf_free(&folders);
}

static const char *
storage_fault(int error)
{
	switch (error) {
	case EMSGSIZE:
		return "552 5.3.4 Message size exceeds limit";
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return "452 4.3.1 Insufficient system storage";
	case EMLINK:
		return "452 4.3.1 Too many folders would have to be made";
	default:
		return "451 4.3.0 The message could not be stored";
	}
}

/* Why it is refused, or NULL: it has then been committed. */
static const char *
verdict(struct delivery *d, struct session *s, unsigned notices)
{
	if (!d->begun)
		open_with(d, s, d->held > 0);
	if (d->m.error != 0)
		return storage_fault(d->m.error);
	if ((notices & SMTP_BARE_LF) != 0)
		return "550 5.5.2 Message refused: bare <LF> received";
	if ((notices & SMTP_BARE_CR) != 0)
		return "550 5.5.2 Message refused: bare <CR> received";
	if (d->hops > DELIVER_HOPS_MAX)
		return "554 5.4.6 Too many hops: this mail is in a loop";
	commit(d, s);
	return d->m.error == 0 ? NULL : storage_fault(d->m.error);
}

/* The last of a message that is not kept. */
static void
dismiss(struct delivery *d)
{
	store_abort(&d->m);
	if (d->m.error != 0 && d->m.error != EMSGSIZE)
		log_error("%s: %s not stored: %s", smtpd_options.maildir,
		    d->m.id,
		    d->m.error == EMLINK ? "too many folders, none is made" :
					   strerror(d->m.error));
}

void
deliver_fail(struct delivery *d, struct session *s)
{
	dismiss(d);
	lines_reply(s, "%s", storage_fault(d->m.error));
	deliver_note(d, s);
}

void
deliver_end(struct delivery *d, struct session *s, unsigned notices)
{
	const char *why = verdict(d, s, notices);

	if (why != NULL)
		dismiss(d);
	for (size_t i = 0; i < envelope_verdicts(s); i++) {
		if (why != NULL)
			lines_reply(s, "%s", why);
		else
			lines_reply(s,
			    "250 2.0.0 %s Message accepted for delivery",
			    d->m.id);
	}
	if (why == NULL) {
		transcript_message(slice_of(d->m.id));
		s->errors = 0;
		s->junk = 0;
		s->progress_ms = clock_ms();
	}
	deliver_note(d, s);
}

void
deliver_note(struct delivery *d, struct session *s)
{
	s->messages++;
	report_message(s, d->size, d->m.id);
}

void
deliver_abort(struct delivery *d)
{
	if (d->m.name[0] != '\0')
		store_abort(&d->m);
}
