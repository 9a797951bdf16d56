/*
 * message_leaf.c - one part: is it what one reads, or a file that came along?
 */
#include <stdio.h>
#include <string.h>

#include "indexer/charset.h"
#include "indexer/message.h"
#include "indexer/message_inside.h"
#include "system/mime.h"

#define LOOK_AT_MOST 200 /* parts that libmagic looks at: it takes its time */
/* Bytes of JSON around the strings of one part and of one attachment: keys,
 * numbers, checksums, the ID twice. */
#define ENTRY ((size_t)1000)

/*
 * A body is text that is not said to be a file; the first part is one even if
 * it has a name.
 */
static bool
is_body(const struct message *m, const struct part *p)
{
	if (!slice_is(p->type, "text/plain") && !slice_is(p->type, "text/html"))
		return false;
	if (slice_iis(p->disposition, "attachment"))
		return false;
	return p->filename.n == 0 || m->parts == 0;
}

static void
add_body(struct message *m, const struct part *p, struct slice content,
    uint64_t size, struct siblings *siblings)
{
	bool html = slice_is(p->type, "text/html");
	bool *has = html ? &siblings->has_html : &siblings->has_text;
	struct buf *to = html ? &m->html : &m->text;

	/* Alternatives say the same again. */
	if (siblings->alternative && *has)
		return;
	*has = true;
	if (to->n > 0 && to->n < to->max && to->p[to->n - 1] != '\n')
		buf_addc(to, '\n');
	if (!charset_add(message_charset(p, content), content, to) ||
	    size > content.n)
		document_trouble(&m->doc,
		    "the text is longer than 4 MiB: the rest is left out");
}

/* A name to save it by. */
static json_t *
name_of(struct message *m, const struct part *p)
{
	char name[100];
	bool mail = slice_is(p->type, "message/rfc822");
	struct slice s =
	    p->filename.n > 0 ? p->filename : message_base_name(p->content_id);

	if (s.n == 0) {
		snprintf(name, sizeof(name), "part-%.60s%s", p->id,
		    mail ? ".eml" : "");
		s = slice_of(name);
	}
	return document_string(&m->doc, s, DOCUMENT_NAME_MAX);
}

/* Shown within the HTML, most likely: "inline", or named by its ID there. */
static bool
is_inline(const struct part *p, const struct siblings *siblings)
{
	if (slice_iis(p->disposition, "attachment"))
		return false;
	return slice_iis(p->disposition, "inline") ||
	    (siblings->related && p->content_id.n > 0);
}

static void
add_file(struct message *m, const struct part *p, uint64_t size,
    GChecksum *sums[SUMS], const struct siblings *siblings)
{
	static const char *const names[SUMS] = { "MD5", "SHA1", "SHA256" };
	json_t *o = json_object(), *checksums = json_object();
	json_t *name = name_of(m, p);

	json_object_set_new(o, "PartID", json_string(p->id));
	json_object_set_new(o, "FileName", name);
	document_set(&m->doc, o, "ContentType", p->type, DOCUMENT_NAME_MAX);
	document_set(&m->doc, o, "ContentID", p->content_id, DOCUMENT_NAME_MAX);
	json_object_set_new(o, "Size", json_integer((json_int_t)size));
	for (size_t i = 0; i < SUMS; i++)
		json_object_set_new(checksums, names[i],
		    json_string(g_checksum_get_string(sums[i])));
	json_object_set_new(o, "Checksums", checksums);
	json_array_append_new(
	    json_object_get(
		m->doc.root, is_inline(p, siblings) ? "Inline" : "Attachments"),
	    o);
	if (json_string_length(name) < m->files.max - m->files.n) {
		buf_addz(&m->files, json_string_value(name));
		buf_addc(&m->files, '\n');
	}
}

/* What libmagic says; of a body, and when there are too many, nothing. */
static json_t *
detected(struct message *m, struct slice content, bool body)
{
	char type[MIME_MAX_TYPE];
	struct slice rest;

	if (body || m->parts >= LOOK_AT_MOST)
		return json_string("");
	rest = slice_of(mime_guess(content, type));
	return document_string(
	    &m->doc, slice_cut(&rest, ';'), DOCUMENT_NAME_MAX);
}

static void
add_part(struct message *m, const struct part *p, struct slice content,
    uint64_t size, bool body)
{
	json_t *o = json_object();
	struct document *d = &m->doc;

	document_set(d, o, "PartID", slice_of(p->id), DOCUMENT_NAME_MAX);
	json_object_set_new(o, "Offset", json_integer((json_int_t)p->offset));
	json_object_set_new(o, "Length", json_integer((json_int_t)p->length));
	document_set(d, o, "Encoding", p->encoding, DOCUMENT_NAME_MAX);
	document_set(d, o, "ContentType", p->type, DOCUMENT_NAME_MAX);
	document_set(d, o, "Charset", p->charset, DOCUMENT_NAME_MAX);
	document_set(d, o, "FileName", p->filename, DOCUMENT_NAME_MAX);
	document_set(d, o, "ContentID", p->content_id, DOCUMENT_NAME_MAX);
	document_set(d, o, "Disposition", p->disposition, DOCUMENT_NAME_MAX);
	json_object_set_new(o, "Size", json_integer((json_int_t)size));
	json_object_set_new(o, "Detected", detected(m, content, body));
	json_array_append_new(json_object_get(d->root, "Parts"), o);
}

void
message_leaf(struct message *m, const struct part *p, struct siblings *siblings)
{
	bool body = is_body(m, p);
	GChecksum *sums[SUMS] = { NULL, NULL, NULL };
	struct buf first;
	uint64_t size;

	if (!document_take_room(&m->doc, ENTRY + 2 * strlen(p->id)))
		return;
	buf_init(&first, body ? MESSAGE_BODY_MAX : MIME_LOOK_AT);
	if (!body) {
		sums[SUM_MD5] = g_checksum_new(G_CHECKSUM_MD5);
		sums[SUM_SHA1] = g_checksum_new(G_CHECKSUM_SHA1);
		sums[SUM_SHA256] = g_checksum_new(G_CHECKSUM_SHA256);
	}
	size = message_content(m, p, &first, body ? NULL : sums);
	add_part(m, p, buf_slice(&first), size, body);
	if (body)
		add_body(m, p, buf_slice(&first), size, siblings);
	else {
		add_file(m, p, size, sums, siblings);
		message_embedded(m, p);
	}
	for (size_t i = 0; i < SUMS; i++)
		if (sums[i] != NULL)
			g_checksum_free(sums[i]);
	buf_free(&first);
}
