/*
 * logger_reader.c - the log and whoever reads it: one who reads slowly, or
 * not at all, or whose disk is full; and what clients can make of that.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grammar/log_line.h"
#include "integration/web_site.h"
#include "rig/main.h"

#define MUCH 1500 /* requests of 500 bytes: more than all that waits */

static struct rig *
start_on(int err)
{
	make_site();
	return rig_start_how(&(struct rig_how){
	    .argv = RIG("berth-httpd", "-l", "127.0.0.1:0", dir), .err = err });
}

/* n requests on one connection, each with a long name of an agent. */
static void
visit(struct rig *r, size_t n, size_t agent)
{
	int fd = rig_open(r, "http");
	char *request = malloc(agent + 100);
	size_t at = (size_t)sprintf(
	    request, "GET /f1.txt HTTP/1.1\r\nHost: localhost\r\nUser-Agent: ");

	memset(request + at, 'A', agent);
	strcpy(request + at + agent, "\r\n\r\n");
	for (size_t i = 0; i < n; i++) {
		cr_assert(rig_send(fd, request));
		expect_text(fd, 1);
	}
	close(fd);
	free(request);
}

static bool
has_another(void *arg)
{
	struct rig *r = ((void **)arg)[0];
	pid_t now = rig_logger(rig_pid(r));

	return now != 0 && now != *(pid_t *)((void **)arg)[1];
}

static void
pipe_for(int ends[2])
{
	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
}

/* Nobody reads: all are served, reloads and drains go on. */
Test(logger_reader, a_reader_that_stalls_stops_nobody)
{
	struct rig *r;
	int ends[2];
	pid_t logger;

	pipe_for(ends);
	r = start_on(ends[1]);
	close(ends[1]);
	visit(r, MUCH, 400);
	logger = rig_logger(rig_pid(r));
	rig_signal(r, SIGHUP);
	cr_assert(rig_until("reloaded", has_another, (void *[]){ r, &logger }));
	visit(r, 10, 400);
	cr_assert_eq(rig_stop(r), 0);
	close(ends[0]);
}

/* From a pipe: until a text has come, or, without one, the end. */
static bool
drink(int fd, struct buf *b, size_t at_once, const char *until)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	ssize_t n = 1;

	while (n > 0 && (until == NULL || strstr(buf_str(b), until) == NULL)) {
		if (poll(&ready, 1, (int)rig_patience_ms()) <= 0)
			return rig_fail("nothing more to read");
		n = read(fd, buf_room(b, at_once), at_once);
		if (n > 0)
			buf_grew(b, (size_t)n);
	}
	return until == NULL || n > 0;
}

static void
check_lines(const struct buf *b, const char *also)
{
	struct slice rest = { b->p, b->n };

	while (rest.n > 0) {
		const char *end = memchr(rest.p, '\n', rest.n);
		size_t n;

		cr_assert_not_null(end, "the last line is cut");
		n = (size_t)(end + 1 - rest.p);
		cr_assert_leq(n, LOG_LINE_MAX);
		cr_assert(slice_starts(rest, also) ||
			slice_starts(rest, "127.0.0.1 - - ["),
		    "%.60s", rest.p);
		cr_assert(slice_starts(rest, also) || end[-1] == '"');
		rest = slice_from(rest, n);
	}
}

/* What was dropped is counted, and no line is torn. */
Test(logger_reader, what_is_dropped_is_told_and_lines_are_whole)
{
	struct rig *r;
	int ends[2];
	size_t seen = 0;
	unsigned long dropped = 0;
	struct buf b;

	pipe_for(ends);
	r = start_on(ends[1]);
	close(ends[1]);
	visit(r, MUCH, 400);
	buf_init(&b, RIG_BUF_MAX);
	cr_assert(drink(ends[0], &b, 65536, "nobody reads it\n"));
	cr_assert_eq(rig_stop(r), 0);
	cr_assert(drink(ends[0], &b, 65536, NULL));
	check_lines(&b, "berth-httpd");
	for (const char *p = buf_str(&b); (p = strstr(p, "GET /")); p++)
		seen++;
	for (const char *p = buf_str(&b); (p = strstr(p, ": log: ")); p++)
		dropped += strtoul(p + 7, NULL, 10);
	cr_expect_eq(seen + dropped, MUCH, "%zu and %lu", seen, dropped);
	cr_expect_gt(dropped, 0);
	buf_free(&b);
	close(ends[0]);
}

