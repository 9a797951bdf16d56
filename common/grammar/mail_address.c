/*
 * mail_address.c - mail addresses and the paths around them.
 */
#include "grammar/mail_address.h"

#include <string.h>

#include "bytes/ascii.h"

/* What is being read: at points to the next byte. */
struct scan {
	const char *at, *end;
};

static bool
is_high(char c)
{
	return (unsigned char)c > 127;
}

/* Step over c if it is next. */
static bool
meets(struct scan *s, char c)
{
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

static int
label(struct slice s)
{
	if (s.n == 0 || s.p[0] == '-' || s.p[s.n - 1] == '-')
		return MAIL_BAD;
	if (s.n > MAIL_LABEL_MAX)
		return MAIL_LONG;
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is(s.p[i], ASCII_ALPHA | ASCII_DIGIT) &&
		    !is_high(s.p[i]) && s.p[i] != '-' && s.p[i] != '_')
			return MAIL_BAD;
	return 0;
}

int
mail_domain(struct slice s)
{
	if (s.n > 0 && s.p[0] == '[')
		return mail_literal(s);
	if (s.n > MAIL_DOMAIN_MAX)
		return MAIL_LONG;
	do {
		int status = label(slice_cut(&s, '.'));

		if (status < 0)
			return status;
	} while (s.p != NULL);
	return 0;
}

/* Step over what may be a domain; mail_domain() then says if it is one. */
static struct slice
take_domain(struct scan *s)
{
	const char *begin = s->at;

	if (meets(s, '[')) {
		while (s->at < s->end && *s->at != '>' && s->at[-1] != ']')
			s->at++;
		return slice_between(begin, s->at);
	}
	while (s->at < s->end && memchr("> \t:,", *s->at, 5) == NULL)
		s->at++;
	return slice_between(begin, s->at);
}

/* "@a,@b:", which leads nowhere any more. */
static int
route(struct scan *s)
{
	if (s->at == s->end || *s->at != '@')
		return 0;
	do {
		if (!meets(s, '@') || mail_domain(take_domain(s)) < 0)
			return MAIL_ROUTE;
	} while (meets(s, ','));
	return meets(s, ':') ? 0 : MAIL_ROUTE;
}

static int
quoted_local(struct scan *s)
{
	while (s->at < s->end && *s->at != '"') {
		if (*s->at == '\\' && ++s->at == s->end)
			return MAIL_BAD;
		if (ascii_is(*s->at, ASCII_CTL))
			return MAIL_BAD;
		s->at++;
	}
	return meets(s, '"') ? 0 : MAIL_BAD;
}

static int
local(struct scan *s, struct mail_address *a)
{
	const char *begin = s->at;
	int status = 0;

	if (meets(s, '"')) {
		a->quoted = true;
		status = quoted_local(s);
	} else {
		while (s->at < s->end &&
		    (ascii_is(*s->at, ASCII_ATEXT) || *s->at == '.' ||
			is_high(*s->at)))
			s->at++;
	}
	a->local = slice_between(begin, s->at);
	return a->local.n == 0 ? MAIL_BAD : status;
}

static int
address(struct scan *s, struct mail_address *a)
{
	const char *begin = s->at;
	int status = local(s, a);

	if (status == 0 && meets(s, '@')) {
		a->domain = take_domain(s);
		status = mail_domain(a->domain);
	}
	if (status < 0)
		return status;
	a->text = slice_between(begin, s->at);
	if (a->text.n > MAIL_ADDRESS_MAX)
		return MAIL_LONG;
	for (size_t i = 0; i < a->text.n; i++)
		a->utf8 |= is_high(a->text.p[i]);
	return mail_is_utf8(a->text) ? 0 : MAIL_UTF8;
}

int
mail_path(struct slice in, struct mail_address *a)
{
	struct scan s = { in.p, in.n == 0 ? in.p : in.p + in.n };
	bool bracket = meets(&s, '<');
	int status;

	*a = (struct mail_address){ .quoted = false };
	if (bracket && meets(&s, '>'))
		return 2;
	status = route(&s);
	if (status == 0)
		status = address(&s, a);
	if (status < 0)
		return status;
	if (bracket && !meets(&s, '>'))
		return MAIL_BAD;
	if (s.at < s.end && *s.at != ' ' && *s.at != '\t')
		return MAIL_BAD;
	return (int)(s.at - in.p);
}

void
mail_local(const struct mail_address *a, struct buf *out)
{
	struct slice s = a->local;

	if (!a->quoted) {
		buf_adds(out, s);
		return;
	}
	for (size_t i = 1; i + 1 < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		buf_addc(out, s.p[i]);
	}
}
