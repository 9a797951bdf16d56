/*
 * ask.c - one request to the inbox, and its answer.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/answer.h"
#include "conn/conn.h"
#include "grammar/base64.h"
#include "grammar/http_fault.h"
#include "inbox.h"
#include "system/clock.h"
#include "system/args.h"
#include "system/io.h"
#include "system/resolve.h"

#define CONNECT_MS  10000
#define PATIENCE_MS 60000
#define WORDS_MAX   300 /* of a fault, as the server tells it */

void
target_begin(struct buf *b, const char *path)
{
	struct slice base = inbox_options.where.path;

	buf_init(b, TARGET_MAX);
	while (slice_ends(base, "/"))
		base.n--;
	uri_encode_path(b, base);
	buf_addz(b, path);
}

void
target_add(struct buf *b, const char *name, const char *value)
{
	buf_addc(b, slice_find(buf_slice(b), '?') == NULL ? '?' : '&');
	buf_addf(b, "%s=", name);
	uri_encode(b, slice_of(value));
}

void
target_add_number(struct buf *b, const char *name, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	target_add(b, name, text);
}

void
target_add_scope(struct buf *b, bool query)
{
	if (inbox_options.mailbox != NULL)
		target_add(b, "mailbox", inbox_options.mailbox);
	if (query && inbox_options.query != NULL)
		target_add(b, "query", inbox_options.query);
}

static bool
is_unix(void)
{
	return strncmp(inbox_options.url, "unix:", 5) == 0;
}

static int
connect_to(struct conn *c, int64_t deadline)
{
	const struct url *u = &inbox_options.where;
	char host[256], port[16], name[ADDR_MAX_TEXT];
	int64_t soon = clock_ms() + CONNECT_MS;
	struct addr to;
	const char *why;
	int fd;

	if (slice_copy(is_unix() ? slice_of(inbox_options.url) : u->host, host,
		sizeof(host)) < 0)
		return complain(EXIT_NO_INBOX, "%s: the name is too long",
		    inbox_options.url);
	snprintf(port, sizeof(port), "%u", u->port);
	fd = resolve_connect(host, port, SOCK_STREAM,
	    deadline < soon ? deadline : soon, &to, &why);
	if (fd < 0 && to.len == 0)
		return complain(EXIT_NO_INBOX, "look up %s: %s", host, why);
	if (fd < 0)
		return complain(EXIT_NO_INBOX,
		    "connect to %s: %s (does the "
		    "inbox run? --url says where)",
		    addr_text(&to, name), why);
	conn_init(c, fd, SOCK_STREAM, NULL, clock_us());
	c->deadline = deadline;
	return 0;
}

static void
add_user(struct buf *b)
{
	const struct url *u = &inbox_options.where;
	struct slice user = { NULL, 0 };
	char plain[512];

	if (inbox_options.auth != NULL)
		user = slice_of(inbox_options.auth);
	else if (u->user.p != NULL && u->user.n < sizeof(plain))
		user =
		    (struct slice){ plain, uri_decode(u->user, false, plain) };
	if (user.p == NULL)
		return;
	buf_addz(b, "Authorization: Basic ");
	base64_encode(user, b);
	buf_addz(b, "\r\n");
}

static int
send_request(
    struct conn *c, const char *method, const char *target, struct slice body)
{
	struct buf b;
	int status = CONN_ERROR;

	buf_init(&b, 2 * TARGET_MAX);
	buf_addf(&b, "%s %s HTTP/1.1\r\nHost: ", method, target);
	if (is_unix())
		buf_addz(&b, "localhost");
	else
		url_host(&b, &inbox_options.where);
	buf_addf(&b,
	    "\r\nUser-Agent: berth-inbox/%s\r\nAccept: */*\r\n"
	    "Connection: close\r\n",
	    BERTH_VERSION);
	add_user(&b);
	if (strcmp(method, "GET") != 0)
		buf_addf(&b, "Content-Length: %zu\r\n", body.n);
	buf_addz(&b, "\r\n");
	errno = EMSGSIZE;
	if (!b.failed)
		status = conn_say(c, buf_slice(&b));
	buf_free(&b);
	if (status == 0 && body.n > 0)
		status = conn_say(c, body);
	/* What it sent before it closed may be the answer: go and read. */
	if (status == CONN_ERROR && (errno == EPIPE || errno == ECONNRESET))
		return 0;
	if (status < 0)
		return complain(
		    status == CONN_TIMEOUT ? EXIT_NOT_IN_TIME : EXIT_NO_INBOX,
		    "send the request: %s",
		    status == CONN_TIMEOUT ? "time is over" : strerror(errno));
	return 0;
}

