/*
 * server_tls.c - a server with TLS: certificates, keys, and the key keeper.
 *
 * No key is ever in the memory of this process, nor of one that is forked by
 * it: another program looks at it, and the keeper gets it as an open file.
 */
#include "program/server_tls.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bytes/num.h"
#include "bytes/slice.h"
#include "conn/secure.h"
#include "system/fdpass.h"
#include "system/image.h"
#include "system/io.h"
#include "system/log.h"
#include "tls/keeper.h"

#define CA_PROGRAM   "berth-ca"
#define HELPERS_MOST 8
#define SAID_MAX     (2 * PATH_MAX)

/* What the keeper gets. */
static int control = -1; /* its end of our socket */
static int keys[SECURE_KEYS_MAX];
static char key_count[NUM_MAX_TEXT];
static const char *keeper[SECURE_KEYS_MAX + 5] = { KEEPER_PROGRAM, "--quiet",
	"--key-fds", key_count };

static bool untrusted; /* one of our own, which browsers do not know */

static bool
is_wanted(const struct server *s)
{
	for (size_t i = 0; i < s->offer_count; i++)
		if (s->offers[i].secure.n > 0)
			return true;
	return s->options.tls_cert.n > 0;
}

/*
 * Run a program of ours, and take what it says on standard output.  Returns
 * its exit code, or -1 with errno.
 */
static int
run(const char *name, const char *const *argv, char said[SAID_MAX])
{
	posix_spawn_file_actions_t actions;
	char path[PATH_MAX];
	int ends[2], status = -1;
	ssize_t n;
	pid_t pid;

	said[0] = '\0';
	if (secure_beside(name, path, sizeof(path)) < 0 ||
	    pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	errno = posix_spawn(
	    &pid, path, &actions, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (errno == 0) {
		n = io_read_all(ends[0], said, SAID_MAX - 1);
		said[n > 0 ? n : 0] = '\0';
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		status = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_OSERR;
	}
	close(ends[0]);
	return status;
}

/* One of our own, and what berth-ca says of it: four lines. */
static void
take_own(struct server *s)
{
	static char said[SAID_MAX];
	struct server_options *o = &s->options;
	const char *argv[ARG_LIST_MAX + 4] = { CA_PROGRAM, "--quiet", "leaf" };
	size_t n = 3;
	struct slice rest = { said, 0 }, line[4];
	uint64_t seconds;
	int code;

	for (size_t i = 0; i < o->allow_host.n; i++)
		if (o->allow_host.item[i][0] != '*')
			argv[n++] = o->allow_host.item[i];
	code = run(CA_PROGRAM, argv, said);
	rest.n = strlen(said);
	for (size_t i = 0; i < 4; i++)
		line[i] = slice_cut(&rest, '\n');
	if (code != 0 || num_decimal(line[2], &seconds) != NUM_OK)
		die(EXIT_CONFIG,
		    "TLS: %s has no certificate for us%s%s; --tls-cert names "
		    "one",
		    CA_PROGRAM, code < 0 ? ": " : "",
		    code < 0 ? strerror(errno) : "");
	said[line[0].n] = said[line[0].n + 1 + line[1].n] = '\0';
	o->tls_cert = (struct arg_list){ 1, { line[0].p } };
	o->tls_key = (struct arg_list){ 1, { line[1].p } };
	s->renew_ms = (int64_t)seconds * 1000;
	untrusted = !slice_is(line[3], "trusted");
	setenv(IMAGE_TLS_CERT, line[0].p, 1);
}

static void
check_key(const char *certificate, const char *key)
{
	char said[SAID_MAX];
	const char *argv[] = { KEEPER_PROGRAM, "--check", certificate, key,
		NULL };
	int code = run(KEEPER_PROGRAM, argv, said);

	said[strcspn(said, "\n")] = '\0';
	if (code != 0)
		die(EXIT_CONFIG, "--tls-key %s: %s", key,
		    code < 0            ? strerror(errno) :
			said[0] != '\0' ? said :
					  KEEPER_PROGRAM " cannot check it");
}

static void
take_pair(
    size_t i, const char *certificate, const char *key, bool master, bool child)
{
	char why[SECURE_WHY_MAX];
	int fd;

	if (secure_add(certificate, why) < 0)
		die(EXIT_CONFIG, "--tls-cert %s: %s", certificate, why);
	if (child)
		return;
	check_key(certificate, key);
	if (!master)
		return;
	fd = open(key, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	keys[i] = fd < 0 ? -1 : io_move_high(fd);
	if (keys[i] < 0)
		die(EXIT_CONFIG, "--tls-key %s: %s", key, strerror(errno));
	keeper[4 + i] = key;
}

static void
add_keeper(struct server *s, size_t count)
{
	static struct helper_offer all[HELPERS_MOST];
	int ends[2];

	if (s->helper_count == HELPERS_MOST)
		bug("more than %d helpers", HELPERS_MOST);
	if (fdpass_pair(ends) < 0)
		die(EXIT_OSERR, "the key keeper: %s", strerror(errno));
	s->keeper = io_move_high(ends[0]);
	control = io_move_high(ends[1]);
	if (s->keeper < 0 || control < 0)
		die(EXIT_OSERR, "the key keeper: %s", strerror(errno));
	num_text(count, key_count);
	for (size_t i = 0; i < s->helper_count; i++)
		all[i] = s->helpers[i];
	all[s->helper_count++] = (struct helper_offer){ .name = "key keeper",
		.argv = keeper,
		.fd = &control,
		.more = keys,
		.more_count = count,
		.restart = HELPER_ALWAYS,
		.beside = true };
	s->helpers = all;
}

void
server_tls_open(struct server *s, bool master, bool child)
{
	struct server_options *o = &s->options;

	if (!is_wanted(s)) {
		if (o->tls_key.n > 0)
			die(EXIT_USAGE, "--tls-key %s: without --tls-cert",
			    o->tls_key.item[0]);
		return;
	}
	if (o->tls_key.n > o->tls_cert.n)
		die(EXIT_USAGE, "--tls-key %s: there is no --tls-cert for it",
		    o->tls_key.item[o->tls_cert.n]);
	if (o->tls_cert.n == 0 && child && getenv(IMAGE_TLS_CERT) != NULL)
		o->tls_cert =
		    (struct arg_list){ 1, { getenv(IMAGE_TLS_CERT) } };
	else if (o->tls_cert.n == 0)
		take_own(s);
	if (o->tls_cert.n > SECURE_KEYS_MAX)
		die(EXIT_USAGE, "--tls-cert: more than %d", SECURE_KEYS_MAX);
	for (size_t i = 0; i < o->tls_cert.n; i++)
		take_pair(i, o->tls_cert.item[i],
		    i < o->tls_key.n ? o->tls_key.item[i] : o->tls_cert.item[i],
		    master, child);
	if (master) {
		secure_warm();
		add_keeper(s, o->tls_cert.n);
	}
}

void
server_tls_invite(void)
{
	if (untrusted)
		log_info("to make browsers trust this server, run once: %s "
			 "install",
		    CA_PROGRAM);
}
