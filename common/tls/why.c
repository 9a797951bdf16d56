/*
 * why.c - faults in words: OpenSSL's, and those of a handshake.
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "tls/session.h"

void
tls_why(char why[SECURE_WHY_MAX], const char *what)
{
	unsigned long error = ERR_peek_last_error();
	const char *reason = error == 0 ? NULL : ERR_reason_error_string(error);

	snprintf(why, SECURE_WHY_MAX, "%s%s%s", what == NULL ? "" : what,
	    what == NULL ? "" : ": ", reason != NULL ? reason : "no reason");
	ERR_clear_error();
}

/* The first byte that the other end has sent is one of these.  No record
 * begins with what can be read (RFC 8446 5.1). */
static bool
began_within(const struct session *s, char from, char to)
{
	return s->first_n > 0 && s->first[0] >= from && s->first[0] <= to;
}

int
tls_explain(const struct session *s, char why[SECURE_WHY_MAX])
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
