/*
 * clients_inbox.c - berth-inbox against the real inbox, and its exit codes.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rig/rig.h"

#define SUBJECT "Gr\xc3\xbc\xc3\x9f"

static struct rig *suite;
static char url[64];

static void
start_with(const char *option, const char *value)
{
	suite = rig_start(RIG("berth", "--http", "off", "--smtp", "127.0.0.1:0",
	    "--inbox", "127.0.0.1:0", "--mail", rig_in(rig_place(), "mail"),
	    "--mailbox-by", "domain", option, value));
	snprintf(url, sizeof(url), "http://%s", rig_address(suite, "inbox"));
}

static void
start(void)
{
	start_with("--label", "x");
	cr_assert(rig_gets_ready(rig_address(suite, "inbox")));
}

static void
send_mail(const char *subject, const char *to)
{
	struct rig *r = rig_run(RIG("berth-smtp", "-s", subject, "--text",
	    rig_address(suite, "smtp"), "Ann <a@one.example>", to));

	cr_assert_eq(rig_wait(r), 0, "%s", rig_err(r));
}

/*
 * A line of sh with berth-inbox as $I; its exit code, and what must be in its
 * output and among its errors (NULL: nothing may).
 */
static bool
says(const char *line, int code, const char *out, const char *err)
{
	char all[1024];
	struct rig *r;

	snprintf(all, sizeof(all), "I='berth-inbox --url %s'\n%s", url, line);
	r = rig_sh_run(0, all);
	if (rig_wait(r) != code)
		return rig_fail("%s: exit code %d, not %d: %s", line,
		    rig_wait(r), code, rig_err(r));
	if (out == NULL ? rig_out_size(r) > 0 : strstr(rig_out(r), out) == NULL)
		return rig_fail("%s: output: %s", line, rig_out(r));
	if (err == NULL ? rig_err(r)[0] != '\0' :
			  strstr(rig_err(r), err) == NULL)
		return rig_fail("%s: errors: %s", line, rig_err(r));
	return true;
}

Test(clients_inbox, lists_and_shows)
{
	start();
	send_mail(SUBJECT, "b@two.example");
	cr_expect(says("$I list", 0,
	    "Z\ta@one.example\tb@two.example\t" SUBJECT "\n", NULL));
	cr_expect(says("$I list | cut -f5", 0, SUBJECT "\n", NULL));
	cr_expect(says("$I list -q subject:nothing", 0, "", NULL));
	cr_expect(says("$I --json list", 0, "\"messages_count\":1", NULL));
	/* A list does not mark it as read, and a look at it does. */
	cr_expect(says("$I --json list", 0, "\"Read\":false", NULL));
	cr_expect(says("printf '' | $I show", 0,
	    "From: Ann <a@one.example>\nTo: b@two.example\nSubject: " SUBJECT
	    "\nDate: ",
	    NULL));
	cr_expect(says("$I --json list", 0, "\"Read\":true", NULL));
	cr_expect(says("$I list | $I show -", 0, "Subject: " SUBJECT, NULL));
	cr_expect(says("$I show --json latest", 0, "\"Attachments\"", NULL));
	cr_expect(says("$I show --as sent | head -1", 0, "Subject: =?", NULL));
	cr_expect(says("$I show --as raw | head -1", 0, "Return-Path:", NULL));
	cr_expect(says("$I show nothing", 65, NULL, "no such message"));
	cr_expect(says("$I show nothing latest", 65, "From: Ann", "no such"));
	cr_expect_eq(rig_stop(suite), 0);
}

/* Should it begin later it finds the mail there, and the test is the weaker
 * for it but does not fail. */
static void
let_it_begin(struct rig *waiting)
{
	rig_pause_ms(300);
	cr_assert(!rig_ended(waiting), "%s", rig_err(waiting));
}

