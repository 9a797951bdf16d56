/*
 * status_guard.c - the status page: who may see it, by whatever way he asks,
 * and that whoever sees it learns nothing of whom the server serves.
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/h2.h"
#include "rig/rig.h"

#define CLIENT "127.77.66.55" /* one who is served meanwhile */
#define GONE   "127.78.65.54" /* one who was, and one turned away */
#define GOOD   "Basic dXNlcjpwYXNz"
#define BAD    "Basic dXNlcjpwYXNzeA=="

/* How one asks, as lines of "name value"; the first is the method. */
struct way {
	const char *host, *fields;
	int status;
};

static const struct way ways[] = {
	{ "localhost", "authorization " GOOD "\n", 200 },
	{ "localhost", "", 401 },
	{ "localhost", "authorization " BAD "\n", 401 },
	{ "localhost", "authorization Basic dXNlcjo=\n", 401 },
	{ "evil.test", "authorization " GOOD "\n", 421 },
	{ "evil.test", "", 421 },
	{ "localhost.evil.test", "authorization " GOOD "\n", 421 },
	{ "localhost", "authorization " GOOD "\nsec-fetch-site cross-site\n",
	    403 },
	{ "localhost", "authorization " GOOD "\nsec-fetch-site same-site\n",
	    403 },
	{ "localhost", "authorization " GOOD "\norigin http://evil.test\n",
	    403 },
	{ "localhost", "authorization " GOOD "\norigin null\n", 403 },
	{ "localhost",
	    "authorization " GOOD "\nsec-fetch-site cross-site\n"
	    "sec-fetch-mode navigate\nsec-fetch-dest iframe\n",
	    403 },
};
#define WAYS (sizeof(ways) / sizeof(*ways))

static const char *const methods[] = { "GET", "HEAD" };
static const char *const types[] = { "text/html", "application/json" };

static bool
tells(struct slice s)
{
	return s.n > 0 &&
	    (memmem(s.p, s.n, "<h1>Status", 10) != NULL ||
		memmem(s.p, s.n, "\"children\"", 10) != NULL);
}

/* The same by HTTP/1.1: "name value" becomes "name: value". */
static void
request(struct buf *b, const struct way *w, const char *method,
    const char *path, const char *type)
{
	buf_addf(b, "%s %s HTTP/1.1\r\nHost: %s\r\nAccept: %s\r\n", method,
	    path, w->host, type);
	for (const char *p = w->fields; *p != '\0'; p = strchr(p, '\n') + 1) {
		size_t name = strcspn(p, " "), line = strcspn(p, "\n");

		buf_addf(b, "%.*s: %.*s\r\n", (int)name, p,
		    (int)(line - name - 1), p + name + 1);
	}
	buf_addz(b, "Connection: close\r\n\r\n");
}

static void
ask(const char *address, const struct way *w, const char *method,
    const char *path, const char *type, struct rig_reply *reply)
{
	int fd = rig_connect(address);
	struct buf b;

	cr_assert_geq(fd, 0);
	buf_init(&b, 4096);
	request(&b, w, method, path, type);
	cr_assert(rig_send(fd, buf_str(&b)));
	cr_assert(rig_reply(fd, reply, *method == 'H'));
	buf_free(&b);
	close(fd);
}

static struct rig *
guarded(const char *more, const char *value)
{
	const char *passwords =
	    rig_file(rig_place(), "passwords", "user:{PLAIN}pass\n");

	cr_assert_eq(chmod(passwords, 0644), 0);
	return rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--status",
	    "/status", "--auth", passwords, rig_place(), more, value));
}

Test(httpd_status, is_for_who_may_see_it)
{
	struct rig *r = guarded("-q", NULL);
	struct rig_reply reply;

	for (size_t i = 0; i < 4 * WAYS; i++) {
		const struct way *w = &ways[i / 4];

		ask(rig_address(r, "http"), w, methods[i & 1], "/status",
		    types[i >> 1 & 1], &reply);
		cr_expect_eq(reply.status, w->status, "row %zu, %s %s: %d",
		    i / 4, methods[i & 1], types[i >> 1 & 1], reply.status);
		cr_expect_eq(
		    tells(reply.body), w->status == 200 && (i & 1) == 0);
		rig_reply_free(&reply);
	}
	cr_assert_eq(rig_stop(r), 0);
}

Test(httpd_status, also_over_http2)
{
	struct rig *r = guarded("-q", NULL);

	for (size_t i = 0; i < 4 * WAYS; i++) {
		const struct way *w = &ways[i / 4];
		struct rig_h2 *h = rig_h2_open(rig_open(r, "http"));
		char lines[512];

		snprintf(lines, sizeof(lines),
		    ":method %s\n:scheme http\n:authority %s\n:path /status\n"
		    "accept %s\n%s",
		    methods[i & 1], w->host, types[i >> 1 & 1], w->fields);
		cr_assert(rig_h2_head(h, 1, H2_END_STREAM, lines));
		cr_assert(rig_h2_until(h, 1));
		cr_expect_eq(rig_h2_of(h, 1)->status, w->status,
		    "row %zu, %s %s: %d", i / 4, methods[i & 1],
		    types[i >> 1 & 1], rig_h2_of(h, 1)->status);
		cr_expect_eq(tells(buf_slice(&rig_h2_of(h, 1)->body)),
		    w->status == 200 && (i & 1) == 0);
		close(h->fd);
	}
	cr_assert_eq(rig_stop(r), 0);
}

static int
come(struct rig *r, const char *source, int status)
{
	struct rig_reply reply;
	int fd = rig_connect_from(source, rig_address(r, "http"));

	cr_assert_geq(fd, 0);
	cr_assert(rig_get_on(fd, "/", &reply));
	cr_assert_eq(reply.status, status);
	rig_reply_free(&reply);
	return fd;
}

/* Of nobody but him who asks, whatever he asks for. */
static void
expect_nobody(const char *address, const char *path, const char *type)
{
	static const struct way open = { "localhost", "", 0 };
	struct rig_reply reply;

	ask(address, &open, "GET", path, type, &reply);
	for (size_t i = 0; i < 2; i++) {
		const char *whom = i == 0 ? "127.77." : "127.78.";

		cr_expect_null(memmem(reply.bytes.p, reply.bytes.n, whom, 7),
		    "%s as %s tells of %s", path, type, whom);
	}
	cr_expect_gt(reply.bytes.n, 0);
	rig_reply_free(&reply);
}

Test(httpd_status, names_no_client_wherever_it_is_asked_for)
{
	static const char *const paths[] = { "/status", "/metrics", "/readyz",
		"/readyz?verbose", "/livez", "/livez?verbose" };
	struct rig *r = rig_start(
	    RIG("berth-httpd", "-q", "-l", "127.0.0.1:0", "--per-client", "2",
		"--status", "/status", "--health", "127.0.0.1:0", rig_place()));
	int live[2] = { come(r, CLIENT, 200), come(r, CLIENT, 200) };

	close(come(r, GONE, 200));
	close(come(r, CLIENT, 503));
	close(come(r, CLIENT, 503));
	for (size_t i = 0; i < 4 * sizeof(paths) / sizeof(*paths); i++)
		expect_nobody(rig_address(r, (i & 1) == 0 ? "http" : "health"),
		    paths[i / 4], types[i >> 1 & 1]);
	close(live[0]);
	close(live[1]);
	cr_assert_eq(rig_stop(r), 0);
}
