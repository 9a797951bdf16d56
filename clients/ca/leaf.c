/*
 * leaf.c - a certificate for a server: the one that is there, if it will do,
 * or a new one.
 */
#include "ca.h"

#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "system/log.h"

#define DAY_S 86400

/* That it has left; negative when it has expired. */
static long
seconds_left(const X509 *x)
{
	int days = 0, seconds = 0;

	if (ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(x)) != 1)
		return -1;
	return (long)days * DAY_S + seconds;
}

/* All that are wanted, and none that would spoil it. */
static bool
has_names(const X509 *x, const GENERAL_NAMES *wanted)
{
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	bool all = names != NULL && !names_have_wide_star(names);

	for (int i = 0; all && i < sk_GENERAL_NAME_num(wanted); i++) {
		GENERAL_NAME *one = sk_GENERAL_NAME_value(wanted, i);
		bool found = false;

		for (int j = 0; !found && j < sk_GENERAL_NAME_num(names); j++)
			found = GENERAL_NAME_cmp(
				    sk_GENERAL_NAME_value(names, j), one) == 0;
		all = found;
	}
	GENERAL_NAMES_free(names);
	return all;
}

static bool
will_do(const struct authority *a, X509 *x, EVP_PKEY *key,
    const GENERAL_NAMES *names)
{
	return x != NULL && key != NULL &&
	    X509_check_private_key(x, key) == 1 &&
	    X509_verify(x, a->key) == 1 &&
	    seconds_left(x) > CA_RENEW_DAYS * (long)DAY_S &&
	    has_names(x, names);
}

static X509 *
make(const struct authority *a, EVP_PKEY *key, const char *name,
    GENERAL_NAMES *names)
{
	X509 *x = issue_begin(key, name, a->certificate, CA_LEAF_DAYS);

	issue_add(
	    x, a->certificate, NID_basic_constraints, "critical,CA:FALSE");
	issue_add(
	    x, a->certificate, NID_key_usage, "critical,digitalSignature");
	issue_add(x, a->certificate, NID_ext_key_usage, "serverAuth");
	issue_add(x, a->certificate, NID_authority_key_identifier, "keyid");
	if (X509_add1_ext_i2d(
		x, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) != 1)
		die(EXIT_OSERR, "the names of a certificate");
	issue_sign(x, a->key);
	return x;
}

void
leaf(const struct authority *a, char *const *asked, int count)
{
	const char *name = count > 0 ? asked[0] : "localhost";
	GENERAL_NAMES *names = names_of_leaf(a->certificate, asked, count);
	char file[NAME_MAX + 1];
	const char *path, *key_path;
	EVP_PKEY *key;
	X509 *x;

	/* A name has no slash; a star is unwieldy in a file's name. */
	snprintf(file, sizeof(file), "%s.pem", name);
	path = folder_path(file[0] == '*' ? file + 2 : file);
	snprintf(file, sizeof(file), "%s-key.pem", name);
	key_path = folder_path(file[0] == '*' ? file + 2 : file);
	x = folder_find_certificate(path);
	key = folder_find_key(key_path);
	if (!will_do(a, x, key, names)) {
		X509_free(x);
		EVP_PKEY_free(key);
		key = issue_key();
		x = make(a, key, name, names);
		folder_write_key(key_path, key);
		folder_write_certificates(path, x, NULL);
		log_info("a new certificate for %s, good for %d days", name,
		    CA_LEAF_DAYS);
	}
	printf("%s\n%s\n%ld\n%s\n", path, key_path,
	    seconds_left(x) - CA_RENEW_DAYS * (long)DAY_S,
	    system_trusts() ? "trusted" : "not trusted");
	X509_free(x);
	EVP_PKEY_free(key);
	GENERAL_NAMES_free(names);
}
