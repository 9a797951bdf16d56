/*
 * maildir_name.c - what the names of messages say.  Pure.
 */
#include <string.h>

#include "bytes/ascii.h"
#include "bytes/num.h"
#include "mail/maildir.h"

struct slice
maildir_base(const char *name)
{
	struct slice rest = slice_of(name);

	return slice_cut(&rest, ':');
}

struct slice
maildir_flags(const char *name)
{
	struct slice all = slice_of(name);
	struct slice info = slice_from(all, maildir_base(name).n);

	return slice_starts(info, ":2,") ? slice_from(info, 3) :
					   (struct slice){ NULL, 0 };
}

bool
maildir_has_flag(const char *name, char flag)
{
	return slice_find(maildir_flags(name), flag) != NULL;
}

bool
maildir_is_message(const char *name)
{
	return name[0] != '.' && name[0] != '\0' && name[0] != ':';
}

/* Cut a letter and the number behind it off *s. */
static bool
cut_number(struct slice *s, char letter, uint64_t *value)
{
	size_t n = 1;

	if (s->n == 0 || s->p[0] != letter)
		return false;
	while (n < s->n && ascii_is(s->p[n], ASCII_DIGIT))
		n++;
	if (num_decimal((struct slice){ s->p + 1, n - 1 }, value) != NUM_OK)
		return false;
	*s = slice_from(*s, n);
	return true;
}

/*
 * SECONDS.MmicrosecondsPpidQcount.HOST, as smtpd/store.c makes it.  Returns
 * the length up to the host's dot, or 0.
 */
static size_t
own_id(struct slice base, uint64_t *us)
{
	struct slice rest = base, seconds = slice_cut(&rest, '.');
	uint64_t s, part, pid, count;

	if (num_within(seconds, 1, 99999999999, &s) != NUM_OK ||
	    !cut_number(&rest, 'M', &part) || part > 999999 ||
	    !cut_number(&rest, 'P', &pid) || !cut_number(&rest, 'Q', &count) ||
	    rest.n == 0 || rest.p[0] != '.')
		return 0;
	*us = s * 1000000 + part;
	return (size_t)(rest.p - base.p);
}

int64_t
maildir_name_us(struct slice base)
{
	uint64_t us;

	return own_id(base, &us) > 0 ? (int64_t)us : -1;
}

/* FNV-1a with a last stir, so that every bit counts in every letter. */
static uint64_t
hash(struct slice s, uint64_t seed)
{
	uint64_t h = 0xcbf29ce484222325 ^ seed;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3;
	h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9;
	h = (h ^ (h >> 27)) * 0x94d049bb133111eb;
	return h ^ (h >> 31);
}

static void
hash_text(uint64_t h, char to[11])
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz";

	for (int i = 0; i < 11; i++, h /= 62)
		to[i] = digits[h % 62];
}

void
maildir_id(struct slice base, char id[MAILDIR_ID_MAX])
{
	uint64_t us;
	size_t n = own_id(base, &us);

	if (n > 0 && n < MAILDIR_ID_MAX) {
		memcpy(id, base.p, n);
		id[n] = '\0';
		return;
	}
	hash_text(hash(base, 0), id);
	hash_text(hash(base, 0x9e3779b97f4a7c15), id + 11);
	id[22] = '\0';
}
