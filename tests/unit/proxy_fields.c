/*
 * proxy_fields.c - a request as an upstream gets it, and an answer's fields as
 * a client gets them.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "httpd/proxy_fields.h"

static struct proxy_place to;
static struct http_request request;

static void
parse(const char *head)
{
	static const struct http_rules rules = { false, false };
	const char *why;

	cr_assert_eq(
	    proxy_place_read("/api=http://localhost:3000", &to, &why), 0);
	cr_assert_gt(http_request_parse(slice_of(head), &rules, &request), 0,
	    "%s", head);
}

/* What becomes of a request; good until the next. */
static const char *
asked(const char *head, struct proxy_asked a)
{
	static struct buf b;

	parse(head);
	buf_free(&b);
	buf_init(&b, 100000);
	a.r = &request;
	a.to = &to;
	proxy_ask_head(&b, &a);
	return buf_str(&b);
}

Test(proxy_fields, a_request_is_made_anew)
{
	cr_expect_str_eq(
	    asked("GET /api/a?b HTTP/1.1\r\nHost: localhost:8080\r\n"
		  "Accept: x\r\nCookie: a=1\r\nCookie: b=2\r\n\r\n",
		(struct proxy_asked){
		    .keep_host = true, .client = "127.0.0.1" }),
	    "GET /api/a?b HTTP/1.1\r\nHost: localhost:8080\r\n"
	    "Accept: x\r\nCookie: a=1\r\nCookie: b=2\r\n"
	    "X-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\n"
	    "X-Forwarded-Host: localhost:8080\r\nX-Forwarded-Proto: http\r\n"
	    "Via: 1.1 berth\r\nConnection: close\r\n\r\n");
	/* Host set; by TLS; a body; another one before us. */
	cr_expect_str_eq(
	    asked("PUT http://[::1]:8080/api HTTP/1.1\r\nHost: [::1]:8080\r\n"
		  "Content-Length: 5\r\nVia: 1.0 other\r\n\r\n",
		(struct proxy_asked){ .secure = true }),
	    "PUT /api HTTP/1.1\r\nHost: localhost:3000\r\n"
	    "X-Forwarded-Host: [::1]:8080\r\nX-Forwarded-Proto: https\r\n"
	    "Via: 1.0 other, 1.1 berth\r\nContent-Length: 5\r\n"
	    "Connection: close\r\n\r\n");
	/* A method of their own, no Host at all, and no body where one is
	 * usual. */
	cr_expect_str_eq(asked("POST /api HTTP/1.0\r\n\r\n",
			     (struct proxy_asked){ .keep_host = true }),
	    "POST /api HTTP/1.1\r\nHost: localhost:3000\r\n"
	    "X-Forwarded-Proto: http\r\nVia: 1.0 berth\r\n"
	    "Content-Length: 0\r\nConnection: close\r\n\r\n");
}

Test(proxy_fields, what_belongs_to_a_connection_stays_with_it)
{
	const char *is = asked(
	    "GET /api HTTP/1.1\r\nHost: localhost\r\n"
	    "Connection: keep-alive, X-Secret, upgrade\r\nX-Secret: 1\r\n"
	    "Keep-Alive: timeout=5\r\nTE: trailers\r\nTrailer: X\r\n"
	    "Upgrade: h2c\r\nHTTP2-Settings: AAMA\r\n"
	    "Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic x\r\n"
	    "X-Kept: 1\r\n\r\n",
	    (struct proxy_asked){ .keep_host = true });

	cr_expect_str_eq(is,
	    "GET /api HTTP/1.1\r\nHost: localhost\r\nX-Kept: 1\r\n"
	    "X-Forwarded-Host: localhost\r\nX-Forwarded-Proto: http\r\n"
	    "Via: 1.1 berth\r\nConnection: close\r\n\r\n");
}

Test(proxy_fields, nobody_says_for_us_who_the_client_is)
{
	const char *is =
	    asked("GET /api HTTP/1.1\r\nHost: localhost\r\n"
		  "X-Forwarded-For: 6.6.6.6\r\nx_forwarded_for: 6.6.6.6\r\n"
		  "Forwarded: for=6.6.6.6\r\nX-Forwarded-Proto: https\r\n"
		  "X-Real_IP: 6.6.6.6\r\nX-FORWARDED-HOST: evil\r\n"
		  "Transfer_Encoding: chunked\r\nContent_Length: 7\r\n"
		  "Connection: X-Forwarded-For, Via, Host\r\n"
		  "Authorization: Basic x\r\n\r\n",
		(struct proxy_asked){
		    .keep_host = true, .own_password = true, .client = "::1" });

	cr_expect_str_eq(is,
	    "GET /api HTTP/1.1\r\nHost: localhost\r\n"
	    "X-Forwarded-For: ::1\r\nX-Real-IP: ::1\r\n"
	    "X-Forwarded-Host: localhost\r\nX-Forwarded-Proto: http\r\n"
	    "Via: 1.1 berth\r\nConnection: close\r\n\r\n");
	is = asked("GET /api HTTP/1.1\r\nHost: localhost\r\n"
		   "Authorization: Bearer x\r\n\r\n",
	    (struct proxy_asked){ .keep_host = true });
	cr_expect_not_null(strstr(is, "\r\nAuthorization: Bearer x\r\n"));
}