Test(clients_inbox, waits)
{
	struct rig *waiting;
	char line[200];

	start();
	snprintf(line, sizeof(line),
	    "berth-inbox -u %s wait -q subject:awaited -t 60", url);
	waiting = rig_sh_spawn(0, line);
	let_it_begin(waiting);
	send_mail("another", "b@two.example");
	send_mail("awaited", "b@two.example");
	cr_expect_eq(rig_wait(waiting), 0);
	cr_expect_not_null(strstr(rig_out(waiting), "\tawaited\n"));
	cr_expect_null(strstr(rig_out(waiting), "another"));
	/* What is there already counts, but not after itself. */
	cr_expect(says("$I wait -q subject:awaited -t 0", 0, "awaited", NULL));
	cr_expect(says("$I wait -n 2 -t 0", 0, "another", NULL));
	cr_expect(says("$I wait -n 3 -t 1", 75, NULL, "not in time (1 s)"));
	cr_expect(says("$I wait -t 1 --after $($I list -n 1 | cut -f1)", 75,
	    NULL, "not in time"));
	cr_expect(says("$I wait --after nothing", 65, NULL, "no such"));
	cr_expect(says("$I --json wait -n 3 -t 0", 75, "\"seen\":[", "time"));
	cr_expect_eq(rig_stop(suite), 0);
}

/* A reload answers those who wait before their time; they ask again. */
Test(clients_inbox, waits_through_a_reload)
{
	struct rig *waiting;
	char line[200];

	start();
	snprintf(line, sizeof(line),
	    "berth-inbox -u %s wait -q subject:late -t 60", url);
	waiting = rig_sh_spawn(0, line);
	let_it_begin(waiting);
	rig_signal(suite, SIGHUP);
	cr_assert(rig_hear(suite, "reloading"));
	send_mail("late", "b@two.example");
	cr_expect_eq(rig_wait(waiting), 0, "%s", rig_err(waiting));
	cr_expect_eq(rig_stop(suite), 0);
}

/* Where a stand-in gives such answers, and then closes. */
static void
answers(const char *const *answers)
{
	static struct rig_script s;

	s = (struct rig_script){ .answers = answers, .once = true };
	snprintf(url, sizeof(url), "http://127.0.0.1:%u",
	    rig_stand_in(rig_play_http, &s));
}

#define ANSWERS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define ANSWER       "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n"

/* A reload ends a connection whose request has not come yet. */
Test(clients_inbox, waits_when_the_connection_ends)
{
	answers(ANSWERS("", ANSWER "{\"mess", ANSWER "{\"messages\":[]}"));
	cr_expect(says("$I wait -t 60", 0, "", NULL));
	answers(ANSWERS(""));
	cr_expect(says("$I wait -t 0", 69, NULL, "the connection ended"));
	cr_expect(says("$I wait -t 60", 69, NULL, "the connection ended"));
	/* Only that which waits may ask again. */
	answers(ANSWERS("", ANSWER "{\"messages\":[]}"));
	cr_expect(says("$I list", 69, NULL, "the connection ended"));
}

Test(clients_inbox, deletes)
{
	start();
	send_mail("one", "b@two.example");
	send_mail("two", "b@two.example");
	send_mail("three", "c@three.example");
	send_mail("four", "c@three.example");
	cr_expect(says("$I delete", 64, NULL, "say which"));
	cr_expect(says("$I delete --all -q x", 64, NULL, "--all"));
	/* One that is not there does not keep the other. */
	cr_expect(says("$I delete nothing latest", 65, NULL,
	    "nothing: there is no such message"));
	cr_expect(says("$I list | wc -l", 0, "3\n", NULL));
	cr_expect(says("$I list | grep -c four", 1, "0", NULL));
	cr_expect(says("$I delete -q subject:one", 0, NULL, NULL));
	cr_expect(says("$I list | cut -f5", 0, "three\ntwo\n", NULL));
	cr_expect(says("$I delete --all -m two.example", 0, NULL, NULL));
	cr_expect(says("$I list | cut -f5", 0, "three\n", NULL));
	cr_expect(says("$I list -m two.example", 0, "", NULL));
	cr_expect(says("$I list | $I delete -", 0, NULL, NULL));
	cr_expect(says("$I list", 0, "", NULL));
	cr_expect(says("$I delete latest", 65, NULL, "no message"));
	cr_expect(says("printf '' | $I delete -", 0, NULL, NULL));
	cr_expect_eq(rig_stop(suite), 0);
}

