/*
 * passwords.c - files of users.
 */
#include "system/passwords.h"

#include <crypt.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes/buf.h"
#include "system/io.h"
#include "system/log.h"

#define PLAIN "{PLAIN}"

/* For users that are not there: as slow as a real one, and never right. */
#define NO_HASH "$6$berth.no.such.us$"

struct passwords {
	struct buf text;
};

static void
check_lines(const struct passwords *p, const char *path)
{
	struct slice rest = buf_slice(&p->text);
	size_t number = 0;

	while (rest.n > 0) {
		struct slice hash = slice_trim(slice_cut(&rest, '\n')), user;

		number++;
		if (hash.n == 0 || hash.p[0] == '#')
			continue;
		user = slice_cut(&hash, ':');
		if (user.n == 0 || hash.n == 0)
			die(EXIT_CONFIG, "%s:%zu: not USER:HASH", path, number);
	}
}

struct passwords *
passwords_load(const char *path)
{
	struct passwords *p = calloc(1, sizeof(*p));
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;
	char *to;

	if (fd < 0)
		die(EXIT_CONFIG, "%s: %s", path, strerror(errno));
	if (p != NULL)
		buf_init(&p->text, PASSWORDS_MAX);
	to = p != NULL ? buf_room(&p->text, PASSWORDS_MAX) : NULL;
	if (to == NULL)
		die(EXIT_OSERR, "%s: %s", path, strerror(ENOMEM));
	n = io_read_all(fd, to, PASSWORDS_MAX);
	if (n < 0)
		die(EXIT_CONFIG, "%s: %s", path, strerror(errno));
	if (n == PASSWORDS_MAX)
		die(EXIT_CONFIG, "%s: more than a megabyte", path);
	close(fd);
	buf_grew(&p->text, (size_t)n);
	check_lines(p, path);
	return p;
}

void
passwords_free(struct passwords *p)
{
	if (p == NULL)
		return;
	buf_free(&p->text);
	free(p);
}

/* What stands behind "USER:", or p NULL. */
static struct slice
find(const struct passwords *p, struct slice user)
{
	struct slice rest = buf_slice(&p->text);

	while (rest.n > 0) {
		struct slice hash = slice_trim(slice_cut(&rest, '\n')), name;

		if (hash.n == 0 || hash.p[0] == '#')
			continue;
		name = slice_cut(&hash, ':');
		if (slice_eq(name, user))
			return hash;
	}
	return (struct slice){ NULL, 0 };
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

	if (!slice_starts(hash, PLAIN))
		return (struct slice){ NULL, 0 };
	return slice_from(hash, sizeof(PLAIN) - 1);
}

bool
passwords_have_plain(const struct passwords *p)
{
	return p->text.n > 0 &&
	    memmem(p->text.p, p->text.n, ":" PLAIN, sizeof(PLAIN)) != NULL;
}

bool
passwords_check(
    const struct passwords *p, struct slice user, struct slice password)
{
	static struct crypt_data data; /* 32 KiB: not for the stack */
	struct slice hash = find(p, user);
	char key[CRYPT_MAX_PASSPHRASE_SIZE], setting[CRYPT_OUTPUT_SIZE];
	const char *made;
	bool right = false;

	if (slice_starts(hash, PLAIN))
		return same(passwords_plain(p, user), password);
	if (hash.p == NULL || slice_copy(hash, setting, sizeof(setting)) < 0)
		strcpy(setting, NO_HASH);
	if (slice_copy(password, key, sizeof(key)) == 0) {
		made = crypt_r(key, setting, &data);
		right = made != NULL && hash.p != NULL &&
		    same(slice_of(made), hash);
	}
	explicit_bzero(key, sizeof(key));
	explicit_bzero(&data, sizeof(data));
	return right;
}
