/*
 * seven.c - a message as every server can take it, by GMime: without bytes
 * above 127 for one that does not offer 8BITMIME (RFC 6152 3), without lines of
 * more than 998 bytes and bytes 0 for all (RFC 5322 2.1.1).  Texts and files
 * become quoted-printable or base64, fields encoded words.
 */
#include "smtp.h"
#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <gmime/gmime.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>

#include "grammar/mail_address.h"
#include "system/log.h"

static bool
is_ascii(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s > 127)
			return false;
	return true;
}

/*
 * GMime 3.2 writes a parameter in pieces (RFC 2231) that it makes no room for
 * when the name alone fills a line, and never ends.  Such a name is more than
 * anybody may register (64 at most are to be used: RFC 6838 4.2), and says
 * nothing to whoever reads the message: it goes.  All do at first, for with
 * each change GMime writes the field.
 */
#define PARAM_NAME_MAX 64

static void
drop_long_names(GMimeParamList *list)
{
	GMimeParam *param;
	GPtrArray *kept;
	int n = list == NULL ? 0 : g_mime_param_list_length(list);

	kept = g_ptr_array_new_with_free_func(g_object_unref);
	for (int i = 0; i < n; i++) {
		param = g_mime_param_list_get_parameter_at(list, i);
		if (strlen(g_mime_param_get_name(param)) <= PARAM_NAME_MAX)
			g_ptr_array_add(kept, g_object_ref(param));
	}
	if ((int)kept->len < n) {
		g_mime_param_list_clear(list);
		for (guint i = 0; i < kept->len; i++) {
			param = g_ptr_array_index(kept, i);
			g_mime_param_list_set_parameter(list,
			    g_mime_param_get_name(param),
			    g_mime_param_get_value(param));
		}
	}
	g_ptr_array_free(kept, TRUE);
}

/*
 * The value of a field that has parameters, encoded; NULL, if it has none.  Not
 * only of the one that GMime goes by: the field may stand there twice.
 */
static char *
with_parameters(GMimeHeader *h)
{
	const char *name = g_mime_header_get_name(h),
		   *raw = g_mime_header_get_raw_value(h);
	char *value = NULL;

	if (strcasecmp(name, "Content-Type") == 0) {
		GMimeContentType *type = g_mime_content_type_parse(NULL, raw);

		drop_long_names(g_mime_content_type_get_parameters(type));
		value = g_mime_content_type_encode(type, NULL);
		g_object_unref(type);
	} else if (strcasecmp(name, "Content-Disposition") == 0) {
		GMimeContentDisposition *how =
		    g_mime_content_disposition_parse(NULL, raw);

		drop_long_names(g_mime_content_disposition_get_parameters(how));
		value = g_mime_content_disposition_encode(how, NULL);
		g_object_unref(how);
	}
	return value;
}

/* Fields that are not ASCII, in words that are. */
static void
encode_fields(GMimeObject *o)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(o);

	for (int i = 0; i < g_mime_header_list_get_count(list); i++) {
		GMimeHeader *h = g_mime_header_list_get_header_at(list, i);
		char *value;

		if (is_ascii(g_mime_header_get_raw_value(h)))
			continue;
		value = with_parameters(h);
		if (value != NULL) {
			g_mime_header_set_raw_value(h, value);
		} else {
			value = g_strdup(g_mime_header_get_value(h));
			g_mime_header_set_value(h, NULL, value, "UTF-8");
		}
		g_free(value);
	}
}

static void
drop_long_parameters(GMimeObject *o)
{
	GMimeContentType *type = g_mime_object_get_content_type(o);
	GMimeContentDisposition *how = g_mime_object_get_content_disposition(o);

	if (type != NULL)
		drop_long_names(g_mime_content_type_get_parameters(type));
	if (how != NULL)
		drop_long_names(g_mime_content_disposition_get_parameters(how));
}

static FILE *
temporary(void)
{
	FILE *f = input_file();

	if (f == NULL)
		die(EXIT_OSERR, "temporary file: %s", strerror(errno));
	return f;
}

/* base64 all in one line, as some programs write it: is it so? */
static bool
has_long_line(GMimeDataWrapper *content)
{
	GMimeStream *s = g_mime_data_wrapper_get_stream(content);
	char piece[16384];
	size_t column = 0;
	ssize_t n;

	g_mime_stream_reset(s);
	while (column <= MESSAGE_LINE_MAX &&
	    (n = g_mime_stream_read(s, piece, sizeof(piece))) > 0)
		for (ssize_t i = 0; i < n && column <= MESSAGE_LINE_MAX; i++)
			column = piece[i] == '\n' ? 0 : column + 1;
	g_mime_stream_reset(s);
	return column > MESSAGE_LINE_MAX;
}

