/*
 * text_kind.c - what do these bytes look like?
 */
#include "grammar/text_kind.h"

#include <stdint.h>
#include <string.h>

#include "bytes/ascii.h"
#include "grammar/escape.h"

#define META_WITHIN 1024 /* HTML Living Standard 4.2.5.4 */
#define DEEPEST     64   /* what is nested deeper is JSON for us */

bool
text_is_plain(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (ascii_is(s.p[i], ASCII_CTL) &&
		    (s.p[i] < '\t' || s.p[i] > '\r') && s.p[i] != '\x1b')
			return false;
	return true;
}

/* Bytes of ASCII that s begins with, eight at a time. */
static size_t
ascii_run(struct slice s)
{
	size_t i = 0;
	uint64_t eight;

	for (; s.n - i >= sizeof(eight); i += sizeof(eight)) {
		memcpy(&eight, s.p + i, sizeof(eight));
		if ((eight & 0x8080808080808080U) != 0)
			break;
	}
	while (i < s.n && (s.p[i] & 0x80) == 0)
		i++;
	return i;
}

/* Could more bytes make a sequence of these? */
static bool
is_beginning(struct slice s)
{
	char whole[4] = { 0 };

	if (s.n >= sizeof(whole))
		return false;
	memcpy(whole, s.p, s.n);
	/* One of these two may follow any beginning. */
	for (int next = 0x80; next <= 0xa0; next += 0x20) {
		memset(whole + s.n, next, sizeof(whole) - s.n);
		if (escape_utf8((struct slice){ whole, sizeof(whole) }) > s.n)
			return true;
	}
	return false;
}

bool
text_is_utf8(struct slice s, bool cut)
{
	for (;;) {
		size_t n;

		s = slice_from(s, ascii_run(s));
		if (s.n == 0)
			return true;
		n = escape_utf8(s);
		if (n == 0)
			return cut && is_beginning(s);
		s = slice_from(s, n);
	}
}

/* ---- JSON ---- */

static struct slice
skip_space(struct slice s)
{
	while (s.n > 0 &&
	    (s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == '\n' ||
		s.p[0] == '\r'))
		s = slice_from(s, 1);
	return s;
}

/* A string, its quote included; false: there is none. */
static bool
eat_string(struct slice *s)
{
	size_t i = 1;

	if (s->n == 0 || s->p[0] != '"')
		return false;
	for (; i < s->n && s->p[i] != '"'; i++) {
		if ((unsigned char)s->p[i] < ' ')
			return false;
		if (s->p[i] == '\\')
			i++;
	}
	*s = slice_from(*s, i + 1);
	return true;
}

/* A string, number or word. */
static bool
eat_scalar(struct slice *s)
{
	static const char *const words[] = { "true", "false", "null" };
	size_t i = 0;

	if (s->n > 0 && s->p[0] == '"')
		return eat_string(s);
	while (i < s->n &&
	    (ascii_is(s->p[i], ASCII_ALPHA | ASCII_DIGIT) ||
		strchr("+-.", s->p[i]) != NULL) &&
	    s->p[i] != '\0')
		i++;
	for (size_t w = 0; w < 3; w++) {
		size_t n = strlen(words[w]);

		/* The last may be cut off. */
		if (i > 0 && i <= n && memcmp(s->p, words[w], i) == 0 &&
		    (i == n || i == s->n)) {
			*s = slice_from(*s, i);
			return true;
		}
	}
	if (i == 0 || (s->p[0] != '-' && !ascii_is(s->p[0], ASCII_DIGIT)))
		return false;
	*s = slice_from(*s, i);
	return true;
}

/* Where in a value are we? */
enum json_place { VALUE, FIRST_VALUE, NAME, FIRST_NAME, COLON, NEXT };

struct json {
	uint64_t objects; /* a bit a level: an object, else an array */
	int depth;
	enum json_place place;
};

static bool
close_level(struct json *j, char c)
{
	bool object = (j->objects & 1) != 0;

	if (j->depth == 0 || c != (object ? '}' : ']'))
		return false;
	j->objects >>= 1;
	j->depth--;
	j->place = NEXT;
	return true;
}

