/*
 * message_parts.c - GMime's tree of parts, walked through with bounds.
 */
#include <stdio.h>
#include <string.h>

#include "indexer/message.h"
#include "indexer/message_inside.h"

/* "1.1.1.1..." as deep as we go, with numbers of five digits */
#define ID_MAX (MESSAGE_DEPTH_MAX * 6)

GMimeMessage *
message_parse(struct message *m, uint64_t offset, uint64_t length)
{
	GMimeStream *file = g_mime_stream_fs_new(m->fd), *some;
	GMimeParser *parser;
	GMimeMessage *message;

	/* The descriptor is not the stream's. */
	g_mime_stream_fs_set_owner(GMIME_STREAM_FS(file), FALSE);
	some = g_mime_stream_substream(
	    file, (gint64)offset, (gint64)(offset + length));
	parser = g_mime_parser_new_with_stream(some);
	message = g_mime_parser_construct_message(parser, m->options);
	g_object_unref(parser);
	g_object_unref(some);
	g_object_unref(file);
	return message;
}

static const char *
encoding_of(GMimePart *part)
{
	const char *name = g_mime_content_encoding_to_string(
	    g_mime_part_get_content_encoding(part));

	return name == NULL ? "7bit" : name;
}

/* A name cannot lead anywhere. */
static struct slice
base_name(const char *name)
{
	struct slice s = slice_of(name);

	for (size_t i = s.n; i > 0; i--)
		if (s.p[i - 1] == '/' || s.p[i - 1] == '\\')
			return slice_trim(slice_from(s, i));
	return slice_trim(s);
}

bool
message_part(GMimePart *from, struct part *p)
{
	GMimeObject *object = GMIME_OBJECT(from);
	GMimeDataWrapper *content = g_mime_part_get_content(from);
	GMimeStream *bytes =
	    content == NULL ? NULL : g_mime_data_wrapper_get_stream(content);

	/* What stays in the file, not what was copied from it. */
	if (bytes == NULL || !GMIME_IS_STREAM_FS(bytes) ||
	    bytes->bound_end < bytes->bound_start)
		return false;
	p->offset = (uint64_t)bytes->bound_start;
	p->length = (uint64_t)(bytes->bound_end - bytes->bound_start);
	p->encoding = slice_of(encoding_of(from));
	p->charset = slice_of(
	    g_mime_object_get_content_type_parameter(object, "charset"));
	p->filename = base_name(g_mime_part_get_filename(from));
	p->content_id = slice_of(g_mime_part_get_content_id(from));
	p->disposition = slice_of(g_mime_object_get_disposition(object));
	return true;
}

/*
 * What a part is, in lower case; free it with g_free().  What is no type at
 * all is text (RFC 2045 5.2).
 */
static char *
type_of(GMimeObject *object)
{
	struct slice rest =
	    slice_of(g_mime_object_get_header(object, "Content-Type"));
	struct slice said = slice_cut(&rest, ';');
	char *type;

	if (said.p != NULL && slice_find(said, '/') == NULL)
		return g_strdup("text/plain");
	type = g_mime_content_type_get_mime_type(
	    g_mime_object_get_content_type(object));
	for (char *p = type; *p != '\0'; p++)
		*p = g_ascii_tolower(*p);
	return type;
}

static void
add_leaf(struct message *m, GMimePart *from, const char *id,
    struct siblings *siblings)
{
	struct part part = { .id = id };
	char *type = type_of(GMIME_OBJECT(from));

	part.type = slice_of(type);
	if (m->parts == MESSAGE_PARTS_MAX)
		document_trouble(&m->doc, "too many parts: some are left out");
	else if (message_part(from, &part)) {
		message_leaf(m, &part, siblings);
		m->parts++;
	}
	g_free(type);
}

static void
walk(struct message *m, GMimeObject *object, const char *id, unsigned depth,
    struct siblings *siblings)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	struct siblings children = {
		.alternative = g_mime_content_type_is_type(
		    type, "multipart", "alternative"),
		.related =
		    g_mime_content_type_is_type(type, "multipart", "related"),
	};
	char child[ID_MAX];
	int n;

	if (GMIME_IS_PART(object)) {
		add_leaf(
		    m, GMIME_PART(object), id[0] == '\0' ? "0" : id, siblings);
		return;
	}
	if (!GMIME_IS_MULTIPART(object))
		return;
	if (depth == MESSAGE_DEPTH_MAX) {
		document_trouble(&m->doc,
		    "parts in parts in parts: the innermost are left out");
		return;
	}
	n = g_mime_multipart_get_count(GMIME_MULTIPART(object));
	for (int i = 0; i < n && m->parts <= MESSAGE_PARTS_MAX; i++) {
		snprintf(child, sizeof(child), "%s%s%d", id,
		    id[0] == '\0' ? "" : ".", i + 1);
		walk(m, g_mime_multipart_get_part(GMIME_MULTIPART(object), i),
		    child, depth + 1, &children);
	}
}

/* All there is behind the header, as text. */
static void
add_raw(struct message *m, struct siblings *siblings)
{
	struct part part = {
		.id = "0",
		.offset = m->body,
		.length = m->end - m->body,
		.encoding = SLICE("7bit"),
		.type = SLICE("text/plain"),
	};

	if (m->mime != NULL)
		document_trouble(&m->doc,
		    "no parts were found: the message is shown as it is");
	message_leaf(m, &part, siblings);
}

void
message_parts(struct message *m)
{
	json_t *root = m->doc.root;
	struct siblings none = { .related = false };
	GMimeObject *top =
	    m->mime == NULL ? NULL : g_mime_message_get_mime_part(m->mime);

	json_object_set_new(root, "Inline", json_array());
	json_object_set_new(root, "Attachments", json_array());
	json_object_set_new(root, "Parts", json_array());
	if (top != NULL)
		walk(m, top, "", 0, &none);
	if (m->parts == 0)
		add_raw(m, &none);
}
