/*
 * names.c - for which names the authority may vouch.
 *
 * That is written into its own certificate (RFC 5280 4.2.1.10), and so holds
 * whoever has its key.
 */
#include "ca.h"

#include <arpa/inet.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "bytes/ascii.h"
#include "bytes/slice.h"
#include "system/log.h"

/* A name stands for those below it, too. */
#define ALWAYS                                                      \
	"critical,permitted;DNS:localhost,permitted;DNS:test,"      \
	"permitted;DNS:internal,"                                   \
	"permitted;IP:127.0.0.0/255.0.0.0,"                         \
	"permitted;IP:10.0.0.0/255.0.0.0,"                          \
	"permitted;IP:172.16.0.0/255.240.0.0,"                      \
	"permitted;IP:192.168.0.0/255.255.0.0,"                     \
	"permitted;IP:169.254.0.0/255.255.0.0,"                     \
	"permitted;IP:::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff," \
	"permitted;IP:fc00::/fe00::,"                               \
	"permitted;IP:fe80::/ffc0::"

/*
 * Firefox (mozilla::pkix) wants two labels behind a star, and refuses all of a
 * certificate that has one above a single label: *.localhost, *.test.
 */
static bool
is_wide_star(struct slice name)
{
	return slice_starts(name, "*.") &&
	    slice_find(slice_from(name, 2), '.') == NULL;
}

/* Letters, digits and hyphens between dots, and a "*." before them. */
static bool
is_host(const char *name)
{
	struct slice rest = slice_of(name);

	if (is_wide_star(rest))
		return false;
	if (slice_starts(rest, "*."))
		rest = slice_from(rest, 2);
	if (rest.n == 0 || rest.n > 253)
		return false;
	while (rest.p != NULL) {
		struct slice label = slice_cut(&rest, '.');

		if (label.n == 0 || label.n > 63)
			return false;
		for (size_t i = 0; i < label.n; i++)
			if (!ascii_is(label.p[i], ASCII_ALPHA) &&
			    !ascii_is(label.p[i], ASCII_DIGIT) &&
			    label.p[i] != '-' && label.p[i] != '_')
				return false;
	}
	return true;
}

bool
names_have_wide_star(const GENERAL_NAMES *all)
{
	for (int i = 0; i < sk_GENERAL_NAME_num(all); i++) {
		const GENERAL_NAME *g = sk_GENERAL_NAME_value(all, i);
		const ASN1_STRING *name = g->d.ia5;
		struct slice text;

		if (g->type != GEN_DNS)
			continue;
		text =
		    (struct slice){ (const char *)ASN1_STRING_get0_data(name),
			    (size_t)ASN1_STRING_length(name) };
		if (is_wide_star(text))
			return true;
	}
	return false;
}

const char *
names_own(void)
{
	static char name[256];

	if (name[0] == '\0' && gethostname(name, sizeof(name) - 1) == 0 &&
	    (!is_host(name) || strcasecmp(name, "localhost") == 0))
		name[0] = '\0';
	return name;
}

const char *
names_constraints(void)
{
	static char text[sizeof(ALWAYS) + 600];
	const char *own = names_own();
	int first = (int)strcspn(own, ".");

	if (own[0] == '\0')
		return ALWAYS;
	if (own[first] == '\0')
		snprintf(text, sizeof(text),
		    ALWAYS ",permitted;DNS:%s,permitted;DNS:%s.local", own,
		    own);
	else
		snprintf(text, sizeof(text),
		    ALWAYS ",permitted;DNS:%s,permitted;DNS:%.*s,"
			   "permitted;DNS:%.*s.local",
		    own, first, own, first, own);
	return text;
}

static GENERAL_NAME *
make(const char *text)
{
	unsigned char address[sizeof(struct in6_addr)];
	bool is_address = inet_pton(AF_INET, text, address) == 1 ||
	    inet_pton(AF_INET6, text, address) == 1;

	if (!is_address && !is_host(text))
		return NULL;
	return a2i_GENERAL_NAME(NULL, NULL, NULL,
	    is_address ? GEN_IPADD : GEN_DNS, (char *)text, 0);
}

/* As whoever checks a certificate of ours will. */
static bool
is_permitted(X509 *ca, GENERAL_NAME *name)
{
	NAME_CONSTRAINTS *limits =
	    X509_get_ext_d2i(ca, NID_name_constraints, NULL, NULL);
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	X509 *trial = X509_new();
	bool yes = false;

	if (limits != NULL && names != NULL && trial != NULL &&
	    sk_GENERAL_NAME_push(names, name) > 0 &&
	    X509_add1_ext_i2d(trial, NID_subject_alt_name, names, 0,
		X509V3_ADD_REPLACE) == 1) {
		X509_check_purpose(trial, -1, 0); /* takes note of names */
		yes = NAME_CONSTRAINTS_check(trial, limits) == X509_V_OK;
	}
	sk_GENERAL_NAME_free(names);
	X509_free(trial);
	NAME_CONSTRAINTS_free(limits);
	return yes;
}

static bool
is_among(const GENERAL_NAMES *all, GENERAL_NAME *name)
{
	for (int i = 0; i < sk_GENERAL_NAME_num(all); i++)
		if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(all, i), name) == 0)
			return true;
	return false;
}

/* Returns false when it may not be in it. */
static bool
add(GENERAL_NAMES *all, X509 *ca, const char *text)
{
	GENERAL_NAME *name = make(text);

	if (name == NULL || !is_permitted(ca, name)) {
		GENERAL_NAME_free(name);
		return false;
	}
	if (is_among(all, name))
		GENERAL_NAME_free(name);
	else
		sk_GENERAL_NAME_push(all, name);
	return true;
}

static const char *
why_not(const char *text)
{
	GENERAL_NAME *name = make(text);
	bool is_name = name != NULL;

	GENERAL_NAME_free(name);
	if (is_wide_star(slice_of(text)))
		return "browsers refuse a star above a single name: say each "
		       "name, or a star two levels below, as *.app.test";
	return is_name ? "this authority may only vouch for localhost, test, "
			 "internal, names below them, this machine's name, "
			 "and private addresses" :
			 "not the name of a host, nor an address";
}

GENERAL_NAMES *
names_of_leaf(X509 *ca, char *const *asked, int count)
{
	static const char *const usual[] = { "localhost", "127.0.0.1", "::1" };
	GENERAL_NAMES *all = GENERAL_NAMES_new();

	if (all == NULL)
		die(EXIT_OSERR, "no memory");
	if (count > CA_NAMES_MAX)
		die(EXIT_USAGE, "more than %d names", CA_NAMES_MAX);
	for (int i = 0; i < count; i++)
		if (!add(all, ca, asked[i])) {
			GENERAL_NAMES_free(all);
			die(EXIT_USAGE, "%s: %s", asked[i], why_not(asked[i]));
		}
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		add(all, ca, usual[i]);
	if (names_own()[0] != '\0')
		add(all, ca, names_own());
	return all;
}
