/*
 * issue.c - certificates, made and signed: ECDSA with P-256, which every
 * client knows.
 */
#include "ca.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "system/log.h"

#define SERIAL_BYTES 16
#define CLOCK_SKEW_S 3600 /* a virtual machine may lag behind */

static _Noreturn void
fail(const char *what)
{
	const char *why = ERR_reason_error_string(ERR_peek_last_error());

	die(EXIT_OSERR, "%s: %s", what, why == NULL ? "no reason" : why);
}

EVP_PKEY *
issue_key(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");

	if (key == NULL)
		fail("a new key");
	return key;
}

static bool
set_serial(X509 *x)
{
	unsigned char bytes[SERIAL_BYTES];
	BIGNUM *n = NULL;
	bool done;

	if (RAND_bytes(bytes, sizeof(bytes)) == 1) {
		bytes[0] = (bytes[0] & 0x7f) | 0x40; /* positive, and long */
		n = BN_bin2bn(bytes, sizeof(bytes), NULL);
	}
	done = n != NULL &&
	    BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)) != NULL;
	BN_free(n);
	return done;
}

X509 *
issue_begin(EVP_PKEY *key, const char *name, X509 *issuer, int days)
{
	X509 *x = X509_new();
	X509_NAME *subject = x == NULL ? NULL : X509_get_subject_name(x);

	if (subject == NULL || X509_set_version(x, X509_VERSION_3) != 1 ||
	    !set_serial(x) ||
	    X509_gmtime_adj(X509_getm_notBefore(x), -CLOCK_SKEW_S) == NULL ||
	    X509_time_adj_ex(X509_getm_notAfter(x), days, 0, NULL) == NULL ||
	    X509_set_pubkey(x, key) != 1 ||
	    X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8,
		(const unsigned char *)"Berth", -1, -1, 0) != 1 ||
	    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
		(const unsigned char *)name, -1, -1, 0) != 1 ||
	    X509_set_issuer_name(x,
		issuer == NULL ? subject : X509_get_subject_name(issuer)) != 1)
		fail("a new certificate");
	return x;
}

void
issue_add(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *e;

	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, issuer == NULL ? x : issuer, x, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &context, nid, (char *)value);
	if (e == NULL || X509_add_ext(x, e, -1) != 1)
		fail(OBJ_nid2ln(nid));
	X509_EXTENSION_free(e);
}

void
issue_sign(X509 *x, EVP_PKEY *key)
{
	if (X509_sign(x, key, EVP_sha256()) == 0)
		fail("signing");
}
