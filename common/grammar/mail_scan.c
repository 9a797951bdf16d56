/*
 * mail_scan.c - the words of addresses.
 */
#include "grammar/mail_scan.h"

#include <string.h>

#include "bytes/ascii.h"
#include "grammar/mail_address.h"

bool
mail_scan_fault(struct mail_list *l, const char *why, size_t where)
{
	l->why = why;
	l->where = where < l->text.n ? where : l->text.n;
	return false;
}

/* The byte at hand, or -1 at the end. */
static int
next(const struct mail_list *l)
{
	return l->at < l->text.n ? (unsigned char)l->text.p[l->at] : -1;
}

bool
mail_scan_meets(struct mail_list *l, char c)
{
	if (next(l) != (unsigned char)c)
		return false;
	l->at++;
	return true;
}

/* A line end belongs to white space only where the line is folded. */
static bool
fold(struct mail_list *l)
{
	size_t i = l->at + (l->text.p[l->at] == '\r');

	if (i == l->text.n || l->text.p[i] != '\n')
		return mail_scan_fault(l, "a line break", l->at);
	i++;
	if (i < l->text.n && l->text.p[i] != ' ' && l->text.p[i] != '\t')
		return mail_scan_fault(l, "a line break", l->at);
	l->at = i;
	return true;
}

/* "(...)", which may be nested. */
static bool
comment(struct mail_list *l)
{
	size_t begin = l->at, depth = 0;

	do {
		int c = next(l);

		if (c < 0 || (c == '\\' && l->at + 1 == l->text.n))
			return mail_scan_fault(
			    l, "a comment without its ')'", begin);
		if (c == '\r' || c == '\n') {
			if (!fold(l))
				return false;
			continue;
		}
		depth += c == '(';
		depth -= c == ')';
		l->at += c == '\\' ? 2 : 1;
	} while (depth > 0);
	return true;
}

/* Comments and white space. */
bool
mail_scan_blank(struct mail_list *l)
{
	for (;;) {
		int c = next(l);

		if (c == ' ' || c == '\t') {
			l->at++;
		} else if (c == '\r' || c == '\n') {
			if (!fold(l))
				return false;
		} else if (c != '(') {
			return true;
		} else if (!comment(l)) {
			return false;
		}
	}
}

static bool
is_atom(int c)
{
	return c > 127 || (c > 0 && ascii_is((char)c, ASCII_ATEXT));
}

/* The inside of a quoted word to both; quotes and backslashes go. */
static bool
quoted(struct mail_list *l, struct mail_words *w)
{
	size_t begin = l->at++;

	for (;;) {
		int c = next(l);

		if (c == '\\' && l->at + 1 < l->text.n) {
			l->at++;
			c = next(l);
		} else if (c == '"') {
			l->at++;
			return true;
		} else if (c == '\r' || c == '\n') {
			if (!fold(l))
				return false;
			continue;
		}
		if (c < 0 || (c == '\\' && l->at + 1 == l->text.n))
			return mail_scan_fault(
			    l, "a quoted word without its other '\"'", begin);
		if (c != '\t' && ascii_is((char)c, ASCII_CTL))
			return mail_scan_fault(l, "a control character", l->at);
		buf_addc(w->name, (char)c);
		buf_addc(&w->local, (char)c);
		l->at++;
	}
}

/* A word or a dot, which both take. */
static bool
word(struct mail_list *l, struct mail_words *w)
{
	bool spaced = w->end > w->begin && w->end < l->at;

	if (spaced)
		buf_addc(w->name, ' ');
	if (mail_scan_meets(l, '.')) {
		buf_addc(w->name, '.');
		buf_addc(&w->local, '.');
		w->dot = true;
		return true;
	}
	if (!w->dot && !w->two) {
		w->two = true;
		w->two_at = l->at;
	}
	w->dot = false;
	if (next(l) == '"') {
		w->quoted = true;
		return quoted(l, w);
	}
	while (is_atom(next(l))) {
		buf_addc(w->name, l->text.p[l->at]);
		buf_addc(&w->local, l->text.p[l->at++]);
	}
	return true;
}

bool
mail_scan_words(struct mail_list *l, struct mail_words *w)
{
	if (!mail_scan_blank(l))
		return false;
	w->begin = w->end = l->at;
	w->dot = true;
	while (is_atom(next(l)) || next(l) == '"' || next(l) == '.') {
		if (!word(l, w))
			return false;
		w->end = l->at;
		if (!mail_scan_blank(l))
			return false;
	}
	return true;
}

/* "[...]", to the bracket; mail_domain() then says if it is one. */
static bool
literal(struct mail_list *l, struct buf *out)
{
	size_t begin = l->at;

	while (next(l) != ']') {
		int c = next(l);

		if (c < 0 || c == '\\' || (c == '[' && l->at > begin))
			return mail_scan_fault(
			    l, "an address literal without its ']'", begin);
		if (c == '\r' || c == '\n') {
			if (!fold(l))
				return false;
			continue;
		}
		if (c != ' ' && c != '\t')
			buf_addc(out, (char)c);
		l->at++;
	}
	l->at++;
	buf_addc(out, ']');
	return true;
}

/* Words with dots between them, and white space around those. */
static bool
name_of_host(struct mail_list *l, struct buf *out)
{
	do {
		if (!mail_scan_blank(l))
			return false;
		if (!is_atom(next(l)))
			return mail_scan_fault(l, "a domain is missing", l->at);
		while (is_atom(next(l)))
			buf_addc(out, l->text.p[l->at++]);
		if (!mail_scan_blank(l))
			return false;
		if (next(l) == '.')
			buf_addc(out, '.');
	} while (mail_scan_meets(l, '.'));
	return true;
}

bool
mail_scan_domain(struct mail_list *l, struct buf *out)
{
	size_t before = out->n, begin;
	int status;

	if (!mail_scan_blank(l))
		return false;
	begin = l->at;
	if (!(next(l) == '[' ? literal(l, out) : name_of_host(l, out)))
		return false;
	if (out->failed)
		return mail_scan_fault(l, "too long", begin);
	status = mail_domain(slice_from(buf_slice(out), before));
	if (status == MAIL_LITERAL)
		return mail_scan_fault(l, "not an address literal", begin);
	if (status == MAIL_LONG)
		return mail_scan_fault(l, "a domain that is too long", begin);
	if (status < 0)
		return mail_scan_fault(l, "not a domain", begin);
	return mail_scan_blank(l);
}
