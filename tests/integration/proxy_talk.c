/*
 * proxy_talk.c - --proxy: what an upstream is asked, and what its answers
 * become.
 */
#include "proxy_start.h"

Test(proxy_talk, a_request_goes_there_and_its_answer_comes_back)
{
	struct rig_script *s = scripted((const char *const[]){
	    "HTTP/1.1 201 Made\r\nContent-Type: a/b\r\nServer: other\r\n"
	    "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nConnection: close\r\n"
	    "Content-Length: 5\r\n\r\nhello",
	    NULL });
	struct rig_reply reply;
	char should[400];
	int fd = rig_open(server, "http");

	cr_assert(rig_send(fd,
	    "POST /api/x?y=%20z HTTP/1.1\r\nHost: localhost:99\r\n"
	    "Content-Length: 3\r\nX-Own: 1\r\nConnection: keep-alive\r\n\r\n"
	    "abc"));
	cr_assert(rig_reply(fd, &reply, false));
	cr_expect_eq(reply.status, 201);
	cr_expect(slice_is(reply.body, "hello"));
	cr_expect(slice_is(rig_header(&reply, "Content-Type"), "a/b"));
	cr_expect(slice_is(rig_header(&reply, "Server"), "berth"));
	cr_expect(slice_is(rig_header(&reply, "Content-Length"), "5"));
	cr_expect(has(reply.head, "Set-Cookie: a=1\r\nSet-Cookie: b=2"));
	cr_expect(!has(reply.head, "Connection"));
	/* The client stays, for a file and for more of that. */
	cr_assert(rig_get_on(fd, "/page", &reply));
	cr_expect(slice_is(reply.body, "a page\n"));
	cr_assert(rig_get_on(fd, "/api", &reply));
	cr_expect_eq(reply.status, 201);
	close(fd);
	snprintf(should, sizeof(should),
	    "POST /api/x?y=%%20z HTTP/1.1\r\nHost: localhost:99\r\n"
	    "X-Own: 1\r\nX-Forwarded-For: 127.0.0.1\r\n"
	    "X-Real-IP: 127.0.0.1\r\nX-Forwarded-Host: localhost:99\r\n"
	    "X-Forwarded-Proto: http\r\nVia: 1.1 berth\r\n"
	    "Content-Length: 3\r\nConnection: close\r\n\r\nabc"
	    "GET /api HTTP/1.1\r\n");
	cr_expect_eq(
	    strncmp(s->heard, should, strlen(should)), 0, "%s", s->heard);
	cr_assert_eq(rig_stop(server), 0);
}

/* An answer, asked for with GET or HEAD, and what the client has of it. */
static const struct {
	const char *answer, *body, *has, *not ;
	int status;
	bool head;
} answers[] = {
	{ "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "abc",
	    "Content-Length: 3", "Transfer-Encoding", 200, false },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	  "2;x=y\r\nab\r\n1\r\nc\r\n0\r\nX-Trailer: 1\r\n\r\n",
	    "abc", "Transfer-Encoding: chunked", "X-Trailer", 200, false },
	{ "HTTP/1.1 200 OK\r\n\r\nto the end", "to the end",
	    "Transfer-Encoding: chunked", "Content-Length", 200, false },
	{ "HTTP/1.0 404 No\r\nContent-Length: 0\r\n\r\n", "",
	    "Content-Length: 0", "Connection", 404, false },
	/* Framed twice: once in what goes on. */
	{ "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n"
	  "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
	    "a", "Transfer-Encoding: chunked", "Content-Length", 200, false },
	{ "HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n", "",
	    "204 No Content", "Content-Length", 204, false },
	{ "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n", "", "ETag: \"x\"",
	    "Transfer-Encoding", 304, false },
	{ "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
	  "HTTP/1.1 100 Continue\r\n\r\n"
	  "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
	    "a", "200 OK", "Link", 200, false },
	{ "HTTP/1.1 200 OK\r\nX-Long: a\r\n b\r\nContent-Length: 1\r\n\r\na",
	    "a", "X-Long: a   b\r\n", "\r\n b", 200, false },
	{ "HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n", "",
	    "Content-Length: 12345", "Transfer-Encoding", 200, true },
	{ "HTTP/1.1 200 OK\r\n\r\n", "", "200 OK", "Content-Length", 200,
	    true },
	/* More than was promised is nobody's. */
	{ "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n"
	  "aHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhidden",
	    "a", "Content-Length: 1", "hidden", 200, false },
	{ "HTTP/1.1 302 Found\r\nLocation: /api/y\r\n"
	  "Content-Length: 0\r\n\r\n",
	    "", "Location: /api/y", "Connection", 302, false },
};

#define ANSWERS (sizeof(answers) / sizeof(answers[0]))

