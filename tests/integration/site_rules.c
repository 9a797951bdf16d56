/*
 * site_rules.c - every rule about a single request, through the whole of
 * berth-httpd: what is sent, what comes back, and whether the connection goes
 * on.  Each row names the rule it shows.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/rig.h"

#define HOST "Host: localhost\r\n"
#define H    " HTTP/1.1\r\n" HOST
#define E    "\r\n"
#define GET  "GET /ok.txt" H
#define POST "POST /ok.txt" H

enum after {
	KEEP,  /* another request on the same connection is answered */
	CLOSE, /* in order, after the reply */
};

struct row {
	int rule;
	struct slice request;
	int status;
	enum after after;
	const char *has; /* somewhere in the reply's head, or NULL */
};

#define ROW(rule, text, ...)                   \
	{                                      \
		rule, SLICE(text), __VA_ARGS__ \
	}

/* clang-format off */
static const struct row rows[] = {
	ROW(1, "\r\n" GET E, 200, KEEP, NULL),
	ROW(1, "\r\n\r\n" GET E, 200, KEEP, NULL),
	ROW(1, "\r\n\r\n\r\n" GET E, 400, CLOSE, NULL),
	ROW(2, "GET /ok.txt HTTP/1.1\nHost: localhost\n\n", 400, CLOSE, NULL),
	ROW(2, "GET /ok.txt" H "X: y\n" E, 400, CLOSE, NULL),
	ROW(3, "GET /ok.txt" H "X: a\rb\r\n" E, 400, CLOSE, NULL),
	ROW(4, "GET /ok.txt HTTP/1.1\r\n Host: localhost\r\n" E, 400, CLOSE, NULL),
	ROW(5, "GET  /ok.txt" H E, 400, CLOSE, NULL),
	ROW(5, "GET\t/ok.txt" H E, 400, CLOSE, NULL),
	ROW(5, "GET /ok.txt HTTP/1.1 \r\n" HOST E, 400, CLOSE, NULL),
	ROW(5, "GET /a b" H E, 400, CLOSE, NULL),
	ROW(6, "GET /ok.txt\r\n", 400, CLOSE, NULL),
	ROW(6, "GET /ok.txt HTTP/1\r\n" HOST E, 400, CLOSE, NULL),
	ROW(6, "GET /ok.txt HTTP/01.1\r\n" HOST E, 400, CLOSE, NULL),
	ROW(6, "GET /ok.txt HTTP/1.11\r\n" HOST E, 400, CLOSE, NULL),
	ROW(6, "GET /ok.txt http/1.1\r\n" HOST E, 400, CLOSE, NULL),
	ROW(6, "GET /ok.txt HTTP/1.9\r\n" HOST E, 200, KEEP, NULL),
	ROW(7, "GET /ok.txt HTTP/2.0\r\n" HOST E, 505, CLOSE, NULL),
	/* With SM behind it, it is the preface of HTTP/2: h2_talk.c. */
	ROW(7, "PRI * HTTP/2.0\r\n\r\n", 505, CLOSE, NULL),
	ROW(8, "BREW /ok.txt" H E, 501, KEEP, NULL),
	ROW(8, "get /ok.txt" H E, 501, KEEP, NULL),
	ROW(8, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA / HTTP/1.1\r\n" HOST E, 501,
	    CLOSE, NULL),
	ROW(9, "G/T /ok.txt" H E, 400, CLOSE, NULL),
	ROW(9, "G\0T /ok.txt" H E, 400, CLOSE, NULL),
	ROW(10, POST E, 405, KEEP, "Allow: GET, HEAD, OPTIONS"),
	ROW(10, "PUT /ok.txt" H "Content-Length: 5\r\n" E "hello", 405, KEEP,
	    "Allow: GET, HEAD, OPTIONS"),
	ROW(10, "DELETE /ok.txt" H E, 405, KEEP, "Allow: "),
	ROW(10, "PATCH /ok.txt" H E, 405, KEEP, "Allow: "),
	ROW(10, "TRACE /ok.txt" H "X-Secret: 1\r\n" E, 405, KEEP, "Allow: "),
	ROW(11, "CONNECT a:443" H E, 501, KEEP, NULL),
	ROW(13, "GET /ok.txt#a" H E, 400, CLOSE, NULL),
	ROW(13, "GET /ok.txt\x01" H E, 400, CLOSE, NULL),
	ROW(13, "GET /ok.txt\0" H E, 400, CLOSE, NULL),
	ROW(13, "GET /\xc3\xa4" H E, 400, CLOSE, NULL),
	ROW(13, "GET /<a>" H E, 400, CLOSE, NULL),
	ROW(13, "GET /\"a\"" H E, 400, CLOSE, NULL),
	ROW(13, "GET /a\\b" H E, 400, CLOSE, NULL),
	ROW(13, "GET /ok.txt?a\\b|^{}[]`" H E, 200, KEEP, NULL),
	ROW(14, "GET *" H E, 400, CLOSE, NULL),
	ROW(14, "OPTIONS *" H E, 200, KEEP, "Content-Length: 0"),
	ROW(14, "OPTIONS *" H E, 200, KEEP, "Allow: GET, HEAD, OPTIONS"),
	ROW(15, "GET http://b/ok.txt" H E, 200, KEEP, NULL),
	ROW(15, "GET http://b" H E, 200, KEEP, NULL),
	ROW(16, "GET http://u:p@b/" H E, 400, CLOSE, NULL),
	ROW(16, "GET http://b:x/" H E, 400, CLOSE, NULL),
	ROW(16, "GET http://localhost::80/" H E, 400, CLOSE, NULL),
	ROW(16, "GET ftp://b/" H E, 400, CLOSE, NULL),
	ROW(17, "GET /ok.txt HTTP/1.1\r\n" E, 400, CLOSE, NULL),
	ROW(17, GET HOST E, 400, CLOSE, NULL),
	ROW(17, "GET / HTTP/1.1\r\nHost: \r\n" E, 400, CLOSE, NULL),
	ROW(17, "GET / HTTP/1.1\r\nHost: localhost/b\r\n" E, 400, CLOSE, NULL),
	ROW(17, "GET / HTTP/1.1\r\nHost: localhost@a\r\n" E, 400, CLOSE, NULL),
	ROW(17, "GET / HTTP/1.1\r\nHost: localhost,b\r\n" E, 400, CLOSE, NULL),
	ROW(17, "GET / HTTP/1.1\r\nHost: [::1\r\n" E, 400, CLOSE, NULL),
	ROW(17, "GET / HTTP/1.1\r\nHost: localhost:99999\r\n" E, 400, CLOSE, NULL),
	ROW(18, "GET /ok.txt HTTP/1.0\r\n" E, 200, CLOSE,
	    "Connection: close"),
	ROW(18, "GET /ok.txt HTTP/1.0\r\nConnection: keep-alive\r\n" E, 200,
	    KEEP, "Connection: keep-alive"),
	ROW(19, "GET / HTTP/1.1\r\nHost : a\r\n" E, 400, CLOSE, NULL),
	ROW(20, GET "Nocolon\r\n" E, 400, CLOSE, NULL),
	ROW(20, GET ": a\r\n" E, 400, CLOSE, NULL),
	ROW(20, GET "X\x80: a\r\n" E, 400, CLOSE, NULL),
	ROW(21, GET "X: a\r\n b\r\n" E, 400, CLOSE, NULL),
	ROW(22, GET "X: a\0b\r\n" E, 400, CLOSE, NULL),
	ROW(23, GET "X: a\x1b\r\n" E, 400, CLOSE, NULL),
	ROW(23, GET "X: a\t\x80\r\n" E, 200, KEEP, NULL),
	ROW(24, "GET / HTTP/1.1\r\nHost: localhost\xa0\r\n" E, 400, CLOSE, NULL),
	ROW(26, POST "Content_Length: 3\r\n" E, 405, KEEP, NULL),
	ROW(27, POST "Content-Length: \r\n" E, 400, CLOSE, NULL),
	ROW(27, POST "Content-Length: +5\r\n" E "hello", 400, CLOSE, NULL),
	ROW(27, POST "Content-Length: 0x5\r\n" E "hello", 400, CLOSE, NULL),
	ROW(27, POST "Content-Length: 5 5\r\n" E "hello", 400, CLOSE, NULL),
	ROW(28, POST "Content-Length: 5, 6\r\n" E "hello", 400, CLOSE, NULL),
	ROW(29, POST "Content-Length: 5, 5\r\n" E "hello", 400, CLOSE, NULL),
	ROW(29, POST "Content-Length: 5\r\nContent-Length: 5\r\n" E "hello",
	    400, CLOSE, NULL),
	ROW(30, POST "Content-Length: 9223372036854775808\r\n" E, 400, CLOSE,
	    NULL),
	ROW(31, POST "Content-Length: 0005\r\n" E "hello", 405, KEEP, NULL),
	ROW(32, POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" E
	    "0\r\n\r\n", 400, CLOSE, NULL),
	ROW(33, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" E
	    "0\r\n\r\n", 400, CLOSE, NULL),
	ROW(34, POST "Transfer-Encoding: gzip\r\n" E, 501, CLOSE, NULL),
	ROW(34, POST "Transfer-Encoding: gzip, chunked\r\n" E, 501, CLOSE,
	    NULL),
	ROW(35, POST "Transfer-Encoding: chunked, gzip\r\n" E, 400, CLOSE,
	    NULL),
	ROW(35, POST "Transfer-Encoding: xchunked\r\n" E, 400, CLOSE, NULL),
	ROW(35, POST "Transfer-Encoding: chunked\x0b\r\n" E, 400, CLOSE,
	    NULL),
	ROW(35, POST "Transfer-Encoding: \r\n" E, 400, CLOSE, NULL),
	ROW(36, POST "Transfer-Encoding: ,Chunked \r\n" E "0\r\n\r\n", 405,
	    KEEP, NULL),
	ROW(37, POST "Transfer-Encoding: chunked\r\n" E "0x5\r\nhello\r\n",
	    400, CLOSE, NULL),
	ROW(37, POST "Transfer-Encoding: chunked\r\n" E "5 \r\nhello\r\n",
	    400, CLOSE, NULL),
	ROW(38, POST "Transfer-Encoding: chunked\r\n" E
	    "ffffffffffffffff1\r\n", 400, CLOSE, NULL),
	ROW(39, POST "Transfer-Encoding: chunked\r\n" E "5\nhello\r\n", 400,
	    CLOSE, NULL),
	ROW(40, POST "Transfer-Encoding: chunked\r\n" E "5\r\nhelloXX", 400,
	    CLOSE, NULL),
	ROW(41, POST "Transfer-Encoding: chunked\r\n" E
	    "5;a=\"b\"\r\nhello\r\n0\r\n\r\n", 405, KEEP, NULL),
	ROW(41, POST "Transfer-Encoding: chunked\r\n" E "5;\r\nhello", 400,
	    CLOSE, NULL),
	ROW(42, POST "Transfer-Encoding: chunked\r\n" E
	    "0\r\nContent-Length: 9\r\nHost: localhost\r\n\r\n", 405, KEEP, NULL),
	ROW(43, GET "Content-Length: 22\r\n" E "GET /smuggled HTTP/1.1", 200,
	    KEEP, NULL),
	ROW(43, "HEAD /ok.txt" H "Content-Length: 3\r\n" E "abc", 200, KEEP,
	    NULL),
	ROW(43, "GET /missing" H "Content-Length: 3\r\n" E "abc", 404, KEEP,
	    NULL),
	ROW(43, POST "Content-Length: 70000\r\n" E "abc", 405, CLOSE,
	    "Connection: close"),
	ROW(45, POST "Content-Length: 5\r\nExpect: 100-continue\r\n" E, 405,
	    CLOSE, "Connection: close"),
	ROW(46, GET "Expect: tea\r\n" E, 417, CLOSE, NULL),
	ROW(47, GET "Connection: Upgrade\r\nUpgrade: websocket\r\n" E, 200,
	    KEEP, NULL),
	ROW(49, "GET /ok.txt%00" H E, 400, KEEP, NULL),
	ROW(49, "DELETE /ok.txt%00" H E, 400, KEEP, NULL),
	ROW(49, "OPTIONS /ok.txt%00" H E, 400, KEEP, NULL),
	ROW(49, "PUT /ok.txt%00" H "Content-Length: 0\r\n" E, 400, KEEP, NULL),
	ROW(50, "GET /dir%0d%0aX:y" H E, 400, KEEP, NULL),
	ROW(51, "GET /%" H E, 400, KEEP, NULL),
	ROW(51, "GET /%1" H E, 400, KEEP, NULL),
	ROW(51, "GET /%zz" H E, 400, KEEP, NULL),
	ROW(52, "GET /dir%2fpage.html" H E, 404, KEEP, NULL),
	ROW(53, "GET /../ok.txt" H E, 400, KEEP, NULL),
	ROW(53, "GET /%2e%2e/ok.txt" H E, 400, KEEP, NULL),
	ROW(53, "GET /dir/.%2e/ok.txt" H E, 200, KEEP, NULL),
	ROW(53, "GET //dir/./..//ok.txt" H E, 200, KEEP, NULL),
	ROW(54, "GET /%252e%252e/ok.txt" H E, 404, KEEP, NULL),
	ROW(55, "GET /..%5cok.txt" H E, 404, KEEP, NULL),
	ROW(56, "GET /dir%c0%afpage.html" H E, 404, KEEP, NULL),
	ROW(57, "GET /out" H E, 403, KEEP, NULL),
	ROW(58, "GET /fifo" H E, 403, KEEP, NULL),
	ROW(59, "GET /.secret" H E, 404, KEEP, NULL),
	ROW(59, "GET /.git/config" H E, 404, KEEP, NULL),
	ROW(59, "GET /ok.txt~" H E, 404, KEEP, NULL),
	ROW(59, "GET /.well-known/a.txt" H E, 200, KEEP, NULL),
	ROW(60, "GET /ok.txt/" H E, 404, KEEP, NULL),
	ROW(60, "GET /ok.txt/x" H E, 404, KEEP, NULL),
	ROW(61, "GET //evil.example/..%2f" H E, 404, KEEP, NULL),
	ROW(61, "GET //dir?a=b" H E, 301, KEEP, "Location: /dir/?a=b\r\n"),
	ROW(61, "GET ///dir" H E, 301, KEEP, "Location: /dir/\r\n"),
	ROW(63, "HEAD /ok.txt" H "Range: bytes=0-1\r\n" E, 200, KEEP, NULL),
	ROW(64, GET "Range: lines=0-1\r\n" E, 200, KEEP, NULL),
	ROW(65, GET "Range: bytes=99-\r\n" E, 416, KEEP,
	    "Content-Range: bytes */3"),
	ROW(65, GET "Range: bytes=-0\r\n" E, 416, KEEP, NULL),
	ROW(66, GET "Range: bytes=0-99999999999999999999\r\n" E, 206, KEEP,
	    "Content-Range: bytes 0-2/3"),
	ROW(66, GET "Range: bytes=99999999999999999999-\r\n" E, 416, KEEP,
	    NULL),
	ROW(66, GET "Range: bytes=a-b\r\n" E, 416, KEEP, NULL),
	ROW(67, GET "Range: bytes=0-0,1-2\r\n" E, 206, KEEP,
	    "Content-Range: bytes 0-2/3"),
	ROW(68, GET "Range: bytes=0-0\r\nIf-Range: W/\"x\"\r\n" E, 200, KEEP,
	    NULL),
	ROW(69, "GET /missing" H "If-Match: \"x\"\r\n" E, 404, KEEP, NULL),
	ROW(69, GET "If-Match: \"x\"\r\n" E, 412, KEEP, NULL),
	ROW(70, GET "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT\r\n" E,
	    304, KEEP, "ETag: "),
	ROW(70, GET "If-Modified-Since: yesterday\r\n" E, 200, KEEP, NULL),
	ROW(71, GET "If-None-Match: *\r\n" E, 304, KEEP,
	    "Cache-Control: no-cache"),
	ROW(72, "GET /%1b[31m\"" H E, 400, CLOSE, NULL),
	ROW(78, "HEAD /ok.txt" H E, 200, KEEP, "Content-Length: 3"),
	ROW(78, "GET /guess" H E, 200, KEEP,
	    "X-Content-Type-Options: nosniff"),
	ROW(78, GET E, 200, KEEP, "Date: "),
};
/* clang-format on */

