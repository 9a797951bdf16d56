/*
 * server.c - the server's side: its certificates, which one a client gets, and
 * what is agreed on.
 *
 * Contexts are made before the first fork, without a key: signing is the key
 * keeper's (provider.c).
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "tls/keep.h"
#include "tls/provider.h"
#include "tls/ask.h"
#include "tls/session.h"

/* TLS 1.2 with forward secrecy and AEAD; all of TLS 1.3 has both. */
#define CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20"

struct identity {
	SSL_CTX *context;
	X509 *leaf; /* the context's */
};

static struct identity identities[SECURE_KEYS_MAX];
static size_t identity_count;

/* ---- which certificate ---- */

static bool
names(const struct identity *i, const char *host)
{
	return X509_check_host(i->leaf, host, 0, 0, NULL) == 1;
}

static int
choose_identity(SSL *ssl, int *alert, void *unused)
{
	const char *host = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

	(void)unused;
	*alert = SSL_AD_UNRECOGNIZED_NAME; /* if one were sent */
	if (host == NULL)
		return SSL_TLSEXT_ERR_NOACK;
	if (identity_count == 1) /* to look into it takes time */
		return SSL_TLSEXT_ERR_OK;
	for (size_t i = 0; i < identity_count; i++) {
		if (!names(&identities[i], host))
			continue;
		if (i > 0)
			SSL_set_SSL_CTX(ssl, identities[i].context);
		return SSL_TLSEXT_ERR_OK;
	}
	return SSL_TLSEXT_ERR_OK; /* the first; the client shall judge */
}

/* ---- which protocol ---- */

/* Who asks for HTTP by name where another protocol is spoken was sent there by
 * somebody else (ALPACA). */
static bool
asks_for_http(const unsigned char *list, unsigned n)
{
	for (unsigned at = 0; at < n; at += list[at] + 1U) {
		struct slice name = { (const char *)list + at + 1, list[at] };

		if (slice_is(name, "h2") || slice_is(name, "http/1.1"))
			return true;
	}
	return false;
}

