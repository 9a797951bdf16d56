/*
 * compose.c - the message that standard input and the options mean: a whole
 * one that gets what it lacks, or a text that gets a header and attachments.
 */
#include "smtp.h"
#include "message.h"

#include <errno.h>
#include <string.h>

#include "system/log.h"

/* What a message must have (RFC 5322 3.6), and whom it goes to. */
static void
add_usual(struct buf *out, const struct options *o)
{
	if (!given_has(o, "Date"))
		mime_date(out, "Date");
	if (!given_has(o, "From"))
		mime_from(out, "From", o);
	if (!given_has(o, "To") && !given_has(o, "Cc"))
		mime_to(out, o);
	if (!given_has(o, "Message-ID"))
		mime_id(out, "Message-ID");
	if (!given_has(o, "MIME-Version"))
		buf_addz(out, "MIME-Version: 1.0\n");
}

static void
compose_text(
    struct message *l, FILE *in, const struct head *h, const struct options *o)
{
	struct buf head;

	buf_init(&head, SIZE_MAX);
	given_add(&head, o, GIVEN_OTHERS);
	add_usual(&head, o);
	if (head.failed)
		die(EXIT_OSERR, "no memory for the header");
	message_begin(l);
	message_add(l, buf_slice(&head));
	buf_free(&head);
	parts_add(l, in, h->begin, o);
	message_end(l);
}

static void
send_as_it_is(struct message *l, FILE *in)
{
	message_begin(l);
	l->exact = true;
	message_copy(l, in);
	message_end(l);
}

void
compose(struct message *l, FILE *stream, const struct options *o)
{
	FILE *in = input_read(stream, false);
	struct head h;

	if (o->raw) {
		send_as_it_is(l, in);
		fclose(in);
		return;
	}
	head_read(&h, in);
	if (o->text || !whole_is(&h)) {
		compose_text(l, in, &h, o);
	} else {
		if (o->attach.n > 0)
			die(EXIT_USAGE,
			    "--attach: standard input is a whole message; with "
			    "--text it is taken for a text");
		whole(l, in, &h, o);
	}
	head_free(&h);
	fclose(in);
}
