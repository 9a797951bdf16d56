/*
 * http.c - one request, one reply, parsed.
 */
#include "rig/http.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "rig/wait.h"
#include "rig/wire.h"

/*
 * Tests need not free a reply.  Known here, its memory is not lost, and a
 * search for what is (valgrind) finds only what the programs lose.
 */
static struct kept {
	struct kept *next;
	const char *bytes;
} * all_kept;

static void
keep(const char *bytes)
{
	struct kept *k = malloc(sizeof(*k));

	if (k == NULL)
		rig_die("out of memory");
	*k = (struct kept){ all_kept, bytes };
	all_kept = k;
}

static void
forget(const char *bytes)
{
	for (struct kept **at = &all_kept; *at != NULL; at = &(*at)->next) {
		struct kept *k = *at;

		if (k->bytes != bytes)
			continue;
		*at = k->next;
		free(k);
		return;
	}
}

static bool
says_ready(void *address)
{
	struct rig_reply r;
	bool ready = rig_get(address, "/readyz", &r) && r.status == 200;

	rig_reply_free(&r);
	return ready;
}

bool
rig_gets_ready(const char *address)
{
	return rig_until("/readyz says 200", says_ready, (void *)address);
}

struct slice
rig_header(const struct rig_reply *r, const char *name)
{
	struct slice rest = r->head, line;
	size_t n = strlen(name);

	slice_cut(&rest, '\n');
	while (rest.p != NULL) {
		line = slice_cut(&rest, '\n');
		if (slice_ends(line, "\r"))
			line.n--;
		if (line.n > n && line.p[n] == ':' &&
		    strncasecmp(line.p, name, n) == 0)
			return slice_trim(slice_from(line, n + 1));
	}
	return (struct slice){ NULL, 0 };
}

static bool
read_chunked(int fd, struct buf *to)
{
	struct buf line;
	bool good = false;
	char *end;

	buf_init(&line, 65536);
	for (;;) {
		unsigned long n;

		buf_clear(&line);
		if (!rig_read_through(fd, &line, "\r\n"))
			break;
		n = strtoul(buf_str(&line), &end, 16);
		if (end == line.p || (*end != '\r' && *end != ';')) {
			rig_fail("not a chunk size: %s", buf_str(&line));
			break;
		}
		if (n == 0) {
			/* Trailers, up to the empty line. */
			do {
				buf_clear(&line);
				good = rig_read_through(fd, &line, "\r\n");
			} while (good && line.n > 2);
			break;
		}
		if (!rig_read(fd, to, n) || !rig_expect(fd, "\r\n"))
			break;
	}
	buf_free(&line);
	return good;
}

static bool
read_body(int fd, struct rig_reply *r)
{
	struct slice length = rig_header(r, "Content-Length");
	struct slice coding = rig_header(r, "Transfer-Encoding");
	char text[32];

	if (slice_iis(coding, "chunked"))
		return read_chunked(fd, &r->bytes);
	if (coding.p != NULL)
		return rig_fail("an odd Transfer-Encoding");
	if (length.p == NULL)
		return rig_read_all(fd, &r->bytes);
	if (slice_copy(length, text, sizeof(text)) != 0 || length.n == 0 ||
	    strspn(text, "0123456789") != length.n)
		return rig_fail("not a Content-Length");
	return rig_read(fd, &r->bytes, strtoull(text, NULL, 10));
}

static bool
read_status(struct rig_reply *r)
{
	const char *p = r->head.p;

	if (r->head.n < 13 || memcmp(p, "HTTP/1.", 7) != 0 || p[8] != ' ' ||
	    !isdigit((unsigned char)p[9]) || !isdigit((unsigned char)p[10]) ||
	    !isdigit((unsigned char)p[11]) || (p[12] != ' ' && p[12] != '\r'))
		return rig_fail("not a status line: %.40s", p);
	r->status = atoi(p + 9);
	return true;
}

static bool
read_reply(int fd, struct rig_reply *r, bool no_body)
{
	size_t head_n;
	bool good;

	if (!rig_read_through(fd, &r->bytes, "\r\n\r\n"))
		return false;
	head_n = r->bytes.n;
	r->head = (struct slice){ buf_str(&r->bytes), head_n };
	if (!read_status(r))
		return false;
	good = no_body || r->status < 200 || r->status == 204 ||
	    r->status == 304 || read_body(fd, r);
	/* The bytes may have moved. */
	r->head = (struct slice){ buf_str(&r->bytes), head_n };
	r->body = slice_from(buf_slice(&r->bytes), head_n);
	return good;
}

bool
rig_reply(int fd, struct rig_reply *r, bool no_body)
{
	bool good;

	memset(r, 0, sizeof(*r));
	buf_init(&r->bytes, RIG_BUF_MAX);
	good = read_reply(fd, r, no_body);
	keep(r->bytes.p);
	return good;
}

void
rig_reply_free(struct rig_reply *r)
{
	forget(r->bytes.p);
	buf_free(&r->bytes);
	memset(r, 0, sizeof(*r));
}

static bool
send_get(int fd, const char *path, const char *more)
{
	char request[8192];

	snprintf(request, sizeof(request),
	    "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", path, more);
	return rig_send(fd, request);
}

bool
rig_get_on(int fd, const char *path, struct rig_reply *r)
{
	memset(r, 0, sizeof(*r));
	return send_get(fd, path, "") && rig_reply(fd, r, false);
}

bool
rig_get(const char *address, const char *path, struct rig_reply *r)
{
	int fd = rig_connect(address);
	bool good;

	memset(r, 0, sizeof(*r));
	if (fd < 0)
		return rig_fail("connect %s: %s", address, strerror(errno));
	good = send_get(fd, path, "Connection: close\r\n") &&
	    rig_reply(fd, r, false) && rig_expect_end(fd);
	close(fd);
	return good;
}

bool
rig_ask(const char *address, const char *request, struct rig_reply *r)
{
	int fd = rig_connect(address);
	bool good;

	memset(r, 0, sizeof(*r));
	if (fd < 0)
		return rig_fail("connect %s: %s", address, strerror(errno));
	good = rig_send(fd, request) &&
	    rig_reply(fd, r, strncmp(request, "HEAD ", 5) == 0);
	close(fd);
	return good;
}
