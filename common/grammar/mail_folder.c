/*
 * mail_folder.c - which folder a recipient's mail goes to.
 */
#include "grammar/mail_folder.h"

#include <stdint.h>

#include "bytes/ascii.h"

#define HASH_TEXT 17 /* "-" and 16 digits */

static bool
is_plain(char c)
{
	return ascii_is(c, ASCII_ALPHA | ASCII_DIGIT) ||
	    slice_find(slice_of("@+-=_"), c) != NULL;
}

static void
escape(struct slice s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (is_plain(s.p[i]))
			buf_addc(out, ascii_lower(s.p[i]));
		else
			buf_addf(out, "%%%02X", (unsigned char)s.p[i]);
	}
}

/* FNV-1a: two long names that begin alike shall not share a folder. */
static uint64_t
hash(struct slice s)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3;
	return h;
}

static struct slice
domain_of(const struct mail_address *a)
{
	return a->domain.n > 0 ? a->domain : slice_of("localhost");
}

/* The part of the local part before a "+", unless it begins with one. */
static struct slice
user_of(struct slice local)
{
	struct slice rest = local, user = slice_cut(&rest, '+');

	return user.n > 0 ? user : local;
}

void
mail_folder(
    const struct mail_address *a, enum mail_folder_by by, struct buf *out)
{
	struct buf name, local;
	struct slice all;

	buf_init(&name, 4 * MAIL_ADDRESS_MAX);
	buf_init(&local, MAIL_ADDRESS_MAX);
	mail_local(a, &local);
	if (by == MAIL_BY_ADDRESS)
		escape(buf_slice(&local), &name);
	else if (by == MAIL_BY_USER)
		escape(user_of(buf_slice(&local)), &name);
	if (by == MAIL_BY_ADDRESS)
		buf_addc(&name, '@');
	if (by == MAIL_BY_ADDRESS || by == MAIL_BY_DOMAIN)
		escape(domain_of(a), &name);
	all = buf_slice(&name);
	buf_addc(out, '.');
	if (all.n <= MAIL_FOLDER_MAX) {
		buf_adds(out, all);
	} else {
		buf_add(out, all.p, MAIL_FOLDER_MAX - HASH_TEXT);
		buf_addf(out, "-%016llx", (unsigned long long)hash(all));
	}
	if (all.n == 0) /* "" as a quoted local part */
		buf_addc(out, '%');
	buf_free(&name);
	buf_free(&local);
}

int
mail_folder_text(struct slice s, struct buf *out)
{
	if (s.n < 2 || s.p[0] != '.' || s.n > MAIL_FOLDER_MAX + 1)
		return -1;
	if (slice_is(s, ".%"))
		return 0;
	for (size_t i = 1; i < s.n; i++) {
		if (is_plain(s.p[i])) {
			buf_addc(out, s.p[i]);
			continue;
		}
		if (s.p[i] != '%' || s.n - i < 3 || ascii_hex(s.p[i + 1]) < 0 ||
		    ascii_hex(s.p[i + 2]) < 0)
			return -1;
		buf_addc(out,
		    (char)(ascii_hex(s.p[i + 1]) * 16 + ascii_hex(s.p[i + 2])));
		i += 2;
	}
	return out->failed ? -1 : 0;
}
