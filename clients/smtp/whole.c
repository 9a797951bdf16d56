/*
 * whole.c - a message as it came: its bytes, but for the fields that are
 * given in place of its own, and Bcc, which never leaves.
 *
 * What RFC 5322 3.6 demands and is missing (From, Date, Message-ID) is put
 * before it, as a submission server would (RFC 6409 8).
 */
#include "smtp.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "system/log.h"

/* Fields that there may be but one of (RFC 5322 3.6, RFC 2045). */
static const char *const once[] = { "From", "Sender", "Reply-To", "To", "Cc",
	"Date", "Subject", "Message-ID", "In-Reply-To", "References",
	"MIME-Version", "Content-Type", "Content-Transfer-Encoding",
	"Content-Disposition", "Content-ID", "Content-Description", NULL };

static bool
is_one_of(struct slice name, const char *const *list)
{
	for (; *list != NULL; list++)
		if (slice_iis(name, *list))
			return true;
	return false;
}

/*
 * Fields and an empty line are a header.  Without the empty line they are one
 * if a name among them is known: "note: buy milk" is a text.
 */
bool
whole_is(const struct head *h)
{
	static const char *const more[] = { "Bcc", "Received", "Return-Path",
		"Resent-From", "Resent-To", NULL };

	if (h->count == 0 || !(h->ended || h->last))
		return false;
	for (size_t i = 0; i < h->count && !h->ended; i++)
		if (is_one_of(h->fields[i].name, once) ||
		    is_one_of(h->fields[i].name, more))
			return true;
	return h->ended;
}

/* Do the options say it, and may there be but one? */
static bool
is_given(const struct options *o, struct slice name)
{
	char text[64];

	return is_one_of(name, once) &&
	    slice_copy(name, text, sizeof(text)) >= 0 && given_has(o, text);
}

/* Nothing but white space and line ends. */
static bool
is_blank(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\r' && s.p[i] != '\n' && s.p[i] != ' ' &&
		    s.p[i] != '\t')
			return false;
	return true;
}

static bool
is_dropped(const struct field *f, const struct options *o)
{
	return slice_iis(f->name, "Bcc") || slice_iis(f->name, "Resent-Bcc") ||
	    (slice_iis(f->name, "From") && is_blank(f->value)) ||
	    is_given(o, f->name);
}

/* Is it missing, or to be left out and not given either? */
static bool
lacks(const struct head *h, const struct options *o, const char *name)
{
	const struct field *f = head_find(h, name);

	if (given_has(o, name))
		return false;
	return f == NULL || is_dropped(f, o);
}

static bool
is_resent(const struct head *h)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->fields[i].name.n > 7 &&
		    strncasecmp(h->fields[i].name.p, "Resent-", 7) == 0)
			return true;
	return false;
}

static void
add_missing(struct buf *out, const struct head *h, const struct options *o)
{
	if (is_resent(h)) {
		if (lacks(h, o, "Resent-Date"))
			mime_date(out, "Resent-Date");
		if (lacks(h, o, "Resent-From"))
			mime_from(out, "Resent-From", o);
	}
	if (lacks(h, o, "Date"))
		mime_date(out, "Date");
	if (lacks(h, o, "From"))
		mime_from(out, "From", o);
	if (lacks(h, o, "Message-ID"))
		mime_id(out, "Message-ID");
}

/* A CR alone would be sent as a line end, and begin a field of its own. */
static void
add_kept(struct buf *out, struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool alone =
		    s.p[i] == '\r' && (i + 1 == s.n || s.p[i + 1] != '\n');

		buf_addc(out, alone ? ' ' : s.p[i]);
	}
}

void
whole(
    struct message *l, FILE *in, const struct head *h, const struct options *o)
{
	struct buf out;

	buf_init(&out, SIZE_MAX);
	given_add(&out, o, GIVEN_ALL);
	add_missing(&out, h, o);
	for (size_t i = 0; i < h->count; i++)
		if (!is_dropped(&h->fields[i], o))
			add_kept(&out, h->fields[i].text);
	if (out.n > 0 && out.p[out.n - 1] != '\n')
		buf_addc(&out, '\n');
	buf_addc(&out, '\n');
	if (out.failed)
		die(EXIT_OSERR, "no memory for the header");
	message_begin(l);
	message_add(l, buf_slice(&out));
	buf_free(&out);
	if (fseeko(in, h->body, SEEK_SET) < 0)
		die(EXIT_OSERR, "temporary file: %s", strerror(errno));
	message_copy(l, in);
	message_end(l);
}