static struct rig *server;
static const char *dir;

static void
set_up(void)
{
	const char *outside = rig_place();

	dir = rig_place();
	rig_file(outside, "secret", "secret");
	rig_file(dir, "index.html", "<title>index</title>");
	rig_file(dir, "ok.txt", "ok\n");
	rig_file(dir, "ok.txt~", "old\n");
	rig_file(dir, "guess", "plain words\n");
	rig_file(dir, "dir/page.html", "page");
	rig_file(dir, ".secret", "secret");
	rig_file(dir, ".git/config", "secret");
	rig_file(dir, ".well-known/a.txt", "known");
	cr_assert_eq(mkfifo(rig_in(dir, "fifo"), 0644), 0);
	cr_assert_eq(symlink(rig_in(outside, "secret"), rig_in(dir, "out")), 0);
	cr_assert_eq(symlink("ok.txt", rig_in(dir, "in")), 0);
	server = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--timeout",
	    "5", "--allow-host", "*", dir));
}

static bool
is_head(struct slice request)
{
	return slice_starts(request, "HEAD ");
}

static bool
holds(struct slice text, const char *word)
{
	return memmem(text.p, text.n, word, strlen(word)) != NULL;
}

/* The reply is over; what now? */
static bool
goes_on(int fd, enum after after)
{
	struct rig_reply next;

	if (after == CLOSE)
		return rig_expect_end(fd);
	return rig_send(fd, GET E) && rig_reply(fd, &next, false) &&
	    next.status == 200 && slice_is(next.body, "ok\n");
}

