/*
 * tls_site.c - the site over TLS: which versions, who is refused, sessions that
 * are resumed, certificates by name, and a reload.
 */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tls_start.h"

/* PR_SET_MDWE of Linux 6.3 */
#define MDWE_SET         65
#define MDWE_REFUSE_GAIN 1

#define S_CLIENT                                             \
	"timeout 20 openssl s_client -connect 127.0.0.1:$P " \
	"-CAfile cert.pem </dev/null 2>&1 "
#define SAYS(text, protocol)                                         \
	"printf '" text "' | timeout 20 openssl s_client -quiet "    \
	"-connect 127.0.0.1:$P -CAfile cert.pem -alpn " protocol " " \
	"2>/dev/null "
#define PAGE "berth-http --cacert cert.pem https://localhost:$P/"

Test(tls_site, two_versions_and_no_others)
{
	struct rig *r = tls_start(TLS_SERVER);
	unsigned port = rig_port(r, "https");

	tls_expect(port, PAGE, 0, "<h1>secure</h1>\n");
	tls_expect(
	    port, S_CLIENT "-tls1_2 | grep -c 'Cipher is ECDHE-'", 0, "1\n");
	tls_expect(
	    port, S_CLIENT "-tls1_3 | grep -c 'Cipher is TLS_'", 0, "1\n");
	tls_expect(port,
	    S_CLIENT "-tls1_1 -cipher DEFAULT@SECLEVEL=0 | "
		     "grep -c 'alert protocol version'",
	    0, "1\n");
	/* No suite without forward secrecy. */
	tls_expect(port,
	    S_CLIENT "-tls1_2 -cipher AES128-GCM-SHA256 | "
		     "grep -c 'alert handshake failure'",
	    0, "1\n");
	tls_expect(port, S_CLIENT "| grep -c 'Compression: NONE'", 0, "1\n");
	tls_expect(port,
	    S_CLIENT "-alpn spdy/9,http/1.1 | "
		     "grep -c 'ALPN protocol: http/1.1'",
	    0, "1\n");
	tls_expect(port,
	    S_CLIENT "-alpn spdy/9 | grep -c 'alert no application protocol'",
	    0, "1\n");
	cr_assert_eq(rig_stop(r), 0);
}

/* And in no other language, whatever the client begins with. */
Test(tls_site, it_speaks_what_was_agreed_on)
{
	struct rig *r = tls_start(TLS_SERVER);
	unsigned port = rig_port(r, "https");

	tls_expect(port,
	    SAYS("PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n",
		"http/1.1") "| head -1",
	    0, "HTTP/1.1 505 HTTP Version Not Supported\r\n");
	tls_expect(port,
	    SAYS("GET / HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n",
		"h2") "| grep -ac HTTP/1",
	    1, "0\n");
	cr_assert_eq(rig_stop(r), 0);
}

Test(tls_site, keys_of_each_kind)
{
	static const char *const kinds[] = { "rsa:2048", "ed25519",
		"ec -pkeyopt ec_paramgen_curve:P-384" };
	const char *place = tls_place();
	char line[400];

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct rig *r;

		snprintf(line, sizeof(line),
		    "openssl req -x509 -newkey %s -nodes -keyout key.pem -out "
		    "cert.pem -days 3 -subj /CN=localhost -addext "
		    "subjectAltName=DNS:localhost 2>/dev/null",
		    kinds[i]);
		cr_assert(rig_sh(0, line, 0, NULL, NULL));
		r = rig_start_how(
		    &(struct rig_how){ .argv = TLS_SERVER, .dir = place });
		for (const char *v = "23"; *v != '\0'; v++) {
			snprintf(line, sizeof(line),
			    S_CLIENT "-tls1_%c | grep -c "
				     "'Verify return code: 0'",
			    *v);
			tls_expect(rig_port(r, "https"), line, 0, NULL);
		}
		cr_assert_eq(rig_stop(r), 0);
	}
}

