/*
 * mime.c - fields of a header, by GMime: words that are not ASCII encoded
 * (RFC 2047), lines folded at 78, addresses with domains in A-labels.
 */
#include "smtp.h"
#include "message.h"

#include <errno.h>
#include <gmime/gmime.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "bytes/date.h"
#include "grammar/mail_address.h"
#include "grammar/mail_list.h"
#include "system/clock.h"
#include "system/log.h"

#define FOLD_AT 78 /* RFC 5322 2.1.1 */

void
mime_begin(void)
{
	static bool begun;

	if (!begun)
		g_mime_init();
	begun = true;
}

/* The only header of this message, as lines. */
static void
add_header(struct buf *out, GMimeMessage *m)
{
	GMimeHeaderList *list = g_mime_object_get_header_list((GMimeObject *)m);
	char *text = g_mime_header_list_to_string(list, NULL);

	buf_addz(out, text);
	g_free(text);
	g_object_unref(m);
}

static bool
is_plain(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	/* "=?" could be taken for an encoded word that it is not. */
	return memmem(s.p, s.n, "=?", 2) == NULL;
}

/* Text of a command line as UTF-8 without control bytes. */
static char *
as_utf8(struct slice s)
{
	char *text = mail_is_utf8(s) ? g_strndup(s.p, s.n) :
				       g_convert(s.p, (gssize)s.n, "UTF-8",
					   "ISO-8859-1", NULL, NULL, NULL);

	if (text == NULL)
		die(EXIT_OSERR, "no memory");
	for (char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = ' ';
	return text;
}

/* "=?" as text: the whole as words, so that none is taken for another. */
static void
add_words(struct buf *out, const char *name, const char *text)
{
	GMimeMessage *m = g_mime_message_new(FALSE);
	const char *p = text;
	GString *all = g_string_new(NULL);

	while (*p != '\0') {
		size_t n = strlen(p) > 39 ? 39 : strlen(p);
		char *word;

		while (n > 1 && ((unsigned char)p[n] & 0xc0) == 0x80)
			n--;
		word = g_base64_encode((const unsigned char *)p, n);
		g_string_append_printf(
		    all, "%s=?UTF-8?B?%s?=", p == text ? " " : "\n ", word);
		g_free(word);
		p += n;
	}
	g_string_append_c(all, '\n');
	g_mime_header_list_append(
	    g_mime_object_get_header_list((GMimeObject *)m), name, "", NULL);
	g_mime_header_set_raw_value(
	    g_mime_header_list_get_header_at(
		g_mime_object_get_header_list((GMimeObject *)m), 0),
	    all->str);
	g_string_free(all, TRUE);
	add_header(out, m);
}

/*
 * ASCII as it is, folded before blanks: GMime makes encoded words of what is
 * longer than a line, which in an address of the web, a token or a signature
 * nobody would decode.  Returns whether each word fits into a line at all.
 */
static bool
add_plain(struct buf *out, const char *name, struct slice value)
{
	size_t begin = out->n, column = strlen(name) + 1;

	buf_addf(out, "%s:", name);
	for (size_t i = 0, end; i < value.n; i = end) {
		for (end = i; end < value.n && value.p[end] == ' ';)
			end++;
		while (end < value.n && value.p[end] != ' ')
			end++;
		if (i > 0 && column + end - i > FOLD_AT) {
			buf_addc(out, '\n');
			column = 0;
		} else if (i == 0) {
			buf_addc(out, ' ');
			column++;
		}
		buf_adds(out, (struct slice){ value.p + i, end - i });
		column += end - i;
		if (column > MESSAGE_LINE_MAX) {
			out->n = begin;
			return false;
		}
	}
	buf_addc(out, '\n');
	return true;
}

static void
add_made(struct buf *out, const char *name, const char *text, bool plain)
{
	GMimeMessage *m = g_mime_message_new(FALSE);
	struct buf made;

	buf_init(&made, SIZE_MAX);
	g_mime_object_append_header((GMimeObject *)m, name, text, "UTF-8");
	add_header(&made, m);
	if (made.failed)
		die(EXIT_OSERR, "no memory");
	if (!plain || strstr(buf_str(&made), "=?") == NULL ||
	    !add_plain(out, name, slice_of(text)))
		buf_adds(out, buf_slice(&made));
	buf_free(&made);
}

void
mime_field(struct buf *out, const char *name, struct slice value)
{
	char *text;

	value = slice_trim(value);
	/* What is short and plain stays as it was written. */
	if (is_plain(value) && strlen(name) + 2 + value.n <= FOLD_AT) {
		buf_addf(out, "%s: %.*s\n", name, SLICE_FMT(value));
		return;
	}
	mime_begin();
	text = as_utf8(value);
	if (strstr(text, "=?") != NULL)
		add_words(out, name, text);
	else
		add_made(out, name, text, is_plain(value));
	g_free(text);
}

static const char *
own_host(void)
{
	static char host[256];

	if (gethostname(host, sizeof(host) - 1) < 0 ||
	    mail_domain(slice_of(host)) < 0)
		return "localhost";
	return host;
}

void
mime_from(struct buf *out, const char *name, const struct options *o)
{
	char daemon[300];
	const char *address = o->from;
	GMimeMessage *m;
	InternetAddress *one;
	char *words;

	snprintf(daemon, sizeof(daemon), "MAILER-DAEMON@%s", own_host());
	if (address[0] == '\0')
		address = daemon;
	if (o->from_name == NULL) {
		mime_field(out, name, slice_of(address));
		return;
	}
	mime_begin();
	words = as_utf8(slice_of(o->from_name));
	one = internet_address_mailbox_new(words, address);
	internet_address_set_charset(one, "UTF-8");
	g_free(words);
	words = internet_address_to_string(one, NULL, TRUE);
	m = g_mime_message_new(FALSE);
	g_mime_object_append_header((GMimeObject *)m, name, words, "UTF-8");
	add_header(out, m);
	g_object_unref(one);
	g_free(words);
}

void
mime_to(struct buf *out, const struct options *o)
{
	GMimeMessage *m;

	mime_begin();
	m = g_mime_message_new(FALSE);
	for (size_t i = 0; i < o->to_count; i++) {
		InternetAddress *one =
		    internet_address_mailbox_new(NULL, o->to[i]);

		internet_address_list_add(g_mime_message_get_to(m), one);
		g_object_unref(one);
	}
	add_header(out, m);
}

void
mime_date(struct buf *out, const char *name)
{
	char date[DATE_MAX_TEXT];

	date_mail(clock_wall_s(), date);
	buf_addf(out, "%s: %s\n", name, date);
}

void
mime_id(struct buf *out, const char *name)
{
	unsigned char bytes[12];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		die(EXIT_OSERR, "getrandom: %s", strerror(errno));
	buf_addf(out, "%s: <", name);
	for (size_t i = 0; i < sizeof(bytes); i++)
		buf_addf(out, "%02x", bytes[i]);
	buf_addf(out, "@%s>\n", own_host());
}
