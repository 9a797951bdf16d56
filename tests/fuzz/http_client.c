/*
 * http_client.c - any bytes as all that servers say to berth-http.
 *
 * One URL from the first request to the file, over as many redirects as there
 * are.  The first byte chooses options, the second how a server speaks; then
 * come the answers, one connection's after the other's, each up to a NUL.
 * Properties: the client ends, with one of its exit codes; its requests are such
 * as our server takes; what was meant for one origin goes to no other; no more
 * is written than came.  Where there is no redirect, which may or may not find
 * the old connection fit for use, the same code and the same file however the
 * answer is cut.
 */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "fuzzrig/must.h"
#include "fuzzrig/quiet.h"
#include "fuzzrig/scratch.h"
#include "fuzzrig/still.h"
#include "fuzzrig/talk.h"
#include "grammar/http_request.h"
#include "http/http.h"
#include "system/clock.h"
#include "system/resolve.h"

#define INPUT_MAX 8192
#define FILE_MAX  (1 << 20)
#define URL       "http://me:secret@a.test/d/f?q"
#define BASIC     "Basic bWU6c2VjcmV0"
#define REDIRECTS 5

bool silent = true;
static struct slice answers; /* to come */
static const struct manner *manner;
static size_t calls, requests;
static struct buf file; /* what was written */
static char called[300];

/* In place of the client's: faults are counted on, not told. */
int
fail(int code, const char *fmt, ...)
{
	(void)fmt;
	return code;
}

/* The requests of a connection that is over. */
static void
check_requests(void)
{
	static const struct http_rules strict = { false, false };
	static struct http_request q;
	struct slice all = talk_end();

	while (all.n > 0) {
		long n = http_request_parse(all, &strict, &q);
		bool own = slice_iis(slice_of(called), "a.test:80");
		bool secret = http_count(&q.fields, "Authorization") > 0;

		must(n > 0);
		must(secret == own);
		must(http_count(&q.fields, "Cookie") == (own ? 1 : 0));
		must(http_count(&q.fields, "X-Any") == 1);
		requests++;
		all = slice_from(all, (size_t)n);
		/* It is not sent to its end when the answer is there. */
		if (q.body.kind == HTTP_BODY_LENGTH) {
			must(all.n == 0 || q.body.length <= all.n);
			all = slice_from(all, (size_t)q.body.length);
		}
	}
}

int
resolve(const char *host, const char *service, int type,
    struct addr found[ADDR_MAX_FOUND], const char **why)
{
	(void)host, (void)service, (void)type, (void)found;
	*why = "none";
	return -1;
}

/* In place of the resolver's: whoever is called, there is an answer. */
int
resolve_connect(const char *host, const char *service, int type,
    int64_t deadline, struct addr *to, const char **why)
{
	(void)type, (void)deadline, (void)why;
	check_requests();
	snprintf(called, sizeof(called), "%s:%s", host, service);
	must(calls++ <= REDIRECTS + 1);
	to->len = 0;
	return talk_dial(slice_cut(&answers, '\0'), manner);
}

/* As main() does it. */
static int
fetch(struct options *o, const char *output)
{
	struct connection call = { .open = false };
	struct task t = { .opt = o,
		.method = o->head ? "HEAD" :
		    o->body.n > 0 ? "POST" :
				    "GET",
		.with_body = o->body.n > 0,
		.output = output,
		.offset = o->resume ? 3 : 0,
		.deadline = clock_ms() + 60000 };
	int code;

	buf_init(&t.text, URL_MAX);
	buf_addz(&t.text, URL);
	must(url_parse(buf_slice(&t.text), &t.origin) == 0);
	t.url = t.origin;
	/* The origin's slices must outlive a redirect. */
	must(url_parse(slice_of(URL), &t.origin) == 0);
	code = fetch_url(&t, &call);
	connection_close(&call);
	check_requests();
	buf_free(&t.text);
	return code;
}

static void
read_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	must(fd >= 0);
	n = read(fd, buf_room(&file, FILE_MAX), FILE_MAX);
	must(n >= 0 && n <= INPUT_MAX + 3);
	buf_grew(&file, (size_t)n);
	close(fd);
}

static int
converse(unsigned flags, struct slice said, const struct manner *m)
{
	struct options o = { .head = (flags & 1) != 0,
		.follow = true,
		.resume = (flags & 2) != 0,
		.fail = (flags & 4) != 0,
		.show_head = (flags & 8) != 0 && (flags & 2) == 0,
		.connect_ms = 1000,
		.most_redirects = REDIRECTS,
		.headers = { 2, { "Cookie: c", "X-Any: 1" } } };
	const char *path = scratch_path("output");
	int code,
	    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0 && write(fd, "abc", 3) == 3 && close(fd) == 0);
	still_begin();
	quiet_begin();
	answers = said;
	manner = m;
	calls = requests = 0;
	called[0] = '\0';
	buf_init(&file, FILE_MAX);
	buf_init(&o.body, 16);
	if ((flags & 16) != 0)
		buf_addz(&o.body, "x=1");
	code = fetch(&o, path);
	read_file(path);
	buf_free(&o.body);
	return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice said = { (const char *)data + 2, size - 2 };
	struct manner whole = { .piece = INPUT_MAX }, cut;
	struct buf first;
	size_t before;
	int code, again;

	if (size < 2 || size > INPUT_MAX)
		return 0;
	whole.stays = (data[1] & 1) != 0;
	cut = (struct manner){ 1 + data[1] / 2, whole.stays };
	code = converse(data[0], said, &whole);
	must(code >= 0 && code <= EXIT_RECEIVE);
	first = file;
	before = requests;
	again = converse(data[0], said, &cut);
	if (before == 1 && requests == 1) {
		must(again == code);
		must(
		    code != 0 || slice_eq(buf_slice(&first), buf_slice(&file)));
	}
	buf_free(&first);
	buf_free(&file);
	return 0;
}
