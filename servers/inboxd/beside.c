/*
 * beside.c - the processes that run beside an inbox.
 */
#include "inboxd/beside.h"

#include <stdlib.h>

#include "bytes/num.h"
#include "grammar/url.h"
#include "inboxd/inbox.h"
#include "mail/relay.h"
#include "system/image.h"
#include "system/log.h"

static int maildir_fd = -1;

struct helper_offer inboxd_helpers[INBOXD_HELPERS_MAX];
size_t inboxd_helper_count;

static void
add(const char *name, const char *const *argv)
{
	inboxd_helpers[inboxd_helper_count++] = (struct helper_offer){
		.name = name,
		.argv = argv,
		.fd = &maildir_fd,
		.restart = HELPER_ALWAYS,
	};
}

static void
make_indexer(const struct server *s)
{
	static const char *argv[11] = { "berth-indexer" };
	size_t n = 1;

	if (s->options.no_sandbox)
		argv[n++] = "--no-sandbox";
	if (inbox.max_messages != NULL) {
		argv[n++] = "--max-messages";
		argv[n++] = inbox.max_messages;
	}
	if (inbox.max_age != NULL) {
		argv[n++] = "--max-age";
		argv[n++] = inbox.max_age;
	}
	argv[n++] = "--quiet";
	argv[n++] = "--maildir-fd";
	argv[n++] = IMAGE_HELPER_FD_TEXT;
	argv[n] = inbox.path; /* for its words */
	add("indexer", argv);
}

/* The relay's command line. */
static const char *relay[2 * ARG_LIST_MAX + 4] = { RELAY_PROGRAM };
static const struct helper_offer relay_helper = {
	.name = "relay", .argv = relay, .restart = HELPER_ALWAYS, .beside = true
};

static const struct helper_offer *
make_relay(void)
{
	struct slice host, port;
	uint64_t number;
	size_t n = 1;

	if (inbox.relay == NULL && inbox.relay_to.n > 0)
		die(EXIT_USAGE, "--relay-to: without --relay");
	if (inbox.relay == NULL)
		return NULL;
	if (uri_host(slice_of(inbox.relay), &host, &port) < 0 || host.n == 0 ||
	    num_within(port, 1, 65535, &number) != NUM_OK)
		die(EXIT_USAGE, "--relay %s: not HOST:PORT", inbox.relay);
	for (size_t i = 0; i < inbox.relay_to.n; i++) {
		relay[n++] = "--to";
		relay[n++] = inbox.relay_to.item[i];
	}
	relay[n++] = "--";
	relay[n++] = inbox.relay;
	return &relay_helper;
}

static void
make_webhook(const struct server *s)
{
	static const char *argv[6] = { "berth-webhook" };
	struct url url;
	size_t n = 1;
	int status;

	if (inbox.webhook == NULL)
		return;
	status = url_parse(slice_of(inbox.webhook), &url);
	if (status != 0 || url.port == 0)
		die(EXIT_USAGE, "--webhook %s: not a URL: %s", inbox.webhook,
		    uri_why(status != 0 ? status : URI_BAD_HOST));
	if (s->options.no_sandbox)
		argv[n++] = "--no-sandbox";
	argv[n++] = "--quiet";
	argv[n++] = "--";
	argv[n] = inbox.webhook;
	add("webhook", argv);
}

const struct helper_offer *
beside_make(const struct server *s)
{
	inboxd_helper_count = 0;
	make_indexer(s);
	make_webhook(s);
	return make_relay();
}

void
beside_maildir(int root)
{
	maildir_fd = root;
}
