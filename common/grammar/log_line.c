/*
 * log_line.c - what a process says, made a line of the log.
 */
#include "grammar/log_line.h"

#include <string.h>

#include "bytes/ascii.h"
#include "bytes/date.h"
#include "grammar/escape.h"

bool
log_line_next(struct slice *rest, struct slice *line)
{
	const char *end;

	if (rest->n == 0)
		return false;
	end = memchr(rest->p, '\n', rest->n);
	line->p = rest->p;
	line->n = end == NULL ? rest->n : (size_t)(end - rest->p);
	*rest = slice_from(*rest, end == NULL ? rest->n : line->n + 1);
	return true;
}

/* Is it "NAME: " or "NAME[123]: "?  How long is that? */
static size_t
own_name(struct slice words, const char *name)
{
	size_t n = strlen(name);

	if (!slice_starts(words, name))
		return 0;
	if (n < words.n && words.p[n] == '[')
		for (n++; n < words.n && ascii_is(words.p[n], ASCII_DIGIT);)
			n++;
	if (n < words.n && words.p[n] == ']')
		n++;
	return slice_starts(slice_from(words, n), ": ") ? n + 2 : 0;
}

void
log_line_words(struct buf *b, const struct log_source *s, struct slice words)
{
	size_t start = b->n;

	buf_addz(b, s->name);
	if (s->pid != 0)
		buf_addf(b, "[%ld]", s->pid);
	buf_addz(b, ": ");
	words = slice_from(words, own_name(words, s->name));
	escape_cut(b, words, escape_line, LOG_LINE_MAX - 1 - (b->n - start));
	buf_addc(b, '\n');
}

void
log_line_plain(struct buf *b, struct slice words)
{
	escape_cut(b, words, escape_line, LOG_LINE_MAX - 1);
	buf_addc(b, '\n');
}

void
log_line_time(struct buf *b, const struct log_source *s)
{
	char text[DATE_MAX_TEXT];
	size_t n = date_log(s->wall_us / 1000000, text);

	buf_add(b, text, n);
}

void
log_line_object(struct buf *b, const struct log_source *s)
{
	char when[DATE_MAX_TEXT];

	date_iso(s->wall_us / 1000000, when);
	buf_addf(b, "\"time\":\"%.19s.%06dZ\",\"pid\":%ld", when,
	    (int)(s->wall_us % 1000000), s->pid);
}

/* The end of the JSON string that s begins with, its quotes too; or 0. */
static size_t
string_end(struct slice s)
{
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			return i + 1;
	}
	return 0;
}

/* Names are plain, so that none is "time" in other letters; the logger's own
 * are not there. */
static bool
is_name(struct slice quoted)
{
	struct slice name = { quoted.p + 1, quoted.n - 2 };

	for (size_t i = 0; i < name.n; i++)
		if (!ascii_is(name.p[i], ASCII_ALPHA))
			return false;
	return !slice_is(name, "time") && !slice_is(name, "pid");
}

/*
 * Is it the rest of one JSON object, behind what the logger puts there?  Looks
 * at brackets, strings and names only.  What begins otherwise would go on with
 * the number that stands before it.
 */
static bool
is_object(struct slice s)
{
	size_t depth = 1;

	if (!slice_starts(s, ",") && !slice_starts(s, "}"))
		return false;
	while (s.n > 0 && depth > 0) {
		size_t n = 1;

		if (s.p[0] == '"') {
			n = string_end(s);
			if (n == 0 ||
			    (n < s.n && s.p[n] == ':' &&
				!is_name((struct slice){ s.p, n })))
				return false;
		} else if (s.p[0] == '{' || s.p[0] == '[') {
			depth++;
		} else if (s.p[0] == '}' || s.p[0] == ']') {
			depth--;
		} else if (s.p[0] == ' ' || s.p[0] == '\t') {
			return false; /* none of ours: a name may hide there */
		}
		s = slice_from(s, n);
	}
	return depth == 0 && s.n == 0;
}

static void
end_line(struct buf *b, size_t start, struct slice rest)
{
	escape_cut(b, rest, escape_line, LOG_LINE_MAX - 1 - (b->n - start));
	buf_addc(b, '\n');
}

static bool
add_object(struct buf *b, const struct log_source *s, struct slice text)
{
	size_t start = b->n;

	text = slice_from(text, 2);
	if (text.n > LOG_LINE_MAX - 128 || !is_object(text))
		return false;
	buf_addc(b, '{');
	log_line_object(b, s);
	end_line(b, start, text);
	return true;
}

/* Before the stamp no bracket may seem to be it. */
static void
add_before(struct buf *b, struct slice s)
{
	for (; s.n > 0; s = slice_from(s, 1)) {
		if (s.p[0] == '[' || s.p[0] == ']')
			buf_addf(b, "\\x%02x", (unsigned)s.p[0]);
		else
			buf_addc(b, s.p[0]);
	}
}

void
log_line_short(struct buf *b, const struct log_source *s, int status)
{
	static const char *const colours[] = { "36", "32", "36", "33", "31" };
	int64_t now = (s->wall_us / 1000000 + s->zone_s) % 86400;
	bool coloured = s->colours && status >= 100 && status <= 599;

	buf_addf(b, "%02d:%02d:%02d  ", (int)(now / 3600), (int)(now / 60 % 60),
	    (int)(now % 60));
	if (coloured)
		buf_addf(b, "\033[%sm%d\033[0m  ", colours[status / 100 - 1],
		    status);
	else
		buf_addf(b, "%d  ", status);
}

/* Three digits, a blank, and the rest. */
static bool
add_short(struct buf *b, const struct log_source *s, struct slice text)
{
	size_t start = b->n;
	int status = 0;

	if (text.n < 4 || text.p[3] != ' ')
		return false;
	for (size_t i = 0; i < 3; i++) {
		if (!ascii_is(text.p[i], ASCII_DIGIT))
			return false;
		status = 10 * status + text.p[i] - '0';
	}
	log_line_short(b, s, status);
	end_line(b, start, slice_from(text, 4));
	return true;
}

bool
log_line_access(struct buf *b, const struct log_source *s, struct slice text)
{
	const char *stamp = memchr(text.p, LOG_STAMP, text.n);
	size_t start = b->n, at;
	struct slice rest;
	struct buf before;

	if (stamp == NULL)
		return false;
	at = (size_t)(stamp - text.p);
	rest = slice_from(text, at + 1);
	if (memchr(rest.p, LOG_STAMP, rest.n) != NULL)
		return false;
	if (at == 0)
		return add_short(b, s, rest);
	if (at == 1 && text.p[0] == '{')
		return add_object(b, s, text);
	if (text.p[at - 1] != '[' || !slice_starts(rest, "] \""))
		return false;
	buf_init(&before, LOG_LINE_ROOM);
	escape_cut(&before, (struct slice){ text.p, at - 1 }, escape_line,
	    LOG_FIELD_MAX + 128);
	add_before(b, buf_slice(&before));
	buf_free(&before);
	buf_addc(b, '[');
	log_line_time(b, s);
	end_line(b, start, rest);
	return true;
}
