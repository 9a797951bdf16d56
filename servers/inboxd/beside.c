/*
 * beside.c - the processes that run beside an inbox.
 */
#include "inboxd/beside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes/num.h"
#include "grammar/url.h"
#include "inboxd/inbox.h"
#include "mail/relay.h"
#include "system/image.h"
#include "system/io.h"
#include "system/log.h"
#include "system/login_file.h"
#include "system/path.h"

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

/* A file that a helper is to read, or NULL. */
static void
check_file(const char *option, const char *path)
{
	if (path != NULL && access(path, R_OK) < 0)
		die(EXIT_CONFIG, "%s %s: %s", option, path, strerror(errno));
}

/* ---- the relay, in both of its shapes ---- */

#define RELAY_WORDS (4 * ARG_LIST_MAX + 16)

static int login_fd = -1; /* the file of --relay-auth */

static void
check_relay(void)
{
	const struct {
		const char *name;
		bool given;
	} more[] = {
		{ "to", inbox.relay_to.n > 0 },
		{ "matching", inbox.relay_matching.n > 0 },
		{ "auth", inbox.relay_auth != NULL },
		{ "ca", inbox.relay_ca != NULL },
		{ "tls", inbox.relay_tls != 0 },
	};
	struct slice host, port;
	uint64_t number;

	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		if (inbox.relay == NULL && more[i].given)
			die(EXIT_USAGE, "--relay-%s: without --relay",
			    more[i].name);
	if (inbox.relay == NULL)
		return;
	if (uri_host(slice_of(inbox.relay), &host, &port) < 0 || host.n == 0 ||
	    num_within(port, 1, 65535, &number) != NUM_OK)
		args_refuse(
		    "--relay", inbox.relay, EXIT_USAGE, "not HOST:PORT");
	check_file("--relay-ca", inbox.relay_ca);
}

/* What both have. */
static size_t
add_relay_words(const struct server *s, const char **argv)
{
	static const char *const tls[] = { "may", "starttls", "on", "off" };
	size_t n = 0;

	argv[n++] = RELAY_PROGRAM;
	if (s->options.no_sandbox)
		argv[n++] = "--no-sandbox";
	argv[n++] = "--tls";
	/* No password for whoever says that he offers no TLS. */
	argv[n++] = tls[inbox.relay_tls == 0 && inbox.relay_auth != NULL ?
		1 :
		inbox.relay_tls];
	if (inbox.relay_ca != NULL) {
		argv[n++] = "--cacert";
		argv[n++] = inbox.relay_ca;
	}
	if (inbox.relay_auth != NULL)
		argv[n++] = "--login";
	for (size_t i = 0; i < inbox.relay_to.n; i++) {
		argv[n++] = "--to";
		argv[n++] = inbox.relay_to.item[i];
	}
	return n;
}

static void
give_login(struct helper_offer *o)
{
	o->more = &login_fd;
	o->more_count = inbox.relay_auth != NULL ? 1 : 0;
}

/* The one that waits to be told. */
static const struct helper_offer *
make_relay(const struct server *s)
{
	static const char *argv[RELAY_WORDS];
	static struct helper_offer offer = { .name = "relay",
		.argv = argv,
		.restart = HELPER_ALWAYS,
		.beside = true };
	size_t n;

	check_relay();
	if (inbox.relay == NULL)
		return NULL;
	n = add_relay_words(s, argv);
	argv[n++] = "--";
	argv[n] = inbox.relay;
	give_login(&offer);
	return &offer;
}

/* The one that goes by rules. */
static void
make_rules(const struct server *s)
{
	static const char *argv[RELAY_WORDS];
	size_t n;

	if (inbox.relay_matching.n == 0)
		return;
	n = add_relay_words(s, argv);
	for (size_t i = 0; i < inbox.relay_matching.n; i++) {
		argv[n++] = "--rule";
		argv[n++] = inbox.relay_matching.item[i];
	}
	argv[n++] = "--quiet";
	argv[n++] = "--";
	argv[n] = inbox.relay;
	add("relay rules", argv);
	give_login(&inboxd_helpers[inboxd_helper_count - 1]);
}

void
beside_login(void)
{
	char line[LOGIN_FILE_MAX];
	int fd;

	if (inbox.relay_auth == NULL)
		return;
	fd = path_open_trusted(inbox.relay_auth, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0 || login_file_read(fd, line) < 0)
		die(EXIT_CONFIG, "--relay-auth %s: %s", inbox.relay_auth,
		    errno == EINVAL ? "its first line is not USER:PASSWORD" :
				      path_why(errno));
	explicit_bzero(line, sizeof(line));
	login_fd = io_move_high(fd);
	if (login_fd < 0)
		die(EXIT_OSERR, "--relay-auth: %s", strerror(errno));
}

/* ---- the webhook ---- */

static void
check_webhook(void)
{
	struct url url;
	int status = url_parse(slice_of(inbox.webhook), &url);

	if (status != 0 || url.port == 0)
		args_refuse("--webhook", inbox.webhook, EXIT_USAGE,
		    "not a URL: %s",
		    uri_why(status != 0 ? status : URI_BAD_HOST));
	if (inbox.webhook_ca != NULL && !url.secure)
		die(EXIT_USAGE,
		    "--webhook-ca: %s has no certificate: say "
		    "https://",
		    inbox.webhook);
	check_file("--webhook-ca", inbox.webhook_ca);
}

static void
make_webhook(const struct server *s)
{
	static const char *argv[8] = { "berth-webhook" };
	size_t n = 1;

	if (inbox.webhook == NULL && inbox.webhook_ca != NULL)
		die(EXIT_USAGE, "--webhook-ca: without --webhook");
	if (inbox.webhook == NULL)
		return;
	check_webhook();
	if (s->options.no_sandbox)
		argv[n++] = "--no-sandbox";
	if (inbox.webhook_ca != NULL) {
		argv[n++] = "--cacert";
		argv[n++] = inbox.webhook_ca;
	}
	argv[n++] = "--quiet";
	argv[n++] = "--";
	argv[n] = inbox.webhook;
	add("webhook", argv);
}

const struct helper_offer *
beside_make(const struct server *s)
{
	const struct helper_offer *relay = make_relay(s);

	inboxd_helper_count = 0;
	make_indexer(s);
	make_rules(s);
	make_webhook(s);
	return relay;
}

void
beside_maildir(int root)
{
	maildir_fd = root;
}