static void
answers_at_once(int split)
{
	const char *all[ANSWERS + 1];
	struct rig_script *s;
	int fd;

	for (size_t i = 0; i < ANSWERS; i++)
		all[i] = answers[i].answer;
	all[ANSWERS] = NULL;
	s = scripted(all);
	s->split = split;
	fd = rig_open(server, "http");
	for (size_t i = 0; i < ANSWERS; i++) {
		struct rig_reply r;

		cr_assert(rig_send(fd,
		    answers[i].head ? HEAD_OF("HEAD /api/x", "") : GET_API));
		cr_assert(rig_reply(fd, &r, answers[i].head), "%zu", i);
		cr_expect_eq(r.status, answers[i].status, "%zu", i);
		cr_expect(slice_is(r.body, answers[i].body), "%zu: %.*s", i,
		    SLICE_FMT(r.body));
		cr_expect(has(r.head, answers[i].has), "%zu: %.*s", i,
		    SLICE_FMT(r.head));
		cr_expect(!has(r.head, answers[i].not ), "%zu: %.*s", i,
		    SLICE_FMT(r.head));
		rig_reply_free(&r);
	}
	close(fd);
	cr_assert_eq(rig_stop(server), 0);
}

Test(proxy_talk, every_answer_is_framed_anew)
{
	answers_at_once(0);
}

Test(proxy_talk, however_it_is_cut)
{
	answers_at_once(1);
}

Test(proxy_talk, a_client_of_http_1_0_is_told_the_end_by_the_end)
{
	struct rig_script *s = scripted((const char *const[]){
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "3\r\nabc\r\n0\r\n\r\n",
	    NULL });
	struct rig_reply r;
	int fd = rig_open(server, "http");

	cr_assert(rig_send(fd, "GET /api HTTP/1.0\r\n\r\n"));
	cr_assert(rig_reply(fd, &r, false));
	cr_expect(slice_is(r.body, "abc"));
	cr_expect(!has(r.head, "chunked"));
	cr_expect(rig_expect_end(fd));
	cr_expect(strstr(s->heard, "GET /api HTTP/1.1\r\nHost: localhost:"));
}

static struct buf heard;

/* Hears a whole chunked body. */
static void
play_chunks(int fd, void *with)
{
	static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

	(void)with;
	buf_init(&heard, RIG_BUF_MAX);
	if (rig_read_through(fd, &heard, "\r\n0\r\n\r\n"))
		rig_try(fd, ok, sizeof(ok) - 1);
}

Test(proxy_talk, chunks_are_cut_anew_and_trailers_dropped)
{
	struct rig_reply r;

	proxy_start(rig_stand_in(play_chunks, NULL));
	/* What looks like a request inside a body stays inside. */
	cr_assert(rig_ask(address,
	    HEAD_OF("POST /api",
		"Transfer-Encoding: chunked\r\nTrailer: X-T\r\n") "00000b;ext="
								  "\"1\"\r\nGET"
								  " /"
								  "secret\r\n4"
								  "\r\n\r\n\r\n"
								  "\r\n"
								  "0\r\nX-T: "
								  "1\r\n\r\n",
	    &r));
	cr_expect_eq(r.status, 200);
	cr_expect_eq(rig_stop(server), 0);
	cr_expect(has(buf_slice(&heard), "\r\nTransfer-Encoding: chunked\r\n"));
	cr_expect(has(buf_slice(&heard), "\r\n\r\nb\r\nGET /secret\r\n4\r\n"));
	cr_expect(!has(buf_slice(&heard), "X-T"));
	cr_expect(!has(buf_slice(&heard), "ext="));
}

static bool
has_come(void *script)
{
	return ((volatile struct rig_script *)script)->requests > 0;
}

/* Chunks that turn out to be none: nothing whole has arrived. */
static void
send_what_breaks_off(void)
{
	struct rig_reply r;

	cr_expect(rig_ask(address,
	    HEAD_OF("POST /api",
		"Transfer-Encoding: chunked\r\n") "3\r\nabc\r\nzz\r\n0"
						  "\r\n\r\n",
	    &r));
	cr_expect_eq(r.status, 400);
}

