/*
 * compose.c - a header for what standard input holds, and attachments.
 */
#include "smtp.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "bytes/ascii.h"
#include "bytes/date.h"
#include "grammar/base64.h"
#include "grammar/mail_address.h"
#include "grammar/mail_word.h"
#include "system/clock.h"
#include "system/log.h"
#include "system/mime.h"

#define PEEK 16384 /* bytes of standard input that tell what it is */
#define HEAD (1 << 20)

static void
add_random(struct buf *out)
{
	unsigned char bytes[12];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		die(EXIT_OSERR, "getrandom: %s", strerror(errno));
	for (size_t i = 0; i < sizeof(bytes); i++)
		buf_addf(out, "%02x", bytes[i]);
}

/* Is this line a field, "Name: ..."? */
static bool
is_field(struct slice s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] > ' ' && s.p[n] <= '~' && s.p[n] != ':')
		n++;
	return n > 0 && n < s.n && s.p[n] == ':';
}

/* Does it begin with fields and, behind an empty line, a body? */
static bool
has_header(struct slice s)
{
	for (bool first = true; slice_find(s, '\n') != NULL; first = false) {
		struct slice line = slice_cut(&s, '\n');

		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		if (line.n == 0)
			return !first;
		if (!is_field(line) &&
		    (first || (line.p[0] != ' ' && line.p[0] != '\t')))
			return false;
	}
	return false;
}

/* "Name: value": no break of the line may slip in. */
static void
add_line(struct buf *out, const char *line)
{
	struct slice s = slice_of(line);

	if (!is_field(s) || slice_find(s, '\n') || slice_find(s, '\r'))
		die(EXIT_USAGE, "--header %s: not 'Name: value'", line);
	buf_adds(out, s);
	buf_addz(out, "\r\n");
}

/* What the options give, whatever else there is. */
static void
add_given(struct buf *out, const struct options *o)
{
	if (o->subject != NULL) {
		buf_addz(out, "Subject: ");
		mail_word(slice_of(o->subject), out);
		buf_addz(out, "\r\n");
	}
	for (size_t i = 0; i < o->headers.n; i++)
		add_line(out, o->headers.item[i]);
}

static bool
gives(const struct options *o, const char *name)
{
	for (size_t i = 0; i < o->headers.n; i++) {
		struct slice rest = slice_of(o->headers.item[i]);

		if (slice_iis(slice_cut(&rest, ':'), name))
			return true;
	}
	return false;
}

/* What a message must have (RFC 5322 3.6), and whom it goes to. */
static void
add_usual(struct buf *out, const struct options *o)
{
	char date[DATE_MAX_TEXT], host[256] = "localhost";

	date_mail(clock_wall_s(), date);
	if (!gives(o, "Date"))
		buf_addf(out, "Date: %s\r\n", date);
	if (!gives(o, "From"))
		buf_addf(out, "From: %s\r\n",
		    o->from[0] == '\0' ? "MAILER-DAEMON" : o->from);
	if (!gives(o, "To")) {
		for (size_t i = 0; i < o->to_count; i++)
			buf_addf(
			    out, "%s%s", i == 0 ? "To: " : ",\r\n ", o->to[i]);
		buf_addz(out, "\r\n");
	}
	if (!gives(o, "Message-ID")) {
		gethostname(host, sizeof(host) - 1);
		buf_addz(out, "Message-ID: <");
		add_random(out);
		buf_addf(out, "@%s>\r\n", host);
	}
	buf_addz(out, "MIME-Version: 1.0\r\n");
}

static void
add_text_type(struct buf *out)
{
	buf_addz(out,
	    "Content-Type: text/plain; charset=UTF-8\r\n"
	    "Content-Transfer-Encoding: 8bit\r\n\r\n");
}

static void
flush(struct message *l, struct buf *head)
{
	if (head->failed)
		die(EXIT_USAGE, "the header would be too long");
	message_add(l, buf_slice(head));
	buf_clear(head);
}

static void
attach(struct message *l, const char *path, struct buf *head)
{
	FILE *f = fopen(path, "re");
	const char *slash = strrchr(path, '/'), *type;
	struct slice name = slice_of(slash == NULL ? path : slash + 1);
	char piece[BASE64_LINE * 128], guess[MIME_MAX_TYPE];
	size_t n;

	if (f == NULL)
		die(EXIT_USAGE, "--attach %s: %s", path, strerror(errno));
	n = fread(piece, 1, sizeof(piece), f);
	type = mime_of_name(name);
	if (type == NULL) {
		mime_prepare(true);
		type = mime_guess(
		    (struct slice){ piece, n }, n == sizeof(piece), guess);
	}
	buf_addf(head,
	    "Content-Type: %s\r\n"
	    "Content-Transfer-Encoding: base64\r\n"
	    "Content-Disposition: attachment; ",
	    type);
	mail_parameter("filename", name, head);
	buf_addz(head, "\r\n\r\n");
	for (; n > 0; n = fread(piece, 1, sizeof(piece), f)) {
		base64_lines((struct slice){ piece, n }, head);
		flush(l, head);
	}
	flush(l, head);
	if (ferror(f))
		die(EXIT_USAGE, "--attach %s: %s", path, strerror(errno));
	fclose(f);
}

/* A text and attachments: the body of a multipart (RFC 2046 5.1). */
static void
multipart(struct message *l, struct slice first, FILE *in,
    const struct options *o, struct buf *head)
{
	struct buf mark;

	buf_init(&mark, 100);
	buf_addz(&mark, "berth-");
	add_random(&mark);
	buf_addf(head, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n",
	    buf_str(&mark));
	buf_addf(head, "--%s\r\n", buf_str(&mark));
	add_text_type(head);
	flush(l, head);
	message_read(l, first, in, false);
	for (size_t i = 0; i < o->attach.n; i++) {
		buf_addf(head, "\r\n--%s\r\n", buf_str(&mark));
		attach(l, o->attach.item[i], head);
	}
	buf_addf(head, "\r\n--%s--\r\n", buf_str(&mark));
	flush(l, head);
	buf_free(&mark);
}

void
compose(struct message *l, FILE *in, const struct options *o)
{
	static char ahead[PEEK];
	struct slice first = { ahead, fread(ahead, 1, PEEK, in) };
	bool whole = o->raw || has_header(first);
	struct buf head;

	message_begin(l);
	buf_init(&head, HEAD);
	add_given(&head, o);
	if (whole && o->attach.n > 0)
		die(EXIT_USAGE, "--attach: standard input is a whole message");
	if (!whole)
		add_usual(&head, o);
	if (!whole && o->attach.n > 0) {
		multipart(l, first, in, o, &head);
	} else {
		if (!whole)
			add_text_type(&head);
		flush(l, &head);
		message_read(l, first, in, false);
	}
	message_end(l);
	buf_free(&head);
}
