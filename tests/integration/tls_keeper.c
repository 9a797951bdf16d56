/*
 * tls_keeper.c - the key keeper: no key is in any process that talks to
 * clients, and when it ends the next one answers.
 */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <signal.h>
#include <unistd.h>

#include "tls_key.h"

#define GOING_MS 2000
#define NUMBER   32 /* bytes of a private key of P-256 */

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
	int big = rig_in_memory(pid, n->big, NUMBER);
	int little = rig_in_memory(pid, n->little, NUMBER);

	return big < 0 || little < 0 ? -1 : big + little;
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
