/*
 * mail_list.c - addresses as people and programs write them.
 */
#include "grammar/mail_list.h"

#include "bytes/ascii.h"
#include "grammar/mail_address.h"
#include "grammar/mail_scan.h"

/*
 * May a local part stand without quotes?  With dots at its ends or side by
 * side it may not (RFC 5321 4.1.2), though some people's have been such.
 */
static bool
is_bare(struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool dot = s.p[i] == '.';

		if (!dot && !ascii_is(s.p[i], ASCII_ATEXT) &&
		    (unsigned char)s.p[i] < 128)
			return false;
		if (dot && (i == 0 || i + 1 == s.n || s.p[i - 1] == '.'))
			return false;
	}
	return s.n > 0;
}

/* The words are a local part after all. */
static bool
add_local(struct mail_list *l, const struct mail_words *w, struct buf *out)
{
	struct slice s = buf_slice(&w->local);

	if (w->begin == w->end)
		return mail_scan_fault(l, "an address is missing", w->begin);
	if (w->two)
		return mail_scan_fault(l,
		    "two words without a dot or a comma between them",
		    w->two_at);
	if (is_bare(s)) {
		buf_adds(out, s);
		return true;
	}
	buf_addc(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_addc(out, '\\');
		buf_addc(out, s.p[i]);
	}
	buf_addc(out, '"');
	return true;
}

/* It is whole: would a server take it for what we do? */
static bool
check(struct mail_list *l, size_t begin, const struct buf *address)
{
	struct mail_address a;
	struct buf path;
	int n;

	buf_init(&path, MAIL_LIST_MAX + 2);
	buf_addc(&path, '<');
	buf_adds(&path, buf_slice(address));
	buf_addc(&path, '>');
	n = mail_path(buf_slice(&path), &a);
	buf_free(&path);
	if (n == MAIL_UTF8)
		return mail_scan_fault(l, "not UTF-8", begin);
	if (n == MAIL_LONG || address->failed)
		return mail_scan_fault(l, "too long", begin);
	if (n < 0)
		return mail_scan_fault(l, "not an address", begin);
	return true;
}

/* "@a,@b:": where mail went in the eighties (RFC 5322 4.4). */
static bool
skip_route(struct mail_list *l)
{
	struct buf host;
	bool good = true;

	if (l->at == l->text.n ||
	    (l->text.p[l->at] != '@' && l->text.p[l->at] != ','))
		return true;
	do {
		if (!mail_scan_blank(l))
			return false;
		if (!mail_scan_meets(l, '@'))
			continue; /* an empty place in the list */
		buf_init(&host, MAIL_LIST_MAX);
		good = mail_scan_domain(l, &host);
		buf_free(&host);
	} while (good && mail_scan_meets(l, ','));
	if (good && !mail_scan_meets(l, ':'))
		return mail_scan_fault(l, "a route without its ':'", l->at);
	return good;
}

/* What stands behind "<". */
static bool
angle(struct mail_list *l, struct buf *address)
{
	size_t open = l->at - 1;
	struct buf unused;
	struct mail_words w = { .name = &unused };
	bool good;

	if (!mail_scan_blank(l))
		return false;
	if (mail_scan_meets(l, '>'))
		return true;
	buf_init(&unused, MAIL_LIST_MAX);
	buf_init(&w.local, MAIL_LIST_MAX);
	good = skip_route(l) && mail_scan_words(l, &w) &&
	    add_local(l, &w, address);
	if (good && mail_scan_meets(l, '@')) {
		buf_addc(address, '@');
		good = mail_scan_domain(l, address);
	}
	buf_free(&unused);
	buf_free(&w.local);
	if (good && !mail_scan_meets(l, '>'))
		return mail_scan_fault(l,
		    l->at == l->text.n ? "'<' without its '>'" :
					 "this does not belong to an address",
		    l->at == l->text.n ? open : l->at);
	return good && check(l, w.begin, address);
}

/* "c@d <c@d>": some write the address for the name too. */
static bool
names_itself(struct mail_list *l, struct buf *address, struct buf *name)
{
	struct buf other;
	bool same;

	buf_init(&other, MAIL_LIST_MAX);
	if (!angle(l, &other)) {
		buf_free(&other);
		return false;
	}
	same = slice_ieq(buf_slice(address), buf_slice(&other));
	buf_free(&other);
	buf_clear(name);
	return same;
}

/* Behind the words: what were they?  Returns 1, 0 for a group's name, or -1. */
static int
mailbox(struct mail_list *l, struct mail_words *w, struct buf *address)
{
	size_t angle_at;

	if (!l->group && mail_scan_meets(l, ':')) {
		l->group = true;
		if (w->begin < w->end)
			return 0;
		mail_scan_fault(l, "a group without a name", w->begin);
		return -1;
	}
	if (mail_scan_meets(l, '<'))
		return angle(l, address) ? 1 : -1;
	buf_clear(w->name);
	if (!add_local(l, w, address))
		return -1;
	if (mail_scan_meets(l, '@')) {
		buf_addc(address, '@');
		if (!mail_scan_domain(l, address))
			return -1;
	}
	if (!check(l, w->begin, address))
		return -1;
	angle_at = l->at;
	if (mail_scan_meets(l, '<') && !names_itself(l, address, w->name)) {
		if (l->why == NULL)
			mail_scan_fault(l,
			    "two addresses without a comma between them",
			    angle_at);
		return -1;
	}
	return 1;
}

/* Step over what separates: commas, and the ends of groups. */
static bool
separators(struct mail_list *l)
{
	do {
		if (!mail_scan_blank(l))
			return false;
		if (l->group && mail_scan_meets(l, ';')) {
			l->group = false;
			if (!mail_scan_blank(l))
				return false;
			if (l->at < l->text.n && l->text.p[l->at] != ',')
				return mail_scan_fault(
				    l, "no comma behind a group", l->at);
		}
	} while (mail_scan_meets(l, ','));
	return true;
}

/* An address has been read: may what follows follow? */
static bool
ends_well(struct mail_list *l)
{
	char c;

	if (!mail_scan_blank(l))
		return false;
	if (l->at == l->text.n)
		return true;
	c = l->text.p[l->at];
	if (c == ',' || (c == ';' && l->group))
		return true;
	return mail_scan_fault(l,
	    c == ';' ? "';' and no group: ',' separates addresses" :
		       "this does not belong to an address",
	    l->at);
}

void
mail_list_init(struct mail_list *l, struct slice text)
{
	*l = (struct mail_list){ .text = text };
}

/* Between separators: an address, or the name of a group. */
static int
element(struct mail_list *l, struct buf *address, struct buf *name)
{
	struct mail_words w = { .name = name };
	int status = -1;

	buf_clear(address);
	buf_clear(name);
	buf_init(&w.local, MAIL_LIST_MAX);
	if (mail_scan_words(l, &w))
		status = mailbox(l, &w, address);
	buf_free(&w.local);
	if (status == 1 && (address->failed || name->failed)) {
		mail_scan_fault(l, "too long", w.begin);
		return -1;
	}
	return status;
}

int
mail_list_read(struct mail_list *l, struct buf *address, struct buf *name)
{
	int status;

	do {
		if (l->why != NULL || !separators(l))
			return -1;
		if (l->at == l->text.n) {
			if (!l->group)
				return 0;
			mail_scan_fault(
			    l, "a group without its ';'", l->text.n);
			return -1;
		}
		status = element(l, address, name);
	} while (status == 0);
	return status == 1 && ends_well(l) ? 1 : -1;
}
