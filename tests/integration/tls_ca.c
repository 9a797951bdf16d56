/*
 * tls_ca.c - berth-ca: what it makes, for whom, and what a thief of its key
 * cannot do.
 */
#include <sys/stat.h>

#include "tls_start.h"

#define CA "data/berth/ca/"

static void
expect(const char *line, int code, const char *out)
{
	tls_expect(0, line, code, out);
}

Test(tls_ca, it_is_made_once_and_is_the_users_alone)
{
	struct stat st;

	tls_place();
	expect("berth-ca leaf | head -2", 0, NULL);
	cr_assert_eq(stat(rig_in(rig_sh_place(), "data/berth/ca"), &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0700);
	cr_assert_eq(stat(rig_in(rig_sh_place(), CA "ca-key.pem"), &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0600);
	expect("sha256sum " CA "* >a; berth-ca leaf >/dev/null; berth-ca "
	       ">/dev/null; sha256sum " CA "* | cmp - a",
	    0, "");
	expect("chmod 755 data/berth/ca; berth-ca", 78, "");
	expect(
	    "chmod 700 data/berth/ca; rm " CA "ca-key.pem; berth-ca", 78, "");
}

Test(tls_ca, leaves)
{
	tls_place();
	expect("berth-ca leaf >/dev/null 2>&1; openssl verify -x509_strict "
	       "-CAfile " CA "ca.pem " CA "localhost.pem",
	    0, CA "localhost.pem: OK\n");
	expect("berth-ca leaf App.test 10.0.0.7 >/dev/null 2>&1; openssl x509 "
	       "-noout -ext subjectAltName -in " CA "App.test.pem | grep -c "
	       "'DNS:App.test, IP Address:10.0.0.7, DNS:localhost, "
	       "IP Address:127.0.0.1'",
	    0, "1\n");
	/* Another name needs another certificate; the same ones do not. */
	expect("cp " CA "App.test.pem a; berth-ca leaf App.test >/dev/null; "
	       "cmp " CA "App.test.pem a",
	    0, "");
	expect("berth-ca leaf App.test b.test >/dev/null 2>&1; "
	       "cmp -s " CA "App.test.pem a",
	    1, "");
	/* One that is about to end is made anew. */
	expect("berth-ca leaf >/dev/null; openssl x509 -in " CA
	       "localhost.pem -signkey " CA "localhost-key.pem -days 5 "
	       "-out " CA "localhost.pem 2>/dev/null; berth-ca leaf 2>&1 | "
	       "grep -c 'a new certificate for localhost'",
	    0, "1\n");
}

Test(tls_ca, a_damaged_leaf_is_made_anew)
{
	static const char *const damage[] = { ": >" CA "localhost.pem",
		"echo x >" CA "localhost-key.pem", "rm " CA "localhost.pem",
		"openssl genpkey -algorithm ed25519 -out " CA
		"localhost-key.pem" };
	char line[400];

	tls_place();
	expect("berth-ca -q leaf >/dev/null", 0, "");
	for (size_t i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
		snprintf(line, sizeof(line),
		    "%s; berth-ca leaf 2>&1 | grep -c 'a new certificate for "
		    "localhost'; openssl verify -CAfile " CA "ca.pem " CA
		    "localhost.pem >/dev/null",
		    damage[i]);
		expect(line, 0, "1\n");
	}
}

/* Programs that only note what they were called for: the test must not change
 * the stores of who runs it. */
#define FAKES                                                             \
	"mkdir -p b .pki/nssdb && : >.pki/nssdb/cert9.db && for i in "    \
	"certutil rm sudo update-ca-certificates update-ca-trust trust; " \
	"do printf '#!/bin/sh\\necho \"$0 $*\" >>asked\\n' >b/$i && "     \
	"chmod +x b/$i; done && "

/* It can be taken out of browsers all the same: that is what is advised. */
Test(tls_ca, one_of_no_use_is_uninstalled)
{
	static const char *const damage[] = { "true", "rm " CA "ca-key.pem",
		"echo x >" CA "ca-key.pem", "echo x >" CA "ca.pem",
		"rm -r data/berth" };
	char line[800];

	tls_place();
	for (size_t i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
		snprintf(line, sizeof(line),
		    "rm -rf data asked; " FAKES "berth-ca -q >/dev/null && %s "
		    "&& PATH=$PWD/b:$PATH berth-ca -q uninstall && "
		    "grep -c 'certutil -D .*Berth local authority' asked && "
		    "if [ %zu = 4 ]; then ! test -e data/berth/ca/ca.pem; fi",
		    damage[i], i);
		expect(line, 0, "1\n");
	}
	/* It is said where it is needed. */
	cr_expect(rig_sh(0,
	    "rm -rf data; berth-ca -q >/dev/null; rm " CA "ca-key.pem; "
	    "berth-ca leaf",
	    78, "", "berth-ca uninstall, remove ca.pem and ca-key.pem"));
}

/* As it goes into them; Firefox has moved its own. */
Test(tls_ca, it_is_taken_out_of_every_profile)
{
	static const char *const places[] = { ".mozilla/firefox/x.default",
		".config/mozilla/firefox/x.default-esr",
		"snap/firefox/common/.mozilla/firefox/x",
		".var/app/org.mozilla.firefox/config/mozilla/firefox/x" };
	char line[800];

	tls_place();
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(line, sizeof(line),
		    "rm -rf data asked; " FAKES "mkdir -p %s && : >%s/cert9.db "
		    "&& berth-ca -q >/dev/null && "
		    "PATH=$PWD/b:$PATH berth-ca -q uninstall && "
		    "grep -c 'certutil -D -d sql:.*/%s -n' asked",
		    places[i], places[i], places[i]);
		expect(line, 0, "1\n");
	}
}

/* One that an earlier berth-ca made, with a name that Firefox cannot stand. */
Test(tls_ca, a_leaf_with_a_wide_star_is_made_anew)
{
	tls_place();
	expect("berth-ca leaf >/dev/null 2>&1; echo "
	       "'subjectAltName=DNS:localhost,DNS:*.localhost,IP:127.0.0.1,"
	       "IP:::1,DNS:'$(hostname) >e; openssl req -new -key " CA
	       "localhost-key.pem -subj /CN=old -out r; openssl x509 -req "
	       "-in r -CA " CA "ca.pem -CAkey " CA "ca-key.pem -days 80 "
	       "-extfile e -out " CA "localhost.pem 2>/dev/null; "
	       "berth-ca leaf 2>&1 | grep -c 'a new certificate'; "
	       "openssl x509 -noout -ext subjectAltName -in " CA
	       "localhost.pem | grep -c '\\*'",
	    1, "1\n0\n");
}

Test(tls_ca, it_vouches_for_nobody_else)
{
	tls_place();
	expect("berth-ca leaf example.com", 64, "");
	expect("berth-ca leaf localhost.example.com", 64, "");
	expect("berth-ca leaf notlocalhost", 64, "");
	expect("berth-ca leaf 8.8.8.8", 64, "");
	expect("berth-ca leaf 2001:db8::1", 64, "");
	expect("berth-ca leaf a/b", 64, "");
	expect("berth-ca leaf 'a.test,DNS:example.com'", 64, "");
	expect("berth-ca leaf ''", 64, "");
	/* Firefox refuses a certificate with such a star. */
	expect("berth-ca leaf '*.test' 2>/dev/null", 64, "");
	expect("berth-ca leaf '*.localhost' 2>&1 | grep -c 'a star two levels "
	       "below'",
	    0, "1\n");
	expect("berth-ca leaf '*.app.test' >/dev/null 2>&1", 0, "");
	expect("berth-ca leaf 192.168.3.4 fd00::1 x.internal >/dev/null 2>&1",
	    0, "");
	/* Nor can who has stolen its key. */
	expect("openssl req -new -newkey ec -pkeyopt "
	       "ec_paramgen_curve:P-256 -nodes -keyout k -out r -subj "
	       "/CN=example.com 2>/dev/null; echo "
	       "subjectAltName=DNS:example.com >e; openssl x509 -req -in r "
	       "-CA " CA "ca.pem -CAkey " CA "ca-key.pem -days 3 -extfile e "
	       "-out c 2>/dev/null; openssl verify -CAfile " CA "ca.pem c "
	       "2>&1 | grep -c 'permitted subtree violation'",
	    0, "1\n");
}

Test(tls_ca, commands)
{
	tls_place();
	expect("berth-ca 2>/dev/null | grep -c ^SHA-256", 0, "1\n");
	expect("berth-ca nonsense", 64, "");
	expect("berth-ca install now", 64, "");
	expect("berth-ca --help | grep -c leaf", 0, NULL);
}

Test(tls_ca, the_suite_uses_it_by_itself)
{
	struct rig *r = tls_start(RIG("berth", "--tls", "--http", "127.0.0.1:0",
	    "--tls-listen", "127.0.0.1:0", "--smtp", "127.0.0.1:0", "--smtps",
	    "127.0.0.1:0", "--inbox", "127.0.0.1:0", "--inbox-tls",
	    "127.0.0.1:0", "site"));

	cr_expect(rig_hear(r, "run once: berth-ca install"));
	tls_expect(rig_port(r, "https"),
	    "berth-http --cacert " CA "ca.pem https://localhost:$P/", 0,
	    "<h1>secure</h1>\n");
	tls_expect(rig_port(r, "inbox-tls"),
	    "berth-http --cacert " CA "ca.pem "
	    "https://localhost:$P/api/v1/info | grep -c Version",
	    0, "1\n");
	tls_expect(rig_port(r, "smtps"),
	    "echo Hi | berth-smtp --tls --cacert " CA "ca.pem localhost:$P "
	    "a@b.c d@e.f",
	    0, "");
	tls_expect(rig_port(r, "smtp"),
	    "echo Hi | berth-smtp --starttls --cacert " CA "ca.pem "
	    "localhost:$P a@b.c d@e.f",
	    0, "");
	cr_assert_eq(rig_stop(r), 0);
}
