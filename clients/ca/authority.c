/*
 * authority.c - the authority: made at first use, read ever after.
 */
#include "ca.h"

#include <openssl/x509v3.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "system/log.h"

/* What to do about one that is of no use. */
#define ANEW                                                              \
	"berth-ca uninstall, remove ca.pem and ca-key.pem, and berth-ca " \
	"install make a new one"

static const char *
own_name(void)
{
	static char name[64]; /* the most that a common name may have */
	const struct passwd *pw = getpwuid(geteuid());

	snprintf(name, sizeof(name), "Berth local authority %.16s@%.20s",
	    pw == NULL ? "somebody" : pw->pw_name,
	    names_own()[0] == '\0' ? "localhost" : names_own());
	return name;
}

static void
make(struct authority *a, const char *key_path)
{
	a->key = issue_key();
	a->certificate = issue_begin(a->key, own_name(), NULL, CA_DAYS);
	issue_add(a->certificate, NULL, NID_basic_constraints,
	    "critical,CA:TRUE,pathlen:0");
	issue_add(a->certificate, NULL, NID_key_usage, "critical,keyCertSign");
	issue_add(a->certificate, NULL, NID_ext_key_usage, "serverAuth");
	issue_add(
	    a->certificate, NULL, NID_name_constraints, names_constraints());
	issue_add(a->certificate, NULL, NID_subject_key_identifier, "hash");
	issue_sign(a->certificate, a->key);
	folder_write_key(key_path, a->key);
	folder_write_certificates(a->path, a->certificate, NULL);
	log_info("a new authority: %s", a->path);
}

void
authority_open(struct authority *a)
{
	const char *key_path = folder_path("ca-key.pem");

	a->path = folder_path("ca.pem");
	a->certificate = folder_read_certificate(a->path);
	a->key = folder_read_key(key_path);
	if (a->certificate == NULL && a->key == NULL) {
		make(a, key_path);
		return;
	}
	if (a->certificate == NULL || a->key == NULL)
		die(EXIT_CONFIG, "%s: it is not there, but %s is; " ANEW,
		    a->key == NULL ? key_path : a->path,
		    a->key == NULL ? a->path : key_path);
	if (X509_check_private_key(a->certificate, a->key) != 1)
		die(EXIT_CONFIG, "%s: it is not the key of %s; " ANEW, key_path,
		    a->path);
	if (X509_cmp_current_time(X509_get0_notAfter(a->certificate)) <= 0)
		die(EXIT_CONFIG, "%s: the authority has expired; " ANEW,
		    a->path);
}

void
authority_find(struct authority *a)
{
	const char *path = folder_path("ca.pem");

	*a = (struct authority){ .path = path,
		.certificate = folder_find_certificate(path) };
}

void
authority_close(struct authority *a)
{
	X509_free(a->certificate);
	EVP_PKEY_free(a->key);
	*a = (struct authority){ 0 };
}

const char *
authority_name(const struct authority *a)
{
	static char name[128];

	if (a->certificate == NULL)
		return own_name();
	if (X509_NAME_get_text_by_NID(X509_get_subject_name(a->certificate),
		NID_commonName, name, sizeof(name)) <= 0)
		die(EXIT_CONFIG, "%s: it has no name", a->path);
	return name;
}