Test(tls_site, plain_http_is_told_where_to_go)
{
	struct rig *r = tls_start(TLS_SERVER);
	char should[200];
	struct rig_reply a;

	cr_assert(rig_ask(rig_address(r, "https"),
	    "GET /a?b HTTP/1.1\r\nHost: my.test:99\r\n\r\n", &a));
	cr_expect_eq(a.status, 400);
	cr_expect_not_null(
	    memmem(a.body.p, a.body.n, "https://my.test:99/a?b\n", 23));
	/* Without a name, by the address. */
	cr_assert(
	    rig_ask(rig_address(r, "https"), "OPTIONS * HTTP/1.0\r\n\r\n", &a));
	cr_expect_eq(a.status, 400);
	snprintf(
	    should, sizeof(should), "https://%s/\n", rig_address(r, "https"));
	cr_expect_not_null(memmem(a.body.p, a.body.n, should, strlen(should)));
	cr_expect(rig_hear(r, "the client speaks without TLS"));
	cr_assert_eq(rig_stop(r), 0);
}

Test(tls_site, sessions_are_resumed_by_other_processes)
{
	struct rig *r = tls_start(TLS_SERVER);
	unsigned port = rig_port(r, "https");

	tls_expect(
	    port, S_CLIENT "-tls1_2 -reconnect | grep -c ^Reused", 0, "5\n");
	tls_expect(port,
	    TLS_GET("-tls1_3 -sess_out s.pem") " | grep -c secure; " S_CLIENT
					       "-tls1_3 -sess_in s.pem | grep "
					       "-c ^Reused",
	    0, "1\n1\n");
	cr_assert_eq(rig_stop(r), 0);
}

Test(tls_site, a_certificate_for_each_name)
{
	const char *place = tls_place();
	struct rig *r;
	unsigned port;

	cr_assert(rig_sh(0,
	    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
	    "-nodes -keyout both.pem -out other.pem -days 3 -subj /CN=other "
	    "-addext subjectAltName=DNS:*.other.test 2>/dev/null; "
	    "cat both.pem >>other.pem",
	    0, "", ""));
	r = rig_start_how(&(struct rig_how){
	    .argv = RIG("berth-httpd", "-l", "127.0.0.1:0", "--tls-listen",
		"127.0.0.1:0", "--tls-cert", "cert.pem", "--tls-key", "key.pem",
		"--tls-cert", "other.pem", "site"),
	    .dir = place });
	port = rig_port(r, "https");
	tls_expect(port,
	    S_CLIENT "-servername a.other.test | grep -c 'subject=CN = other'",
	    0, "1\n");
	tls_expect(port,
	    S_CLIENT "-servername localhost | grep -c 'subject=CN = localhost'",
	    0, "1\n");
	tls_expect(port,
	    S_CLIENT "-servername who.test | grep -c 'subject=CN = localhost'",
	    0, "1\n");
	tls_expect(port,
	    S_CLIENT "-noservername | grep -c 'subject=CN = localhost'", 0,
	    "1\n");
	cr_assert_eq(rig_stop(r), 0);
}

#define OURS "data/berth/ca/"
#define S_OURS                                                      \
	"echo | timeout 20 openssl s_client -connect 127.0.0.1:$P " \
	"-CAfile " OURS "ca.pem "

/* Each folder of --vhosts is a host, and a new one has its own after a reload;
 * what berth-ca may not vouch for is shown the usual one. */
Test(tls_site, a_certificate_of_ours_for_each_folder)
{
	const char *place = tls_place();
	struct rig *r;
	unsigned port;

	cr_assert(
	    rig_sh(0, "mkdir -p hosts/app.test hosts/default hosts/example.com",
		0, "", ""));
	r = rig_start_how(&(struct rig_how){
	    .argv = RIG("berth-httpd", "-l", "127.0.0.1:0", "--tls-listen",
		"127.0.0.1:0", "--vhosts", "hosts"),
	    .dir = place });
	port = rig_port(r, "https");
	cr_expect(rig_hear(r, "example.com: no certificate of its own"));
	tls_expect(port,
	    S_OURS "-servername app.test -verify_hostname app.test 2>&1 | "
		   "grep -c 'Verified peername: app.test'",
	    0, "1\n");
	tls_expect(port,
	    S_OURS "-servername example.com 2>&1 | "
		   "grep -c '^subject=O = Berth, CN = localhost'",
	    0, "1\n");
	cr_assert(rig_sh(0, "mkdir hosts/new.test", 0, "", ""));
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear_times(r, "sandbox:", 2));
	tls_expect(port,
	    S_OURS "-servername new.test -verify_hostname new.test 2>&1 | "
		   "grep -c 'Verified peername: new.test'",
	    0, "1\n");
	cr_assert_eq(rig_stop(r), 0);
}