/* 58 KB of an agent are 512 bytes of a line; no line begins with them. */
Test(logger_reader, a_slow_pipe_and_long_fields)
{
	struct rig *r;
	int ends[2];
	struct buf b;

	pipe_for(ends);
	fcntl(ends[1], F_SETPIPE_SZ, 4096);
	r = start_on(ends[1]);
	close(ends[1]);
	visit(r, 100, 58000);
	buf_init(&b, RIG_BUF_MAX);
	rig_signal(r, SIGTERM);
	cr_assert(drink(ends[0], &b, 100, NULL));
	cr_assert_eq(rig_wait(r), 0);
	check_lines(&b, "berth-httpd");
	cr_expect_not_null(strstr(buf_str(&b), "AAA...\"\n"));
	buf_free(&b);
	close(ends[0]);
}

Test(logger_reader, a_full_disk_is_told)
{
	struct rig *r = site("--access-log", "/dev/full");
	int fd = rig_open(r, "http");

	for (int i = 0; i < 3; i++) {
		ask_text(fd, i);
		expect_text(fd, i);
	}
	close(fd);
	cr_expect(rig_hear(r, "access log: "));
	cr_expect(rig_hear(r, " dropped: No space left on device\n"));
	cr_assert_eq(rig_stop(r), 0);
}

/* Each kind of text that JSON and terminals take differently. */
Test(logger_reader, json_stays_json)
{
	static const char request[] =
	    "GET / HTTP/1.1\r\nHost: localhost\r\n"
	    "User-Agent: \"\\\xc2\x9b\xe2\x80\xae\xff\r\n\r\n";
	struct rig *r = site("--log-format", "json");
	struct rig_reply reply;
	int fd = rig_open(r, "http");

	cr_assert(rig_send_bytes(fd, request, sizeof(request) - 1));
	cr_assert(rig_reply(fd, &reply, false));
	rig_reply_free(&reply);
	close(fd);
	cr_assert(rig_hear(r, "\"status\":"));
	cr_expect_not_null(
	    strstr(rig_err(r), "\"agent\":\"\\\"\\\\\\u009b\\u202e"));
	cr_expect_null(strstr(rig_err(r), "\\x"), "%s", rig_err(r));
	cr_expect_null(strstr(rig_err(r), "\xc2\x9b"));
	cr_assert_eq(rig_stop(r), 0);
}

/* A mail whose report was too long was delivered and not logged. */
Test(logger_reader, every_mail_has_its_line)
{
	static const char *const formats[] = { "combined", "json" };
	char word[901], line[1000];

	for (size_t i = 0; i + 1 < sizeof(word); i++)
		word[i] = i % 2 == 0 ? '\xc3' : '\xbc';
	word[sizeof(word) - 1] = '\0';
	for (size_t i = 0; i < 2; i++) {
		struct rig *r = rig_start(
		    RIG("berth-smtpd", "-l", "127.0.0.1:0", "--log-format",
			formats[i], rig_in(rig_place(), "mail")));
		int fd = rig_open(r, "smtp");

		cr_assert(rig_smtp_expect(fd, "220"));
		cr_assert(rig_smtp(fd, "EHLO x", "250"));
		cr_assert(
		    rig_smtp(fd, "MAIL FROM:<a@b.example> SMTPUTF8", "250"));
		for (int n = 0; n < 40; n++) {
			snprintf(line, sizeof(line), "RCPT TO:<%s%d@c.example>",
			    word, n);
			cr_assert(rig_smtp(fd, line, "250"));
		}
		cr_assert(rig_smtp(fd, "DATA", "354"));
		cr_assert(rig_smtp(fd, "hi\r\n.", "250"));
		cr_assert(rig_smtp(fd, "QUIT", "221"));
		close(fd);
		cr_expect(rig_hear(
		    r, i == 0 ? "...>,+35\" 250 4 " : "\"recipients\":40,"));
		cr_assert_eq(rig_stop(r), 0);
	}
}
