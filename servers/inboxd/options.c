/*
 * options.c - the options of the inbox, and what is opened before the first
 * fork.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes/num.h"
#include "grammar/uri.h"
#include "inboxd/assets.h"
#include "inboxd/inbox.h"
#include "inboxd/inboxd.h"
#include "inboxd/open.h"
#include "inboxd/route.h"
#include "mail/relay.h"
#include "system/clock.h"
#include "system/image.h"
#include "system/log.h"

#define ZONES   "/usr/share/zoneinfo"
#define IDLE_MS 15000 /* between two requests, unless --timeout says else */

static const char *max_messages, *max_age;

static const struct arg options[] = {
	{ "auth", "FILE",
	    "let in only the users in FILE, lines of USER:HASH as crypt(5) "
	    "makes them",
	    .text = &inbox.auth },
	{ "max-messages", "N",
	    "keep so many messages and delete the oldest (no end)",
	    .text = &max_messages },
	{ "max-age", "TIME",
	    "delete messages older than that: 3600, 36h, 30d (no end)",
	    .text = &max_age },
	{ "label", "TEXT", "a word beside the title, to tell inboxes apart",
	    .text = &inbox.label },
	{ "api-compat", "mailpit|mailhog",
	    "whose shape /api/v1/messages has, which both define (mailpit)",
	    .choice = &inbox.compat },
	{ "relay", "HOST:PORT",
	    "the mail server that messages are released to, when a person or "
	    "program says so",
	    .text = &inbox.relay },
	{ "relay-to", "PATTERN",
	    "release to such recipients only (*@example.com); repeatable",
	    .list = &inbox.relay_to },
	{ 0 },
};

const struct arg_table inboxd_args = { "Inbox", "inbox", options };

/* The indexer's command line; its arguments come behind its name. */
static const char *indexer[11] = { "berth-indexer" };

static int indexer_fd = -1; /* the Maildir, which it need not find */

const struct helper_offer inboxd_helper = {
	.name = "indexer",
	.argv = indexer,
	.fd = &indexer_fd,
	.restart = HELPER_ALWAYS,
};

/* The relay's command line. */
static const char *relay[2 * ARG_LIST_MAX + 4] = { RELAY_PROGRAM };
static const struct helper_offer relay_helper = {
	.name = "relay", .argv = relay, .restart = HELPER_ALWAYS, .beside = true
};

static void
make_relay(void)
{
	struct slice host, port;
	uint64_t number;
	size_t n = 1;

	if (inbox.relay == NULL && inbox.relay_to.n > 0)
		die(EXIT_USAGE, "--relay-to: without --relay");
	if (inbox.relay == NULL)
		return;
	if (uri_host(slice_of(inbox.relay), &host, &port) < 0 || host.n == 0 ||
	    num_within(port, 1, 65535, &number) != NUM_OK)
		die(EXIT_USAGE, "--relay %s: not HOST:PORT", inbox.relay);
	for (size_t i = 0; i < inbox.relay_to.n; i++) {
		relay[n++] = "--to";
		relay[n++] = inbox.relay_to.item[i];
	}
	relay[n++] = "--";
	relay[n++] = inbox.relay;
	inbox_service.own_helper = &relay_helper;
}

static void
make_indexer(const struct server *s)
{
	size_t n = 1;

	if (s->options.no_sandbox)
		indexer[n++] = "--no-sandbox";

	if (max_messages != NULL) {
		indexer[n++] = "--max-messages";
		indexer[n++] = max_messages;
	}
	if (max_age != NULL) {
		indexer[n++] = "--max-age";
		indexer[n++] = max_age;
	}
	indexer[n++] = "--quiet";
	indexer[n++] = "--maildir-fd";
	indexer[n++] = IMAGE_HELPER_FD_TEXT;
	indexer[n] = inbox.path; /* for its words */
}

void
inboxd_line_ends(bool lf)
{
	inbox.lf = lf;
}

void
inboxd_configure(const struct server *s, const char *maildir, const char *smtp)
{
	inbox.path = maildir;
	inbox.smtp = smtp;
	inbox.web.answer = route_reply;
	inbox.web.wants_body = route_wants_body;
	inbox.web.idle_ms =
	    s->options.timeout_ms > 0 ? s->options.timeout_ms : IDLE_MS;
	inbox.web.log_format = s->options.log_format;
	inbox.hosts = s->options.allow_host;
	inbox.web.hosts = &inbox.hosts;
	make_indexer(s);
	make_relay();
}

/* What the sandbox leaves open: the Maildir, to read and watch, and to move
 * and remove files in it; to write only tmp/.  And time zones. */
static void
open_paths(struct service *s, const struct inbox_dirs *d)
{
	s->paths[0] =
	    (struct sandbox_path){ inbox.path, SANDBOX_WATCH, d->root };
	s->paths[1] =
	    (struct sandbox_path){ inbox.path, SANDBOX_MOVE, d->root };
	s->paths[2] =
	    (struct sandbox_path){ inbox.path, SANDBOX_WRITE, d->tmp };
	s->path_count = 3;
	if (access(ZONES, R_OK | X_OK) == 0)
		s->paths[s->path_count++] =
		    (struct sandbox_path){ ZONES, SANDBOX_READ, 0 };
	s->locks = true;
}

static void
prepare(struct service *s)
{
	struct inbox_dirs dirs = inbox_open(inbox.path, s->user);

	indexer_fd = dirs.root;
	inbox.place = realpath(inbox.path, NULL);
	inbox.maildir = maildir_open_at(dirs.root);
	inbox.index = index_open_at(dirs.root);
	if (inbox.maildir == NULL || inbox.index == NULL)
		die(EXIT_OSERR, "%s: %s", inbox.path, strerror(errno));
	if (inbox.auth != NULL)
		inbox.users = passwords_load(inbox.auth);
	inbox.started_s = clock_wall_s();
	assets_prepare();
	s->rests_ms = inbox.web.idle_ms;
	open_paths(s, &dirs);
}

struct service inbox_service = {
	.name = "inbox",
	.title = "Inbox",
	.scheme = "http",
	.secure_name = "inbox-tls",
	.alpn = SLICE("\x02h2\x08http/1.1"),
	.prepare = prepare,
	.serve = web_serve,
	.context = &inbox.web,
	.busy = SLICE("HTTP/1.1 503 Service Unavailable\r\n"
		      "Server: berth\r\n"
		      "Retry-After: 1\r\n"
		      "Content-Type: text/plain; charset=utf-8\r\n"
		      "Content-Length: 50\r\n"
		      "Connection: close\r\n"
		      "\r\n"
		      "The server is full; please try again in a moment.\n"),
	.yields = true,
};
