/*
 * multipart.c - what a form sends, read as it arrives.
 */
#include "grammar/multipart.h"

#include <string.h>

#include "bytes/ascii.h"
#include "grammar/http_fields.h"

enum state {
	AT_FIRST, /* the first boundary may stand here, without a line before */
	BEFORE,   /* it has not come yet */
	BEHIND,   /* a boundary: what follows on its line? */
	HEAD,
	BODY,
	OVER,
};

/* RFC 2046 5.1.1: bchars, and no space at the end. */
static bool
is_boundary(struct slice s)
{
	if (s.n == 0 || s.n > MULTIPART_BOUNDARY_MAX || s.p[s.n - 1] == ' ')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is(s.p[i], ASCII_ALPHA | ASCII_DIGIT) &&
		    memchr("'()+_,-./:=? ", s.p[i], 13) == NULL)
			return false;
	return true;
}

int
multipart_begin(struct multipart *m, struct slice type)
{
	struct slice rest, name, value;

	if (!slice_iis(http_before_params(type, &rest), "multipart/form-data"))
		return -1;
	while (http_next_param(&rest, &name, &value))
		if (slice_iis(name, "boundary")) {
			if (!is_boundary(value))
				return -1;
			memcpy(m->delimiter, "\r\n--", 4);
			memcpy(m->delimiter + 4, value.p, value.n);
			m->n = 4 + value.n;
			m->state = AT_FIRST;
			return 0;
		}
	return -1;
}

/*
 * Look for the boundary.  Returns how many bytes stand before it, and in *whole
 * whether it is there: else it may begin behind them, and not be whole yet.
 */
static size_t
find(const struct multipart *m, struct slice in, bool *whole)
{
	const char *at = memmem(in.p, in.n, m->delimiter, m->n);
	size_t most = in.n < m->n - 1 ? in.n : m->n - 1;

	*whole = at != NULL;
	if (*whole)
		return (size_t)(at - in.p);
	for (size_t n = most; n > 0; n--)
		if (memcmp(in.p + in.n - n, m->delimiter, n) == 0)
			return in.n - n;
	return in.n;
}

/* The very first, which has no line before it. */
static ssize_t
eat_first(struct multipart *m, struct slice in)
{
	size_t n = m->n - 2;

	if (in.n < n && memcmp(in.p, m->delimiter + 2, in.n) == 0)
		return 0;
	if (in.n >= n && memcmp(in.p, m->delimiter + 2, n) == 0) {
		m->state = BEHIND;
		return (ssize_t)n;
	}
	m->state = BEFORE;
	return 0;
}

/* What stands before a boundary is no news; up to it, in a part, data. */
static ssize_t
eat_up_to(struct multipart *m, struct slice in, struct multipart_news *news)
{
	bool in_part = m->state == BODY, whole;
	size_t n = find(m, in, &whole);

	if (n > 0) {
		news->kind = in_part ? MULTIPART_DATA : MULTIPART_NOTHING;
		news->data = (struct slice){ in.p, n };
		return (ssize_t)n;
	}
	if (!whole)
		return 0;
	news->kind = in_part ? MULTIPART_END : MULTIPART_NOTHING;
	m->state = BEHIND;
	return (ssize_t)m->n;
}

/* "--" behind the last one; else blanks and the end of the line. */
static ssize_t
eat_behind(struct multipart *m, struct slice in, struct multipart_news *news)
{
	size_t n = 0;

	if (in.n >= 2 && in.p[0] == '-' && in.p[1] == '-') {
		m->state = OVER;
		news->kind = MULTIPART_OVER;
		return 2;
	}
	if (in.n == 1 && in.p[0] == '-')
		return 0;
	while (n < in.n && (in.p[n] == ' ' || in.p[n] == '\t'))
		n++;
	if (n > MULTIPART_HEAD_MAX)
		return MULTIPART_TOO_LONG;
	if (n < in.n && in.p[n] != '\r')
		return MULTIPART_BAD;
	if (n + 1 >= in.n)
		return 0;
	if (in.p[n + 1] != '\n')
		return MULTIPART_BAD;
	m->state = HEAD;
	return (ssize_t)n + 2;
}

static ssize_t
eat_head(struct multipart *m, struct slice in, struct multipart_news *news)
{
	static const struct http_rules strict = { false, false };
	struct slice rest, name, value, what;
	struct http_fields f;
	long n = http_fields_parse(in, &strict, &f);

	if (n < 0)
		return MULTIPART_BAD_HEAD;
	if (n > MULTIPART_HEAD_MAX || (n == 0 && in.n > MULTIPART_HEAD_MAX))
		return MULTIPART_TOO_LONG;
	if (n == 0)
		return 0;
	what = http_get(&f, "Content-Disposition");
	if (what.p == NULL ||
	    !slice_iis(http_before_params(what, &rest), "form-data"))
		return MULTIPART_BAD_HEAD;
	while (http_next_param(&rest, &name, &value)) {
		if (slice_iis(name, "name"))
			news->name = value;
		else if (slice_iis(name, "filename"))
			news->file = value;
	}
	if (news->name.p == NULL)
		return MULTIPART_BAD_HEAD;
	news->kind = MULTIPART_HEAD;
	m->state = BODY;
	return (ssize_t)n;
}

ssize_t
multipart_eat(struct multipart *m, struct slice in, struct multipart_news *news)
{
	*news = (struct multipart_news){ .kind = MULTIPART_NOTHING };
	if (in.n == 0)
		return 0;
	if (m->state == AT_FIRST) {
		ssize_t n = eat_first(m, in);

		if (m->state != BEFORE)
			return n;
	}
	switch (m->state) {
	case BEHIND:
		return eat_behind(m, in, news);
	case HEAD:
		return eat_head(m, in, news);
	case OVER:
		return (ssize_t)in.n;
	default:
		return eat_up_to(m, in, news);
	}
}

/* An escape at the front of s, as a byte; else the first byte. */
static char
next_byte(struct slice *s)
{
	static const struct {
		const char *text;
		char byte;
	} escapes[] = { { "%22", '"' }, { "%0D", '\r' }, { "%0A", '\n' },
		{ "\\\"", '"' }, { "\\\\", '\\' } };
	char c = s->p[0];
	size_t n = 1;

	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
		size_t length = strlen(escapes[i].text);

		if (s->n >= length &&
		    slice_iis(
			(struct slice){ s->p, length }, escapes[i].text)) {
			c = escapes[i].byte;
			n = length;
		}
	}
	*s = slice_from(*s, n);
	return c;
}

ssize_t
multipart_file_name(struct slice file, char *to, size_t size)
{
	size_t n = 0;

	while (file.n > 0) {
		char c = next_byte(&file);

		if (c == '/') { /* a browser that sends a folder */
			n = 0;
			continue;
		}
		if (ascii_is(c, ASCII_CTL) || n + 1 >= size)
			return -1;
		to[n++] = c;
	}
	to[n] = '\0';
	return n == 0 ? -1 : (ssize_t)n;
}
