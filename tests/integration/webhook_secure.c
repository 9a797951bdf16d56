/*
 * webhook_secure.c - --webhook by https, and --webhook-ca: who is told shows a
 * certificate that is trusted, or is told nothing.
 */
#include "inbox_start.h"
#include "tls_start.h"

static struct rig *hook;

/* A program that answers each POST to /echo with 200, by https alone. */
static void
start_secure(const char *ca)
{
	const char *place = tls_place();

	cr_assert(rig_sh(0,
	    "openssl req -x509 -newkey ec -pkeyopt "
	    "ec_paramgen_curve:P-256 -nodes -keyout /dev/null -out other.pem "
	    "-subj /CN=localhost 2>/dev/null",
	    0, "", ""));
	hook = rig_start_how(&(struct rig_how){
	    .argv = RIG("berth-httpd", "--listen", "127.0.0.1:0",
		"--tls-listen", "127.0.0.1:0", "--tls-cert", "cert.pem",
		"--tls-key", "key.pem", "--echo", "/echo", "site"),
	    .dir = place });
	make_place();
	start_mail(
	    RIG("berth-inboxd", "-l", "127.0.0.1:0", "--webhook",
		at("https://localhost:%u/echo/hook", rig_port(hook, "https")),
		"--webhook-ca", rig_in(place, ca), mail),
	    RIG("berth-smtpd", "-l", "127.0.0.1:0", mail));
}

Test(webhook_secure, a_program_behind_tls_is_told)
{
	start_secure("cert.pem");
	send_to("x@x.example", MAIL("hello", "text"));
	cr_expect(rig_hear(hook, "\"POST /echo/hook HTTP/"));
	stop();
	cr_expect_eq(rig_count(hook, "\"POST /echo/hook HTTP/"), 1);
	cr_expect_eq(rig_stop(hook), 0);
}

/* Started by root from a build below his home. */
Test(webhook_secure, is_told_by_programs_that_are_out_of_reach)
{
	rig_close_programs();
	start_secure("cert.pem");
	send_to("x@x.example", MAIL("hello", "text"));
	cr_expect(rig_hear(hook, "\"POST /echo/hook HTTP/"));
	stop();
	cr_expect_eq(rig_stop(hook), 0);
}

Test(webhook_secure, who_is_not_trusted_is_told_nothing)
{
	start_secure("other.pem");
	send_to("x@x.example", MAIL("hello", "text"));
	cr_expect(rig_hear(inbox, "certificate"));
	cr_expect(rig_hear(inbox, "; trying again in 1 s"));
	/* Whose words they are is said once. */
	cr_expect_not_null(strstr(rig_err(inbox), "webhook["));
	cr_expect_null(strstr(rig_err(inbox), "berth-webhook:"));
	stop();
	cr_expect_eq(rig_count(hook, "POST"), 0);
	cr_expect_eq(rig_stop(hook), 0);
}

Test(webhook_secure, options_that_are_wrong_say_so)
{
	const char *file = rig_file(rig_place(), "ca.pem", "");
	const struct {
		const char *url, *ca;
		int code;
	} rows[] = {
		{ NULL, file, 64 },
		{ "http://localhost:1/", file, 64 },
		{ "https://localhost:1/", "/nowhere", 78 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *s = rows[i].url == NULL ?
		    rig_run(
			RIG("berth-inboxd", "--webhook-ca", rows[i].ca, "x")) :
		    rig_run(RIG("berth-inboxd", "--webhook", rows[i].url,
			"--webhook-ca", rows[i].ca, "x"));

		cr_expect_eq(rig_wait(s), rows[i].code, "%zu", i);
		cr_expect(rig_hear(s, "--webhook-ca"), "%zu", i);
	}
}