int
ask_lost(void)
{
	return complain(EXIT_NO_INBOX,
	    "%s: the connection ended before the answer did",
	    inbox_options.url);
}

/* It went wrong on the way. */
static int
tell(const struct answer *a, enum answer_end how, struct reply *r)
{
	switch (how) {
	case ANSWER_OK:
		return 0;
	case ANSWER_REFUSED:
		return a->code;
	case ANSWER_NONE:
	case ANSWER_HEAD_CUT:
	case ANSWER_BODY_CUT:
		if (a->code == CONN_TIMEOUT)
			return complain(
			    EXIT_NOT_IN_TIME, "no answer came in time");
		r->status = 0;
		return r->patient ? 0 : ask_lost();
	default:
		return complain(
		    EXIT_NO_HTTP, "%s: not an HTTP answer", inbox_options.url);
	}
}

static int
put(void *with, struct slice data)
{
	struct reply *r = with;

	if (r->status == 200 && r->to >= 0) {
		if (io_write_all(r->to, data.p, data.n) < 0)
			return complain(
			    EXIT_OUTPUT, "write: %s", strerror(errno));
		return 0;
	}
	buf_adds(&r->body, data);
	if (r->body.failed)
		return complain(EXIT_NO_HTTP, "%s: the answer is too long",
		    inbox_options.url);
	return 0;
}

int
ask(const char *method, const char *target, struct slice body, int64_t ms,
    struct reply *r)
{
	struct conn c;
	struct answer a;
	enum answer_end how;
	int code;

	buf_init(&r->body, REPLY_MAX);
	code = connect_to(&c, clock_ms() + ms);
	if (code != 0)
		return code;
	answer_init(&a);
	code = send_request(&c, method, target, body);
	if (code == 0) {
		how = answer_head(&c, &a, false, NULL);
		r->status = how == ANSWER_OK ? a.r.status : 0;
		if (how == ANSWER_OK)
			how = answer_body(&c, &a, put, r);
		code = tell(&a, how, r);
	}
	answer_free(&a);
	conn_drop(&c);
	return code;
}

/* The first line of what the server said of it. */
static struct slice
words_of(const struct reply *r)
{
	struct slice rest = buf_slice(&r->body), line = slice_cut(&rest, '\n');

	line = slice_trim(line);
	if (line.n > WORDS_MAX)
		line.n = WORDS_MAX;
	for (size_t i = 0; i < line.n; i++)
		if ((unsigned char)line.p[i] < ' ' || line.p[i] == 127 ||
		    line.p[i] == '<')
			line.n = i;
	if (line.n == 0)
		return slice_of(http_reason(r->status));
	return line;
}

int
ask_fault(const struct reply *r)
{
	int code = r->status == 404 ? EXIT_NO_MESSAGE :
	    r->status == 401        ? EXIT_NOT_ALLOWED :
	    r->status == 403        ? EXIT_NOT_ALLOWED :
	    r->status == 421        ? EXIT_NOT_ALLOWED :
	    r->status == 400        ? 64 :
	    r->status == 503        ? EXIT_NOT_IN_TIME :
				      EXIT_NO_HTTP;
	struct slice words = words_of(r);

	return complain(code, "%d: %.*s%s", r->status, SLICE_FMT(words),
	    r->status == 401 ? " (--auth USER:PASSWORD)" : "");
}

int
ask_well(
    const char *method, const char *target, struct slice body, struct reply *r)
{
	int code = ask(method, target, body, PATIENCE_MS, r);

	return code != 0 || r->status == 200 ? code : ask_fault(r);
}

json_t *
ask_json(const struct reply *r)
{
	json_t *value = json_loadb(r->body.p, r->body.n, 0, NULL);

	if (value == NULL)
		complain(EXIT_NO_HTTP, "%s: what answers there is no inbox",
		    inbox_options.url);
	return value;
}