/* A certificate as berth-ca makes them, with thirty days and some seconds to
 * go: then it is time for another one. */
static void
make_old(unsigned seconds)
{
	char line[1500];

	snprintf(line, sizeof(line),
	    "berth-ca -q leaf >/dev/null && openssl req -new -key " OURS
	    "localhost-key.pem -subj /CN=old -out r && "
	    "printf '[ca]\\ndefault_ca=a\\n[a]\\ndatabase=i\\nrand_serial=yes"
	    "\\nnew_certs_dir=.\\npolicy=p\\ndefault_md=sha256\\n"
	    "x509_extensions=e\\n[p]\\ncommonName=supplied\\n[e]\\n"
	    "subjectAltName=DNS:localhost,IP:127.0.0.1,"
	    "IP:::1,DNS:'$(hostname)'\\n' >conf && : >i && "
	    "openssl ca -batch -config conf -cert " OURS "ca.pem "
	    "-keyfile " OURS "ca-key.pem -in r -notext -out c "
	    "-startdate $(date -u -d -1hour +%%Y%%m%%d%%H%%M%%SZ) "
	    "-enddate $(date -u -d '30 days %u seconds' "
	    "+%%Y%%m%%d%%H%%M%%SZ) 2>/dev/null && cp c " OURS "localhost.pem",
	    seconds);
	cr_assert(rig_sh(0, line, 0, "", NULL));
}

#define IS_OLD                                                              \
	"openssl x509 -noout -subject -in " OURS "localhost.pem | grep -q " \
	"'CN = old'"

/* The server shows the new one without having been told. */
Test(tls_site, certificates_of_ours_renew_themselves)
{
	const char *place = tls_place();
	struct rig *r = NULL;

	/* A machine that needs so long to begin gets more of it. */
	for (unsigned seconds = 6; seconds < 100; seconds *= 2) {
		make_old(seconds);
		r = rig_start_how(&(struct rig_how){
		    .argv = RIG("berth-httpd", "-l", "127.0.0.1:0",
			"--tls-listen", "127.0.0.1:0", "site"),
		    .dir = place });
		if (rig_sh(0, IS_OLD, 0, "", NULL))
			break;
		rig_stop(r);
	}
	cr_assert(rig_hear_times(r, "sandbox:", 2));
	tls_expect(rig_port(r, "https"),
	    S_OURS "2>&1 | grep -c '^subject=O = Berth, CN = localhost'", 0,
	    "1\n");
	cr_assert_eq(rig_stop(r), 0);
}

Test(tls_site, a_reload_takes_a_new_certificate)
{
	struct rig *r = tls_start(TLS_SERVER);
	unsigned port = rig_port(r, "https");

	tls_expect(port, PAGE, 0, "<h1>secure</h1>\n");
	cr_assert(rig_sh(0, "cp cert.pem old.pem", 0, "", ""));
	tls_place();
	rig_signal(r, SIGHUP);
	cr_assert(rig_hear_times(r, "sandbox:", 2));
	tls_expect(port, PAGE, 0, "<h1>secure</h1>\n");
	tls_expect(port,
	    "berth-http --cacert old.pem https://localhost:$P/ 2>/dev/null", 60,
	    "");
	cr_assert_eq(rig_stop(r), 0);
}