Test(proxy_talk, what_could_be_read_in_two_ways_goes_nowhere)
{
	static const char *const requests[] = {
		HEAD_OF("POST /api",
		    "Content-Length: 5\r\n"
		    "Transfer-Encoding: chunked\r\n") "0\r\n\r\n",
		HEAD_OF("POST /api",
		    "Content-Length: 5\r\n"
		    "Content-Length: 6\r\n") "abcde",
		HEAD_OF("POST /api", "Content-Length: +5\r\n") "abcde",
		HEAD_OF(
		    "POST /api", "Transfer-Encoding: xchunked\r\n") "0\r\n\r\n",
		HEAD_OF(
		    "POST /api", "Transfer-Encoding : chunked\r\n") "0\r\n\r\n",
		HEAD_OF("POST /api",
		    "X: 1\r\n Transfer-Encoding: chunked\r\n") "0\r\n\r\n",
		HEAD_OF("POST /api",
		    "X: 1\nTransfer-Encoding: chunked\r\n") "0\r\n\r\n",
		"POST /api HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"
		"0\r\n\r\n",
		"GET /api\t/x HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET /api/\x01 HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET /api HTTP/1.1\r\nHost: localhost\r\nHost: x\r\n\r\n",
		HEAD_OF("GET /api/../page", ""),
		HEAD_OF("GET /api/..%2fpage", ""),
		HEAD_OF("GET /api/%2e%2e/page", ""),
		HEAD_OF("GET /api/..;/page", ""),
	};
	struct rig_script *s = scripted((const char *const[]){
	    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", NULL });

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		struct rig_reply r;

		cr_expect(rig_ask(address, requests[i], &r), "%zu", i);
		cr_expect_geq(r.status, 400, "%zu: %d", i, r.status);
		cr_expect_lt(r.status, 502, "%zu: %d", i, r.status);
		rig_reply_free(&r);
	}
	cr_expect_eq(s->n, 0, "%s", s->heard);
	send_what_breaks_off();
	cr_expect_eq(rig_stop(server), 0);
	/* It may not have had the time to read yet. */
	cr_expect(rig_until("it was heard", has_come, s));
	cr_expect_eq(s->requests, 1); /* as rig_play_http counts heads */
	cr_expect_null(strstr(s->heard, "\r\n0\r\n\r\n"));
}

Test(proxy_talk, who_waits_for_100_hears_it_once_there_is_somebody)
{
	struct rig_script *s = scripted((const char *const[]){
	    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", NULL });
	int fd = rig_open(server, "http");
	struct rig_reply r;

	cr_assert(rig_send(fd,
	    HEAD_OF("PUT /api",
		"Expect: 100-continue\r\n"
		"Content-Length: 3\r\n")));
	cr_assert(rig_expect(fd, "HTTP/1.1 100 Continue\r\n\r\n"));
	cr_assert(rig_send(fd, "abc"));
	cr_assert(rig_reply(fd, &r, false));
	cr_expect(slice_is(r.body, "ok"));
	close(fd);
	cr_assert_eq(rig_stop(server), 0);
	cr_expect_null(strstr(s->heard, "Expect"));
	proxy_start(closed_port());
	fd = rig_open(server, "http");
	cr_assert(rig_send(fd,
	    HEAD_OF("PUT /api",
		"Expect: 100-continue\r\n"
		"Content-Length: 3\r\n")));
	cr_assert(rig_reply(fd, &r, false));
	cr_expect_eq(r.status, 502);
	close(fd);
	cr_assert_eq(rig_stop(server), 0);
}

Test(proxy_talk, other_options_hold_there_too)
{
	static struct rig_script s;
	struct rig_reply r;

	s = (struct rig_script){ .once = true,
		.answers = (const char *const[]){
		    "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: x\r\n"
		    "X-Mine: theirs\r\nContent-Length: 2\r\n\r\nok",
		    NULL } };
	proxy_start_with(rig_stand_in(rig_play_http, &s),
	    RIG("--cors", "--header", "X-Mine: ours", "--status-for",
		"/api/bad*=503", "--proxy-host", "set", "--log-format",
		"json"));
	cr_assert(rig_ask(address, GET_API, &r));
	cr_expect(slice_is(r.body, "ok"));
	cr_expect(slice_is(rig_header(&r, "X-Mine"), "ours"));
	cr_expect(!has(r.head, "theirs"));
	cr_expect(slice_is(rig_header(&r, "Access-Control-Allow-Origin"), "*"));
	cr_expect(strstr(s.heard, "\r\nHost: localhost:"));
	/* A preflight is answered for it, and a fault on purpose, too. */
	cr_assert(rig_ask(address,
	    HEAD_OF("OPTIONS /api/x",
		"Origin: http://a.test\r\n"
		"Access-Control-Request-Method: DELETE\r\n"),
	    &r));
	cr_expect_eq(r.status, 204);
	cr_expect(
	    has(rig_header(&r, "Access-Control-Allow-Methods"), "DELETE"));
	cr_assert(rig_ask(address, HEAD_OF("GET /api/bad1", ""), &r));
	cr_expect_eq(r.status, 503);
	/* Without a body, any method; a tunnel or an echo of the head never. */
	cr_assert(rig_ask(address, HEAD_OF("PURGE /api/x", ""), &r));
	cr_expect_eq(r.status, 200);
	cr_assert(rig_ask(address, HEAD_OF("TRACE /api/x", ""), &r));
	cr_expect_eq(r.status, 405);
	cr_expect_eq(s.clients, 2);
	cr_expect(rig_hear(server, "\"upstream\":\"localhost:"));
	cr_expect(rig_hear(server, ",\"waited\":"));
	cr_assert_eq(rig_stop(server), 0);
}
