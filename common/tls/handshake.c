/*
 * handshake.c - how a TLS session begins: it is made, both ends agree, and if
 * they do not, why; what came first can be had back.
 */
#include <errno.h>
#include <openssl/err.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "tls/session.h"

/* The first of a process may have been made before it was born. */
static struct session *ready;

static struct session *
new_session(SSL_CTX *context)
{
	struct session *s = calloc(1, sizeof(*s));
	BIO *bio = NULL;

	if (s != NULL) {
		s->ssl = SSL_new(context);
		bio = s->ssl == NULL ? NULL : tls_bio(s);
	}
	if (bio == NULL) {
		if (s != NULL)
			SSL_free(s->ssl);
		free(s);
		return NULL;
	}
	SSL_set_bio(s->ssl, bio, bio);
	SSL_set_app_data(s->ssl, s);
	return s;
}

void
tls_unprepare(void)
{
	if (ready != NULL)
		SSL_free(ready->ssl);
	free(ready);
	ready = NULL;
}

void
tls_prepare(SSL_CTX *context)
{
	tls_unprepare();
	ready = new_session(context);
	if (ready == NULL)
		return;
	ready->fd = -1;
	SSL_set_accept_state(ready->ssl);
	SSL_do_handshake(ready->ssl); /* as far as it goes */
	ERR_clear_error();
}

struct session *
tls_begin(struct conn *c, SSL_CTX *context, char why[SECURE_WHY_MAX])
{
	struct session *s = ready;

	if (s != NULL && SSL_get_SSL_CTX(s->ssl) == context)
		ready = NULL;
	else
		s = new_session(context);
	if (s == NULL) {
		tls_why(why, "no session");
		return NULL;
	}
	s->fd = c->fd;
	c->transport = &tls_transport;
	c->session = s;
	return s;
}

/* The first byte that the other end has sent is one of these.  No record
 * begins with what can be read (RFC 8446 5.1). */
static bool
began_within(const struct session *s, char from, char to)
{
	return s->first_n > 0 && s->first[0] >= from && s->first[0] <= to;
}

/* Why it has failed, for whoever reads the log or called. */
static int
explain(const struct session *s, char why[SECURE_WHY_MAX])
{
	long verdict = SSL_get_verify_result(s->ssl);

	if (!s->client && began_within(s, 'A', 'Z')) {
		snprintf(why, SECURE_WHY_MAX, "the client speaks without TLS");
		ERR_clear_error();
		return SECURE_PLAIN;
	}
	if (s->client && began_within(s, '!', '~')) {
		snprintf(why, SECURE_WHY_MAX, "the server speaks without TLS");
		ERR_clear_error();
		return SECURE_FAILED;
	}
	if (s->client && verdict != X509_V_OK) {
		bool name = verdict == X509_V_ERR_HOSTNAME_MISMATCH ||
		    verdict == X509_V_ERR_IP_ADDRESS_MISMATCH;

		snprintf(why, SECURE_WHY_MAX, "the certificate is not %s: %s",
		    name ? "this server's" : "to be trusted",
		    X509_verify_cert_error_string(verdict));
		ERR_clear_error();
		return name ? SECURE_NOT_IT : SECURE_UNTRUSTED;
	}
	if (s->eof || s->error != 0) {
		snprintf(why, SECURE_WHY_MAX, "%s",
		    s->error != 0 ? strerror(s->error) :
				    "the other end hung up");
		ERR_clear_error();
		return SECURE_GONE;
	}
	tls_why(why, NULL);
	return SECURE_FAILED;
}

int
tls_shake(struct conn *c, char why[SECURE_WHY_MAX])
{
	struct session *s = c->session;
	int done, status;

	ERR_clear_error();
	s->error = 0;
	done = SSL_do_handshake(s->ssl);
	if (done == 1) {
		s->shaken = true;
		return SECURE_DONE;
	}
	switch (SSL_get_error(s->ssl, done)) {
	case SSL_ERROR_WANT_READ:
		c->awaits = POLLIN;
		break;
	case SSL_ERROR_WANT_WRITE:
		c->awaits = POLLOUT;
		break;
	default:
		s->broken = true;
		status = explain(s, why);
		errno = EPROTO;
		return status;
	}
	errno = EAGAIN;
	return SECURE_FAILED;
}

struct slice
tls_undo(struct conn *c)
{
	static char kept[SESSION_FIRST];
	struct session *s = c->session;
	size_t n = s->first_n;

	memcpy(kept, s->first, n);
	SSL_free(s->ssl);
	free(s);
	c->session = NULL;
	return (struct slice){ kept, n };
}
