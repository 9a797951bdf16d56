/*
 * passwords.c - is this the password of this user?
 */
#include "system/passwords.h"

#include <string.h>

#include "system/passwords_inside.h"

/* What stands behind "USER:", or p NULL.  The first line counts; all are read. */
static struct slice
find(const struct passwords *p, struct slice user)
{
	struct slice rest = buf_slice(&p->text), found = { NULL, 0 };

	while (rest.n > 0) {
		struct slice hash = slice_trim(slice_cut(&rest, '\n')), name;

		if (hash.n == 0 || hash.p[0] == '#')
			continue;
		name = slice_cut(&hash, ':');
		if (slice_eq(name, user) && found.p == NULL)
			found = hash;
	}
	return found;
}

/* Equal, in a time that does not depend on where they differ. */
static bool
same(struct slice a, struct slice b)
{
	unsigned differ = a.n != b.n;

	for (size_t i = 0; i < a.n && i < b.n; i++)
		differ |= (unsigned char)(a.p[i] ^ b.p[i]);
	return differ == 0;
}

struct slice
passwords_plain(const struct passwords *p, struct slice user)
{
	struct slice hash = find(p, user);

	if (!slice_starts(hash, PASSWORDS_PLAIN))
		return (struct slice){ NULL, 0 };
	return slice_from(hash, sizeof(PASSWORDS_PLAIN) - 1);
}

bool
passwords_have_plain(const struct passwords *p)
{
	return p->text.n > 0 &&
	    memmem(p->text.p, p->text.n, ":" PASSWORDS_PLAIN,
		sizeof(PASSWORDS_PLAIN)) != NULL;
}

/* One hash: is it this user's, and right? */
static bool
try_kind(const struct passwords *p, size_t kind, struct slice hash,
    const char *key, struct crypt_data *data)
{
	bool mine = hash.p != NULL && !slice_starts(hash, PASSWORDS_PLAIN) &&
	    passwords_kind(p, hash) == kind;
	char setting[CRYPT_OUTPUT_SIZE];
	const char *made;

	if (!mine || slice_copy(hash, setting, sizeof(setting)) < 0)
		strcpy(setting, p->kind[kind].setting);
	made = crypt_r(key, setting, data);
	return mine && made != NULL && same(slice_of(made), hash);
}

bool
passwords_check(
    const struct passwords *p, struct slice user, struct slice password)
{
	static struct crypt_data data; /* 32 KiB: not for the stack */
	struct slice hash = find(p, user);
	char key[CRYPT_MAX_PASSPHRASE_SIZE];
	bool right = false, fits;

	fits = slice_copy(password, key, sizeof(key)) == 0;
	for (size_t i = 0; i < p->kind_count; i++)
		right |= try_kind(p, i, hash, key, &data) && fits;
	explicit_bzero(key, sizeof(key));
	explicit_bzero(&data, sizeof(data));
	if (slice_starts(hash, PASSWORDS_PLAIN))
		right = same(
		    slice_from(hash, sizeof(PASSWORDS_PLAIN) - 1), password);
	return right;
}
