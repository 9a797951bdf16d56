/*
 * message_parts.c - GMime's tree of parts, walked through with bounds.
 */
#include <stdio.h>
#include <string.h>

#include "indexer/message.h"
#include "indexer/message_inside.h"

/* "1.1.1.1..." as deep as we go, with numbers of five digits */
#define ID_MAX (MESSAGE_DEPTH_MAX * 6)

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

/* Returns false when there are too many. */
static bool
add_leaf(struct message *m, GMimePart *from, const char *id,
    struct siblings *siblings)
{
	struct part part = { .id = id };
	char *type;

	if (m->parts == MESSAGE_PARTS_MAX) {
		document_trouble(&m->doc, "too many parts: some are left out");
		return false;
	}
	type = type_of(GMIME_OBJECT(from));
	part.type = slice_of(type);
	if (message_part(from, &part)) {
		message_leaf(m, &part, siblings);
		m->parts++;
	}
	g_free(type);
	return true;
}

/* A multipart that we are in. */
struct level {
	GMimeMultipart *all;
	int at, n;    /* the part that comes next, and how many there are */
	size_t named; /* bytes of its ID */
	struct siblings children;
};

static struct level
enter(GMimeObject *object, const char *id)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	const struct level l = {
		.all = GMIME_MULTIPART(object),
		.n = g_mime_multipart_get_count(GMIME_MULTIPART(object)),
		.named = strlen(id),
		.children.alternative = g_mime_content_type_is_type(
		    type, "multipart", "alternative"),
		.children.related =
		    g_mime_content_type_is_type(type, "multipart", "related"),
	};

	return l;
}

static void
walk(struct message *m, GMimeObject *top)
{
	struct level levels[MESSAGE_DEPTH_MAX];
	size_t depth = 0;
	char id[ID_MAX] = "";

	levels[depth++] = enter(top, id);
	while (depth > 0) {
		struct level *l = &levels[depth - 1];
		GMimeObject *object;

		if (l->at == l->n) {
			depth--;
			continue;
		}
		object = g_mime_multipart_get_part(l->all, l->at++);
		snprintf(id + l->named, sizeof(id) - l->named, "%s%d",
		    l->named > 0 ? "." : "", l->at);
		if (GMIME_IS_PART(object) &&
		    !add_leaf(m, GMIME_PART(object), id, &l->children))
			return;
		if (GMIME_IS_MULTIPART(object) && depth == MESSAGE_DEPTH_MAX)
			document_trouble(&m->doc,
			    "parts in parts in parts: the innermost are left "
			    "out");
		else if (GMIME_IS_MULTIPART(object))
			levels[depth++] = enter(object, id);
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
	if (top != NULL && GMIME_IS_PART(top))
		add_leaf(m, GMIME_PART(top), "0", &none);
	else if (top != NULL && GMIME_IS_MULTIPART(top))
		walk(m, top);
	if (m->parts == 0)
		add_raw(m, &none);
}
