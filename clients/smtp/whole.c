/*
 * whole.c - a message as it came: its bytes, but for the fields that are
 * given in place of its own, and Bcc, which never leaves.
 *
 * What RFC 5322 3.6 demands and is missing (From, Date, Message-ID) is put
 * before it, as a submission server would (RFC 6409 8).
 */
#include "smtp.h"
#include "message.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "system/log.h"

/*
 * Fields and an empty line are a header.  Without the empty line they are one
 * if a name among them is known: "note: buy milk" is a text.
 */
bool
whole_is(const struct head *h)
{
	static const char *const more[] = { "Bcc", "Received", "Return-Path",
		"Resent-From", "Resent-To" };

	if (h->count == 0 || !(h->ended || h->last))
		return false;
	for (size_t i = 0; i < h->count && !h->ended; i++) {
		if (given_is_once(h->fields[i].name))
			return true;
		for (size_t k = 0; k < sizeof(more) / sizeof(more[0]); k++)
			if (slice_iis(h->fields[i].name, more[k]))
				return true;
	}
	return h->ended;
}

/* Do the options say it, and may there be but one? */
static bool
is_given(const struct options *o, struct slice name)
{
	char text[64];

	return given_is_once(name) &&
	    slice_copy(name, text, sizeof(text)) >= 0 && given_has(o, text);
}

static bool
is_dropped(const struct field *f, const struct options *o)
{
	return slice_iis(f->name, "Bcc") || slice_iis(f->name, "Resent-Bcc") ||
	    given_is_nothing(f) || is_given(o, f->name);
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

/*
 * A line that is longer than any server must take (RFC 5322 2.1.1) is folded
 * at a blank behind its beginning, if there is one: what it says is the same.
 */
static void
add_line(struct buf *out, struct slice line)
{
	while (line.n > MESSAGE_LINE_MAX + 1) {
		size_t at = MESSAGE_LINE_MAX;

		while (at > 0 && line.p[at] != ' ' && line.p[at] != '\t')
			at--;
		if (slice_trim((struct slice){ line.p, at }).n == 0 ||
		    line.p[at - 1] == ':')
			break;
		add_kept(out, (struct slice){ line.p, at });
		buf_addc(out, '\n');
		line = slice_from(line, at);
	}
	add_kept(out, line);
}

static void
add_field(struct buf *out, struct slice text)
{
	while (text.n > 0) {
		const char *lf = slice_find(text, '\n');
		struct slice line = { text.p,
			lf == NULL ? text.n : (size_t)(lf + 1 - text.p) };

		add_line(out, line);
		text = slice_from(text, line.n);
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
			add_field(&out, h->fields[i].text);
	if (out.n > 0 && out.p[out.n - 1] != '\n')
		buf_addc(&out, '\n');
	buf_addc(&out, '\n');
	if (out.failed)
		die(EXIT_OSERR, "no memory for the header");
	message_begin(l);
	message_add(l, buf_slice(&out));
	l->odd = false; /* for a field that is longer there is no way */
	buf_free(&out);
	if (fseeko(in, h->body, SEEK_SET) < 0)
		die(EXIT_OSERR, "temporary file: %s", strerror(errno));
	message_copy(l, in);
	message_end(l);
}
