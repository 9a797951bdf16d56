/*
 * message_trace.c - the envelope of a message that a server of ours has
 * stored, out of the block before it.
 */
#include "grammar/mail_trace.h"

#include "grammar/smtp_params.h"
#include "indexer/message_inside.h"

#define ENTRY 10 /* bytes of JSON around two strings */

/* Each recipient, and what came with it. */
static void
add_recipients(struct message *m, json_t *envelope, struct slice rest)
{
	json_t *to = json_array(), *all = json_array();
	struct slice params, address = mail_trace_rcpt(&rest, &params);

	for (; address.n > 0; address = mail_trace_rcpt(&rest, &params)) {
		if (!document_take_room(&m->doc, ENTRY))
			break;
		json_array_append_new(
		    to, document_string(&m->doc, address, DOCUMENT_NAME_MAX));
		json_array_append_new(
		    all, document_string(&m->doc, params, DOCUMENT_NAME_MAX));
	}
	json_object_set_new(envelope, "To", to);
	json_object_set_new(envelope, "ToParams", all);
}

static void
set(struct message *m, json_t *envelope, const char *key, struct slice value)
{
	document_set(&m->doc, envelope, key, value, DOCUMENT_NAME_MAX);
}

static json_t *
user(struct message *m, struct slice xtext)
{
	struct buf name;
	json_t *string;

	buf_init(&name, DOCUMENT_NAME_MAX);
	if (smtp_xtext_read(xtext, &name) < 0)
		buf_clear(&name);
	string = document_string(&m->doc, buf_slice(&name), DOCUMENT_NAME_MAX);
	buf_free(&name);
	return string;
}

static GDateTime *
date(struct slice text)
{
	char date[100];

	if (slice_copy(slice_trim(text), date, sizeof(date)) < 0)
		return NULL;
	return g_mime_utils_header_decode_date(date);
}

static void
add_envelope(struct message *m, const struct mail_trace *t)
{
	json_t *e = json_object(), *name = user(m, t->user);

	set(m, e, "From", t->from);
	add_recipients(m, e, t->rcpts);
	set(m, e, "Helo", t->helo);
	set(m, e, "Address", t->address);
	set(m, e, "Name", t->name);
	set(m, e, "With", t->with);
	json_object_set_new(e, "User", name);
	set(m, e, "Params", t->params);
	m->received = date(t->date_text);
	json_object_set_new(e, "Date",
	    m->received != NULL ? message_date(m->received) : json_null());
	json_object_set_new(m->doc.root, "Envelope", e);
	json_object_set(m->doc.root, "Username", name);
}

void
message_trace(struct message *m)
{
	struct mail_trace trace = { .date = 0 };
	int n = mail_trace_read(buf_slice(&m->head), &trace);

	if (n > 0) {
		m->sent = (uint64_t)n;
		add_envelope(m, &trace);
		return;
	}
	json_object_set_new(m->doc.root, "Envelope", json_null());
	json_object_set_new(m->doc.root, "Username", json_string(""));
}
