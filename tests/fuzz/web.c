/*
 * web.c - any bytes as a whole conversation in HTTP.
 *
 * Properties: the server ends, and what it said is a run of replies, each of
 * them well formed and framed, with no byte between or behind them; no more
 * replies than requests can have been in the input; after a reply that says
 * close there is none.
 */
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "grammar/http_response.h"
#include "service/web.h"
#include "system/log.h"
#include "system/logfile.h"

#define INPUT_MAX  2048 /* so that all replies fit the socket */
#define SHORTEST   18   /* "GET / HTTP/1.0" and two line ends */
#define OUTPUT_MAX (1 << 20)

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static bool
wants_body(const struct exchange *x)
{
	return x->r->method == HTTP_PUT;
}

/* Small replies: bodies sent back, and errors. */
static int
answer(struct exchange *x)
{
	struct buf body;
	int status;

	if (x->r->method != HTTP_PUT && x->r->method != HTTP_GET) {
		web_begin(x, 405);
		return web_send(x, (struct slice){ NULL, 0 });
	}
	buf_init(&body, INPUT_MAX);
	status = wants_body(x) ? web_body_read(x, &body) : 0;
	web_begin(x, status < 0 ? 400 : 200);
	if (status < 0)
		x->close = true;
	status = web_send(x, buf_slice(&body));
	buf_free(&body);
	return status;
}

static const struct web web = {
	.answer = answer, .wants_body = wants_body, .idle_ms = 1000
};
static const struct service service = { .serve = web_serve, .context = &web };

/* One reply off the front.  Returns whether another may follow. */
static bool
take_reply(struct slice *out)
{
	static struct http_response r;
	struct http_body body;
	long n = http_response_parse(*out, &r);

	must(n > 0);
	*out = slice_from(*out, (size_t)n);
	if (r.status == 100)
		return true;
	must(http_count(&r.fields, "Date") == 1);
	must(http_response_body(&r, false, &body) == 0);
	must(body.kind == HTTP_BODY_NONE || body.kind == HTTP_BODY_LENGTH);
	/* A refused HEAD is told the length of what it does not get. */
	if (r.status >= 400 && out->n == 0)
		return false;
	must(body.length <= out->n);
	*out = slice_from(*out, (size_t)body.length);
	return !http_has(&r.fields, "Connection", "close");
}

static void
judge(struct slice out, size_t input)
{
	size_t replies = 0;
	bool more = true;

	while (out.n > 0) {
		must(more);
		more = take_reply(&out);
		replies++;
	}
	must(replies <= 2 * (input / SHORTEST) + 2);
}

static void
converse(int ends[2], const uint8_t *data, size_t size)
{
	static char out[OUTPUT_MAX];
	struct conn c;
	size_t n = 0;
	ssize_t got;

	must(send(ends[0], data, size, 0) == (ssize_t)size);
	shutdown(ends[0], SHUT_WR);
	conn_init(&c, ends[1], SOCK_STREAM, NULL, 0);
	service.serve(&c, &service);
	conn_end(&c);
	while ((got = recv(ends[0], out + n, sizeof(out) - n, 0)) > 0)
		n += (size_t)got;
	close(ends[0]);
	judge((struct slice){ out, n }, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int ends[2];

	log_init("fuzz", SAY_ERROR);
	logfile_open("off");
	if (size == 0 || size > INPUT_MAX)
		return 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return 0;
	converse(ends, data, size);
	return 0;
}
