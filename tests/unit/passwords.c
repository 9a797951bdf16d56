/*
 * passwords.c - files of users: who is let in, how much work each answer is,
 * and every file that could let nobody in.
 *
 * crypt_r(3) is counted on its way: by its cost, not by a clock.
 */
#include <criterion/criterion.h>
#include <crypt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "system/log.h"
#include "system/passwords.h"
#include "unit/aside.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* All of "secret", made by crypt(3). */
#define SHA512                                                     \
	"$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U" \
	"0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1"

static char path[64], users[2048];
static size_t sha512, yescrypt, other;
static char made[4][CRYPT_OUTPUT_SIZE]; /* real ones, see hash_secret() */

/* In place of libcrypt's: count, and let crypt(3) do it. */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
char *__wrap_crypt_r(const char *, const char *, struct crypt_data *);

char *
__wrap_crypt_r(const char *key, const char *setting, struct crypt_data *data)
{
	if (strncmp(setting, "$6$", 3) == 0)
		sha512++;
	else if (strncmp(setting, "$y$", 3) == 0)
		yescrypt++;
	else
		other++;
	crypt_rn(key, setting, data, (int)sizeof(*data));
	return data->output;
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

/* Hashes of "secret": two of one cost, one of another, one of a third. */
static void
hash_secret(void)
{
	static const char *const settings[] = { "$6$rounds=1000$aaaaaaaa$",
		"$6$rounds=1000$bbbbbbbb$", "$y$j75$abcdefgh$", "ab" };
	static struct crypt_data data;

	for (size_t i = 0; i < 4; i++)
		strcpy(made[i],
		    crypt_rn("secret", settings[i], &data, sizeof(data)));
}

static void
write_users(const char *text, size_t n)
{
	FILE *f;

	snprintf(path, sizeof(path), "/tmp/berth-users-%d", (int)getpid());
	f = fopen(path, "w");
	cr_assert_not_null(f);
	cr_assert_eq(fwrite(text, 1, n, f), n);
	cr_assert_eq(fclose(f), 0);
}

static struct passwords *
load(const char *text)
{
	struct passwords *p;

	write_users(text, strlen(text));
	p = passwords_load(path);
	unlink(path);
	return p;
}

static bool
check(const struct passwords *p, const char *user, const char *password)
{
	sha512 = yescrypt = other = 0;
	return passwords_check(p, slice_of(user), slice_of(password));
}

Test(passwords, who_is_let_in)
{
	struct passwords *p;

	hash_secret();
	snprintf(users, sizeof(users),
	    "# who\n\nann:%s\nbob:%s\ncyd:{PLAIN}secret\neve:%s\n"
	    "ann:{PLAIN}second\n",
	    made[0], made[2], made[3]);
	p = load(users);
	cr_expect(check(p, "ann", "secret"));
	cr_expect(check(p, "bob", "secret"));
	cr_expect(check(p, "cyd", "secret"));
	cr_expect(check(p, "eve", "secret"));
	cr_expect(!check(p, "ann", "Secret"));
	cr_expect(!check(p, "ann", "second"), "the first line counts");
	cr_expect(!check(p, "bob", ""));
	cr_expect(!check(p, "cyd", "secre"));
	cr_expect(!check(p, "nobody", "secret"));
	cr_expect(!check(p, "", ""));
	cr_expect(!check(p, "# who", ""));
	cr_expect(!passwords_check(
	    p, slice_of("ann"), (struct slice){ "secret\0", 7 }));
	passwords_free(p);
}

/* Two files are two values. */
Test(passwords, one_file_is_not_the_other)
{
	struct passwords *site = load("ann:{PLAIN}one\n");
	struct passwords *mail = load("ann:{PLAIN}two\n");

	cr_expect(check(site, "ann", "one") && !check(site, "ann", "two"));
	cr_expect(check(mail, "ann", "two") && !check(mail, "ann", "one"));
	cr_expect(slice_is(passwords_plain(site, slice_of("ann")), "one"));
	passwords_free(site);
	passwords_free(mail);
}

/* One hash of each cost that is in the file, whoever asks, and what for. */
Test(passwords, every_answer_is_the_same_work)
{
	static const struct {
		const char *user, *password;
	} rows[] = {
		{ "ann", "secret" },
		{ "ann", "wrong" },
		{ "amy", "secret" },
		{ "bob", "secret" },
		{ "bob", "wrong" },
		{ "cyd", "secret" },
		{ "cyd", "wrong" },
		{ "nobody", "secret" },
		{ "", "" },
	};
	static char longer[CRYPT_MAX_PASSPHRASE_SIZE + 100];
	struct passwords *p;

	hash_secret();
	snprintf(users, sizeof(users),
	    "ann:%s\namy:%s\nbob:%s\ncyd:{PLAIN}secret\n", made[0], made[1],
	    made[2]);
	p = load(users);
	for (size_t i = 0; i < COUNT(rows); i++) {
		check(p, rows[i].user, rows[i].password);
		cr_expect_eq(sha512, 1, "row %zu: %zu", i, sha512);
		cr_expect_eq(yescrypt, 1, "row %zu: %zu", i, yescrypt);
		cr_expect_eq(other, 0, "row %zu: %zu", i, other);
	}
	memset(longer, 'x', sizeof(longer) - 1);
	cr_expect(!check(p, "ann", longer));
	cr_expect_eq(sha512 + yescrypt, 2);
	passwords_free(p);
}

static void
load_path(void *unused)
{
	(void)unused;
	passwords_load(path);
}

Test(passwords, what_could_let_nobody_in_is_told)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "", ":1: no line USER:HASH: nobody could log in\n" },
		{ "# none\n\n", ":2: no line USER:HASH" },
		{ "ann\n", ":1: not USER:HASH\n" },
		{ "# a\nann:\n", ":2: not USER:HASH\n" },
		{ ":x\n", ":1: not USER:HASH\n" },
		{ "a:{PLAIN}b\nann:{PLAIN}x\r\n",
		    ":2: the line ends with CR LF" },
		{ "\xef\xbb\xbf"
		  "ann:{PLAIN}x\n",
		    ":1: begins with a byte order mark" },
		{ "ann:$apr1$abcdefgh$0123456789abcdefghijkl\n",
		    ":1: a hash of htpasswd" },
		{ "ann:{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk=\n",
		    ":1: not a hash that crypt(5) knows" },
		{ "ann:{SSHA}xxxx\n", ":1: not a hash that crypt(5) knows" },
		{ "ann:*\n", ":1: not a hash that crypt(5) knows" },
		{ "ann:!\n", ":1: not a hash that crypt(5) knows" },
		{ "ann: {PLAIN}x\n", ":1: not a hash that crypt(5) knows" },
		{ "ann:secret\n", ":1: not a whole hash" },
		{ "ann:$6$saltsalt\n", ":1: not a whole hash" },
		{ "ann:" SHA512 "x\n", ":1: not a whole hash" },
		{ "ann:" SHA512 ":19000:0:99999:7:::\n",
		    ":1: something stands behind the hash" },
		{ "ann:$2b$10$tooshort\n", ":1: not a whole hash" },
		{ "ann:$9$x$y\n", ":1: not a hash that crypt(5) knows" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct aside a;

		write_users(rows[i].text, strlen(rows[i].text));
		log_init("berth-test", SAY_INFO);
		a = aside(load_path, NULL);
		cr_expect_eq(a.status, 78, "row %zu: %d", i, a.status);
		cr_expect(strstr(a.said, rows[i].says) != NULL, "row %zu: %s",
		    i, a.said);
		cr_expect(strchr(a.said, '\n') == a.said + strlen(a.said) - 1,
		    "row %zu: one line: %s", i, a.said);
	}
	unlink(path);
}

