/*
 * passwords.c - any bytes as the file of users, and who may come in by it.
 *
 * Properties: the file is refused if a line of it is neither empty, nor
 * a comment, nor USER:HASH, if one ends with CR or has a NUL in it, or if there
 * is no user; it is taken if besides each hash is plain or of the old kind
 * (13 letters); the first line of a user counts, and its password is right,
 * others are wrong; nobody else has one.  crypt(3) is played by something that
 * is fast.
 */
#include <crypt.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fuzzrig/must.h"
#include "fuzzrig/quiet.h"
#include "fuzzrig/scratch.h"
#include "system/log.h"
#include "system/passwords.h"

#define INPUT_MAX 4096
#define PLAIN     "{PLAIN}"

#define HASH_FORM "/%012zu" /* as long as one of the old kind */

/* In place of libcrypt's: the hash of anything is its length. */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
char *__wrap_crypt_r(const char *, const char *, struct crypt_data *);

char *
__wrap_crypt_r(const char *key, const char *setting, struct crypt_data *data)
{
	must(strlen(setting) < CRYPT_OUTPUT_SIZE);
	snprintf(data->output, sizeof(data->output), HASH_FORM, strlen(key));
	return data->output;
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

/* Returns whether the line is one of a user. */
static bool
is_user(struct slice line, struct slice *user, struct slice *hash)
{
	*hash = slice_trim(line);
	if (hash->n == 0 || hash->p[0] == '#')
		return false;
	*user = slice_cut(hash, ':');
	return true;
}

enum verdict { REFUSED, PERHAPS, TAKEN };

static bool
is_old_kind(struct slice hash)
{
	static const char letters[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz";

	if (hash.n != 13)
		return false;
	for (size_t i = 0; i < hash.n; i++)
		if (memchr(letters, hash.p[i], sizeof(letters) - 1) == NULL)
			return false;
	return true;
}

/* What is to become of such a file. */
static enum verdict
judge(struct slice text)
{
	struct slice user, hash, line;
	enum verdict v = TAKEN;
	size_t n = 0;

	if (slice_starts(text, "\xef\xbb\xbf") ||
	    slice_find(text, '\0') != NULL)
		return REFUSED;
	while (text.n > 0) {
		line = slice_cut(&text, '\n');
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			return REFUSED;
		if (!is_user(line, &user, &hash))
			continue;
		if (user.n == 0 || hash.n == 0)
			return REFUSED;
		n++;
		if (!slice_starts(hash, PLAIN) && !is_old_kind(hash))
			v = PERHAPS;
	}
	return n > 0 ? v : REFUSED;
}

static struct passwords *users; /* the one that was loaded */

static bool
load(void)
{
	static jmp_buf death;
	int code = setjmp(death);

	quiet_death = &death;
	if (code == 0)
		users = passwords_load(scratch_path("users"));
	quiet_death = NULL;
	must(code == 0 || code == EXIT_CONFIG);
	return code == 0;
}

static void
write_users(struct slice text)
{
	int fd = open(scratch_path("users"),
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n);
	must(close(fd) == 0);
}

/* What is said of a user of the file. */
static void
check(struct slice user, struct slice hash)
{
	struct slice plain = passwords_plain(users, user),
		     wrong = SLICE("\001");
	bool is_plain = slice_starts(hash, PLAIN);

	must((plain.p != NULL) == is_plain);
	must(!is_plain || passwords_have_plain(users));
	if (is_plain) {
		must(slice_eq(plain, slice_from(hash, sizeof(PLAIN) - 1)));
		must(passwords_check(users, user, plain));
		must(slice_eq(plain, wrong) ||
		    !passwords_check(users, user, wrong));
	} else {
		must(passwords_check(users, user, wrong) ==
		    slice_is(hash, "/000000000001"));
	}
}

/* Each user, by the first line that there is; and nobody. */
static void
check_all(struct slice text)
{
	struct slice rest = text, again, user, hash, other, its;
	static const struct slice nobody = SLICE("no:body"); /* no name */

	while (rest.n > 0) {
		if (!is_user(slice_cut(&rest, '\n'), &user, &hash))
			continue;
		for (again = text; again.n > 0;)
			if (is_user(slice_cut(&again, '\n'), &other, &its) &&
			    slice_eq(other, user))
				break;
		check(user, its);
	}
	must(!passwords_check(users, nobody, nobody));
	must(passwords_plain(users, nobody).p == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	enum verdict verdict;
	bool taken;

	if (size > INPUT_MAX)
		return 0;
	quiet_begin();
	write_users(text);
	verdict = judge(text);
	taken = load();
	must(verdict == PERHAPS || taken == (verdict == TAKEN));
	if (taken) {
		check_all(text);
		passwords_free(users);
	}
	return 0;
}
