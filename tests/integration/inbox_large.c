/*
 * inbox_large.c - a large attachment is handed on as it is decoded: it costs a
 * process no more memory than a small one; and a long list of IDs no more time
 * than it takes to look them up.
 */
#include "inbox_start.h"
#include "rig/look.h"
#include "system/clock.h"

#define MIB    ((size_t)1 << 20)
#define LARGE  100  /* MiB, decoded */
#define GROWTH 4096 /* KiB: buffers, some luck */
#define LINE   57   /* bytes in a line of base64 */
#ifndef BERTH_ASAN
#define PICTURES 150000
#else /* which takes half a minute for as many */
#define PICTURES 15000
#endif
#define IDS    100000
#define IDS_MS 4000 /* it was 10,000 to 30,000, one look for each */

TestSuite(inbox_large, .init = start, .fini = stop, .timeout = 120);

/* An attachment of zeros; how many bytes it has, decoded. */
static size_t
put(void)
{
	char *tmp = strdup(rig_in(mail, "tmp/large"));
	FILE *f = fopen(tmp, "w");
	size_t lines = LARGE * MIB / LINE + 1;
	char line[78 + 1];

	cr_assert_not_null(f);
	memset(line, 'A', 76);
	memcpy(line + 76, "\r\n", 3);
	fputs("From: a@b.example\r\nSubject: large\r\n"
	      "Content-Type: multipart/mixed; boundary=x\r\n\r\n"
	      "--x\r\nContent-Type: text/plain\r\n\r\nsee there\r\n"
	      "--x\r\nContent-Type: application/octet-stream; name=z\r\n"
	      "Content-Disposition: attachment\r\n"
	      "Content-Transfer-Encoding: base64\r\n\r\n",
	    f);
	for (size_t i = 0; i < lines; i++)
		cr_assert_eq(fwrite(line, 1, 78, f), 78);
	fputs("--x--\r\n", f);
	cr_assert_eq(fclose(f), 0);
	cr_assert_eq(chmod(tmp, 0644), 0);
	cr_assert_eq(rename(tmp, rig_in(mail, "new/large.a.b")), 0);
	free(tmp);
	return lines * LINE;
}

static bool
is_listed(void *arg)
{
	(void)arg;
	return count("/api/v1/messages") == 1;
}

/* Read n bytes, which are kept nowhere; how many came. */
static size_t
take(int fd, size_t n)
{
	static char waste[65536];
	size_t got = 0;

	while (got < n) {
		size_t most = n - got < sizeof(waste) ? n - got : sizeof(waste);
		ssize_t one = rig_receive(fd, waste, most);

		if (one <= 0)
			break;
		got += (size_t)one;
	}
	return got;
}

static void
expect_flat(const char *path, size_t bytes)
{
	int fd = rig_open(inbox, "inbox");
	long small, large;
	size_t got;
	pid_t child;

	cr_assert(rig_send(fd,
	    at("GET %s HTTP/1.1\r\nHost: localhost\r\n"
	       "Connection: close\r\n\r\n",
		path)));
	got = take(fd, MIB);
	child = rig_server_of(fd, rig_pid(inbox));
	cr_assert_neq(child, 0);
	small = rig_private_kib(child);
	got += take(fd, (LARGE - 10) * MIB);
	large = rig_private_kib(child);
	cr_expect_lt(large - small, GROWTH, "%s: %ld KiB at first, then %ld",
	    path, small, large);
	got += take(fd, 2 * bytes);
	cr_expect_gt(got, bytes, "%s: %zu of %zu", path, got, bytes);
	close(fd);
}

Test(inbox_large, streams_in_little_memory)
{
	size_t bytes = put();

	cr_assert(rig_until("it is listed", is_listed, NULL));
	expect_flat("/api/v1/message/latest/part/2", bytes);
	expect_flat("/api/v1/message/latest/raw", bytes * 4 / 3);
	expect_flat("/api/v1/message/latest/sent", bytes * 4 / 3);
}

