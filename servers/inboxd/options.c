/*
 * options.c - the options of the inbox, and what is opened before the first
 * fork.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inboxd/assets.h"
#include "inboxd/beside.h"
#include "inboxd/inbox.h"
#include "inboxd/inboxd.h"
#include "inboxd/open.h"
#include "inboxd/route.h"
#include "mail/relay.h"
#include "system/clock.h"
#include "system/log.h"
#include "web/busy.h"

#define ZONES   "/usr/share/zoneinfo"
#define IDLE_MS 15000 /* between two requests, unless --timeout says else */

static const struct arg options[] = {
	{ "auth", "FILE",
	    "let in only the users in FILE, lines of USER:HASH as crypt(5) "
	    "makes them",
	    .text = &inbox.auth },
	{ "max-messages", "N",
	    "keep so many messages and delete the oldest (no end)",
	    .text = &inbox.max_messages },
	{ "max-age", "TIME",
	    "delete messages older than that: 3600, 36h, 30d (no end)",
	    .text = &inbox.max_age },
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
	{ "relay-tls", RELAY_TLS_CHOICE,
	    "STARTTLS if that server offers it, whoever it is; or no mail "
	    "without; TLS from the start; never (may)",
	    .choice = &inbox.relay_tls },
	{ "relay-ca", "FILE",
	    "trust the certificates in FILE (PEM) for that, and not the "
	    "system's",
	    .text = &inbox.relay_ca },
	{ "relay-auth", "FILE",
	    "log in there as the first line of FILE says, USER:PASSWORD",
	    .text = &inbox.relay_auth },
	{ "relay-matching", "PATTERN",
	    "send on by itself what comes to such recipients, to them (* is "
	    "all); repeatable",
	    .list = &inbox.relay_matching },
	{ "webhook", "URL",
	    "tell the program at this URL of each message that comes: POST "
	    "with JSON",
	    .text = &inbox.webhook },
	{ "webhook-ca", "FILE",
	    "trust the certificates in FILE (PEM) for that, and not the "
	    "system's",
	    .text = &inbox.webhook_ca },
	{ 0 },
};

const struct arg_table inboxd_args = { "Inbox", "inbox", options };

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
	inbox_service.own_helper = beside_make(s);
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

	beside_maildir(dirs.root);
	inbox.place = realpath(inbox.path, NULL);
	inbox.maildir = maildir_open_at(dirs.root);
	inbox.index = index_open_at(dirs.root);
	if (inbox.maildir == NULL || inbox.index == NULL)
		die(EXIT_OSERR, "%s: %s", inbox.path, strerror(errno));
	if (inbox.auth != NULL)
		inbox.users = passwords_load(inbox.auth);
	beside_login();
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
	.busy = WEB_BUSY,
	.yields = true,
	.unready = inbox_behind,
};