Test(passwords, a_byte_of_value_0_is_no_text)
{
	struct aside a;

	write_users("a:{PLAIN}b\0c\n", 13);
	a = aside(load_path, NULL);
	cr_expect_eq(a.status, 78);
	cr_expect(strstr(a.said, ":1: a byte of value 0") != NULL);
	unlink(path);
}

Test(passwords, too_many_kinds_of_hashes)
{
	char *to = users;
	struct aside a;

	for (int i = 0; i < 9; i++)
		to += sprintf(
		    to, "u%d:$6$rounds=%d%s\n", i, 1000 + i, &SHA512[2]);
	write_users(users, strlen(users));
	a = aside(load_path, NULL);
	cr_expect_eq(a.status, 78);
	cr_expect(strstr(a.said, ":9: one kind of hash too many") != NULL, "%s",
	    a.said);
	unlink(path);
}

Test(passwords, hashes_of_every_method_of_the_library)
{
	static const char *const prefixes[] = { "$y$", "$gy$", "$7$", "$2b$",
		"$6$", "$5$", "$sha1$", "$1$", "_", "" };
	static struct crypt_data data;

	for (size_t i = 0; i < COUNT(prefixes); i++) {
		char setting[CRYPT_GENSALT_OUTPUT_SIZE];
		struct passwords *p;

		/* The cheapest: the library is not what is tested. */
		if (crypt_gensalt_rn(prefixes[i],
			strcmp(prefixes[i], "$2b$") == 0    ? 4 :
			    strcmp(prefixes[i], "$7$") == 0 ? 6 :
			    prefixes[i][0] == '$' &&
				strchr("56s", prefixes[i][1]) ?
							      1000 :
			    prefixes[i][0] == '$' &&
				strchr("yg", prefixes[i][1]) ?
							      1 :
							      0,
			NULL, 0, setting, sizeof(setting)) == NULL)
			continue; /* not in this library */
		snprintf(users, sizeof(users), "ann:%s\n",
		    crypt_rn("secret", setting, &data, sizeof(data)));
		p = load(users);
		cr_expect(check(p, "ann", "secret"), "%s", users);
		cr_expect(!check(p, "ann", "wrong"), "%s", users);
		cr_expect_eq(sha512 + yescrypt + other, 1, "%s", users);
		passwords_free(p);
	}
}
