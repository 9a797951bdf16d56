/*
 * health.c - --health: alive, ready, and numbers that are those of a run;
 * --drain-delay: not ready first, no more clients later.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rig/faulty.h"
#include "rig/main.h"
#include "rig/rig.h"

static struct rig *
suite(const char *const *more)
{
	const char *argv[32] = { "berth", "--http", "127.0.0.1:0", "--smtp",
		"127.0.0.1:0", "--inbox", "off", "--health", "127.0.0.1:0",
		"--mail" };
	const char *dir = rig_place();
	int n = 10;

	rig_file(dir, "site/f", "content");
	argv[n++] = rig_in(dir, "mail");
	for (; *more != NULL; more++)
		argv[n++] = *more;
	argv[n] = rig_in(dir, "site");
	return rig_start(argv);
}

static int
get(struct rig *r, const char *name, const char *path)
{
	struct rig_reply reply = { 0 };
	int status;

	cr_assert(rig_get(rig_address(r, name), path, &reply));
	status = reply.status;
	rig_reply_free(&reply);
	return status;
}

/* The value of a sample, name and labels, or -1. */
static long long
sample(struct rig *r, const char *name)
{
	struct rig_reply reply = { 0 };
	long long value = -1;
	char line[256];
	const char *at;

	cr_assert(rig_get(rig_address(r, "health"), "/metrics", &reply));
	cr_assert_eq(reply.status, 200);
	snprintf(line, sizeof(line), "\n%s ", name);
	at = strstr(buf_str(&reply.bytes), line);
	if (at != NULL)
		value = atoll(at + strlen(line));
	rig_reply_free(&reply);
	return value;
}

struct wanted {
	struct rig *r;
	const char *name;
	long long value;
};

static bool
is_so(void *p)
{
	const struct wanted *w = p;

	return sample(w->r, w->name) == w->value;
}

/* Ends are counted when the child is reaped. */
static void
becomes(struct rig *r, const char *name, long long value)
{
	struct wanted w = { r, name, value };

	cr_expect(rig_until(name, is_so, &w), "%s is %lld, not %lld", name,
	    sample(r, name), value);
}

Test(health, what_can_be_asked)
{
	struct rig *r = suite(RIG(NULL));
	struct rig_reply reply = { 0 };
	int fd;

	cr_expect_eq(get(r, "health", "/livez"), 200);
	cr_expect_eq(get(r, "health", "/readyz"), 200);
	cr_expect_eq(get(r, "health", "/readyz?verbose"), 200);
	cr_expect_eq(get(r, "health", "/"), 404);
	cr_assert(rig_ask(rig_address(r, "health"),
	    "POST /readyz HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
	    "0\r\n\r\n",
	    &reply));
	cr_expect_eq(reply.status, 405);
	cr_expect(slice_is(rig_header(&reply, "Allow"), "GET, HEAD"));
	cr_assert(rig_ask(rig_address(r, "health"), "GET /\r\n\r\n", &reply));
	cr_expect_eq(reply.status, 400);
	cr_assert(rig_ask(rig_address(r, "health"),
	    "GET /metrics HTTP/1.1\r\nHost: localhost:1\r\nAccept: "
	    "application/openmetrics-text;version=1.0.0,"
	    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1\r\n\r\n",
	    &reply));
	cr_expect(slice_starts(rig_header(&reply, "Content-Type"),
	    "application/openmetrics-text; version=1.0.0"));
	cr_expect(slice_ends(reply.body, "\n# EOF\n"));
	/* HAProxy's agent check. */
	fd = rig_open(r, "health");
	cr_assert(rig_send(fd, "agent\n"));
	cr_expect(rig_expect(fd, "ready up\n"));
	close(fd);
	fd = rig_open(r, "health");
	cr_assert(rig_send(fd, "agent smtp\r\n"));
	cr_expect(rig_expect(fd, "ready up\n"));
	close(fd);
	cr_assert(rig_ask(rig_address(r, "health"), "agent x\n\n", &reply));
	cr_expect_eq(reply.status, 400);
	/* It is not the site's, nor the site its. */
	cr_expect_eq(get(r, "http", "/livez"), 404);
	cr_expect_eq(get(r, "health", "/f"), 404);
	cr_assert_eq(rig_stop(r), 0);
}