Test(tls_site, https_redirect)
{
	struct rig *r = tls_start(RIG("berth-httpd", "-l", "127.0.0.1:0",
	    "--tls-listen", "127.0.0.1:0", "--tls-cert", "cert.pem",
	    "--tls-key", "key.pem", "--https-redirect", "site"));
	char should[200];
	struct rig_reply a;

	cr_assert(rig_ask(rig_address(r, "http"),
	    "GET /a%20b?c HTTP/1.1\r\nHost: localhost:1\r\n\r\n", &a));
	cr_expect_eq(a.status, 308);
	snprintf(should, sizeof(should), "https://localhost:%u/a%%20b?c",
	    rig_port(r, "https"));
	cr_expect(slice_is(rig_header(&a, "Location"), should));
	tls_expect(rig_port(r, "http"), "berth-http -L --cacert cert.pem $U", 0,
	    "<h1>secure</h1>\n");
	cr_assert_eq(rig_stop(r), 0);
}

Test(tls_site, a_child_that_execs_itself_and_one_that_is_used_again)
{
	static const char *const how[] = { "--exec", "--reuse=0",
		"--isolation=restore" };

	for (size_t i = 0; i < 3; i++) {
		struct rig *r = tls_start(RIG("berth-httpd", how[i], "-l",
		    "127.0.0.1:0", "--tls-listen", "127.0.0.1:0", "site"));
		unsigned port = rig_port(r, "https");

		for (int n = 0; n < 3; n++)
			tls_expect(port,
			    "berth-http --cacert data/berth/ca/ca.pem "
			    "https://localhost:$P/",
			    0, "<h1>secure</h1>\n");
		cr_assert_eq(rig_stop(r), 0);
	}
}

/* Eight first words of a server, of which no two are the same. */
static void
expect_no_word_twice(const char *isolation)
{
	struct rig *r = tls_start(RIG("berth-httpd", "--isolation", isolation,
	    "--min-idle", "1", "--max-idle", "1", "-l", "127.0.0.1:0",
	    "--tls-listen", "127.0.0.1:0", "site"));

	tls_expect(rig_port(r, "https"),
	    "for i in 1 2 3 4 5 6 7 8; do printf 'GET / HTTP/1.1\r\nHost: "
	    "localhost\r\nConnection: close\r\n\r\n' | timeout 20 openssl "
	    "s_client -connect 127.0.0.1:$P -msg -ign_eof 2>&1 | "
	    "grep -A3 ', ServerHello' | tr -d '\n'; echo; done | "
	    "grep ServerHello | sort -u | wc -l",
	    0, "8\n");
	cr_assert_eq(rig_stop(r), 0);
}

/* What it draws by chance is not put back. */
Test(tls_site, a_restored_process_never_says_the_same_twice)
{
	expect_no_word_twice("restore");
}

/* All begin with one memory, in which a generator of such things has run. */
Test(tls_site, no_two_processes_draw_the_same_by_chance)
{
	expect_no_word_twice("fork");
}

/* As systemd starts it with MemoryDenyWriteExecute=. */
Test(tls_site, where_no_memory_becomes_executable)
{
	struct rig *r;

	if (prctl(MDWE_SET, MDWE_REFUSE_GAIN, 0, 0, 0) < 0)
		cr_skip_test("not by this kernel");
	r = tls_start(TLS_SERVER);
	for (int n = 0; n < 3; n++)
		tls_expect(rig_port(r, "https"),
		    "berth-http --cacert cert.pem https://localhost:$P/", 0,
		    "<h1>secure</h1>\n");
	cr_expect_eq(rig_count(r, "zygote"), 0, "%s", rig_err(r));
	tls_goes_on(r);
}

Test(tls_site, without_tls_nothing_of_it_is_loaded)
{
	struct rig *r =
	    tls_start(RIG("berth-httpd", "-l", "127.0.0.1:0", "site"));
	char line[200];

	snprintf(line, sizeof(line),
	    "grep -cE 'libssl|libcrypto|berth-tls' /proc/%d/maps",
	    (int)rig_zygote(rig_pid(r)) > 0 ? (int)rig_zygote(rig_pid(r)) :
					      (int)rig_pid(r));
	/* Of the zygote, whose memory children begin with, or the master. */
	cr_expect(rig_sh(0, line, 1, "0\n", NULL) || geteuid() != 0);
	cr_assert_eq(rig_stop(r), 0);
}
