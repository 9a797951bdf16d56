/*
 * tls_keeper_answers.c - what the key keeper answers: who was taken over gets
 * one signature, of a handshake, and sessions whose names he knows.
 */
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "system/fdpass.h"
#include "tls/keeper.h"
#include "tls_key.h"

static struct rig *keeper;
static int control;

static void
start_keeper(void)
{
	const char *place = tls_place();
	int ends[2], fds[2];

	cr_assert_eq(fdpass_pair(ends), 0);
	control = ends[0];
	fds[0] = ends[1];
	fds[1] = open(rig_in(place, "key.pem"), O_RDONLY | O_CLOEXEC);
	cr_assert_geq(fds[1], 0);
	keeper = rig_spawn(&(struct rig_how){
	    .argv = RIG("berth-keeper", "--key-fds", "1", "key.pem"),
	    .fds = fds,
	    .fd_count = 2 });
	close(fds[0]);
	close(fds[1]);
}

/* A socket for one connection, as the master makes them. */
static int
line_from(unsigned char last)
{
	unsigned char source[KEEPER_SOURCE] = { 0 };
	int ends[2];

	cr_assert_eq(fdpass_pair(ends), 0);
	source[KEEPER_SOURCE - 1] = last;
	cr_assert_eq(fdpass_send(control, source, sizeof(source), ends[0]), 0);
	close(ends[0]);
	return ends[1];
}

static int
line(void)
{
	return line_from(1);
}

/* The answer's length, or -1 when it has hung up. */
static int
ask(int fd, const struct keeper_ask *a, struct keeper_answer *answer)
{
	ssize_t got;

	if (send(fd, a, sizeof(*a), MSG_NOSIGNAL) < 0)
		return -1;
	got = rig_receive(fd, answer, sizeof(*answer));
	return got == (ssize_t)sizeof(*answer) ? answer->n : -1;
}

static struct keeper_ask
sign_13(void)
{
	struct keeper_ask a = { .kind = KEEPER_SIGN,
		.version = KEEPER_TLS13,
		.scheme = 0x0403,
		.n = 32 };

	memset(a.data, 0xab, 32);
	return a;
}

/* A curve by name (x25519), and a point of 32 bytes, behind the randoms. */
static struct keeper_ask
sign_12(void)
{
	struct keeper_ask a = { .kind = KEEPER_SIGN,
		.version = KEEPER_TLS12,
		.scheme = 0x0403,
		.n = 64 + 4 + 32 };

	memset(a.data, 0x11, 64);
	a.data[64] = 3;
	a.data[66] = 29;
	a.data[67] = 32;
	return a;
}

static bool
is_signed(const struct keeper_answer *a, const void *words, size_t n)
{
	EVP_PKEY *key = read_key();
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool good =
	    EVP_DigestVerifyInit(c, NULL, EVP_sha256(), NULL, key) == 1 &&
	    EVP_DigestVerify(c, a->data, a->n, words, n) == 1;

	EVP_MD_CTX_free(c);
	EVP_PKEY_free(key);
	return good;
}

Test(tls_keeper, one_signature_of_what_it_has_made_itself)
{
	struct keeper_ask a = sign_13();
	struct keeper_answer answer;
	unsigned char words[64 + 34 + 32];
	int fd;

	start_keeper();
	fd = line();
	cr_assert_gt(ask(fd, &a, &answer), 0);
	memset(words, ' ', 64);
	memcpy(words + 64, "TLS 1.3, server CertificateVerify", 34);
	memset(words + 98, 0xab, 32);
	cr_expect(is_signed(&answer, words, sizeof(words)));
	cr_expect(!is_signed(&answer, a.data, 32));
	/* And no second one, of whatever kind. */
	cr_expect_eq(ask(fd, &a, &answer), -1);
	close(fd);
	fd = line();
	a = sign_12();
	cr_assert_gt(ask(fd, &a, &answer), 0);
	cr_expect(is_signed(&answer, a.data, a.n));
	a = sign_13();
	cr_expect_eq(ask(fd, &a, &answer), -1);
	close(fd);
	close(control);
	cr_assert_eq(rig_wait(keeper), 0);
}

