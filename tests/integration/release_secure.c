/*
 * release_secure.c - --relay-tls, --relay-ca and --relay-auth: how the server
 * of --relay is spoken to, and options that are wrong.
 */
#include "release_start.h"
#include "tls_start.h"

/* One that lets in whoever has the password, and knows TLS. */
static void
start_secure(const char *name, const char *tls, const char *ca)
{
	const char *place = tls_place();

	far_mail = rig_in(place, "far");
	rig_file(place, "users", "ann:{PLAIN}se:cret\n");
	chmod(rig_file(place, "login", "ann:se:cret\n"), 0600);
	far = rig_start_how(&(struct rig_how){
	    .argv = RIG("berth-smtpd", "-l", "127.0.0.1:0", "--smtps",
		"127.0.0.1:0", "--tls-cert", "cert.pem", "--tls-key", "key.pem",
		"--auth", "users", "far"),
	    .dir = place });
	make_place();
	start_mail(RIG("berth-inboxd", "-l", "127.0.0.1:0", "--relay",
		       at("localhost:%u", rig_port(far, name)), "--relay-tls",
		       tls, "--relay-ca", rig_in(place, ca), "--relay-auth",
		       rig_in(place, "login"), mail),
	    RIG("berth-smtpd", "-l", "127.0.0.1:0", mail));
}

/* Both ways to TLS, and what is not wanted of a server with a password is not
 * asked for: may is not enough. */
Test(release_secure, with_tls_and_a_login)
{
	static const char *const ways[][2] = { { "smtp", "starttls" },
		{ "smtps", "on" }, { "smtp", "may" } };

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct rig_reply r;
		const char *id;

		start_secure(ways[i][0], ways[i][1], "cert.pem");
		id = send_to("x@x.example", MAIL("secure", "text"));
		cr_expect_eq(release(id, "{\"To\":[\"b@b.example\"]}", &r), 200,
		    "%s: %.*s", ways[i][1], SLICE_FMT(r.body));
		cr_expect_not_null(strstr(arrived(), "X-Berth-User: ann\r\n"));
		cr_expect_not_null(strstr(arrived(), " with ESMTPSA "));
		cr_expect_not_null(strstr(arrived(), "Subject: secure\r\n"));
		stop_relay();
		cr_assert(rig_sh(0, "rm -rf far", 0, "", ""));
	}
}

/* Started by root from a build below his home. */
Test(release_secure, by_programs_that_are_out_of_reach)
{
	struct rig_reply r;
	const char *id;

	rig_close_programs();
	start_secure("smtp", "starttls", "cert.pem");
	id = send_to("x@x.example", MAIL("secure", "text"));
	cr_expect_eq(release(id, "{\"To\":[\"b@b.example\"]}", &r), 200, "%.*s",
	    SLICE_FMT(r.body));
	cr_expect_not_null(strstr(arrived(), " with ESMTPSA "));
	stop_relay();
}

Test(release_secure, nothing_goes_to_a_server_that_is_not_trusted)
{
	struct rig_reply r;
	const char *id;

	cr_assert(rig_sh(0,
	    "openssl req -x509 -newkey ec -pkeyopt "
	    "ec_paramgen_curve:P-256 -nodes -keyout /dev/null -out other.pem "
	    "-subj /CN=localhost 2>/dev/null",
	    0, "", ""));
	start_secure("smtp", "starttls", "other.pem");
	id = send_to("x@x.example", MAIL("secure", "text"));
	cr_expect_eq(release(id, "{\"To\":[\"b@b.example\"]}", &r), 502);
	cr_expect(says(&r, "certificate"), "%.*s", SLICE_FMT(r.body));
	cr_expect_eq(arrived()[0], '\0');
	stop_relay();
}

Test(release_secure, options_that_are_wrong_say_so)
{
	static const char *const bad[][2] = { { "--relay", "mail" },
		{ "--relay", "mail:0" }, { "--relay-to", "*" },
		{ "--relay-tls", "on" }, { "--relay-ca", "x" },
		{ "--relay-auth", "x" }, { "--relay-matching", "*" } };
	static const char *const files[][2] = { { "--relay-ca", "/nowhere" },
		{ "--relay-auth", "/nowhere" },
		{ "--relay-auth", "/dev/null" } };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct rig *s =
		    rig_run(RIG("berth-inboxd", bad[i][0], bad[i][1], "x"));

		cr_expect_eq(rig_wait(s), 64, "%s", bad[i][1]);
		cr_expect(rig_hear(s, bad[i][0]));
	}
	make_place();
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct rig *s = rig_run(RIG("berth-inboxd", "-l", "127.0.0.1:0",
		    "--relay", "x:25", files[i][0], files[i][1], mail));

		cr_expect_eq(rig_wait(s), 78, "%s", files[i][1]);
		cr_expect(rig_hear(s, files[i][0]));
	}
}
