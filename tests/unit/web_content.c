/*
 * web_content.c - HTTP as a program sees it: what can be had whole or in
 * part, now or later.
 */
#include "web/web_content.h"
#include "web_aside.h"

static const char digits[] = "0123456789";
static int ended;

static void
count_end(void *own)
{
	(void)own;
	ended++;
}

static int
answer_content(struct exchange *x)
{
	struct web_content c = { .lines = SLICE("ETag: \"a\"\r\n"),
		.more = SLICE("X-More: yes\r\n"),
		.type = "text/plain",
		.validators = { .etag = SLICE("\"a\"") },
		.bytes = { digits, 10 },
		.length = 10,
		.done = count_end };

	if (web_is(x, "/content/empty")) {
		c.bytes.n = 0;
		c.length = 0;
	}
	return web_content(x, &c);
}

static int
answer_query(struct exchange *x)
{
	char value[8];
	ssize_t n = web_query(x, "q", value, sizeof(value));
	struct buf b;

	buf_init(&b, 100);
	buf_addf(&b, "%zd %s", n, n < 0 ? "" : value);
	web_json(x, 201, &b);
	web_fieldz(x, "X-Own", "1");
	return 0;
}

static bool
wants_body(const struct exchange *x)
{
	(void)x;
	return false;
}

static int
answer(struct exchange *x)
{
	struct slice rest;

	if (web_under(x, "/content", &rest))
		return answer_content(x);
	if (web_is(x, "/query"))
		return answer_query(x);
	if (web_is(x, "/read") && !web_reads(x))
		return web_not_allowed(x, "GET, HEAD");
	if (web_is(x, "/who"))
		return web_page_with(x, 401, "who?", "X-Ask: name\r\n");
	return web_page(x, 404, NULL);
}

TestSuite(web_content, .init = no_log);

static const struct {
	const char *request, *fields;
	int status;
	const char *body; /* NULL: whatever */
} rows[] = {
	{ "GET /content", "", 200, digits },
	{ "HEAD /content", "", 200, "" },
	{ "GET /content", "If-None-Match: \"a\"\r\n", 304, "" },
	{ "GET /content", "If-Match: \"b\"\r\n", 412, NULL },
	{ "GET /content", "Range: bytes=2-4\r\n", 206, "234" },
	{ "GET /content", "Range: bytes=-3\r\n", 206, "789" },
	{ "GET /content", "Range: bytes=10-\r\n", 416, NULL },
	{ "GET /content", "Range: bytes=0-1\r\nIf-Range: \"b\"\r\n", 200,
	    digits },
	{ "GET /content/empty", "Range: bytes=0-1\r\n", 200, "" },
	{ "GET /content/empty", "Range: bytes=-1\r\n", 200, "" },
	{ "POST /read", "", 405, NULL },
	{ "GET /who", "", 401, NULL },
	{ "GET /query?q=a+%2fb", "", 201, "4 a /b" },
	{ "GET /query?p=1", "", 201, "-1 " },
	{ "GET /query?q=12345678", "", 201, "-2 " },
	{ "GET /query?q=a%00b", "", 201, "-2 " },
};

/* Three contents. */
static void
expect_fields(int fd)
{
	struct rig_reply *r;

	r = ask(fd, "GET /content", "");
	cr_expect(slice_is(rig_header(r, "X-More"), "yes"));
	cr_expect(slice_is(rig_header(r, "ETag"), "\"a\""));
	r = ask(fd, "GET /content", "If-None-Match: *\r\n");
	cr_expect(rig_header(r, "X-More").p == NULL);
	cr_expect(slice_is(rig_header(r, "ETag"), "\"a\""));
	cr_expect(rig_header(r, "Content-Type").p == NULL);
	r = ask(fd, "GET /content", "Range: bytes=10-\r\n");
	cr_expect(slice_is(rig_header(r, "Content-Range"), "bytes */10"));
	r = ask(fd, "POST /read", "");
	cr_expect(slice_is(rig_header(r, "Allow"), "GET, HEAD"));
	r = ask(fd, "GET /who", "");
	cr_expect(slice_is(rig_header(r, "X-Ask"), "name"));
	r = ask(fd, "GET /query", "");
	cr_expect(slice_is(rig_header(r, "X-Own"), "1"));
	cr_expect(slice_is(rig_header(r, "Content-Type"), "application/json"));
}

Test(web_content, content)
{
	pthread_t thread;
	int fd = open_aside(&thread);
	struct rig_reply *r;
	int contents = 3; /* expect_fields() */

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		r = ask(fd, rows[i].request, rows[i].fields);
		cr_expect_eq(
		    r->status, rows[i].status, "row %zu: %d", i, r->status);
		cr_expect(
		    rows[i].body == NULL || slice_is(r->body, rows[i].body),
		    "row %zu", i);
		cr_expect(slice_is(rig_header(r, "X-All"), "yes"));
		contents += strstr(rows[i].request, "/content") != NULL;
	}
	expect_fields(fd);
	rig_half_close(fd);
	pthread_join(thread, NULL);
	cr_expect_eq(ended, contents, "each was released");
	close(fd);
}

Test(web_content, content_in_parts)
{
	pthread_t thread;
	int fd = open_aside(&thread);
	struct rig_reply *r =
	    ask(fd, "GET /content", "Range: bytes=0-0,9-9\r\n");
	char body[512], boundary[64] = "";
	struct slice type = rig_header(r, "Content-Type");

	cr_expect_eq(r->status, 206);
	cr_assert(slice_starts(type, "multipart/byteranges; boundary="));
	slice_copy(slice_from(type, 31), boundary, sizeof(boundary));
	snprintf(body, sizeof(body),
	    "\r\n--%s\r\nContent-Type: text/plain\r\n"
	    "Content-Range: bytes 0-0/10\r\n\r\n0"
	    "\r\n--%s\r\nContent-Type: text/plain\r\n"
	    "Content-Range: bytes 9-9/10\r\n\r\n9"
	    "\r\n--%s--\r\n",
	    boundary, boundary, boundary);
	cr_expect(slice_is(r->body, body), "%.*s", SLICE_FMT(r->body));
	rig_half_close(fd);
	pthread_join(thread, NULL);
	cr_expect_eq(ended, 1);
	close(fd);
}
