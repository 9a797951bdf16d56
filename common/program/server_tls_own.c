/*
 * server_tls_own.c - certificates of our own: berth-ca is asked for them at
 * each start and reload, so they are renewed by a reload.
 */
#include "program/server_tls_own.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bytes/buf.h"
#include "bytes/num.h"
#include "conn/secure.h"
#include "system/beside.h"
#include "system/image.h"
#include "system/io.h"
#include "system/log.h"

#define CA_PROGRAM "berth-ca"
#define PATHS_MAX  (SECURE_KEYS_MAX * PATH_MAX)

static bool untrusted; /* browsers do not know who vouches */

int
server_tls_run(
    const char *name, const char *const *argv, char said[OWN_SAID_MAX])
{
	posix_spawn_file_actions_t actions;
	char path[PATH_MAX];
	int ends[2], status = -1;
	ssize_t n;
	pid_t pid;

	said[0] = '\0';
	if (beside_find(name, path, sizeof(path)) < 0 ||
	    pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	errno = posix_spawn(
	    &pid, path, &actions, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (errno == 0) {
		n = io_read_all(ends[0], said, OWN_SAID_MAX - 1);
		said[n > 0 ? n : 0] = '\0';
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		status = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_OSERR;
	}
	close(ends[0]);
	return status;
}

/* A word for the options, as long as the program lives. */
static const char *
keep(struct slice word)
{
	char *copy = strndup(word.p, word.n);

	if (copy == NULL)
		die(EXIT_OSERR, "no memory");
	return copy;
}

/* A certificate and its key are there. */
static void
take(struct server *s, struct slice line[4], uint64_t seconds)
{
	struct server_options *o = &s->options;
	int64_t ms = (int64_t)seconds * 1000;

	o->tls_cert.item[o->tls_cert.n++] = keep(line[0]);
	o->tls_key.item[o->tls_key.n++] = keep(line[1]);
	if (s->renew_ms == 0 || ms < s->renew_ms)
		s->renew_ms = ms;
	untrusted = !slice_is(line[3], "trusted");
}

/* Ask for one with these names.  Returns 0, or berth-ca's exit code; what is
 * wrong it has said. */
static int
ask(struct server *s, const char *const *argv)
{
	static char said[OWN_SAID_MAX];
	struct slice rest = { said, 0 }, line[4];
	int code = server_tls_run(CA_PROGRAM, argv, said);
	uint64_t seconds;

	if (code < 0)
		die(EXIT_CONFIG, "TLS: %s: %s; --tls-cert names a certificate",
		    CA_PROGRAM, strerror(errno));
	rest.n = strlen(said);
	for (size_t i = 0; i < 4; i++)
		line[i] = slice_cut(&rest, '\n');
	if (code == 0 && num_decimal(line[2], &seconds) != NUM_OK)
		code = EXIT_CONFIG;
	if (code == 0)
		take(s, line, seconds);
	return code;
}

/* For this machine's names, and other ones that it answers to. */
static void
ask_for_usual(struct server *s)
{
	const char *argv[ARG_LIST_MAX + 4] = { CA_PROGRAM, "--quiet", "leaf" };
	size_t n = 3;

	for (size_t i = 0; i < s->options.allow_host.n; i++)
		if (s->options.allow_host.item[i][0] != '*')
			argv[n++] = s->options.allow_host.item[i];
	if (ask(s, argv) != 0)
		die(EXIT_CONFIG,
		    "TLS: %s has no certificate for us; --tls-cert names one",
		    CA_PROGRAM);
}

static void
ask_for_host(struct server *s, const char *host)
{
	const char *argv[] = { CA_PROGRAM, "--quiet", "leaf", host, NULL };

	if (s->options.tls_cert.n == SECURE_KEYS_MAX)
		log_warn("%s: no certificate of its own: there are %d", host,
		    SECURE_KEYS_MAX);
	else if (ask(s, argv) != 0)
		log_warn("%s: no certificate of its own; its clients are shown "
			 "that of localhost, unless --tls-cert names one",
		    host);
}

/* What children of --exec shall use; they have no way to the files of keys. */
static void
leave_to_children(const struct server_options *o)
{
	struct buf paths;

	buf_init(&paths, PATHS_MAX);
	for (size_t i = 0; i < o->tls_cert.n; i++)
		buf_addf(&paths, "%s\n", o->tls_cert.item[i]);
	buf_add(&paths, "", 1);
	if (paths.failed || setenv(IMAGE_TLS_CERT, paths.p, 1) < 0)
		die(EXIT_OSERR, "no memory");
	buf_free(&paths);
}

static void
take_masters(struct server_options *o, char *paths)
{
	char *next;

	for (; (next = strchr(paths, '\n')) != NULL; paths = next + 1) {
		*next = '\0';
		if (o->tls_cert.n < SECURE_KEYS_MAX)
			o->tls_cert.item[o->tls_cert.n++] = paths;
	}
}

void
server_tls_own(struct server *s, bool child)
{
	char *paths = getenv(IMAGE_TLS_CERT);

	if (child && paths != NULL) {
		take_masters(&s->options, paths);
		return;
	}
	ask_for_usual(s);
	for (size_t i = 0; i < s->host_count; i++)
		ask_for_host(s, s->hosts[i]);
	leave_to_children(&s->options);
}

void
server_tls_invite(void)
{
	if (untrusted)
		log_info("to make browsers trust this server, run once: %s "
			 "install",
		    CA_PROGRAM);
}
