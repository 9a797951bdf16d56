/*
 * secure.c - TLS, if the URL is of https: the handshake, and whether the server
 * is the one that was meant.
 */
#include "http.h"

#include <stdio.h>
#include <string.h>

#include "conn/secure.h"
#include "system/clock.h"

#define HTTP_1_1 "\x08http/1.1"
#define HTTP_2   "\x02h2"

/* Trust is what people look for first; then what came of the handshake. */
static void
tell(const struct connection *call)
{
	struct slice alpn = conn_protocol(&call->c);
	struct secure_facts f;

	secure_tell(&call->c, &f);
	fprintf(stderr, "Secured by %s, %s%s%s", f.version, f.cipher,
	    f.group[0] == '\0' ? "" : ", ", f.group);
	if (alpn.n > 0)
		fprintf(stderr, ", for %.*s", SLICE_FMT(alpn));
	fprintf(stderr, "\nCertificate of %s\n  by %s\n  until %s\n  %s\n",
	    f.subject, f.issuer, f.until,
	    strcmp(f.trust, "ok") == 0 ? "trusted" : f.trust);
}

/* A name that ends in a dot is the same, but no certificate has the dot. */
static bool
copy_name(const struct task *t, char *name, size_t size)
{
	struct slice host = t->url.host;

	if (slice_ends(host, "."))
		host.n--;
	return slice_copy(host, name, size) == 0;
}

int
secure_open(struct connection *call, const struct task *t, int64_t deadline)
{
	char why[SECURE_WHY_MAX] = "", name[256];
	struct secure_want want = { .name = name,
		.ca_file = t->opt->ca_file,
		.insecure = t->opt->insecure,
		.alpn = SLICE(HTTP_1_1) };
	static const struct slice http_2 = SLICE(HTTP_2);
	int status;

	if (!copy_name(t, name, sizeof(name)))
		return fail(EXIT_URL, "%.*s: host name too long",
		    SLICE_FMT(t->url.host));
	if (t->opt->http2)
		want.alpn = http_2;
	conn_deadline(&call->c, deadline - clock_ms());
	status = secure_connect(&call->c, &want, why);
	if (status != SECURE_DONE)
		return fail(status == SECURE_TIMEOUT ? EXIT_TIME :
			status == SECURE_UNTRUSTED   ? EXIT_UNTRUSTED :
			status == SECURE_NOT_IT      ? EXIT_NOT_IT :
						       EXIT_TLS,
		    "%s: TLS: %s", call->name, why);
	if (t->opt->verbose)
		tell(call);
	return 0;
}