/* Encoded already, but in lines that are too long: once more. */
static void
encode_again(GMimePart *part)
{
	GMimeDataWrapper *was = g_mime_part_get_content(part), *now;
	GMimeStream *plain;

	if (was == NULL || !has_long_line(was))
		return;
	plain = g_mime_stream_file_new(temporary());
	if (g_mime_data_wrapper_write_to_stream(was, plain) < 0)
		die(EXIT_OSERR, "temporary file: %s", strerror(errno));
	g_mime_stream_reset(plain);
	now = g_mime_data_wrapper_new_with_stream(
	    plain, GMIME_CONTENT_ENCODING_DEFAULT);
	g_mime_part_set_content(part, now);
	g_object_unref(now);
	g_object_unref(plain);
}

static void encode_message(GMimeMessage *);

static void
encode_part(GMimeObject *parent, GMimeObject *o, gpointer unused)
{
	GMimeMessage *inner;

	(void)parent, (void)unused;
	drop_long_parameters(o);
	encode_fields(o);
	if (GMIME_IS_PART(o)) {
		GMimePart *part = (GMimePart *)o;
		GMimeContentEncoding now =
		    g_mime_part_get_content_encoding(part);

		/* GMime leaves alone what is binary. */
		if (now == GMIME_CONTENT_ENCODING_BINARY)
			g_mime_part_set_content_encoding(
			    part, GMIME_CONTENT_ENCODING_8BIT);
		if (now != GMIME_CONTENT_ENCODING_BASE64 &&
		    now != GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE &&
		    now != GMIME_CONTENT_ENCODING_UUENCODE)
			g_mime_object_encode(o, GMIME_ENCODING_CONSTRAINT_7BIT);
		else
			encode_again(part);
		return;
	}
	/* What is in it is 8bit no more. */
	g_mime_object_remove_header(o, "Content-Transfer-Encoding");
	if (GMIME_IS_MESSAGE_PART(o)) {
		inner = g_mime_message_part_get_message((GMimeMessagePart *)o);
		if (inner != NULL)
			encode_message(inner);
	}
}

static void
encode_message(GMimeMessage *m)
{
	GMimeObject *o = (GMimeObject *)m,
		    *body = g_mime_message_get_mime_part(m);

	encode_fields(o);
	g_mime_message_foreach(m, encode_part, NULL);
	if (g_mime_object_get_header(o, "MIME-Version") == NULL)
		g_mime_object_set_header(o, "MIME-Version", "1.0", NULL);
	/* Without a type it was taken for text in the only charset of today. */
	if (body != NULL &&
	    g_mime_object_get_header(body, "Content-Type") == NULL)
		g_mime_object_set_header(
		    body, "Content-Type", "text/plain; charset=UTF-8", NULL);
}

/* To a message of our own again.  Returns whether it has become ASCII. */
static bool
write_message(GMimeMessage *m, struct message *to)
{
	FILE *made = temporary();
	GMimeStream *stream;

	stream = g_mime_stream_file_new(made);
	g_mime_stream_file_set_owner((GMimeStreamFile *)stream, FALSE);
	if (g_mime_object_write_to_stream((GMimeObject *)m, NULL, stream) < 0 ||
	    g_mime_stream_flush(stream) < 0)
		die(EXIT_OSERR, "temporary file: %s", strerror(errno));
	g_object_unref(stream);
	message_begin(to);
	rewind(made);
	message_copy(to, made);
	message_end(to);
	fclose(made);
	return !to->eight_bit;
}

bool
seven_bit(const struct message *from, struct message *to)
{
	GMimeParser *parser;
	GMimeStream *stream;
	GMimeMessage *m;
	bool good = false;
	int fd = fcntl(fileno(from->file), F_DUPFD_CLOEXEC, 0);

	mime_begin();
	/* Connections are processes that share its position: not to be used. */
	stream = fd < 0 ? NULL :
			  g_mime_stream_mmap_new_with_bounds(fd, PROT_READ,
			      MAP_PRIVATE, 0, (gint64)from->size);
	if (stream == NULL)
		die(EXIT_OSERR, "temporary file: %s", strerror(errno));
	parser = g_mime_parser_new_with_stream(stream);
	m = g_mime_parser_construct_message(parser, NULL);
	*to = (struct message){ .file = NULL };
	if (m != NULL) {
		encode_message(m);
		good = write_message(m, to);
		g_object_unref(m);
	}
	g_object_unref(parser);
	g_object_unref(stream);
	return good;
}
