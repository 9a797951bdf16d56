/*
 * tell.c - what a handshake came to, in words.
 */
#include <openssl/x509v3.h>
#include <string.h>

#include "tls/session.h"

static void
keep(char *to, size_t size, const char *text)
{
	size_t n = text == NULL ? 0 : strlen(text);

	if (n >= size)
		n = size - 1;
	memcpy(to, text == NULL ? "" : text, n);
	to[n] = '\0';
}

static void
keep_name(char *to, size_t size, const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long n = 0;

	if (bio != NULL &&
	    X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) >= 0)
		n = BIO_get_mem_data(bio, &text);
	if (n > 0) {
		n = n < (long)size ? n : (long)size - 1;
		memcpy(to, text, (size_t)n);
		to[n] = '\0';
	}
	BIO_free(bio);
}

void
tls_time(char *to, size_t size, const ASN1_TIME *t)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int n = 0;

	if (bio != NULL && ASN1_TIME_print(bio, t))
		n = BIO_read(bio, to, (int)size - 1);
	to[n > 0 ? n : 0] = '\0';
	BIO_free(bio);
}

void
tls_tell(const struct conn *c, struct secure_facts *f)
{
	const struct session *s = c->session;
	X509 *peer = SSL_get0_peer_certificate(s->ssl);
	long verdict = SSL_get_verify_result(s->ssl);
	const SSL_CIPHER *cipher = SSL_get_current_cipher(s->ssl);
	int group = (int)SSL_get_negotiated_group(s->ssl);

	keep(f->version, sizeof(f->version), SSL_get_version(s->ssl));
	keep(f->cipher, sizeof(f->cipher), SSL_CIPHER_get_name(cipher));
	if (group != 0)
		keep(f->group, sizeof(f->group),
		    SSL_group_to_name(s->ssl, group));
	f->resumed = SSL_session_reused(s->ssl) == 1;
	if (!s->client || peer == NULL)
		return;
	keep_name(f->subject, sizeof(f->subject), X509_get_subject_name(peer));
	keep_name(f->issuer, sizeof(f->issuer), X509_get_issuer_name(peer));
	tls_time(f->until, sizeof(f->until), X509_get0_notAfter(peer));
	keep(f->trust, sizeof(f->trust),
	    verdict == X509_V_OK ? "ok" :
				   X509_verify_cert_error_string(verdict));
}
