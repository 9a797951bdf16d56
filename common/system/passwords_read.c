/*
 * passwords_read.c - a file of users as it is read, and each way in which it
 * could let nobody in.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "system/io.h"
#include "system/log.h"
#include "system/passwords_inside.h"
#include "system/path.h"

/* How long what is behind the last $ of a whole hash is, see crypt(5). */
static const struct {
	const char *prefix;
	size_t digest;
} methods[] = {
	{ "$y$", 43 },
	{ "$gy$", 43 },
	{ "$7$", 43 },
	{ "$2", 53 },
	{ "$6$", 86 },
	{ "$5$", 43 },
	{ "$sha1$", 28 },
	{ "$md5", 22 },
	{ "$1$", 22 },
	{ "$3$", 32 },
	{ "_", 20 },
};
#define DES_DIGEST 13

static bool
is_whole(struct slice hash)
{
	const char *last = slice_rfind(hash, '$');
	size_t n = last == NULL ? hash.n : (size_t)(hash.p + hash.n - last - 1);

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (slice_starts(hash, methods[i].prefix))
			return n == methods[i].digest;
	return last != NULL || n == DES_DIGEST;
}

/* What of a hash says how much work it is. */
static struct slice
cost_of(struct slice hash)
{
	static const char *const counted[] = { "$y$", "$gy$", "$2", "$sha1$" };
	struct slice rest = hash, word;
	bool more;

	if (hash.n == 0 || hash.p[0] != '$') /* BSDi's has a count, DES none */
		return (struct slice){ hash.p,
			hash.n > 5 && hash.p[0] == '_' ? 5 : 0 };
	if (slice_starts(hash, "$7$"))
		return (struct slice){ hash.p, hash.n < 14 ? hash.n : 14 };
	slice_cut(&rest, '$');
	slice_cut(&rest, '$');
	word = rest;
	more = slice_starts(rest, "rounds=");
	for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++)
		more = more || slice_starts(hash, counted[i]);
	if (more)
		slice_cut(&word, '$');
	return slice_between(hash.p, word.p != NULL ? word.p : hash.p + hash.n);
}

/* Of which kind is it?  PASSWORDS_KINDS: of none so far. */
size_t
passwords_kind(const struct passwords *p, struct slice hash)
{
	struct slice cost = cost_of(hash);

	for (size_t i = 0; i < p->kind_count; i++)
		if (slice_eq(p->kind[i].prefix, cost))
			return i;
	return PASSWORDS_KINDS;
}

/* Returns NULL, or what is wrong with the hash. */
static const char *
add_kind(struct passwords *p, struct slice hash)
{
	struct kind *k = &p->kind[p->kind_count];

	if (passwords_kind(p, hash) < PASSWORDS_KINDS)
		return NULL;
	if (p->kind_count == PASSWORDS_KINDS)
		return "one kind of hash too many: each answer takes the time "
		       "of all of them";
	k->prefix = cost_of(hash);
	slice_copy(hash, k->setting, sizeof(k->setting));
	p->kind_count++;
	return NULL;
}

static const char *
check_hash(struct passwords *p, struct slice hash)
{
	char setting[CRYPT_OUTPUT_SIZE];
	int salt;

	if (slice_starts(hash, PASSWORDS_PLAIN))
		return NULL;
	if (slice_starts(hash, "$apr1$"))
		return "a hash of htpasswd that crypt(3) does not know; make "
		       "one with \"htpasswd -B\" or \"mkpasswd\"";
	if (slice_find(hash, ':') != NULL)
		return "something stands behind the hash, as in shadow(5)";
	if (slice_copy(hash, setting, sizeof(setting)) < 0)
		return "longer than any hash of crypt(5)";
	salt = crypt_checksalt(setting);
	if (salt == CRYPT_SALT_INVALID || salt == CRYPT_SALT_METHOD_DISABLED)
		return "not a hash that crypt(5) knows, nor {PLAIN}PASSWORD";
	if (!is_whole(hash))
		return "not a whole hash";
	return add_kind(p, hash);
}

/* Returns NULL, or what is wrong with the line. */
static const char *
check_line(struct passwords *p, struct slice line)
{
	struct slice hash = slice_trim(line), user;

	if (line.n > 0 && line.p[line.n - 1] == '\r')
		return "the line ends with CR LF; dos2unix(1) makes it LF";
	if (slice_find(line, '\0') != NULL)
		return "a byte of value 0: is this a file of users?";
	if (hash.n == 0 || hash.p[0] == '#')
		return NULL;
	user = slice_cut(&hash, ':');
	if (user.n == 0 || hash.n == 0)
		return "not USER:HASH";
	p->users++;
	return check_hash(p, hash);
}

/*
 * Who is locked out by a slip in this file is told at the start, not later.
 * Returns NULL, or what is wrong with line *number.
 */
static const char *
check_lines(struct passwords *p, size_t *number)
{
	struct slice rest = buf_slice(&p->text);
	const char *why = NULL;

	*number = 1;
	if (slice_starts(rest, "\xef\xbb\xbf"))
		return "begins with a byte order mark; save it without";
	for (*number = 0; rest.n > 0 && why == NULL; ++*number)
		why = check_line(p, slice_cut(&rest, '\n'));
	if (why == NULL && p->users == 0)
		why = "no line USER:HASH: nobody could log in";
	*number += *number == 0;
	return why;
}

/* Returns NULL, or why the file cannot be read. */
static const char *
read_text(struct passwords *p, const char *path)
{
	int fd = path_open_trusted(path, O_RDONLY | O_CLOEXEC, 0);
	char *to = buf_room(&p->text, PASSWORDS_MAX);
	const char *why = NULL;
	ssize_t n = -1;

	if (to == NULL)
		errno = ENOMEM;
	else if (fd >= 0)
		n = io_read_all(fd, to, PASSWORDS_MAX);
	if (n < 0)
		why = path_why(errno);
	else if (n == PASSWORDS_MAX)
		why = "more than a megabyte";
	else
		buf_grew(&p->text, (size_t)n);
	if (fd >= 0)
		close(fd);
	return why;
}

struct passwords *
passwords_load(const char *path)
{
	struct passwords *p = calloc(1, sizeof(*p));
	const char *why;
	size_t line = 0;

	if (p == NULL)
		die(EXIT_OSERR, "%s: %s", path, strerror(ENOMEM));
	buf_init(&p->text, PASSWORDS_MAX);
	why = read_text(p, path);
	if (why == NULL)
		why = check_lines(p, &line);
	if (why == NULL)
		return p;
	passwords_free(p);
	if (line > 0)
		die(EXIT_CONFIG, "%s:%zu: %s", path, line, why);
	die(EXIT_CONFIG, "%s: %s", path, why);
}

void
passwords_free(struct passwords *p)
{
	if (p == NULL)
		return;
	buf_free(&p->text);
	free(p);
}
