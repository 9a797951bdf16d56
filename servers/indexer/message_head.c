/*
 * message_head.c - the fields of a header: all of them as they came, and what
 * the inbox wants to know of some.
 */
#include <stdlib.h>
#include <string.h>

#include "bytes/date.h"
#include "indexer/message_inside.h"

#define FIELDS_MAX 10000
#define ENTRY      10 /* bytes of JSON around two strings */

/*
 * A field off *rest: its lines up to the next that does not begin with a
 * blank.
 */
static struct slice
field(struct slice *rest)
{
	struct slice all = *rest;

	do {
		slice_cut(rest, '\n');
	} while (rest->n > 0 && (rest->p[0] == ' ' || rest->p[0] == '\t'));
	return rest->p == NULL ? all : slice_between(all.p, rest->p);
}

/* A value on one line, its encoded words decoded. */
static void
decode(struct message *m, struct slice raw, struct buf *out)
{
	char *decoded;

	buf_clear(out);
	raw = slice_trim(raw);
	for (size_t i = 0; i < raw.n; i++)
		if (raw.p[i] == '\0')
			buf_addc(out, ' ');
		else if (raw.p[i] != '\r' && raw.p[i] != '\n')
			buf_addc(out, raw.p[i]);
	if (buf_str(out) == NULL)
		return;
	decoded = g_mime_utils_header_decode_text(m->options, buf_str(out));
	buf_clear(out);
	buf_addz(out, decoded);
	g_free(decoded);
}

static void
add_field(struct message *m, json_t *list, struct slice line, struct buf *value)
{
	struct slice name = slice_cut(&line, ':');
	json_t *pair = json_array();

	decode(m, line, value);
	json_array_append_new(pair,
	    document_string(&m->doc, slice_trim(name), DOCUMENT_NAME_MAX));
	json_array_append_new(pair,
	    document_string(&m->doc, buf_slice(value), DOCUMENT_VALUE_MAX));
	json_array_append_new(list, pair);
}

/* Those of our own trace block come first. */
static void
add_fields(struct message *m)
{
	struct slice rest = { m->head.p, m->mime == NULL ? m->sent : m->body };
	json_t *list = json_array();
	struct buf value;

	buf_init(&value, 4 * m->head.max);
	while (rest.n > 0) {
		struct slice line = field(&rest);

		/* Lines that are no field are seen in the source. */
		if (slice_find(line, ':') == NULL ||
		    slice_starts(line, "From "))
			continue;
		if (json_array_size(list) == FIELDS_MAX) {
			document_trouble(&m->doc,
			    "too many header fields: some are left out");
			break;
		}
		if (!document_take_room(&m->doc, ENTRY))
			break;
		add_field(m, list, line, &value);
	}
	buf_free(&value);
	json_object_set_new(m->doc.root, "Headers", list);
}

static struct slice
value_of(const struct message *m, const char *name)
{
	return slice_of(m->mime == NULL ?
		NULL :
		g_mime_object_get_header(GMIME_OBJECT(m->mime), name));
}

static bool
is_link(struct slice s)
{
	return slice_starts(s, "http://") || slice_starts(s, "https://") ||
	    slice_starts(s, "mailto:");
}

/* RFC 2369: <url>, <url>; RFC 8058: the other field. */
static void
add_unsubscribe(struct message *m)
{
	struct slice header = value_of(m, "List-Unsubscribe"), rest = header;
	json_t *o = json_object(), *links = json_array();
	const char *wrong = "";

	document_set(&m->doc, o, "Header", header, DOCUMENT_VALUE_MAX);
	while (slice_find(rest, '<') != NULL) {
		struct slice link;

		slice_cut(&rest, '<');
		link = slice_trim(slice_cut(&rest, '>'));
		if (!is_link(link) || json_array_size(links) == 10)
			wrong = "a link that is neither http, https nor mailto";
		else
			json_array_append_new(links,
			    document_string(&m->doc, link, DOCUMENT_NAME_MAX));
	}
	if (header.n > 0 && json_array_size(links) == 0)
		wrong = "no <link> that is http, https or mailto";
	json_object_set_new(o, "Links", links);
	json_object_set_new(o, "Errors", json_string(wrong));
	document_set(&m->doc, o, "HeaderPost",
	    value_of(m, "List-Unsubscribe-Post"), DOCUMENT_VALUE_MAX);
	json_object_set_new(m->doc.root, "ListUnsubscribe", o);
}

json_t *
message_date(GDateTime *when)
{
	int offset =
	    (int)(g_date_time_get_utc_offset(when) / G_TIME_SPAN_MINUTE);
	char text[64], zone[16] = "Z";

	if (offset != 0)
		snprintf(zone, sizeof(zone), "%c%02d:%02d",
		    offset < 0 ? '-' : '+', abs(offset) / 60 % 24,
		    abs(offset) % 60);
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d%s",
	    g_date_time_get_year(when), g_date_time_get_month(when),
	    g_date_time_get_day_of_month(when), g_date_time_get_hour(when),
	    g_date_time_get_minute(when), g_date_time_get_second(when), zone);
	return json_string(text);
}

/* By the header, or else by the envelope, or else by the file. */
static void
add_date(struct message *m)
{
	GDateTime *when =
	    m->mime == NULL ? NULL : g_mime_message_get_date(m->mime);
	char text[DATE_MAX_TEXT];
	json_t *date;

	if (when == NULL)
		when = m->received;
	if (when != NULL)
		date = message_date(when);
	else {
		date_iso(m->mtime, text);
		date = json_string(text);
	}
	json_object_set_new(m->doc.root, "Date", date);
}

void
message_head(struct message *m)
{
	const char *id = NULL, *subject = NULL;

	if (m->mime != NULL) {
		id = g_mime_message_get_message_id(m->mime);
		subject = g_mime_message_get_subject(m->mime);
	}
	document_set(
	    &m->doc, m->doc.root, "MessageID", slice_of(id), DOCUMENT_NAME_MAX);
	document_set(&m->doc, m->doc.root, "Subject", slice_of(subject),
	    DOCUMENT_VALUE_MAX);
	add_date(m);
	add_unsubscribe(m);
	add_fields(m);
}
