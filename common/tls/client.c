/*
 * client.c - the client's side: whom it trusts, and that the server is the one
 * that was meant.
 */
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "tls/session.h"

static bool
trust(
    SSL_CTX *context, const struct secure_want *want, char why[SECURE_WHY_MAX])
{
	if (want->ca_file == NULL) {
		SSL_CTX_set_default_verify_paths(context);
		return true;
	}
	if (SSL_CTX_load_verify_file(context, want->ca_file) == 1)
		return true;
	tls_why(why, want->ca_file);
	return false;
}

static SSL_CTX *
new_context(const struct secure_want *want, char why[SECURE_WHY_MAX])
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	if (context == NULL) {
		tls_why(why, "OpenSSL");
		return NULL;
	}
	SSL_CTX_set_options(
	    context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_mode(context,
	    SSL_MODE_ENABLE_PARTIAL_WRITE |
		SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_read_ahead(context, 1);
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_verify(
	    context, want->insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
	if (trust(context, want, why))
		return context;
	SSL_CTX_free(context);
	return NULL;
}

/* An address is looked for among the addresses of the certificate, and is not
 * told to the server (RFC 6066 3). */
static bool
expect(SSL *ssl, const char *name)
{
	unsigned char address[sizeof(struct in6_addr)];
	X509_VERIFY_PARAM *p = SSL_get0_param(ssl);

	if (inet_pton(AF_INET, name, address) == 1 ||
	    inet_pton(AF_INET6, name, address) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(p, name) == 1;
	X509_VERIFY_PARAM_set_hostflags(
	    p, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return X509_VERIFY_PARAM_set1_host(p, name, 0) == 1 &&
	    SSL_set_tlsext_host_name(ssl, name) == 1;
}

int
tls_client_begin(
    struct conn *c, const struct secure_want *want, char why[SECURE_WHY_MAX])
{
	SSL_CTX *context = new_context(want, why);
	struct session *s;

	if (context == NULL)
		return -1;
	s = tls_begin(c, context, why);
	SSL_CTX_free(context); /* the session has it */
	if (s == NULL)
		return -1;
	s->client = true;
	if (!expect(s->ssl, want->name)) {
		tls_why(why, want->name);
		return -1;
	}
	if (want->alpn.n > 0)
		SSL_set_alpn_protos(s->ssl, (const unsigned char *)want->alpn.p,
		    (unsigned)want->alpn.n);
	SSL_set_connect_state(s->ssl);
	return 0;
}