/* A page of somebody else's whose name was made to lead here sends that name. */
Test(health, a_name_that_was_made_to_lead_here)
{
	static const struct {
		const char *host;
		int status;
	} rows[] = { { "evil.example", 421 }, { "evil.example:80", 421 },
		{ "localhost.evil.example", 421 }, { "localhost", 200 },
		{ "127.0.0.1:9", 200 }, { "[::1]", 200 },
		{ "board.test", 200 } };
	struct rig *r = suite(RIG("--allow-host", "board.test"));
	struct rig_reply reply = { 0 };
	char ask[128];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(ask, sizeof(ask),
		    "GET /metrics HTTP/1.1\r\nHost: %s\r\n\r\n", rows[i].host);
		cr_assert(rig_ask(rig_address(r, "health"), ask, &reply));
		cr_expect_eq(reply.status, rows[i].status, "%s", rows[i].host);
		cr_expect_eq(
		    memmem(reply.body.p, reply.body.n, "berth_", 6) != NULL,
		    rows[i].status == 200);
	}
	rig_reply_free(&reply);
	cr_assert_eq(rig_stop(r), 0);
}

static void
mail(struct rig *r, const char *from, const char *last)
{
	int fd = rig_open(r, "smtp");

	cr_assert(rig_smtp_expect(fd, "220"));
	cr_assert(rig_smtp(fd, "EHLO a", "250"));
	cr_assert(rig_smtp(fd, from, "250"));
	cr_assert(rig_smtp(fd, "RCPT TO:<d@e.f>", "250"));
	cr_assert(rig_smtp(fd, "DATA", "354"));
	cr_assert(rig_smtp(fd, "Subject: x\r\n\r\ny\r\n.", last));
	cr_assert(rig_smtp(fd, "QUIT", "221"));
	close(fd);
}

#define OF(name, service, more) \
	"berth_" name "{service=\"" service "\"" more "}"

/* What it comes to, when nobody is there any more. */
static const struct {
	const char *sample;
	long long value;
} sums[] = {
	{ OF("connections_open", "smtp", ""), 0 },
	{ OF("connections_total", "http", ""), 7 },
	{ OF("connections_ended_total", "http", ",end=\"fine\""), 6 },
	{ OF("connections_ended_total", "http", ",end=\"rude\""), 1 },
	{ OF("connections_total", "smtp", ""), 5 },
	{ OF("requests_total", "http", ""), 7 },
	{ OF("requests_refused_total", "http", ""), 2 },
	{ OF("mails_total", "smtp", ",outcome=\"accepted\""), 2 },
	{ OF("mails_total", "smtp", ",outcome=\"deferred\""), 1 },
	{ OF("mails_total", "smtp", ",outcome=\"refused\""), 1 },
	{ OF("request_duration_seconds_count", "http", ""), 7 },
	{ OF("process_wait_seconds_count", "smtp", ""), 5 },
};

Test(health, numbers_are_those_of_the_run)
{
	const char *rules = rig_file(rig_place(), "rules",
	    "dot from=later@* reply 451 4.2.0 Later\n"
	    "dot from=never@* reply 554 5.2.0 Never\n");
	struct rig *r = suite(RIG("--smtp-rules", rules));
	struct rig_reply reply = { 0 };
	int fd;

	for (int i = 0; i < 5; i++)
		cr_assert_eq(get(r, "http", "/f"), 200);
	cr_assert_eq(get(r, "http", "/none"), 404);
	cr_assert(rig_ask(rig_address(r, "http"), "NONSENSE\r\n\r\n", &reply));
	mail(r, "MAIL FROM:<a@b.c>", "250");
	mail(r, "MAIL FROM:<a@b.c>", "250");
	mail(r, "MAIL FROM:<later@b.c>", "451");
	mail(r, "MAIL FROM:<never@b.c>", "554");
	fd = rig_open(r, "smtp"); /* and gone */
	cr_assert(rig_smtp_expect(fd, "220"));
	becomes(r, OF("connections_open", "smtp", ""), 1);
	close(fd);
	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++)
		becomes(r, sums[i].sample, sums[i].value);
	cr_expect_gt(
	    sample(r, "berth_received_bytes_total{service=\"smtp\"}"), 4 * 70);
	cr_expect_gt(
	    sample(r, "berth_sent_bytes_total{service=\"http\"}"), 7 * 100);
	/* A reload begins nothing anew. */
	rig_signal(r, SIGHUP);
	becomes(r, "berth_reloads_total", 1);
	becomes(r, "berth_connections_total{service=\"http\"}", 7);
	becomes(
	    r, "berth_mails_total{service=\"smtp\",outcome=\"accepted\"}", 2);
	cr_expect_gt(sample(r, "berth_process_births_total"), 12);
	/* Nobody who asks for them is in the log. */
	cr_expect_null(strstr(rig_err(r), "/metrics"));
	cr_assert_eq(rig_stop(r), 0);
}

