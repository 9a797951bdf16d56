/*
 * ca.h - the rooms of berth-ca.
 *
 *	main.c		the command line
 *	folder.c	where the authority is kept
 *	names.c		for which names it may vouch
 *	issue.c		certificates, made and signed
 *	authority.c	the authority: made once, read ever after
 *	run.c		other programs
 *	nss.c		the stores of browsers
 *	system.c	the store of the system
 *	leaf.c		a certificate for a server, renewed in time
 *
 * Each calls only those above it in this list; main.c all.  A fault ends the
 * program with a line that says what and why.
 */
#ifndef CA_H
#define CA_H

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stddef.h>

#define CA_NAMES_MAX  64
#define CA_DAYS       3650 /* of the authority */
#define CA_LEAF_DAYS  90   /* of a server's certificate, which is made ... */
#define CA_RENEW_DAYS 30   /* ... anew when it has fewer left */

extern bool ca_quiet;

/* ---- folder.c ---- */

/*
 * The path of a file in the folder, which is made (0700) if need be.  Good for
 * as long as the program runs; at most 16.
 */
const char *folder_path(const char *name);

/*
 * Keep others out while something is made.
 */
void folder_lock(void);

/*
 * Write a key or certificate: all of it, or nothing has changed.
 */
void folder_write_key(const char *path, EVP_PKEY *);
void folder_write_certificates(const char *path, X509 *first, X509 *second);

/*
 * Read one.  NULL: there is none.  What cannot be read ends the program.
 */
EVP_PKEY *folder_read_key(const char *path);
X509 *folder_read_certificate(const char *path);

/*
 * The same, but NULL is also what is none.
 */
EVP_PKEY *folder_find_key(const char *path);
X509 *folder_find_certificate(const char *path);

/* ---- names.c ---- */

/*
 * This machine's name, or "" when it is none of a host.
 */
const char *names_own(void);

/*
 * Is there one among them with a star above a single label, for which browsers
 * refuse the whole certificate?
 */
bool names_have_wide_star(const GENERAL_NAMES *);

/*
 * The constraints of a new authority, as OpenSSL reads them.
 */
const char *names_constraints(void);

/*
 * The names of a certificate: what was asked for, and what every server here
 * may be called.  One that the authority may not vouch for ends the program.
 */
GENERAL_NAMES *names_of_leaf(X509 *ca, char *const *asked, int count);

/* ---- issue.c ---- */

EVP_PKEY *issue_key(void);

/*
 * A certificate for a key, from now on, signed by issuer's key; issuer NULL:
 * by itself.  Then issue_add() extensions, and issue_sign() it.
 */
X509 *issue_begin(EVP_PKEY *, const char *name, X509 *issuer, int days);
void issue_add(X509 *, X509 *issuer, int nid, const char *value);
void issue_sign(X509 *, EVP_PKEY *);

/* ---- authority.c ---- */

struct authority {
	const char *path; /* of the certificate */
	X509 *certificate;
	EVP_PKEY *key;
};

/*
 * Open it, or make it.  What is wrong with it ends the program.
 */
void authority_open(struct authority *);

/*
 * Only its name, to take it out of stores: whatever is wrong with it, and if
 * its files are gone the name that it had.
 */
void authority_find(struct authority *);
void authority_close(struct authority *);

/* What stores call it. */
const char *authority_name(const struct authority *);

/* ---- run.c ---- */

/*
 * Run a program found by PATH, its words dropped unless loud.  Returns its
 * exit code, or -1: there is none such.
 */
int run(bool loud, const char *const *argv);
bool run_is_there(const char *program);

/* ---- nss.c, system.c ---- */

/*
 * Have the stores trust the authority, or no longer.  Return how many do, or
 * -1 when one should and does not.
 */
int nss_install(const struct authority *);
int nss_uninstall(const struct authority *);
int system_install(const struct authority *);
int system_uninstall(const struct authority *);
bool system_trusts(void);

/* ---- leaf.c ---- */

/*
 * See to a certificate for these names, and say where it is, a line each on
 * standard output: the paths of certificate and key, in how many seconds it
 * should be asked for again, and whether the system trusts it.
 */
void leaf(const struct authority *, char *const *names, int count);

#endif