/* Faults of one mailbox, set while the server runs, and what they do. */
Test(clients_inbox, sets_rules)
{
	start();
	cr_expect(says("$I rules", 0, "", NULL));
	cr_expect(says("echo 'rcpt reply 450 4.2.1 Later' | "
		       "$I rules -m two.example -",
	    0, NULL, NULL));
	cr_expect(says("$I rules", 0, "450 4.2.1 Later", NULL));
	cr_expect(says("$I rules -m two.example", 0,
	    "rcpt reply 450 4.2.1 Later\n", NULL));
	cr_expect(says("$I rules -m three.example", 0, "", NULL));
	cr_expect_eq(
	    rig_wait(rig_run(RIG("berth-smtp", "--text",
		rig_address(suite, "smtp"), "a@one.example", "b@two.example"))),
	    75);
	send_mail("no fault", "c@three.example");
	cr_expect(says("echo nonsense | $I rules -", 64, NULL, "400"));
	cr_expect(says("$I rules /nowhere/at/all", 64, NULL, "/nowhere"));
	cr_expect(says("$I rules --clear -", 64, NULL, "--clear"));
	cr_expect(says("$I rules --clear -m two.example", 0, NULL, NULL));
	cr_expect(says("$I rules", 0, "", NULL));
	send_mail("no fault", "b@two.example");
	cr_expect_eq(rig_stop(suite), 0);
}

/* A subject cannot command the terminal, nor make two lines or columns. */
Test(clients_inbox, others_words_are_harmless)
{
	start();
	send_mail("=?utf-8?q?a=1B[2Jb=09c=0Ad=C2=9Be?=", "b@two.example");
	cr_expect(says("$I list | LC_ALL=C tr -d '\\t\\n' | "
		       "LC_ALL=C grep -c '[[:cntrl:]]'",
	    1, "0", NULL));
	cr_expect(says("$I list | wc -l", 0, "1\n", NULL));
	cr_expect(says("$I list | awk -F'\\t' '{ print NF }'", 0, "5\n", NULL));
	cr_expect_eq(rig_stop(suite), 0);
}

Test(clients_inbox, who_may_not_is_told)
{
	const char *users = rig_place();

	rig_file(users, "users", "ann:{PLAIN}secret\n");
	start_with("--inbox-auth", rig_in(users, "users"));
	cr_expect(says("$I list", 77, NULL, "--auth USER:PASSWORD"));
	cr_expect(says("$I --auth ann:wrong list", 77, NULL, "401"));
	cr_expect(says("$I --auth ann:secret wait -n 1 -t 0", 75, NULL, ""));
	cr_expect(says("$I --auth ann list", 64, NULL, "USER:PASSWORD"));
	cr_expect_eq(rig_stop(suite), 0);
}

Test(clients_inbox, wrong_words_and_places)
{
	unsigned port;

	rig_refusing(&port);
	snprintf(url, sizeof(url), "127.0.0.1:%u", port);
	cr_expect(says("$I list", 69, NULL, "refused"));
	cr_expect(says("$I", 64, NULL, "say list"));
	cr_expect(says("$I lost", 64, NULL, "lost: not list"));
	cr_expect(says("$I list x", 64, NULL, "x: list takes"));
	cr_expect(says("$I wait x", 64, NULL, "x: wait takes"));
	cr_expect(says("$I -t soon wait", 64, NULL, "--timeout"));
	cr_expect(says("$I rules a b", 64, NULL, "b: one operand"));
	cr_expect(says("$I -u https://x/ list", 64, NULL, "https"));
	cr_expect(says("$I -u http://:/ list", 64, NULL, "bad URL"));
	cr_expect(says("$I -u unix:/nowhere/s list", 69, NULL, "/nowhere/s"));
}

/* Something else listens there. */
Test(clients_inbox, what_is_no_inbox)
{
	const char *dir = rig_place();
	struct rig *site;

	rig_file(dir, "api/v1/messages", "<p>no JSON");
	site = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", dir));
	snprintf(url, sizeof(url), "http://%s", rig_address(site, "http"));
	cr_expect(says("$I list", 76, NULL, "no inbox"));
	cr_expect(says("$I delete --all", 76, NULL, "405"));
	cr_expect_eq(rig_stop(site), 0);
	site = rig_start(RIG("berth-greetd", "-l", "127.0.0.1:0"));
	snprintf(url, sizeof(url), "http://%s", rig_address(site, "greet"));
	cr_expect(says("$I list", 76, NULL, "not an HTTP answer"));
	cr_expect_eq(rig_stop(site), 0);
}