static int
choose_protocol(SSL *ssl, const unsigned char **chosen, unsigned char *n,
    const unsigned char *theirs, unsigned their_n, void *unused)
{
	const struct session *s = SSL_get_app_data(ssl);

	(void)unused;
	if (s->alpn.n == 0)
		return asks_for_http(theirs, their_n) ?
		    SSL_TLSEXT_ERR_ALERT_FATAL :
		    SSL_TLSEXT_ERR_NOACK;
	if (SSL_select_next_proto((unsigned char **)chosen, n,
		(const unsigned char *)s->alpn.p, (unsigned)s->alpn.n, theirs,
		their_n) == OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_OK;
	return SSL_TLSEXT_ERR_ALERT_FATAL; /* RFC 7301 3.2 */
}

/* ---- contexts ---- */

static bool
settle(SSL_CTX *context)
{
	SSL_CTX_set_options(context,
	    SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
		SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
	SSL_CTX_set_mode(context,
	    SSL_MODE_ENABLE_PARTIAL_WRITE |
		SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
		SSL_MODE_NO_AUTO_CHAIN); /* the file says it all */
	SSL_CTX_set_read_ahead(context, 1);
	SSL_CTX_set_tlsext_servername_callback(context, choose_identity);
	SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
	tls_keep_use(context);
	return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
	    SSL_CTX_set_cipher_list(context, CIPHERS) == 1;
}

/* Whose keys the keeper can use is said at the start, not at a handshake. */
static bool
is_usable(const X509 *leaf, char why[SECURE_WHY_MAX])
{
	const EVP_PKEY *key = X509_get0_pubkey(leaf);

	if (key != NULL &&
	    (EVP_PKEY_is_a(key, "EC") || EVP_PKEY_is_a(key, "RSA") ||
		EVP_PKEY_is_a(key, "ED25519")))
		return true;
	snprintf(why, SECURE_WHY_MAX,
	    "a certificate for a key that is neither ECDSA, RSA nor Ed25519");
	return false;
}

static bool
take_certificate(SSL_CTX *context, const char *file, char why[SECURE_WHY_MAX])
{
	EVP_PKEY *key;
	X509 *leaf;
	bool done;

	if (SSL_CTX_use_certificate_chain_file(context, file) != 1) {
		unsigned long e = ERR_peek_error();

		if (ERR_GET_LIB(e) == ERR_LIB_SYS)
			snprintf(why, SECURE_WHY_MAX, "%s",
			    strerror(ERR_GET_REASON(e)));
		else
			snprintf(why, SECURE_WHY_MAX,
			    "no certificate in PEM is in it");
		ERR_clear_error();
		return false;
	}
	leaf = SSL_CTX_get0_certificate(context);
	if (!is_usable(leaf, why))
		return false;
	key = tls_key(X509_get0_pubkey(leaf), (int)identity_count);
	done = key != NULL && SSL_CTX_use_PrivateKey(context, key) == 1;
	if (!done)
		tls_why(why, "the key keeper's side");
	EVP_PKEY_free(key);
	return done;
}

/* What is no fault here, but why clients will not have it. */
static void
remark(const X509 *leaf, char why[SECURE_WHY_MAX])
{
	const ASN1_TIME *begins = X509_get0_notBefore(leaf),
			*ends = X509_get0_notAfter(leaf);
	char when[40];

	why[0] = '\0';
	if (X509_cmp_current_time(ends) < 0) {
		tls_time(when, sizeof(when), ends);
		snprintf(why, SECURE_WHY_MAX,
		    "it has expired, at %s: clients will not trust it", when);
	} else if (X509_cmp_current_time(begins) > 0) {
		tls_time(when, sizeof(when), begins);
		snprintf(why, SECURE_WHY_MAX,
		    "it is not valid before %s: until then clients will not "
		    "trust it",
		    when);
	} else if (X509_get_ext_by_NID(leaf, NID_subject_alt_name, -1) < 0) {
		snprintf(why, SECURE_WHY_MAX,
		    "it names no host (subjectAltName): browsers will not "
		    "trust it");
	}
}

int
tls_server_add(const char *certificate, char why[SECURE_WHY_MAX])
{
	struct identity *i = &identities[identity_count];

	if (identity_count == SECURE_KEYS_MAX) {
		snprintf(why, SECURE_WHY_MAX, "more than %d certificates",
		    SECURE_KEYS_MAX);
		return -1;
	}
	i->context = SSL_CTX_new(TLS_server_method());
	if (i->context == NULL || !settle(i->context)) {
		tls_why(why, "OpenSSL");
		SSL_CTX_free(i->context);
		return -1;
	}
	if (!take_certificate(i->context, certificate, why)) {
		SSL_CTX_free(i->context);
		return -1;
	}
	i->leaf = SSL_CTX_get0_certificate(i->context);
	remark(i->leaf, why);
	return (int)identity_count++;
}

void
tls_server_warm(void (*served)(bool begins))
{
	tls_warm(identity_count > 0 ? identities[0].context : NULL, served);
}

void
tls_server_prepare(void)
{
	if (identity_count > 0)
		tls_prepare(identities[0].context);
}

int
tls_server_begin(
    struct conn *c, int keeper, struct slice alpn, char why[SECURE_WHY_MAX])
{
	struct session *s;

	if (identity_count == 0) {
		snprintf(why, SECURE_WHY_MAX, "there is no certificate");
		return -1;
	}
	s = tls_begin(c, identities[0].context, why);
	if (s == NULL)
		return -1;
	s->alpn = alpn;
	tls_ask_line(keeper);
	if (SSL_in_before(s->ssl)) /* no one has prepared it */
		SSL_set_accept_state(s->ssl);
	return 0;
}