static bool
open_level(struct json *j, char c)
{
	j->objects = j->objects << 1 | (c == '{');
	j->depth++;
	j->place = c == '{' ? FIRST_NAME : FIRST_VALUE;
	return true;
}

/* One step.  Returns false when this is no JSON. */
static bool
step(struct json *j, struct slice *s)
{
	char c = s->p[0];

	switch (j->place) {
	case FIRST_VALUE:
	case VALUE:
		if (c != '{' && c != '[' &&
		    !(c == ']' && j->place == FIRST_VALUE)) {
			j->place = NEXT;
			return eat_scalar(s);
		}
		*s = slice_from(*s, 1);
		return c == ']' ? close_level(j, c) : open_level(j, c);
	case FIRST_NAME:
	case NAME:
		if (c == '}' && j->place == FIRST_NAME)
			break;
		j->place = COLON;
		return eat_string(s);
	case COLON:
		j->place = VALUE;
		*s = slice_from(*s, 1);
		return c == ':';
	case NEXT:
		if (c == ',') {
			j->place = (j->objects & 1) != 0 ? NAME : VALUE;
			*s = slice_from(*s, 1);
			return true;
		}
		break;
	}
	*s = slice_from(*s, 1);
	return close_level(j, c);
}

bool
text_is_json(struct slice s, bool cut)
{
	struct json j = { .place = VALUE };

	s = skip_space(s);
	if (s.n == 0 || (s.p[0] != '{' && s.p[0] != '['))
		return false;
	while ((s = skip_space(s)).n > 0) {
		if (j.depth == DEEPEST)
			return true;
		if (j.depth == 0 && j.place == NEXT)
			return false; /* something behind it */
		if (!step(&j, &s))
			return false;
	}
	return cut || j.depth == 0;
}

/* ---- encodings ---- */

/* s from behind the first word, in any case; n 0: it is not there. */
static struct slice
behind(struct slice s, const char *word)
{
	size_t n = strlen(word);
	const char *p;

	/* Most texts have no tag: they are passed by in one step. */
	for (; s.n > n; s = slice_from(s, 1)) {
		if (word[0] == '<') {
			p = memchr(s.p, '<', s.n - n);
			if (p == NULL)
				break;
			s = slice_between(p, s.p + s.n);
		}
		if (slice_iis((struct slice){ s.p, n }, word))
			return slice_from(s, n);
	}
	return (struct slice){ NULL, 0 };
}

/* The name behind "charset=", in a <meta>; n 0: none. */
static struct slice
meta_charset(struct slice s)
{
	size_t n = 0;

	if (s.n > META_WITHIN)
		s.n = META_WITHIN;
	s = behind(behind(s, "<meta"), "charset=");
	if (s.n > 0 && (s.p[0] == '"' || s.p[0] == '\''))
		s = slice_from(s, 1);
	while (n < s.n &&
	    (ascii_is(s.p[n], ASCII_ALPHA | ASCII_DIGIT) || s.p[n] == '-' ||
		s.p[n] == '_'))
		n++;
	return (struct slice){ s.p, n };
}

static struct slice
css_charset(struct slice s)
{
	static const char rule[] = "@charset \"";
	struct slice rest = slice_from(s, sizeof(rule) - 1);

	if (!slice_starts(s, rule))
		return (struct slice){ NULL, 0 };
	return slice_cut(&rest, '"');
}

const char *
text_charset(struct slice s, bool cut)
{
	struct slice said;

	if (slice_starts(s, "\xef\xbb\xbf"))
		return text_is_utf8(s, cut) ? "utf-8" : NULL;
	if (slice_starts(s, "\xff\xfe"))
		return "utf-16le";
	if (slice_starts(s, "\xfe\xff"))
		return "utf-16be";
	said = css_charset(s);
	if (said.n == 0)
		said = meta_charset(s);
	if (said.n > 0 && !slice_iis(said, "utf-8") && !slice_iis(said, "utf8"))
		return NULL;
	return text_is_utf8(s, cut) ? "utf-8" : NULL;
}
