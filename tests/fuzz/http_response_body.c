/*
 * http_response_body.c - any bytes as what a server answers to berth-http.
 *
 * The client's own reading of heads and bodies (clients/http/response.c on
 * common/client/answer.c), over a socket.  Properties: it ends, with 0 or one of the exit codes for answers;
 * the same code however the bytes are split on their way, and the same body
 * when the code is 0 (else one is the beginning of the other, for what stands
 * before a fault may be lost with it); never more body than bytes came.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/http.h"
#include "system/clock.h"

#define MOST   16384 /* bytes of an answer; they wait in the socket's buffer */
#define PIECES 64

bool silent = true;
static struct buf body; /* what came out */

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* In place of the client's: faults are counted on, not told. */
int
fail(int code, const char *fmt, ...)
{
	(void)fmt;
	return code;
}

int
sink_write(struct sink *s, struct slice data)
{
	(void)s;
	buf_adds(&body, data);
	return 0;
}

/* Read an answer that comes in pieces of so many bytes. */
static int
hear(struct slice all, size_t piece, bool head)
{
	struct options opt = { 0 };
	struct task t = { .opt = &opt,
		.method = head ? "HEAD" : "GET",
		.deadline = CLOCK_NEVER };
	struct connection call = { .open = true };
	struct answer a;
	struct sink s = { .fd = -1 };
	int ends[2], code;

	/* Its records stay apart, so each is one receive. */
	must(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0);
	if (piece < all.n / PIECES + 1)
		piece = all.n / PIECES + 1;
	while (all.n > 0) {
		size_t n = all.n < piece ? all.n : piece;

		must(send(ends[1], all.p, n, MSG_DONTWAIT) == (ssize_t)n);
		all = slice_from(all, n);
	}
	shutdown(ends[1], SHUT_WR);
	conn_init(&call.c, ends[0], SOCK_STREAM, NULL, 0);
	answer_init(&a);
	buf_init(&body, MOST);
	code = response_head(&call, &t, &a);
	if (code == 0)
		code = response_body(&call, &t, &a, &s);
	must(!body.failed);
	must(code == 0 || code == EXIT_SHORT || code == EXIT_EMPTY ||
	    code == EXIT_RECEIVE);
	must(code != 0 || !head || body.n == 0);
	connection_close(&call);
	answer_free(&a);
	close(ends[1]);
	return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice all;
	struct buf whole;
	size_t least;
	int code;

	if (size < 1 || size > MOST)
		return 0;
	all = (struct slice){ (const char *)data + 1, size - 1 };
	code = hear(all, MOST, data[0] & 1);
	whole = body;
	must(hear(all, 1 + data[0] / 2, data[0] & 1) == code);
	least = whole.n < body.n ? whole.n : body.n;
	must(least == 0 || memcmp(whole.p, body.p, least) == 0);
	must(code != 0 || whole.n == body.n);
	buf_free(&whole);
	buf_free(&body);
	return 0;
}
