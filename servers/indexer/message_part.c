/*
 * message_part.c - what GMime says of one part: where it lies in the file and
 * how it is encoded; and the parsing of a message, be it within another.
 */
#include "bytes/ascii.h"
#include "indexer/message_inside.h"

#define META_WITHIN 1024 /* bytes, as browsers look */

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

struct slice
message_base_name(struct slice s)
{
	size_t i = s.n, dots = 0;

	while (i > 0 && s.p[i - 1] != '/' && s.p[i - 1] != '\\' &&
	    !ascii_is(s.p[i - 1], ASCII_CTL))
		i--;
	s = slice_trim(slice_from(s, i));
	while (dots < s.n && s.p[dots] == '.')
		dots++;
	return dots == s.n ? (struct slice){ NULL, 0 } : s;
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
	p->filename =
	    message_base_name(slice_of(g_mime_part_get_filename(from)));
	p->content_id = slice_of(g_mime_part_get_content_id(from));
	p->disposition = slice_of(g_mime_object_get_disposition(object));
	return true;
}

/* "charset=" in the first bytes of HTML. */
static struct slice
charset_in(struct slice html)
{
	static const char word[] = "charset=";
	const size_t n = sizeof(word) - 1;
	size_t end;

	if (html.n > META_WITHIN)
		html.n = META_WITHIN;
	for (; html.n > n; html = slice_from(html, 1))
		if (slice_iis((struct slice){ html.p, n }, word)) {
			html = slice_from(html, n);
			if (html.p[0] == '"' || html.p[0] == '\'')
				html = slice_from(html, 1);
			for (end = 0; end < html.n; end++)
				if (!ascii_is(html.p[end], ASCII_UNRESERVED))
					break;
			return (struct slice){ html.p, end };
		}
	return (struct slice){ NULL, 0 };
}

struct slice
message_charset(const struct part *p, struct slice content)
{
	if (p->charset.n == 0 && slice_is(p->type, "text/html"))
		return charset_in(content);
	return p->charset;
}
