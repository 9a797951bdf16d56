/*
 * tls_options.c - faults of the options of TLS, and of the files they name.
 */
#include "tls_start.h"

static void
refused(const char *const *argv, int code, const char *why)
{
	struct rig *r = rig_run_how(
	    &(struct rig_how){ .argv = argv, .dir = rig_sh_place() });

	cr_expect_eq(rig_wait(r), code, "%s", why);
	cr_expect_not_null(strstr(rig_err(r), why), "%s: %s", why, rig_err(r));
}

#define WITH(...) \
	RIG("berth-httpd", "-l0", "--tls-listen", "0", __VA_ARGS__, "site")

Test(tls_options, faults_name_the_option_the_file_and_the_cause)
{
	tls_place();
	cr_assert(rig_sh(0,
	    "openssl pkey -in key.pem -aes256 -passout pass:x -out locked.pem;"
	    "openssl genpkey -algorithm ed25519 -out strange.pem",
	    0, NULL, NULL));
	refused(WITH("--tls-cert", "none.pem"), 78,
	    "--tls-cert none.pem: No such file or directory");
	refused(WITH("--tls-cert", "key.pem"), 78,
	    "--tls-cert key.pem: no certificate in PEM is in it");
	refused(WITH("--tls-cert", "cert.pem"), 78,
	    "--tls-key cert.pem: no private key in PEM is in it");
	refused(WITH("--tls-cert", "cert.pem", "--tls-key", "none.pem"), 78,
	    "--tls-key none.pem: No such file or directory");
	refused(WITH("--tls-cert", "cert.pem", "--tls-key", "locked.pem"), 78,
	    "--tls-key locked.pem: it is encrypted");
	refused(WITH("--tls-cert", "cert.pem", "--tls-key", "strange.pem"), 78,
	    "--tls-key strange.pem: it is not the key of the certificate "
	    "cert.pem");
	refused(WITH("--tls-key", "key.pem"), 64,
	    "--tls-key key.pem: there is no --tls-cert for it");
	refused(RIG("berth-httpd", "-l0", "--tls-key", "key.pem", "site"), 64,
	    "--tls-key key.pem: without --tls-cert");
	refused(RIG("berth-httpd", "-l0", "--https-redirect", "site"), 64,
	    "--https-redirect: without --tls-listen");
	refused(RIG("berth-httpd", "-l0", "--tls-listen", "x", "site"), 64,
	    "--tls-listen x: ");
}

/* A certificate for our key, from the beginning of one year to that of another. */
static void
certify(const char *file, const char *from, const char *to)
{
	char line[800];

	snprintf(line, sizeof(line),
	    "openssl req -new -key key.pem -subj /CN=localhost -out r && "
	    "printf '[ca]\\ndefault_ca=a\\n[a]\\ndatabase=i\\nrand_serial=yes"
	    "\\nnew_certs_dir=.\\npolicy=p\\ndefault_md=sha256\\n"
	    "x509_extensions=e\\n[p]\\ncommonName=supplied\\n[e]\\n"
	    "subjectAltName=DNS:localhost\\n' >conf && rm -f i* && : >i && "
	    "openssl ca -batch -selfsign -config conf -keyfile key.pem -in r "
	    "-notext -out %s -startdate %s0101000000Z -enddate %s0101000000Z",
	    file, from, to);
	cr_assert(rig_sh(0, line, 0, NULL, NULL));
}

/* They are served all the same: there are clients that do not care. */
static void
served_with(const char *file, const char *words)
{
	struct rig *r = rig_start_how(
	    &(struct rig_how){ .argv = RIG("berth-httpd", "-l", "127.0.0.1:0",
				   "--tls-listen", "127.0.0.1:0", "--tls-cert",
				   file, "--tls-key", "key.pem", "site"),
		.dir = rig_sh_place() });

	tls_expect(rig_port(r, "https"), "berth-http -k https://localhost:$P/",
	    0, "<h1>secure</h1>\n");
	if (words != NULL)
		cr_expect(rig_hear(r, words));
	else
		cr_expect_eq(rig_count(r, "trust it"), 0, "%s", rig_err(r));
	cr_assert_eq(rig_stop(r), 0);
}

Test(tls_options, a_certificate_that_clients_will_not_trust)
{
	tls_place();
	certify("old.pem", "2001", "2002");
	certify("new.pem", "2048", "2049");
	cr_assert(rig_sh(0,
	    "openssl req -x509 -key key.pem -out nobody.pem -days 3 "
	    "-subj /CN=localhost",
	    0, NULL, NULL));
	served_with("cert.pem", NULL);
	served_with("old.pem",
	    "--tls-cert old.pem: it has expired, at Jan  1 00:00:00 2002 "
	    "GMT: ");
	served_with("new.pem",
	    "--tls-cert new.pem: it is not valid before Jan  1 00:00:00 2048 "
	    "GMT: ");
	served_with("nobody.pem",
	    "--tls-cert nobody.pem: it names no host (subjectAltName): ");
}
