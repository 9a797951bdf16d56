/*
 * headers.c - the file _headers.
 */
#include "httpd/headers.h"

#include <stdlib.h>
#include <string.h>

#include "bytes/ascii.h"
#include "httpd/rule_file.h"
#include "httpd/rule_pattern.h"
#include "system/pages.h"

/* One line: a path, or what holds for the path before it. */
struct line {
	enum { PATH, FIELD, REMOVAL } kind;
	struct slice host; /* of https://host/path */
	struct slice name; /* or the path */
	struct slice value;
};

static struct line lines[HEADERS_MAX];
static PAGES_TOGETHER size_t count;

/* The message's framing is ours, and so are its validators. */
static bool
is_ours(struct slice name)
{
	static const char *const names[] = { "Accept-Ranges", "Connection",
		"Content-Encoding", "Content-Length", "Content-Range", "Date",
		"ETag", "Keep-Alive", "Last-Modified", "Location", "Server",
		"TE", "Trailer", "Transfer-Encoding", "Upgrade" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_iis(name, names[i]))
			return true;
	return false;
}

static const char *
take_path(struct line *l, struct slice text)
{
	struct uri u;

	l->kind = PATH;
	l->name = text;
	if (text.p[0] != '/') {
		if (uri_parse(text, &u) != 0)
			return "not an address";
		l->host = u.host;
		l->name = u.path;
	}
	return rule_pattern_check(l->name);
}

static const char *
take_field(struct line *l, struct slice text)
{
	struct slice value = text, name = slice_cut(&value, ':');

	l->kind = text.p[0] == '!' ? REMOVAL : FIELD;
	if (l->kind == REMOVAL)
		name = slice_trim(slice_from(text, 1));
	l->name = name;
	l->value = slice_trim(value);
	if (l->kind == FIELD && value.p == NULL)
		return "neither a path nor Name: value nor ! Name";
	if (!http_is_token(name))
		return "not the name of a field";
	if (is_ours(name))
		return "this field is the server's own";
	for (size_t i = 0; i < l->value.n; i++)
		if (ascii_is(l->value.p[i], ASCII_CTL) && l->value.p[i] != '\t')
			return "a control byte in a value";
	return NULL;
}

static const char *
take_line(struct slice text)
{
	struct line l = { .kind = FIELD };
	const char *why;
	bool path;

	text = slice_trim(text);
	if (text.n == 0 || text.p[0] == '#')
		return NULL;
	if (count == HEADERS_MAX)
		return "too many lines";
	path = text.p[0] == '/' || slice_starts(text, "http://") ||
	    slice_starts(text, "https://");
	why = path ? take_path(&l, text) : take_field(&l, text);
	if (why != NULL && !path)
		return why;
	if (!path && count == 0)
		return "a field before any path";
	/* What follows a broken path must not hold for the one before. */
	if (why != NULL)
		l.name = (struct slice){ NULL, 0 };
	lines[count++] = l;
	return why;
}

static void
clear(void)
{
	count = 0;
}

static PAGES_TOGETHER struct rule_file file = {
	.name = HEADERS_NAME, .line = take_line, .clear = clear
};

/* ---- the fields of a reply ---- */

static struct slice
name_of(struct slice field)
{
	return slice_cut(&field, ':');
}

/* Take fields of this name out of whole lines. */
static void
take_out(struct buf *b, struct slice name)
{
	struct slice rest = buf_slice(b);
	struct buf kept;

	buf_init(&kept, b->max);
	while (rest.n > 0) {
		struct slice one = slice_cut(&rest, '\n');

		if (!slice_ieq(name_of(one), name))
			buf_addf(&kept, "%.*s\n", SLICE_FMT(one));
	}
	kept.failed = kept.failed || b->failed;
	buf_free(b);
	*b = kept;
}

static bool
has(const struct buf *b, struct slice name)
{
	struct slice rest = buf_slice(b);

	while (rest.n > 0)
		if (slice_ieq(name_of(slice_cut(&rest, '\n')), name))
			return true;
	return false;
}

/* A value more; a cookie is a field of its own. */
static void
add(struct buf *b, const struct line *l, const struct rule_match *m)
{
	bool joined = has(b, l->name) && !slice_iis(l->name, "Set-Cookie");
	struct slice rest = buf_slice(b);
	struct buf all;

	if (!joined) {
		buf_addf(b, "%.*s: ", SLICE_FMT(l->name));
		rule_match_fill(b, l->value, m);
		buf_addz(b, "\r\n");
		return;
	}
	buf_init(&all, b->max);
	while (rest.n > 0) {
		struct slice one = slice_cut(&rest, '\n');

		if (!slice_ieq(name_of(one), l->name)) {
			buf_addf(&all, "%.*s\n", SLICE_FMT(one));
			continue;
		}
		buf_addf(&all, "%.*s, ", (int)one.n - 1, one.p);
		rule_match_fill(&all, l->value, m);
		buf_addz(&all, "\r\n");
	}
	all.failed = all.failed || b->failed;
	buf_free(b);
	*b = all;
}

/* All fields that the reply has, in one place. */
static void
gather(struct reply *r)
{
	struct buf all;

	buf_init(&all, REPLY_FIELDS_MAX);
	buf_adds(&all, r->lines);
	buf_adds(&all, r->more);
	buf_adds(&all, buf_slice(&r->fields));
	all.failed = all.failed || r->fields.failed;
	buf_free(&r->fields);
	r->fields = all;
	r->lines = r->more = (struct slice){ NULL, 0 };
}

/* The type of what was asked for, and of nothing that stands in its place. */
static bool
may_set_type(const struct reply *r)
{
	return r->status == 200 ||
	    (r->status == 206 && !slice_starts(r->type, "multipart/"));
}

static void
apply(struct reply *r, const struct line *l, const struct rule_match *m,
    struct buf *set)
{
	if (slice_iis(l->name, "Content-Type")) {
		if (!may_set_type(r))
			return;
		r->type = (struct slice){ NULL, 0 };
	}
	if (r->lines.p != NULL || r->more.p != NULL)
		gather(r);
	take_out(&r->fields, l->name);
	if (l->kind == REMOVAL)
		take_out(set, l->name);
	else
		add(set, l, m);
}

void
headers_apply(struct exchange *x, struct target *room)
{
	struct rule_match m = { 0 };
	bool fits = false;
	const char *why;
	struct buf set;

	if (target_of(x, room, &why) != 0)
		return;
	rule_file_look(&file, room, true);
	buf_init(&set, REPLY_FIELDS_MAX);
	for (size_t i = 0; i < count; i++) {
		const struct line *l = &lines[i];

		if (l->kind == PATH) {
			m.n = 0;
			fits = l->name.n > 0 &&
			    (l->host.n == 0 ||
				slice_ieq(l->host, x->r->host)) &&
			    rule_pattern_fits(l->name, target_path(room), &m);
		} else if (fits) {
			apply(&x->reply, l, &m, &set);
		}
	}
	buf_adds(&x->reply.fields, buf_slice(&set));
	x->reply.fields.failed = x->reply.fields.failed || set.failed;
	buf_free(&set);
}

void
headers_prepare(bool single)
{
	rule_file_prepare(&file, single);
}
