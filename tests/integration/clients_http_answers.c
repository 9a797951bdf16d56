/*
 * clients_http_answers.c - berth-http and servers that keep no rules.
 */
#include "clients_http.h"

#include "system/clock.h"

/* One answer, and what the client makes of it. */
static const struct answer {
	const char *answer;
	int code;
	const char *out, *err;
} table[] = {
	/* as it should be */
	{ OK(5, "hello"), 0, "hello", "" },
	{ OK(0, ""), 0, "", "" },
	{ OK_HEAD "\r\nto the end", 0, "to the end", "" },
	{ "HTTP/1.0 200 OK\r\n\r\nold", 0, "old", "" },
	{ "HTTP/1.1 204 No Content\r\n\r\n", 0, "", "" },
	{ "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone", 0, "none",
	    "" },
	{ CHUNKED "5\r\nhello\r\n0\r\n\r\n", 0, "hello", "" },
	{ CHUNKED "5;a=b;c=\"d\"\r\nhello\r\n00A\r\n0123456789\r\n0\r\n"
		  "Trailer: yes\r\nAnother: one\r\n\r\n",
	    0, "hello0123456789", "" },
	{ "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n"
	  "Link: </a>\r\n\r\n" OK(2, "ok"),
	    0, "ok", "" },
	/* as it often is */
	{ "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", 0, "ok", "" },
	{ "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", 0, "ok", "" },
	{ OK_HEAD "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok", 0, "ok",
	    "" },
	{ OK_HEAD "X: a\r\n b\r\nContent-Length: 2\r\n\r\nok", 0, "ok", "" },
	{ OK(2, "ok, and what nobody asked for"), 0, "ok", "" },
	/* empty, or cut */
	{ "", 52, "", "closed without an answer" },
	{ "HTTP/1.1 200 OK\r\nConte", 56, "", "in the middle of the head" },
	{ OK(10, "short"), 18, "short", "after 5 bytes" },
	{ CHUNKED "5\r\nhello\r\n", 18, "hello", "after 5 bytes" },
	{ CHUNKED "5\r\nhel", 18, "hel", "after 3 bytes" },
	{ CHUNKED "5\r\nhello\r\n0\r\n", 18, "hello", "after 5 bytes" },
	{ CHUNKED, 18, "", "after 0 bytes" },
	/* rubbish */
	{ "SSH-2.0-OpenSSH_9.2\r\n\r\n", 56, "", "not an HTTP answer" },
	{ "HTTP/1.1\r\n\r\n", 56, "", "not an HTTP answer" },
	{ "HTTP/1.1 2OO OK\r\n\r\n", 56, "", "not an HTTP answer" },
	{ "HTTP/1.1 20 OK\r\n\r\n", 56, "", "not an HTTP answer" },
	{ "HTTP/1.1 999 OK\r\n\r\n", 56, "", "not an HTTP answer" },
	{ "HTTP/3.0 200 OK\r\n\r\n", 56, "", "not an HTTP answer" },
	{ "\x16\x03\x01\x02\x01\x01\x01\xfc\r\n\r\n", 56, "",
	    "not an HTTP answer" },
	{ "<html>hello</html>\r\n\r\n", 56, "", "not an HTTP answer" },
	{ "HTTP/1.1 101 Switching Protocols\r\n\r\n", 56, "", "(101) unasked" },
	{ OK_HEAD "no colon\r\n\r\n", 56, "", "not an HTTP answer" },
	{ OK_HEAD "Content-Length: -1\r\n\r\nx", 56, "", "body" },
	{ OK_HEAD "Content-Length: 1x\r\n\r\nx", 56, "", "body" },
	{ OK_HEAD "Content-Length: 99999999999999999999\r\n\r\nx", 56, "",
	    "body" },
	{ OK_HEAD "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy", 56, "",
	    "body" },
	{ CHUNKED "-5\r\nhello\r\n0\r\n\r\n", 56, "", "bad chunked body" },
	{ CHUNKED "0x5\r\nhello\r\n0\r\n\r\n", 56, "", "bad chunked body" },
	{ CHUNKED "\r\nhello\r\n0\r\n\r\n", 56, "", "bad chunked body" },
	{ CHUNKED "FFFFFFFFFFFFFFFFF\r\nhello", 56, "", "bad chunked body" },
	{ CHUNKED "5\r\nhelloXX0\r\n\r\n", 56, NULL, "bad chunked body" },
};

