/*
 * tls_keeper.c - the key keeper: no key is in any process that talks to
 * clients, and one that is taken over gets one signature, of a handshake.
 */
#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <signal.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "system/fdpass.h"
#include "tls/keeper.h"
#include "tls_start.h"

#define GOING_MS  2000
#define RANGE_MAX ((size_t)64 << 20) /* larger: a sanitizer's own */
#define NUMBER    32                 /* bytes of a private key of P-256 */

static EVP_PKEY *
read_key(void)
{
	FILE *f = fopen(rig_in(rig_sh_place(), "key.pem"), "re");
	EVP_PKEY *key;

	cr_assert_not_null(f);
	key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	cr_assert_not_null(key);
	fclose(f);
	return key;
}

/* ---- what is in memory ---- */

struct number {
	unsigned char big[NUMBER], little[NUMBER]; /* as files, as OpenSSL */
};

static void
find_number(struct number *n)
{
	EVP_PKEY *key = read_key();
	BIGNUM *d = NULL;

	cr_assert_eq(
	    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &d), 1);
	cr_assert_eq(BN_bn2binpad(d, n->big, NUMBER), NUMBER);
	cr_assert_eq(BN_bn2lebinpad(d, n->little, NUMBER), NUMBER);
	BN_free(d);
	EVP_PKEY_free(key);
}

/* How often the number is in the memory of a process; -1: it cannot be read. */
static int
count(pid_t pid, const struct number *n)
{
	char path[64], line[512];
	int found = 0, ranges = 0;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	maps = fopen(path, "re");
	if (maps == NULL)
		return -1;
	while (fgets(line, sizeof(line), maps) != NULL) {
		unsigned long begin, end;
		struct iovec to, from;
		char rights[8];
		ssize_t got;

		if (sscanf(line, "%lx-%lx %7s", &begin, &end, rights) != 3 ||
		    rights[0] != 'r' || end - begin > RANGE_MAX)
			continue;
		to.iov_len = from.iov_len = end - begin;
		to.iov_base = malloc(to.iov_len);
		/* NOLINTNEXTLINE(performance-no-int-to-ptr): theirs */
		from.iov_base = (void *)begin;
		cr_assert_not_null(to.iov_base);
		got = process_vm_readv(pid, &to, 1, &from, 1, 0);
		for (int half = 0; half < 2 && got > NUMBER; half++)
			for (char *p = to.iov_base; p != NULL;) {
				size_t left = (size_t)got -
				    (size_t)(p - (char *)to.iov_base);

				p = memmem(
				    p, left, half ? n->big : n->little, NUMBER);
				found += p != NULL;
				p = p == NULL ? NULL : p + 1;
			}
		ranges += got > 0;
		free(to.iov_base);
	}
	fclose(maps);
	return ranges > 0 ? found : -1;
}

/* It has its name once it has exec'd. */
static pid_t
keeper_of(pid_t master)
{
	pid_t pid = 0;

	for (int i = 0; i < 1000 && pid == 0; i++) {
		usleep(10000);
		pid = rig_child_called(master, "berth-keeper");
	}
	cr_assert_gt(pid, 0);
	return pid;
}

/* Who is not root may only look into processes that are not sealed off. */
static const char *
seal(void)
{
	return geteuid() == 0 ? "--quiet" : "--no-sandbox";
}

Test(tls_keeper, no_key_is_in_the_memory_of_any_other_process)
{
	struct rig *r = tls_start(RIG("berth-httpd", seal(), "-l",
	    "127.0.0.1:0", "--tls-listen", "127.0.0.1:0", "--tls-cert",
	    "cert.pem", "--tls-key", "key.pem", "site"));
	pid_t list[64], keeper;
	struct number number;
	struct rig *client;
	size_t n, looked = 0;
	int found;

	find_number(&number);
	/* In the middle of a session: one request is answered, and it stays. */
	client = rig_sh_spawn(rig_port(r, "https"),
	    "(printf 'GET / HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n'; "
	    "sleep 60) | openssl s_client -connect 127.0.0.1:$P -quiet "
	    "-no_ign_eof");
	cr_assert(rig_hear(r, "\"GET / HTTP/1.1\" 200"));
	keeper = keeper_of(rig_pid(r));
	cr_assert_gt(keeper, 0);
	/* The search finds what is there.  The keeper is always sealed off. */
	if (geteuid() == 0)
		cr_assert_gt(count(keeper, &number), 0);
	n = rig_children(rig_pid(r), list, 64);
	for (size_t i = 0; i < n; i++) {
		if (list[i] == keeper)
			continue;
		found = count(list[i], &number);
		/* An idle one may go for good when nobody needs it. */
		if (found < 0 && rig_all_gone(&list[i], 1, GOING_MS))
			continue;
		cr_expect_eq(
		    found, 0, "process %d of %zu: %d", (int)list[i], i, found);
		looked++;
	}
	cr_expect_gt(looked, 1);
	cr_expect_eq(count(rig_pid(r), &number), 0, "the master");
	if (rig_zygote(rig_pid(r)) > 0)
		cr_expect_eq(
		    count(rig_zygote(rig_pid(r)), &number), 0, "the zygote");
	rig_kill_all(client);
	rig_kill_all(r);
}

Test(tls_keeper, it_is_started_again_and_nobody_notices)
{
	struct rig *r = tls_start(RIG("berth-httpd", "-l", "127.0.0.1:0",
	    "--tls-listen", "127.0.0.1:0", "--tls-cert", "cert.pem",
	    "--tls-key", "key.pem", "site"));

	cr_assert_eq(kill(keeper_of(rig_pid(r)), SIGKILL), 0);
	cr_assert(rig_hear(r, "key keeper ended (signal 9)"));
	/* Asked before the next one is there, and answered by it. */
	tls_expect(rig_port(r, "https"),
	    "berth-http --cacert cert.pem https://localhost:$P/", 0,
	    "<h1>secure</h1>\n");
	cr_assert_eq(rig_stop(r), 0);
}

/* ---- what it answers ---- */

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

Test(tls_keeper, sessions_are_given_to_who_knows_their_name)
{
	struct keeper_ask keep = { .kind = KEEPER_KEEP, .n = KEEPER_NAME + 5 };
	struct keeper_ask fetch = { .kind = KEEPER_FETCH, .n = KEEPER_NAME };
	struct keeper_ask sign = sign_13();
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
	/* Not for whom another child serves, from elsewhere. */
	fd = line_from(2);
	cr_expect_eq(ask(fd, &fetch, &answer), 0);
	close(fd);
	/* A wrong guess, which is the only one. */
	fd = line();
	fetch.data[31]++;
	cr_expect_eq(ask(fd, &fetch, &answer), 0);
	fetch.data[31]--;
	cr_expect_eq(ask(fd, &fetch, &answer), -1);
	close(fd);
	/* Clients name it before anything is signed. */
	fd = line();
	cr_expect_gt(ask(fd, &sign, &answer), 0);
	cr_expect_eq(ask(fd, &fetch, &answer), -1);
	close(fd);
	close(control);
	cr_assert_eq(rig_wait(keeper), 0);
}