/* A report with a picture in each of its lines. */
static void
put_pictures(void)
{
	char *tmp = strdup(rig_in(mail, "tmp/pictures"));
	FILE *f = fopen(tmp, "w");

	cr_assert_not_null(f);
	fputs("From: a@b.example\r\nSubject: pictures\r\n"
	      "Content-Type: multipart/related; boundary=x\r\n\r\n"
	      "--x\r\nContent-Type: text/html\r\n\r\n",
	    f);
	for (size_t i = 0; i < PICTURES; i++)
		fputs("<img src=\"cid:p\">\r\n", f);
	fputs("<p>the end</p>\r\n"
	      "--x\r\nContent-Type: image/png\r\nContent-ID: <p>\r\n\r\n"
	      "x\r\n--x--\r\n",
	    f);
	cr_assert_eq(fclose(f), 0);
	cr_assert_eq(chmod(tmp, 0644), 0);
	cr_assert_eq(rename(tmp, rig_in(mail, "new/pictures.a.b")), 0);
	free(tmp);
}

/* With the address of each the page would be too large: it was a 500. */
Test(inbox_large, a_page_full_of_pictures_is_shown)
{
	struct rig_reply r;

	put_pictures();
	cr_assert(rig_until("it is listed", is_listed, NULL));
	cr_assert_eq(ask("GET", "/view/latest.html", NULL, &r), 200);
	cr_expect(slice_starts(r.body, "<img src=\"/api/v1/message/"));
	cr_expect(slice_ends(slice_trim(r.body), "<p>the end</p>"));
}

/* {"IDs":[...]}, of messages that were there once, and one that is. */
static void
list_ids(struct buf *out, const char *id, bool latest, const char *more)
{
	buf_addz(out, "{\"IDs\":[");
	for (int i = 0; i < IDS; i++)
		if (latest)
			buf_addz(out, "\"latest\",");
		else
			buf_addf(out, "\"1700%06d.M%dP1Q1\",", i, i);
	buf_addf(out, "\"%s\"]%s}", id, more);
}

static void
expect_quick(const char *method, const char *path, const struct buf *body)
{
	struct rig_reply r;
	struct buf request;
	int64_t began = clock_ms();

	buf_init(&request, body->n + 1024);
	buf_addf(&request,
	    "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    method, path, body->n);
	buf_adds(&request, buf_slice(body));
	cr_assert(rig_ask(rig_address(inbox, "inbox"), buf_str(&request), &r));
	cr_expect_eq(r.status, 200, "%s %s: %d", method, path, r.status);
	cr_expect_lt(clock_ms() - began, rig_slower_ms(IDS_MS),
	    "%s %s: %lld ms", method, path, (long long)(clock_ms() - began));
	buf_free(&request);
}

/* A test suite that tidies up after all that it ever sent. */
Test(inbox_large, many_ids_are_looked_up_at_once)
{
	static const char read[] = ",\"Read\":true",
			  tags[] = ",\"Tags\":[\"red\"]";
	const char *id = send_to("bob@b.example", MAIL("one", "x"));
	struct buf body;

	buf_init(&body, (size_t)IDS * 32);
	for (int latest = 0; latest < 2; latest++) {
		buf_clear(&body);
		list_ids(&body, id, latest, read);
		expect_quick("PUT", "/api/v1/messages", &body);
		cr_expect_eq(count("/api/v1/search?query=is:unread"), 0);
		buf_clear(&body);
		list_ids(&body, id, latest, tags);
		expect_quick("PUT", "/api/v1/tags", &body);
		cr_expect_eq(count("/api/v1/search?query=tag:red"), 1);
	}
	buf_clear(&body);
	list_ids(&body, id, false, "");
	expect_quick("DELETE", "/api/v1/messages", &body);
	cr_expect_eq(count("/api/v1/messages"), 0);
	buf_free(&body);
}