static bool
refused(void *r)
{
	int fd = rig_connect(rig_address(r, "http"));

	if (fd >= 0)
		close(fd);
	return fd < 0;
}

Test(health, not_ready_first_and_closed_later)
{
	struct rig *r = suite(RIG("--drain-delay", "5"));
	int fd;

	cr_assert_eq(get(r, "health", "/readyz"), 200);
	rig_signal(r, SIGTERM);
	cr_assert(rig_hear(r, "not ready from now on"));
	cr_expect_eq(get(r, "health", "/readyz"), 503);
	cr_expect_eq(get(r, "health", "/livez"), 200);
	cr_expect_eq(sample(r, "berth_ready"), 0);
	fd = rig_open(r, "health");
	cr_assert(rig_send(fd, "agent\n"));
	cr_expect(rig_expect(fd, "drain\n"));
	close(fd);
	/* Who has not noticed yet is served. */
	cr_expect_eq(get(r, "http", "/f"), 200);
	/* What would be a new beginning is not. */
	rig_signal(r, SIGHUP);
	cr_expect(rig_hear(r, "no reload: the server is about to end"));
	cr_expect(rig_until("it listens no more", refused, r));
	cr_assert_eq(rig_wait(r), 0);
}

Test(health, asked_twice)
{
	struct rig *r = suite(RIG("--drain-delay", "3600"));

	rig_signal(r, SIGTERM);
	cr_assert(rig_hear(r, "not ready from now on"));
	cr_assert(!rig_ended(r));
	rig_signal(r, SIGTERM);
	cr_assert_eq(rig_wait(r), 0);
	/* By hand: at once. */
	r = suite(RIG("--drain-delay", "3600"));
	rig_signal(r, SIGINT);
	cr_assert_eq(rig_wait(r), 0);
}

/* Others have taken all the processes that they may. */
Test(health, while_the_site_is_full)
{
	struct rig *r = suite(RIG("--max-children", "16", "--http-reserve", "0",
	    "--smtp-reserve", "0", "--inbox-reserve", "0"));
	int fd[14];

	for (int i = 0; i < 14; i++) {
		struct rig_reply reply = { 0 };

		fd[i] = rig_open(r, "http");
		cr_assert(rig_get_on(fd[i], "/f", &reply));
		rig_reply_free(&reply);
	}
	cr_expect_eq(get(r, "health", "/readyz"), 200);
	cr_expect_eq(get(r, "health", "/livez"), 200);
	for (int i = 0; i < 14; i++)
		close(fd[i]);
	cr_assert_eq(rig_stop(r), 0);
}

/* Every server can. */
Test(health, of_the_others)
{
	static const char *const programs[] = { "berth-greetd",
		"berth-upperd" };

	for (size_t i = 0; i < 2; i++) {
		struct rig *r = rig_start(RIG(programs[i], "-l", "127.0.0.1:0",
		    "--health", "127.0.0.1:0"));

		cr_expect_eq(get(r, "health", "/readyz"), 200);
		cr_assert_eq(rig_stop(r), 0);
	}
}

/* A crash is a crash in the numbers. */
Test(health, crashes)
{
	struct rig *r = faulty_start(RIG("--health", "127.0.0.1:0"));
	int fd = rig_open(r, FAULTY);
	char byte;

	cr_assert(rig_send(fd, "abort\n"));
	cr_assert_leq(rig_receive(fd, &byte, 1), 0);
	close(fd);
	becomes(r,
	    "berth_connections_ended_total{service=\"faulty\",end=\"crashed\"}",
	    1);
	becomes(r, "berth_process_crashes_total", 1);
	cr_assert_eq(rig_stop(r), 0);
}

RIG_MAIN int
main(int argc, char **argv)
{
	return faulty_or_tests(argc, argv);
}
