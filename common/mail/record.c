/*
 * record.c - what the index takes out of a document.
 */
#include "mail/record.h"

#include <jansson.h>
#include <string.h>

#include "bytes/date.h"
#include "mail/fold.h"

#define FIELD_MAX ((size_t)1 << 20) /* of one folded field */

static struct slice
text_of(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return (struct slice){ json_string_value(v), json_string_length(v) };
}

static void
fold_person(const json_t *person, struct buf *out)
{
	struct slice name = text_of(person, "Name");
	struct slice address = text_of(person, "Address");

	if (out->n > 0)
		buf_addz(out, ", ");
	fold_text(name, out);
	if (name.n > 0)
		buf_addc(out, ' ');
	buf_addc(out, '<');
	fold_text(address, out);
	buf_addc(out, '>');
}

static void
fold_people(const json_t *o, const char *key, struct buf *out)
{
	const json_t *v = json_object_get(o, key), *one;
	size_t i;

	if (json_is_object(v))
		fold_person(v, out);
	json_array_foreach(v, i, one) if (json_is_object(one))
	    fold_person(one, out);
}

/* json_dump_callback(3) */
static int
dump(const char *p, size_t n, void *to)
{
	buf_add(to, p, n);
	return ((struct buf *)to)->failed ? -1 : 0;
}

static void
add_json(struct buf *b, const char *key, const json_t *v, const char *otherwise)
{
	buf_addf(b, ",\"%s\":", key);
	if (v == NULL)
		buf_addz(b, otherwise);
	else if (json_dump_callback(v, dump, b, JSON_COMPACT | JSON_ENCODE_ANY))
		b->failed = true;
}

static const json_t *
typed(const json_t *o, const char *key, json_type type)
{
	const json_t *v = json_object_get(o, key);

	return v != NULL && json_typeof(v) == type ? v : NULL;
}

void
record_time(struct buf *b, int64_t us)
{
	char text[DATE_MAX_TEXT];
	int64_t s = us / 1000000 - (us % 1000000 < 0);
	size_t n = date_iso(s, text);

	buf_addf(
	    b, "\"%.*s.%06dZ\"", (int)n - 1, text, (int)(us - s * 1000000));
}

/* Of the envelope, who; null for mail that did not come by SMTP. */
static void
add_envelope(struct buf *b, const json_t *e)
{
	if (!json_is_object(e)) {
		buf_addz(b, ",\"Envelope\":null");
		return;
	}
	buf_addz(b, ",\"Envelope\":{\"From\":");
	record_string(b, text_of(e, "From"));
	add_json(b, "To", typed(e, "To", JSON_ARRAY), "[]");
	buf_addc(b, '}');
}

static void
summarise(const json_t *o, struct record *d, int64_t created, int64_t size)
{
	static const char *const lists[] = { "To", "Cc", "Bcc", "ReplyTo" };
	static const char *const texts[] = { "MessageID", "Subject", "Username",
		"Snippet" };
	struct buf *b = &d->summary;

	for (size_t i = 0; i < 4; i++)
		add_json(b, texts[i], typed(o, texts[i], JSON_STRING), "\"\"");
	add_json(b, "From", typed(o, "From", JSON_OBJECT), "null");
	for (size_t i = 0; i < 4; i++)
		add_json(b, lists[i], typed(o, lists[i], JSON_ARRAY), "[]");
	add_envelope(b, json_object_get(o, "Envelope"));
	buf_addz(b, ",\"Created\":");
	record_time(b, created);
	buf_addf(b, ",\"Size\":%lld,\"Attachments\":%lld", (long long)size,
	    (long long)d->attachments);
}

static void
take(const json_t *o, struct record *d)
{
	fold_people(o, "From", &d->from);
	fold_people(o, "To", &d->to);
	fold_people(o, "Cc", &d->cc);
	fold_people(o, "Bcc", &d->bcc);
	fold_people(o, "ReplyTo", &d->reply_to);
	fold_text(text_of(o, "Subject"), &d->subject);
	fold_text(text_of(o, "MessageID"), &d->message_id);
	fold_text(text_of(o, "SearchText"), &d->text);
	d->attachments =
	    (int64_t)json_array_size(json_object_get(o, "Attachments"));
	d->inlines = (int64_t)json_array_size(json_object_get(o, "Inline"));
}

static struct buf *const *
parts_of(struct record *d, struct buf *parts[11])
{
	struct buf *all[] = { &d->from, &d->to, &d->cc, &d->bcc, &d->reply_to,
		&d->subject, &d->message_id, &d->text, &d->json, &d->summary,
		NULL };

	memcpy(parts, all, sizeof(all));
	return parts;
}

int
record_read(struct record *d, struct slice json, int64_t created, int64_t size)
{
	struct buf *parts[11];
	json_t *o;
	int status = 0;

	*d = (struct record){ .attachments = 0 };
	for (struct buf *const *b = parts_of(d, parts); *b != NULL; b++)
		buf_init(*b, FIELD_MAX);
	/* Folding may lengthen a text, by half at most. */
	d->text.max = 2 * RECORD_FIND_MAX;
	d->json.max = RECORD_MAX;
	d->summary.max = 8 * FIELD_MAX;
	o = json_loadb(json.p, json.n, JSON_ALLOW_NUL, NULL);
	if (!json_is_object(o)) {
		json_decref(o);
		return -1;
	}
	take(o, d);
	summarise(o, d, created, size);
	json_object_del(o, "SearchText");
	if (json_dump_callback(o, dump, &d->json, JSON_COMPACT) != 0)
		d->json.failed = true;
	json_decref(o);
	/* A field that is too long is searched no further than it fits. */
	for (struct buf *const *b = parts_of(d, parts); *b != NULL; b++)
		if ((*b)->failed && (*b == &d->json || *b == &d->summary))
			status = -1;
	return status;
}

void
record_free(struct record *d)
{
	struct buf *parts[11];

	for (struct buf *const *b = parts_of(d, parts); *b != NULL; b++)
		buf_free(*b);
}

void
record_string(struct buf *b, struct slice s)
{
	buf_addc(b, '"');
	while (s.n > 0) {
		uint32_t c = fold_next(&s);

		if (c == '"' || c == '\\')
			buf_addf(b, "\\%c", (int)c);
		else if (c == '\n')
			buf_addz(b, "\\n");
		else if (c == 0)
			fold_put(b, 0xfffd);
		else if (c < ' ')
			buf_addf(b, "\\u%04x", (unsigned)c);
		else
			fold_put(b, c);
	}
	buf_addc(b, '"');
}
