/*
 * message_embedded.c - a message inside a message: its words, so that it can
 * be found.  It is shown as a file that can be had; its own parts have no IDs.
 */
#include "indexer/charset.h"
#include "indexer/html_text.h"
#include "indexer/message_inside.h"

#define EMBEDDED_MAX 20                 /* messages, of one */
#define TEXT_MAX     ((size_t)64 << 10) /* bytes of one text */
#define TEXTS_MAX    10                 /* of one message */

struct inside {
	struct message *m;
	unsigned texts;
};

/* All of it may be cut: it is only searched. */
static void
add_text(struct inside *in, GMimePart *from, bool html)
{
	struct message *m = in->m;
	struct part part = {
		.type = slice_of(html ? "text/html" : "text/plain"),
	};
	struct buf content, text;

	if (in->texts++ >= TEXTS_MAX || !message_part(from, &part))
		return;
	buf_init(&content, TEXT_MAX);
	buf_init(&text, TEXT_MAX);
	message_content(m, &part, &content, NULL);
	charset_add(message_charset(&part, buf_slice(&content)),
	    buf_slice(&content), &text);
	if (html)
		html_text(buf_slice(&text), &m->inside, NULL);
	else
		charset_add_utf8(buf_slice(&text), &m->inside);
	charset_add_utf8((struct slice)SLICE("\n"), &m->inside);
	buf_free(&content);
	buf_free(&text);
}

static void
look(GMimeObject *parent, GMimeObject *object, gpointer in)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);

	(void)parent;
	if (!GMIME_IS_PART(object))
		return;
	if (g_mime_content_type_is_type(type, "text", "plain"))
		add_text(in, GMIME_PART(object), false);
	else if (g_mime_content_type_is_type(type, "text", "html"))
		add_text(in, GMIME_PART(object), true);
}

void
message_embedded(struct message *m, const struct part *p)
{
	struct inside in = { .m = m };
	GMimeMessage *message;

	if (!slice_is(p->type, "message/rfc822") ||
	    m->embedded++ >= EMBEDDED_MAX)
		return;
	message = message_parse(m, p->offset, p->length);
	if (message == NULL)
		return;
	charset_add_utf8(
	    slice_of(g_mime_message_get_subject(message)), &m->inside);
	charset_add_utf8((struct slice)SLICE("\n"), &m->inside);
	g_mime_message_foreach(message, look, &in);
	g_object_unref(message);
}
