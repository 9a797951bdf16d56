/*
 * webhook.c - --webhook: a program is told of each message that comes, once,
 * also when it is away for a while, or we are; and mail never waits for it.
 */
#include <sys/socket.h>

#include "inbox_start.h"

static struct rig_script script = { .once = true };
static unsigned port;

#define OK           "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define BUSY         "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
#define NO           "HTTP/1.1 422 No\r\nContent-Length: 2\r\n\r\nno"
#define EARLY        "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
#define ANSWERS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
start_at(const char *url)
{
	start_mail(RIG("berth-inboxd", "-l", "127.0.0.1:0", "-q", "--webhook",
		       url, mail),
	    RIG("berth-smtpd", "-l", "127.0.0.1:0", mail));
}

static void
start_hook(const char *const *answers)
{
	script.answers = answers;
	port = rig_stand_in(rig_play_http, &script);
	make_place();
	start_at(at("http://127.0.0.1:%u/hook?a=b", port));
}

static bool
has_come(void *count)
{
	return *(volatile int *)&script.requests >= *(const int *)count;
}

static void
until_told(int count)
{
	cr_assert(rig_until("it is told", has_come, &count));
}

/* How often does this stand in what was told? */
static int
times(const char *words)
{
	int n = 0;

	for (const char *p = script.heard; (p = strstr(p, words)) != NULL; p++)
		n++;
	return n;
}

static const char *
has_id(const char *id)
{
	return at("{\"ID\":\"%s\"", id);
}

Test(webhook, a_program_is_told_what_a_list_says)
{
	json_t *list, *told;
	const char *body;

	start_hook(ANSWERS(OK));
	send_to("x@x.example", MAIL("hello", "text"));
	until_told(1);
	list = get("/api/v1/messages", 200);
	stop();
	cr_expect_eq(
	    strncmp(script.heard, "POST /hook?a=b HTTP/1.1\r\n", 25), 0);
	cr_expect_eq(times("Content-Type: application/json\r\n"), 1);
	cr_expect_eq(times("User-Agent: berth-webhook/"), 1);
	body = strstr(script.heard, "\r\n\r\n");
	cr_assert_not_null(body);
	told = json_loads(body + 4, 0, NULL);
	cr_expect(json_equal(told, nth(list, "messages", 0)), "%s", body);
	cr_expect_str_eq(text(told, "Subject"), "hello");
	cr_expect_eq(script.requests, 1);
	json_decref(told);
	json_decref(list);
}

Test(webhook, one_that_fails_is_tried_again_and_one_that_is_refused_is_not)
{
	const char *id[3];

	start_hook(ANSWERS(BUSY, EARLY OK, NO, OK));
	id[0] = send_to("x@x.example", MAIL("one", "text"));
	until_told(2);
	id[1] = send_to("x@x.example", MAIL("two", "text"));
	until_told(3);
	id[2] = send_to("x@x.example", MAIL("three", "text"));
	until_told(4);
	stop();
	cr_expect_eq(times(has_id(id[0])), 2);
	cr_expect_eq(times(has_id(id[1])), 1);
	cr_expect_eq(times(has_id(id[2])), 1);
	cr_expect(rig_hear(inbox, "503 Busy; trying again in 1 s"));
	cr_expect(rig_hear(inbox, "422 No; given up"));
}

/* Who holds a connection and says nothing. */
static void
say_nothing(int fd, void *with)
{
	char waste[4096];

	(void)with;
	while (recv(fd, waste, sizeof(waste), 0) > 0)
		;
}

Test(webhook, mail_never_waits_for_it)
{
	make_place();
	port = rig_stand_in(say_nothing, NULL);
	start_at(at("http://127.0.0.1:%u/", port));
	for (int i = 0; i < 5; i++) {
		const char *id = send_to("x@x.example", MAIL("x", "text"));

		/* The inbox has it, too. */
		cr_expect_eq(
		    ask("GET", at("/api/v1/message/%s", id), NULL, NULL), 200);
	}
	stop();
}

static bool
lists_as_many(void *n)
{
	return count("/api/v1/messages") == *(int *)n;
}

