/*
 * relay_rules.c - --relay-matching: what comes goes on by itself, to those of
 * its recipients whom a rule names.
 */
#include <sys/socket.h>

#include "release_start.h"

static void
start_far(const char *address)
{
	far_mail = strdup(rig_in(rig_place(), "far"));
	far = rig_start(
	    RIG("berth-smtpd", "-l", address, "--access-log", "off", far_mail));
}

static void
start_near(const char *server, const char *rule, const char *to)
{
	make_place();
	start_mail(RIG("berth-inboxd", "-l", "127.0.0.1:0", "--relay", server,
		       "--relay-matching", rule, "--relay-to", to, mail),
	    RIG("berth-smtpd", "-l", "127.0.0.1:0", mail));
}

static void
start_both(const char *rule, const char *to)
{
	start_far("127.0.0.1:0");
	start_near(at("127.0.0.1:%u", rig_port(far, "smtp")), rule, to);
}

static bool
are_there(void *want)
{
	int n;

	all_arrived(&n);
	return n >= *(const int *)want;
}

static char *
wait_for(int want)
{
	char *all;
	int n;

	cr_assert(rig_until("it has arrived", are_there, &want));
	all = all_arrived(&n);
	cr_expect_eq(n, want);
	return all;
}

static int
times(const char *text, const char *words)
{
	int n = 0;

	for (; (text = strstr(text, words)) != NULL; text++)
		n++;
	return n;
}

/* To three; what the second line says of them is the caller's. */
static void
send_to_three(void)
{
	int fd = rig_open(smtp, "smtp");

	cr_assert(rig_smtp_expect(fd, "220"));
	cr_assert(rig_smtp(fd, "EHLO client.example", "250"));
	cr_assert(rig_smtp(fd, "MAIL FROM:<ann@a.example>", "250"));
	cr_assert(rig_smtp(fd, "RCPT TO:<bob@b.example>", "250"));
	cr_assert(rig_smtp(fd, "RCPT TO:<c@c.example>", "250"));
	cr_assert(rig_smtp(fd, "RCPT TO:<eve@b.example>", "250"));
	cr_assert(rig_smtp(fd, "DATA", "354"));
	cr_assert(rig_send(fd, MAIL("three", "..text") ".\r\n"));
	cr_assert(rig_smtp_expect(fd, "250"));
	close(fd);
}

Test(relay_rules, those_whom_a_rule_names_have_it_and_no_others)
{
	char *all;

	start_both("*@b.example", "*");
	send_to("x@x.example", MAIL("stays", "text"));
	send_to_three();
	send_to("d@b.example", MAIL("last", "text"));
	all = wait_for(3);
	cr_expect_eq(times(all, "Return-Path: <ann@a.example>\r\n"), 3);
	cr_expect_eq(times(all, "Delivered-To: bob@b.example\r\n"), 1);
	cr_expect_eq(times(all, "Delivered-To: eve@b.example\r\n"), 1);
	cr_expect_eq(times(all, "Delivered-To: d@b.example\r\n"), 1);
	cr_expect_eq(times(all, "\r\n\r\n.text\r\n"), 2);
	/* Where it has been, and nothing else of our own. */
	cr_expect_eq(times(all, "Received: "), 6);
	cr_expect_eq(times(all, "Delivered-To: "), 3);
	cr_expect_eq(times(all, "c@c.example"), 0);
	cr_expect_eq(times(all, "stays"), 0);
	stop();
	cr_expect_eq(rig_stop(far), 0);
}

Test(relay_rules, nor_to_anybody_whom_relay_to_does_not_let_through)
{
	char *all;

	start_both("*", "d@*");
	send_to_three();
	send_to("d@b.example", MAIL("last", "text"));
	all = wait_for(1);
	cr_expect_eq(times(all, "Delivered-To: d@b.example\r\n"), 1);
	stop();
	cr_expect_eq(rig_stop(far), 0);
}

Test(relay_rules, who_is_away_has_it_later)
{
	unsigned port;
	int fd = rig_refusing(&port);
	char *all;

	start_near(at("127.0.0.1:%u", port), "*", "*");
	send_to("b@b.example", MAIL("first", "text"));
	send_to("b@b.example", MAIL("second", "text"));
	cr_assert(rig_hear(inbox, "refused; trying again in 1 s"));
	cr_assert_eq(listen(fd, 8), 0);
	far_mail = strdup(rig_in(rig_place(), "far"));
	far = rig_spawn(&(struct rig_how){
	    .argv = RIG("berth-smtpd", "--access-log", "off", far_mail),
	    .fds = &fd,
	    .fd_count = 1 });
	all = wait_for(2);
	cr_expect_eq(times(all, "Subject: first"), 1);
	cr_expect_eq(times(all, "Subject: second"), 1);
	stop();
	cr_expect_eq(rig_stop(far), 0);
}

/* The nth command gets the nth answer; who is refused does not stop others. */
Test(relay_rules, who_is_refused_is_given_up)
{
	char *all;

	far_mail = strdup(rig_in(rig_place(), "far"));
	far = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0", "--rules",
	    rig_file(rig_place(), "rules",
		"rcpt to=bob@* reply 550 5.1.1 No such user\n"),
	    far_mail));
	start_near(
	    at("127.0.0.1:%u", rig_port(far, "smtp")), "*@b.example", "*");
	send_to_three();
	all = wait_for(1);
	cr_expect_eq(times(all, "Delivered-To: eve@b.example\r\n"), 1);
	cr_expect(rig_hear(inbox, "bob@b.example: "));
	cr_expect(rig_hear(inbox, "No such user"));
	stop();
	cr_expect_eq(rig_stop(far), 0);
}

static bool
is_given_up(void *arg)
{
	(void)arg;
	return rig_count(inbox, "circle; given up") > 0;
}

/* It is relayed to the very server that it came from. */
Test(relay_rules, a_circle_has_an_end)
{
	make_place();
	smtp = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0", "--access-log",
	    "off", "--durability", "none", mail));
	inbox = rig_start(RIG("berth-inboxd", "-l", "127.0.0.1:0", "--relay",
	    at("127.0.0.1:%u", rig_port(smtp, "smtp")), "--relay-matching", "*",
	    mail));
	send_to("b@b.example", MAIL("round", "text"));
	/* Thirty mails, one after the other, each by a program of its own. */
	cr_expect(rig_within(4 * rig_patience_ms(), is_given_up, NULL));
	cr_expect_eq(count("/api/v1/messages"), 31);
	stop();
}
