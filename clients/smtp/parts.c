/*
 * parts.c - a text, and files to be attached, as the parts of a message, by
 * GMime: each with the encoding that it needs, quoted-printable or base64
 * where a line passes 998 or a byte is 0.
 */
#include "smtp.h"
#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <gmime/gmime.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "grammar/mail_address.h"
#include "system/log.h"
#include "system/mime.h"

#define PIECE 16384

static _Noreturn void
fail(void)
{
	die(EXIT_OSERR, "temporary file: %s", strerror(errno));
}

/* What kind of bytes a text has. */
struct kind {
	bool zero, ascii, utf8;
};

static struct kind
look(FILE *f)
{
	struct kind k = { false, true, true };
	struct stat st;
	struct slice all;
	void *p;

	if (fflush(f) != 0 || fstat(fileno(f), &st) < 0)
		fail();
	if (st.st_size == 0)
		return k;
	p = mmap(
	    NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fileno(f), 0);
	if (p == MAP_FAILED)
		fail();
	all = (struct slice){ p, (size_t)st.st_size };
	k.zero = slice_find(all, '\0') != NULL;
	for (size_t i = 0; i < all.n && k.ascii; i++)
		k.ascii = (unsigned char)all.p[i] < 128;
	k.utf8 = mail_is_utf8(all);
	munmap(p, (size_t)st.st_size);
	return k;
}

/* The text in a file of its own, as it is, or with lines that end in LF. */
static FILE *
copy_text(FILE *in, off_t from, bool lines)
{
	static char piece[PIECE], out[2 * PIECE + 2];
	struct smtp_lines state = { .after_cr = false };
	FILE *to = input_file();
	size_t n, k, m;

	if (to == NULL || fseeko(in, from, SEEK_SET) < 0)
		fail();
	while ((n = fread(piece, 1, PIECE, in)) > 0) {
		if (!lines) {
			fwrite(piece, 1, n, to);
			continue;
		}
		n = smtp_lines_put(&state, (struct slice){ piece, n }, out);
		for (k = m = 0; k < n; k++)
			if (out[k] != '\r')
				out[m++] = out[k];
		fwrite(out, 1, m, to);
	}
	n = lines ? smtp_lines_end(&state, out) : 0;
	fwrite(out, 1, n, to);
	if (ferror(in) || ferror(to) || fflush(to) != 0)
		fail();
	rewind(to);
	return to;
}

static void
set_content(GMimePart *part, FILE *f, GMimeContentEncoding encoding)
{
	GMimeStream *stream = g_mime_stream_file_new(f);
	GMimeDataWrapper *content =
	    g_mime_data_wrapper_new_with_stream(stream, encoding);

	g_mime_part_set_content(part, content);
	g_object_unref(content);
	g_object_unref(stream);
}

/* What -H says about the text's part; true if it says how it is encoded. */
static bool
set_given(GMimePart *part, const struct options *o)
{
	bool encoded = false;
	char name[256], value[2000];
	struct field f;

	for (size_t i = 0; i < o->headers.n; i++) {
		if (!field_split(slice_of(o->headers.item[i]), &f) ||
		    !given_is_part(f.name))
			continue;
		if (slice_copy(f.name, name, sizeof(name)) < 0 ||
		    slice_copy(slice_trim(f.value), value, sizeof(value)) < 0)
			die(EXIT_USAGE, "--header: a field that is too long");
		g_mime_object_set_header(
		    (GMimeObject *)part, name, value, "UTF-8");
		encoded |= slice_iis(f.name, "Content-Transfer-Encoding");
	}
	return encoded;
}

static GMimeObject *
text_part(FILE *in, off_t from, const struct options *o)
{
	FILE *f = copy_text(in, from, false);
	struct kind k = look(f);
	GMimePart *part = g_mime_part_new_with_type("text", "plain");
	GMimeContentEncoding encoding = GMIME_CONTENT_ENCODING_BASE64;

	if (!k.zero) {
		fclose(f);
		f = copy_text(in, from, true);
	}
	g_mime_object_set_content_type_parameter(
	    (GMimeObject *)part, "charset", k.utf8 ? "UTF-8" : "ISO-8859-1");
	if (set_given(part, o)) {
		/* It is encoded already, says the user, unless it cannot be. */
		set_content(part, f,
		    k.ascii && !k.zero ?
			g_mime_part_get_content_encoding(part) :
			GMIME_CONTENT_ENCODING_DEFAULT);
		return (GMimeObject *)part;
	}
	set_content(part, f, GMIME_CONTENT_ENCODING_DEFAULT);
	if (!k.zero)
		encoding = g_mime_part_get_best_content_encoding(
		    part, GMIME_ENCODING_CONSTRAINT_8BIT);
	/* To GMime it is the default, which to others is 7bit. */
	if (!k.ascii && encoding != GMIME_CONTENT_ENCODING_BASE64 &&
	    encoding != GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE)
		encoding = GMIME_CONTENT_ENCODING_8BIT;
	g_mime_part_set_content_encoding(part, encoding);
	return (GMimeObject *)part;
}