Test(proxy_fields, bodies_are_framed_once)
{
	const char *is = asked(
	    "POST /api HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n",
	    (struct proxy_asked){ .keep_host = true });

	cr_expect_not_null(strstr(is, "\r\nTransfer-Encoding: chunked\r\n"));
	cr_expect_null(strstr(is, "Content-Length"));
	cr_expect_null(strstr(is, "Expect"));
	/* As HTTP/2 has it: the end is told by frames. */
	parse("POST /api HTTP/1.1\r\nHost: localhost\r\n\r\n");
	request.body.kind = HTTP_BODY_TO_END;
	request.major = 2;
	request.minor = 0;
	{
		struct proxy_asked a = { .r = &request, .to = &to };
		struct buf b;

		buf_init(&b, 10000);
		proxy_ask_head(&b, &a);
		cr_expect_not_null(
		    strstr(buf_str(&b), "\r\nTransfer-Encoding: chunked\r\n"));
		cr_expect_not_null(strstr(buf_str(&b), "\r\nVia: 2.0 berth"));
		buf_free(&b);
	}
}

Test(proxy_fields, websocket_is_asked_for_anew)
{
	static const struct {
		const char *head;
		bool wants;
	} rows[] = {
		{ "GET /api HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, "
		  "Upgrade\r\nUpgrade: WebSocket\r\n\r\n",
		    true },
		{ "GET /api HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
		    false },
		{ "GET /api HTTP/1.0\r\nHost: a\r\nConnection: upgrade\r\n"
		  "Upgrade: websocket\r\n\r\n",
		    false },
		{ "POST /api HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n"
		  "Upgrade: websocket\r\n\r\n",
		    false },
		{ "GET /api HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n"
		  "Upgrade: websocket\r\nContent-Length: 1\r\n\r\n",
		    false },
		{ "GET /api HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n"
		  "Upgrade: h2c\r\n\r\n",
		    false },
	};
	const char *is;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		parse(rows[i].head);
		cr_expect_eq(
		    proxy_wants_websocket(&request), rows[i].wants, "%zu", i);
	}
	is = asked("GET /api HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n"
		   "Upgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n",
	    (struct proxy_asked){ .keep_host = true, .upgrade = true });
	cr_expect_not_null(strstr(is, "\r\nSec-WebSocket-Key: k\r\n"));
	cr_expect_not_null(strstr(
	    is, "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"));
}

Test(proxy_fields, a_circle_is_seen)
{
	parse("GET /api HTTP/1.1\r\nHost: a\r\nVia: 1.1 berth, 2.0 berth\r\n"
	      "Via: 1.1 nginx, 1.1 berth, 1.1 berth\r\n\r\n");
	cr_expect(!proxy_is_circle(&request));
	parse("GET /api HTTP/1.1\r\nHost: a\r\nVia: 1.1 berth, 2.0 berth, 1.1 "
	      "berth\r\nVia: 1.1 berth, 1.1 berth\r\n\r\n");
	cr_expect(proxy_is_circle(&request));
}

/* ---- answers ---- */

static const char *
answered(const char *head, const char *own)
{
	static struct buf b;
	struct http_response r;
	const char *why;

	cr_assert_eq(
	    proxy_place_read("/api=http://localhost:3000/v1", &to, &why), 0);
	cr_assert_gt(http_response_parse(slice_of(head), &r), 0, "%s", head);
	buf_free(&b);
	buf_init(&b, 100000);
	proxy_answer_fields(&b, &r, &to, slice_of(own));
	return b.n == 0 ? "" : buf_str(&b);
}

Test(proxy_fields, an_answer_says_of_itself_what_is_not_of_its_connection)
{
	cr_expect_str_eq(
	    answered("HTTP/1.1 200 OK\r\nServer: x\r\nDate: y\r\n"
		     "Connection: close, X-Hop\r\nX-Hop: 1\r\n"
		     "Keep-Alive: timeout=5\r\nTransfer-Encoding: chunked\r\n"
		     "Content-Length: 5\r\nTrailer: X\r\nUpgrade: h2c\r\n"
		     "Alt-Svc: h3=\":443\"\r\nContent-Type: a/b\r\n"
		     "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nVary: Accept\r\n"
		     "\r\n",
		"Vary: Origin\r\n"),
	    "Content-Type: a/b\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
	    "Vary: Accept\r\n");
	/* --cors and --header say it instead. */
	cr_expect_str_eq(
	    answered("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: x\r\n"
		     "X-Other: 1\r\n\r\n",
		"access-control-allow-origin: *\r\n"),
	    "X-Other: 1\r\n");
	cr_expect_str_eq(
	    answered("HTTP/1.1 302 Found\r\n"
		     "Location: http://localhost:3000/v1/there\r\n\r\n",
		""),
	    "Location: /api/there\r\n");
}

Test(proxy_fields, no_line_end_comes_through)
{
	/* A folded line; what is not legal at all never comes so far. */
	cr_expect_str_eq(answered("HTTP/1.1 200 OK\r\nX-Long: one\r\n two\r\n"
				  "X-Next: 1\n\n",
			     ""),
	    "X-Long: one   two\r\nX-Next: 1\r\n");
}