Test(webhook, who_is_away_is_told_later_and_in_order)
{
	int listener = rig_refusing(&port);
	const char *id[3];
	const char *p = script.heard;

	make_place();
	start_at(at("http://127.0.0.1:%u/", port));
	/* That is the order in which they come to the inbox. */
	for (int n = 1; n <= 3; n++) {
		id[n - 1] = send_to("x@x.example", MAIL("x", "text"));
		cr_assert(rig_until("it is listed", lists_as_many, &n));
	}
	cr_assert(rig_hear(inbox, "refused; trying again in 1 s"));
	script.answers = ANSWERS(OK);
	cr_assert_eq(listen(listener, 8), 0);
	rig_stand_in_on(listener, rig_play_http, &script);
	until_told(3);
	stop();
	for (int i = 0; i < 3; i++) {
		p = strstr(p, has_id(id[i]));
		cr_assert_not_null(p, "%d: %s", i, script.heard);
		cr_expect_eq(times(has_id(id[i])), 1);
	}
}

/* The process that tells. */
static pid_t
teller(void)
{
	pid_t list[RIG_MAX_CHILDREN];
	size_t n = rig_children(rig_pid(inbox), list, RIG_MAX_CHILDREN);

	for (size_t i = 0; i < n; i++)
		if (rig_is_named(list[i], "berth-webhook"))
			return list[i];
	return 0;
}

static bool
is_another(void *was)
{
	pid_t is = teller();

	return is != 0 && is != *(pid_t *)was;
}

static bool
is_told(void *id)
{
	return times(has_id(id)) > 0;
}

static void
until_told_of(const char *id)
{
	cr_assert(rig_until("it is told", is_told, (void *)id));
}

Test(webhook, a_reload_and_a_kill_lose_nothing)
{
	const char *id[4];
	pid_t was;

	start_hook(ANSWERS(OK));
	id[0] = send_to("x@x.example", MAIL("x", "text"));
	until_told(1);
	was = teller();
	cr_assert_neq(was, 0);
	rig_signal(inbox, SIGHUP);
	id[1] = send_to("x@x.example", MAIL("x", "text"));
	until_told_of(id[1]);
	cr_assert(rig_until("another one tells", is_another, &was));
	was = teller();
	kill(was, SIGKILL);
	id[2] = send_to("x@x.example", MAIL("x", "text"));
	until_told_of(id[2]);
	cr_assert(rig_until("another one tells", is_another, &was));
	/* And while there is no inbox at all. */
	cr_expect_eq(rig_stop(inbox), 0);
	id[3] = send_to("x@x.example", MAIL("x", "text"));
	inbox = rig_start(RIG("berth-inboxd", "-l", "127.0.0.1:0", "--webhook",
	    at("http://127.0.0.1:%u/", port), mail));
	until_told_of(id[3]);
	stop();
	/* Who was killed may not have come to note that it had told. */
	for (int i = 0; i < 4; i++)
		cr_expect_leq(times(has_id(id[i])), i == 1 ? 2 : 1, "%d", i);
}

Test(webhook, mail_that_was_there_before_is_not_told)
{
	const char *id;

	script.answers = ANSWERS(OK);
	port = rig_stand_in(rig_play_http, &script);
	make_place();
	rig_file(mail, "new/1000000000.M0P1Q1.h", "Subject: old\n\nold\n");
	if (geteuid() == 0)
		cr_assert(rig_sh(0, at("chown -R nobody %s", mail), 0, "", ""));
	start_at(at("http://127.0.0.1:%u/", port));
	cr_assert(rig_gets_ready(rig_address(inbox, "inbox")));
	id = send_to("x@x.example", MAIL("new", "text"));
	until_told(1);
	cr_expect_eq(count("/api/v1/messages"), 2);
	stop();
	cr_expect_eq(times(has_id(id)), 1);
	cr_expect_eq(script.requests, 1);
}

Test(webhook, options_that_are_wrong_say_so)
{
	static const char *const bad[] = { "", "ftp://x/", "http://",
		"http:///x", "http://x:0/", "http://x:99999/", "http://[::1/" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct rig *s =
		    rig_run(RIG("berth-inboxd", "--webhook", bad[i], "x"));

		cr_expect_eq(rig_wait(s), 64, "%s", bad[i]);
		cr_expect(rig_hear(s, "--webhook"), "%s", bad[i]);
	}
	cr_expect_eq(rig_wait(rig_run(RIG("berth-webhook", "http://x/"))), 64);
}
