/*
 * site.c - any bytes as a whole conversation with berth-httpd.
 *
 * The service as it is, with files (fuzzrig/shelf.h), over a socketpair.  The
 * first byte chooses among command lines, the second how the client speaks,
 * the rest is what it says.  Properties, beside those of fuzzrig/replies.h:
 *   - the same replies however the bytes are cut on their way;
 *   - what has an ETag is the file, or the very part of it, that it says;
 *   - no byte of a file outside the directory, of a hidden one, or of another
 *     host's, and none at all for who has not logged in;
 *   - a line in the access log for each reply;
 *   - no descriptor is left open.
 */
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "bytes/num.h"
#include "fuzzrig/must.h"
#include "fuzzrig/parts.h"
#include "fuzzrig/quiet.h"
#include "fuzzrig/replies.h"
#include "fuzzrig/scratch.h"
#include "fuzzrig/shelf.h"
#include "grammar/http_accept.h"
#include "fuzzrig/still.h"
#include "fuzzrig/talk.h"
#include "grammar/base64.h"
#include "httpd/httpd.h"
#include "httpd/live.h"
#include "httpd/site.h"
#include "service/scoreboard.h"

#define INPUT_MAX  4096
#define FINALS_MAX (1 << 26)

#define USERS "ann:{PLAIN}pw\n# nobody else\n"

/* The command lines, and what has been made of them. */
static struct site sites[] = {
	{ .cache_ms = -1 },
	{ .spa = "", .clean_urls = true, .not_found = "about.html" },
	{ .vhosts = true, .cache_ms = 60000 },
	{ .echo = "/echo", .cors = "*", .isolate = true },
	{ .auth = "users" },
	{ .live = true },
	{ .hidden = true,
	    .follow_symlinks = true,
	    .headers = { 1, { "X-Own: 1" } },
	    .mime = { 1, { "q=text/x-q" } } },
	{ .status = "/status", .no_listing = true, .cors = "http://o.test" },
	{ .lenient_lf = true, .echo = "/e", .throttle = 200000 },
};

#define SITES (sizeof(sites) / sizeof(sites[0]))

static struct slice said;

static void
make_sites(void)
{
	static char users[SCRATCH_MAX];
	const char *dir = shelf_make();

	scratch_file("users", USERS, sizeof(USERS) - 1);
	for (size_t i = 0; i < SITES; i++) {
		struct server s = { .options = { .log_format = (int)(i % 3) } };

		site = sites[i];
		site.index = "index.html";
		if (site.auth != NULL)
			site.auth = strcpy(users, scratch_path(site.auth));
		site_configure(&s, dir);
		site_service.prepare(&site_service);
		sites[i] = site;
	}
}

static bool
holds(struct slice s, const char *mark)
{
	return s.n > 0 && memmem(s.p, s.n, mark, strlen(mark)) != NULL;
}

/* Not from the directory of another host. */
static void
check_host(const struct http_request *q, const struct answer *a)
{
	struct slice host = q->host, room;
	uint64_t size;

	if (!site.vhosts ||
	    num_decimal(http_get(&a->r.fields, "Content-Length"), &size) != 0)
		return;
	room = shelf_room(size);
	if (host.n > 0 && host.p[host.n - 1] == '.')
		host.n--;
	must(slice_ieq(room, host) || slice_is(room, "default"));
}

/* Only ann, by her password, is told anything. */
static void
check_login(const struct http_request *q)
{
	struct slice rest = http_get(&q->fields, "Authorization");
	struct buf b;

	buf_init(&b, INPUT_MAX);
	must(slice_iis(slice_cut(&rest, ' '), "Basic"));
	must(base64_decode(slice_trim(rest), &b) == 0);
	must(slice_is(buf_slice(&b), "ann:pw"));
	buf_free(&b);
}

/* Compressed here: whole, never in parts, and for who asked for it. */
static void
check_made(const struct http_request *q, const struct answer *a)
{
	struct slice coding = http_get(&a->r.fields, "Content-Encoding");
	char name[8];

	must(a->r.status == 200 && !site.no_compress);
	must(http_get(&a->r.fields, "Accept-Ranges").p == NULL);
	must(http_has(&a->r.fields, "Vary", "Accept-Encoding"));
	must(slice_copy(coding, name, sizeof(name)) == 0);
	must(http_accepts_coding(&q->fields, name) > 0);
}

static void
check(const struct http_request *q, const struct answer *a)
{
	bool to_head = q != NULL && q->method == HTTP_HEAD;
	bool is_file = q != NULL && http_get(&a->r.fields, "ETag").p != NULL;

	if (site.auth != NULL && a->r.status < 400)
		check_login(q);
	must(holds(said, SHELF_OUTSIDE) || site.follow_symlinks ||
	    !holds(a->body, SHELF_OUTSIDE));
	must(holds(said, SHELF_HIDDEN) || site.hidden ||
	    !holds(a->body, SHELF_HIDDEN));
	if (!is_file || a->r.status == 304)
		return;
	must(a->r.status == 200 || a->r.status == 206 || a->r.status == 404);
	if (http_get(&a->r.fields, "Content-Encoding").p != NULL &&
	    slice_starts(http_get(&a->r.fields, "ETag"), "W/")) {
		check_made(q, a);
		return;
	}
	parts_check(a, to_head, (struct slice){ NULL, 0 });
	if (a->r.status != 206)
		check_host(q, a);
}

static void
converse(const struct manner *m, struct buf *finals)
{
	struct slice told;
	struct conn c;

	still_begin();
	quiet_begin();
	memset(scoreboard_tally(), 0, sizeof(struct tally));
	talk_begin(&c, said, m);
	site_service.serve(&c, &site_service);
	conn_end(&c);
	told = talk_end();
	buf_init(finals, FINALS_MAX);
	must(replies_are_told(replies_walk(said, told, &site.web.rules,
				  talk_stayed(m), check, finals),
	    quiet_lines()));
}

/* The lowest number that is free. */
static int
next_descriptor(void)
{
	int fd = dup(site.root);

	close(fd);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct manner whole = { .piece = INPUT_MAX }, cut;
	struct buf first, second;
	int before;

	if (site.dir == NULL)
		make_sites();
	if (size < 2 || size > INPUT_MAX)
		return 0;
	site = sites[data[0] % SITES];
	said = (struct slice){ (const char *)data + 2, size - 2 };
	/* HTTP/2 is h2.c's. */
	if (slice_starts(said, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
		return 0;
	whole.stays = (data[1] & 1) != 0;
	cut = (struct manner){ 1 + data[1] / 2, whole.stays };
	before = next_descriptor();
	converse(&whole, &first);
	converse(&cut, &second);
	must(slice_eq(buf_slice(&first), buf_slice(&second)));
	must(next_descriptor() == before);
	buf_free(&first);
	buf_free(&second);
	return 0;
}