/* By its name, or else by its bytes. */
static const char *
type_of(FILE *f, struct slice name, char guess[MIME_MAX_TYPE])
{
	static char piece[PIECE];
	const char *type = mime_of_name(name);
	size_t n;

	if (type != NULL)
		return type;
	n = fread(piece, 1, sizeof(piece), f);
	rewind(f);
	mime_prepare(true);
	return mime_guess((struct slice){ piece, n }, guess);
}

static FILE *
open_file(const char *path)
{
	FILE *f = fopen(path, "re");
	struct stat st;

	if (f == NULL)
		die(EXIT_USAGE, "--attach %s: %s", path, strerror(errno));
	if (fstat(fileno(f), &st) < 0 || S_ISDIR(st.st_mode))
		die(EXIT_USAGE, "--attach %s: a directory", path);
	/* A pipe cannot be read twice. */
	return S_ISREG(st.st_mode) ? f : copy_text(f, 0, false);
}

/*
 * In base64, but for a message: that must not be encoded as a whole (RFC 2046
 * 5.2.1).  What in it not every server takes, seven.c encodes.
 */
static GMimeContentEncoding
encoding_of(FILE *f, GMimeContentType *type)
{
	bool ascii;

	if (!g_mime_content_type_is_type(type, "message", "*"))
		return GMIME_CONTENT_ENCODING_BASE64;
	ascii = look(f).ascii;
	rewind(f);
	return ascii ? GMIME_CONTENT_ENCODING_7BIT :
		       GMIME_CONTENT_ENCODING_8BIT;
}

static GMimeObject *
attachment(const char *path)
{
	FILE *f = open_file(path);
	const char *slash = strrchr(path, '/');
	struct slice name = slice_of(slash == NULL ? path : slash + 1);
	GMimeContentDisposition *d = g_mime_content_disposition_new();
	GMimePart *part = g_mime_part_new();
	GMimeContentType *type;
	char guess[MIME_MAX_TYPE];
	GMimeParam *param;

	type = g_mime_content_type_parse(NULL, type_of(f, name, guess));
	g_mime_object_set_content_type((GMimeObject *)part, type);
	g_mime_part_set_content_encoding(part, encoding_of(f, type));
	g_mime_content_disposition_set_disposition(d, "attachment");
	g_mime_content_disposition_set_parameter(d, "filename", name.p);
	param = g_mime_param_list_get_parameter(
	    g_mime_content_disposition_get_parameters(d), "filename");
	g_mime_param_set_charset(param, "UTF-8");
	g_mime_param_set_encoding_method(
	    param, GMIME_PARAM_ENCODING_METHOD_RFC2231);
	g_mime_object_set_content_disposition((GMimeObject *)part, d);
	set_content(part, f, GMIME_CONTENT_ENCODING_DEFAULT);
	g_object_unref(d);
	g_object_unref(type);
	return (GMimeObject *)part;
}

static GMimeObject *
multipart(GMimeObject *text, const struct options *o)
{
	GMimeMultipart *all = g_mime_multipart_new_with_subtype("mixed");
	unsigned char bytes[12];
	char boundary[64] = "berth-";
	size_t n = strlen(boundary);

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		die(EXIT_OSERR, "getrandom: %s", strerror(errno));
	for (size_t i = 0; i < sizeof(bytes); i++)
		n += (size_t)sprintf(boundary + n, "%02x", bytes[i]);
	g_mime_multipart_set_boundary(all, boundary);
	g_mime_multipart_add(all, text);
	g_object_unref(text);
	for (size_t i = 0; i < o->attach.n; i++) {
		GMimeObject *one = attachment(o->attach.item[i]);

		g_mime_multipart_add(all, one);
		g_object_unref(one);
	}
	return (GMimeObject *)all;
}

void
parts_add(struct message *l, FILE *text, off_t from, const struct options *o)
{
	FILE *made = input_file();
	GMimeObject *all;
	GMimeStream *to;

	if (made == NULL)
		fail();
	mime_begin();
	all = text_part(text, from, o);
	if (o->attach.n > 0)
		all = multipart(all, o);
	to = g_mime_stream_file_new(made);
	g_mime_stream_file_set_owner((GMimeStreamFile *)to, FALSE);
	if (g_mime_object_write_to_stream(all, NULL, to) < 0 ||
	    g_mime_stream_flush(to) < 0)
		fail();
	g_object_unref(to);
	g_object_unref(all);
	rewind(made);
	message_copy(l, made);
	fclose(made);
}
