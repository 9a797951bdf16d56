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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes/num.h"
#include "conn/secure.h"
#include "program/server_helper.h"
#include "program/server_tls_own.h"
#include "system/io.h"
#include "system/log.h"
#include "system/path.h"
#include "tls/keeper.h"

/* What the keeper gets. */
static int control = -1; /* its end of our socket */
static int keys[SECURE_KEYS_MAX];
static char key_count[NUM_MAX_TEXT];
static const char *keeper[SECURE_KEYS_MAX + 5] = { KEEPER_PROGRAM, "--quiet",
	"--key-fds", key_count };

bool
server_tls_wanted(const struct server *s)
{
	for (size_t i = 0; i < s->offer_count; i++)
		if (s->offers[i].secure.n > 0)
			return true;
	return s->options.tls_cert.n > 0;
}

static void
check_key(const char *certificate, const char *key)
{
	char said[OWN_SAID_MAX];
	const char *argv[] = { KEEPER_PROGRAM, "--check", certificate, key,
		NULL };
	int code = server_tls_run(KEEPER_PROGRAM, argv, said);

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
	if (why[0] != '\0')
		log_warn("--tls-cert %s: %s", certificate, why);
	fd = path_open_trusted(key, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);
	keys[i] = fd < 0 ? -1 : io_move_high(fd);
	if (keys[i] < 0)
		die(EXIT_CONFIG, "--tls-key %s: %s", key, path_why(errno));
	keeper[4 + i] = key;
}

static void
add_keeper(struct server *s, size_t count)
{
	server_helper_line("key keeper", &s->keeper, &control);
	num_text(count, key_count);
	server_helper_add(s,
	    &(struct helper_offer){ .name = "key keeper",
		.argv = keeper,
		.fd = &control,
		.more = keys,
		.more_count = count,
		.restart = HELPER_ALWAYS,
		.beside = true });
}

void
server_tls_open(struct server *s, bool master, bool child)
{
	struct server_options *o = &s->options;

	if (!server_tls_wanted(s)) {
		if (s->needs_tls != NULL)
			die(EXIT_USAGE,
			    "%s: there is no TLS here; --tls-cert "
			    "names a certificate",
			    s->needs_tls);
		if (o->tls_key.n > 0)
			die(EXIT_USAGE, "--tls-key %s: without --tls-cert",
			    o->tls_key.item[0]);
		return;
	}
	if (o->tls_key.n > o->tls_cert.n)
		die(EXIT_USAGE, "--tls-key %s: there is no --tls-cert for it",
		    o->tls_key.item[o->tls_cert.n]);
	if (o->tls_cert.n == 0)
		server_tls_own(s, child);
	if (o->tls_cert.n > SECURE_KEYS_MAX)
		die(EXIT_USAGE, "--tls-cert: more than %d", SECURE_KEYS_MAX);
	for (size_t i = 0; i < o->tls_cert.n; i++)
		take_pair(i, o->tls_cert.item[i],
		    i < o->tls_key.n ? o->tls_key.item[i] : o->tls_cert.item[i],
		    master, child);
	if (master) {
		secure_warm(NULL);
		secure_prepare();
		add_keeper(s, o->tls_cert.n);
	}
}

void
server_tls_none(const struct server *s)
{
	if (server_tls_wanted(s) || s->needs_tls != NULL)
		die(EXIT_USAGE,
		    "%s: not with a connection on descriptor 0, "
		    "which is served without TLS; a server that listens "
		    "itself has it",
		    s->options.tls_cert.n > 0 ? "--tls-cert" :
			s->needs_tls != NULL  ? s->needs_tls :
						"TLS");
}