Test(tls_keeper, what_is_no_handshake_is_not_signed)
{
	struct keeper_answer answer;
	struct keeper_ask bad[13];
	size_t n = 0;

	for (size_t i = 0; i < 6; i++)
		bad[i] = sign_13();
	for (size_t i = 6; i < 13; i++)
		bad[i] = sign_12();
	bad[n++].n = 33; /* no hash is so long */
	bad[n++].n = 0;
	bad[n++].n = KEEPER_DATA + 1;
	bad[n++].scheme = 0x0804; /* RSA's */
	bad[n++].key = 1;         /* there is none */
	bad[n++].version = 0x0302;
	bad[n++].data[64] = 1;  /* a curve by its numbers */
	bad[n++].data[67] = 31; /* shorter than it is */
	bad[n++].data[67] = 33;
	bad[n++].n = 64; /* nothing behind the randoms */
	bad[n++].n = 40;
	bad[n++].kind = 0;
	bad[n++].kind = 4;
	start_keeper();
	for (size_t i = 0; i < n; i++) {
		int fd = line();

		cr_expect_eq(ask(fd, &bad[i], &answer), -1, "case %zu", i);
		close(fd);
	}
	/* Nor what is not of its size. */
	for (int size = 1; size < 3; size++) {
		char bytes[2 * sizeof(struct keeper_ask)] = { KEEPER_SIGN };
		int fd = line();

		cr_assert_gt(
		    send(fd, bytes, size == 1 ? 7 : sizeof(bytes), 0), 0);
		cr_expect_eq(rig_receive(fd, bytes, sizeof(bytes)), 0);
		close(fd);
	}
	close(control);
	cr_assert_eq(rig_wait(keeper), 0);
}

/* Sessions are not for whom another child serves, from elsewhere; a wrong guess
 * is the only one; and clients name theirs before anything is signed. */
static void
expect_nothing(struct keeper_ask *fetch)
{
	struct keeper_ask sign = sign_13();
	struct keeper_answer answer;
	int fd = line_from(2);

	cr_expect_eq(ask(fd, fetch, &answer), 0);
	close(fd);
	fd = line();
	fetch->data[31]++;
	cr_expect_eq(ask(fd, fetch, &answer), 0);
	fetch->data[31]--;
	cr_expect_eq(ask(fd, fetch, &answer), -1);
	close(fd);
	fd = line();
	cr_expect_gt(ask(fd, &sign, &answer), 0);
	cr_expect_eq(ask(fd, fetch, &answer), -1);
	close(fd);
}

Test(tls_keeper, sessions_are_given_to_who_knows_their_name)
{
	struct keeper_ask keep = { .kind = KEEPER_KEEP, .n = KEEPER_NAME + 5 };
	struct keeper_ask fetch = { .kind = KEEPER_FETCH, .n = KEEPER_NAME };
	struct keeper_answer answer;
	int fd;

	memset(keep.data, 7, KEEPER_NAME);
	memcpy(keep.data + KEEPER_NAME, "hello", 5);
	memset(fetch.data, 7, KEEPER_NAME);
	start_keeper();
	/* They are not answered: a child may leave at once behind them. */
	fd = line();
	for (size_t i = 0; i < KEEPER_KEEPS_MAX; i++)
		cr_expect_gt(send(fd, &keep, sizeof(keep), 0), 0);
	cr_expect_eq(ask(fd, &keep, &answer), -1, "a third one");
	close(fd);
	fd = line();
	keep.data[KEEPER_NAME] = 'H';
	cr_expect_gt(send(fd, &keep, sizeof(keep), 0), 0);
	close(fd);
	fd = line();
	cr_expect_eq(ask(fd, &fetch, &answer), 5);
	cr_expect_eq(memcmp(answer.data, "Hello", 5), 0);
	cr_expect_eq(ask(fd, &fetch, &answer), -1, "a second look");
	close(fd);
	expect_nothing(&fetch);
	close(control);
	cr_assert_eq(rig_wait(keeper), 0);
}
