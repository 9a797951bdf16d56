/*
 * identity.c - a key and a certificate of localhost.
 */
#include "fuzzrig/identity.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "fuzzrig/must.h"

static X509 *
new_certificate(EVP_PKEY *key)
{
	X509 *x = X509_new();
	X509_NAME *name;

	must(x != NULL);
	name = X509_get_subject_name(x);
	must(ASN1_INTEGER_set(X509_get_serialNumber(x), 1) == 1 &&
	    X509_gmtime_adj(X509_getm_notBefore(x), -60) != NULL &&
	    X509_gmtime_adj(X509_getm_notAfter(x), 86400) != NULL &&
	    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		(const unsigned char *)"localhost", -1, -1, 0) == 1 &&
	    X509_set_issuer_name(x, name) == 1 &&
	    X509_set_pubkey(x, key) == 1 &&
	    X509_sign(x, key, EVP_sha256()) > 0);
	return x;
}

EVP_PKEY *
identity_make(FILE *certificate)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = new_certificate(key);

	must(PEM_write_X509(certificate, x) == 1 && fflush(certificate) == 0);
	X509_free(x);
	return key;
}
