/*
 * hog_content.c - fields and MIME parts as MailHog tells them.
 */
#include "inboxd/hog_content.h"

#include <stdlib.h>
#include <string.h>

#include "grammar/http_fields.h"
#include "mail/record.h"

#define LINE_MAX_BYTES (1 << 20) /* of a field that is joined */

/* The next line, with its line end. */
static struct slice
next_line(struct slice *rest)
{
	const char *end = slice_find(*rest, '\n');
	size_t n = end == NULL ? rest->n : (size_t)(end - rest->p) + 1;
	struct slice line = { rest->p, n };

	*rest = slice_from(*rest, n);
	return line;
}

static struct slice
without_end(struct slice s)
{
	while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
		s.n--;
	return s;
}

static bool
is_empty(struct slice line)
{
	return without_end(line).n == 0;
}

static void
take_line(struct hog_content *c, struct slice line)
{
	struct hog_field *last = &c->field[c->count - (c->count > 0)];
	const char *colon = slice_find(line, ':');

	if (c->count > 0 && (line.p[0] == ' ' || line.p[0] == '\t')) {
		last->value = slice_between(last->value.p, line.p + line.n);
		return;
	}
	if (colon == NULL || colon == line.p || c->count == HOG_FIELDS_MAX)
		return;
	last = &c->field[c->count++];
	last->name = slice_between(line.p, colon);
	last->value = slice_between(colon + 1, line.p + line.n);
	if (last->value.n > 0 && last->value.p[0] == ' ')
		last->value = slice_from(last->value, 1);
}

void
hog_cut(struct hog_content *c, struct slice all)
{
	struct slice rest = all;

	c->all = c->body = all;
	c->count = 0;
	while (rest.n > 0) {
		struct slice line = next_line(&rest);

		if (is_empty(line)) {
			c->body = rest;
			return;
		}
		take_line(c, line);
	}
	/* No empty line: it was all body, unless it was all fields. */
	if (c->count > 0 && all.p == c->field[0].name.p)
		c->body = rest;
	else
		c->count = 0;
}

struct slice
hog_field(const struct hog_content *c, const char *name)
{
	for (size_t i = c->count; i > 0; i--)
		if (slice_iis(c->field[i - 1].name, name))
			return without_end(c->field[i - 1].value);
	return (struct slice){ NULL, 0 };
}

struct slice
hog_boundary(const struct hog_content *c)
{
	struct slice type = hog_field(c, "Content-Type"), rest, name, value;
	struct slice kind = { type.p, type.n < 10 ? 0 : 10 };

	if (!slice_iis(kind, "multipart/"))
		return (struct slice){ NULL, 0 };
	/* Found by hand: it may be folded, and quoted or not. */
	http_before_params(type, &rest);
	for (size_t i = 0; i + 9 < rest.n; i++) {
		name = (struct slice){ rest.p + i, 9 };
		if (!slice_iis(name, "boundary=") ||
		    (i > 0 && memchr("; \t\r\n", rest.p[i - 1], 5) == NULL))
			continue;
		value = slice_from(rest, i + 9);
		if (value.n > 0 && value.p[0] == '"') {
			value = slice_from(value, 1);
			return slice_cut(&value, '"');
		}
		for (size_t n = 0; n < value.n; n++)
			if (memchr("; \t\r\n", value.p[n], 5) != NULL)
				value.n = n;
		return value;
	}
	return (struct slice){ NULL, 0 };
}

/* Is the line this boundary?  1, 2 for the last one, 0 if it is none. */
static int
is_boundary(struct slice line, struct slice boundary)
{
	line = without_end(line);
	if (line.n < boundary.n + 2 || memcmp(line.p, "--", 2) != 0 ||
	    memcmp(line.p + 2, boundary.p, boundary.n) != 0)
		return 0;
	line = slice_from(line, boundary.n + 2);
	if (slice_starts(line, "--"))
		return 2;
	return slice_trim(line).n == 0;
}

static struct slice
without_lines_around(struct slice s)
{
	while (s.n > 0 && (s.p[0] == '\r' || s.p[0] == '\n'))
		s = slice_from(s, 1);
	return without_end(s);
}