Test(clients_http_answers, one_answer_each)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		serve(ANSWERS(table[i].answer), true);
		expect("berth-http $U/", table[i].code, table[i].out,
		    table[i].err);
	}
}

Test(clients_http_answers, the_same_when_it_comes_byte_by_byte)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		serve(ANSWERS(table[i].answer), true)->split = 1;
		expect("berth-http $U/", table[i].code, table[i].out,
		    table[i].err);
	}
}

/* Sends the same for ever, after a beginning. */
struct endless {
	const char *begin, *again;
	int64_t pause_ms;
};

static void
play_endless(int fd, void *with)
{
	const struct endless *e = with;
	char waste[65536];

	if (recv(fd, waste, sizeof(waste), 0) <= 0 ||
	    !rig_try(fd, e->begin, strlen(e->begin)))
		return;
	while (rig_try(fd, e->again, strlen(e->again)))
		if (e->pause_ms > 0)
			rig_pause_ms(e->pause_ms);
}

Test(clients_http_answers, what_has_no_end_is_ended)
{
	static const struct {
		struct endless e;
		const char *line;
		int code;
		const char *err;
	} case_[] = {
		{ { OK_HEAD, "X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n", 0 },
		    "berth-http $U/", 56, "" },
		{ { OK_HEAD "X: ", "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy", 0 },
		    "berth-http $U/", 56, "head too long" },
		{ { "", "HTTP/1.1 100 Continue\r\n\r\n", 0 }, "berth-http $U/",
		    56, "interim answers" },
		{ { "HTTP/1.1 200 ", "OOOOOOOOOOOOOOOOOOOOO", 0 },
		    "berth-http $U/", 56, "bad status line" },
		{ { CHUNKED, "0", 0 }, "berth-http $U/", 56,
		    "bad chunked body" },
		{ { CHUNKED "1;", "xxxxxxxxxxxxxxxxxxx", 0 }, "berth-http $U/",
		    56, "bad chunked body" },
		{ { CHUNKED "0\r\n", "X: yyyyyyyyyyyyyyyyyyyy\r\n", 0 },
		    "berth-http $U/", 56, "bad chunked body" },
		{ { OK_HEAD, "X: y\r\n", 50 }, "berth-http -m 1 $U/", 28,
		    "waiting for the head" },
		{ { OK_HEAD "\r\n", "y", 50 }, "berth-http -m 1 $U/ >/dev/null",
		    28, "waiting for the body" },
		{ { OK_HEAD "\r\n", "yyyyyyyyyyyyyyyyyyyyy", 0 },
		    "berth-http -m 1 $U/ >/dev/null", 28, "time is over" },
		{ { "HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", "yyyyyyyyyy",
		      0 },
		    "berth-http -L $U/ ", 47, "more than 20 redirects" },
	};

	for (size_t i = 0; i < sizeof(case_) / sizeof(case_[0]); i++) {
		int64_t began = clock_ms();

		port = rig_stand_in(play_endless, (void *)&case_[i].e);
		expect(case_[i].line, case_[i].code, "",
		    *case_[i].err != '\0' ? case_[i].err : NULL);
		cr_expect_lt(clock_ms() - began, 10000, "%zu", i);
	}
}

/* Answers before the body has come, and never reads it. */
static void
play_refusal(int fd, void *with)
{
	char waste[1000];
	const char *answer = "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n"
			     "\r\nno!";

	(void)with;
	if (recv(fd, waste, sizeof(waste), 0) > 0)
		rig_try(fd, answer, strlen(answer));
	rig_pause_ms(9000);
}

Test(clients_http_answers, an_early_answer_ends_the_sending)
{
	int64_t began = clock_ms();

	port = rig_stand_in(play_refusal, NULL);
	expect(
	    "head -c 20000000 /dev/zero | berth-http -d @- $U", 0, "no!", "");
	cr_expect_lt(clock_ms() - began, 8900);
}