static void
try(const struct row *row, size_t number)
{
	int fd = rig_open(server, "http");
	struct rig_reply r;

	cr_assert(rig_send_bytes(fd, row->request.p, row->request.n));
	cr_expect(rig_reply(fd, &r, is_head(row->request)),
	    "rule %d, row %zu: no reply", row->rule, number);
	cr_expect(r.status == row->status, "rule %d, row %zu: %d, not %d",
	    row->rule, number, r.status, row->status);
	if (row->has != NULL)
		cr_expect(holds(r.head, row->has),
		    "rule %d, row %zu: no %s in %.*s", row->rule, number,
		    row->has, SLICE_FMT(r.head));
	cr_expect(rig_header(&r, "Date").n > 0, "rule 78, row %zu", number);
	cr_expect(goes_on(fd, row->after), "rule %d, row %zu: afterwards",
	    row->rule, number);
	close(fd);
}

Test(site_rules, a_link_that_stays_inside, .init = set_up)
{
	static const struct row inside =
	    ROW(57, "GET /in" H E, 200, KEEP, NULL);

	try(&inside, 0);
	cr_assert_eq(rig_stop(server), 0);
}

Test(site_rules, table, .init = set_up)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		try(&rows[i], i);
	cr_assert_eq(rig_stop(server), 0);
}