bool
hog_next_part(struct slice *rest, struct slice boundary, struct slice *part)
{
	const char *begin = NULL;

	if (boundary.n == 0)
		return false;
	while (rest->n > 0) {
		struct slice line = next_line(rest);
		int found = is_boundary(line, boundary);

		if (found == 0)
			continue;
		if (begin == NULL && found == 2)
			return false;
		if (begin == NULL) {
			begin = line.p + line.n;
			continue;
		}
		*part = without_lines_around(slice_between(begin, line.p));
		/* The same line begins the next one. */
		rest->n += (size_t)(rest->p - line.p);
		rest->p = line.p;
		return true;
	}
	if (begin == NULL)
		return false;
	/* It was cut off: what there is of it. */
	*part = without_lines_around(slice_between(begin, rest->p));
	return true;
}

/* ---- as JSON ---- */

static void
add_value(struct buf *out, struct slice value)
{
	struct buf joined;

	buf_init(&joined, LINE_MAX_BYTES);
	while (value.n > 0)
		buf_adds(&joined, without_end(next_line(&value)));
	record_string(out, buf_slice(&joined));
	buf_free(&joined);
}

static bool
comes_again(const struct hog_content *c, size_t i)
{
	for (size_t k = i + 1; k < c->count; k++)
		if (slice_eq(c->field[k].name, c->field[i].name))
			return true;
	return false;
}

static void
add_fields(struct buf *out, const struct hog_content *c, struct slice more)
{
	bool first = true;

	buf_addc(out, '{');
	for (size_t i = 0; i < c->count; i++) {
		if (comes_again(c, i))
			continue;
		if (!first)
			buf_addc(out, ',');
		first = false;
		record_string(out, c->field[i].name);
		buf_addz(out, ":[");
		add_value(out, c->field[i].value);
		buf_addc(out, ']');
	}
	buf_adds(out, first && more.n > 0 ? slice_from(more, 1) : more);
	buf_addc(out, '}');
}

/* All of a part but the end: what follows is its MIME. */
static void
add_open(struct buf *out, const struct hog_content *c, struct slice more)
{
	buf_addz(out, "{\"Headers\":");
	add_fields(out, c, more);
	buf_addz(out, ",\"Body\":");
	record_string(out, c->body);
	buf_addf(out, ",\"Size\":%zu,\"MIME\":", c->all.n);
}

void
hog_add_content(struct buf *out, struct slice all, struct slice more)
{
	struct hog_content *c = malloc(sizeof(*c)); /* large */

	if (c == NULL) {
		out->failed = true;
		return;
	}
	hog_cut(c, all);
	add_open(out, c, more);
	/* Of the whole message MailHog tells the parts beside it. */
	buf_addz(out, "null}");
	free(c);
}

/* A multipart whose parts are being told; its own parts are the next level. */
struct level {
	struct slice rest, boundary;
	size_t n;
};

struct telling {
	struct buf *out;
	struct hog_content c; /* of the part that is told */
	struct level level[HOG_DEPTH_MAX];
	size_t depth;
};

/* If what was cut last is a multipart, its parts are next. */
static void
enter(struct telling *t)
{
	struct slice boundary = hog_boundary(&t->c);

	if (boundary.p == NULL || t->depth == HOG_DEPTH_MAX) {
		buf_addz(t->out, "null");
		return;
	}
	buf_addz(t->out, "{\"Parts\":[");
	t->level[t->depth++] =
	    (struct level){ .rest = t->c.body, .boundary = boundary };
}

static void
add_parts(struct telling *t)
{
	static const struct slice nothing = { NULL, 0 };

	while (t->depth > 0 && !t->out->failed) {
		struct level *l = &t->level[t->depth - 1];
		size_t before = t->depth;
		struct slice part;

		if (l->n == HOG_PARTS_MAX ||
		    !hog_next_part(&l->rest, l->boundary, &part)) {
			/* And with it the part that it was; of the message
			 * itself there is no more than this. */
			buf_addz(t->out, --t->depth > 0 ? "]}}" : "]}");
			continue;
		}
		if (l->n++ > 0)
			buf_addc(t->out, ',');
		hog_cut(&t->c, part);
		add_open(t->out, &t->c, nothing);
		enter(t);
		if (t->depth == before)
			buf_addc(t->out, '}');
	}
}

void
hog_add_mime(struct buf *out, struct slice all)
{
	struct telling *t = malloc(sizeof(*t)); /* large */

	if (t == NULL) {
		out->failed = true;
		return;
	}
	t->out = out;
	t->depth = 0;
	hog_cut(&t->c, all);
	enter(t);
	add_parts(t);
	free(t);
}
