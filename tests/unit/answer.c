/*
 * answer.c - tests of common/client/answer: each way that an answer can end.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/answer.h"
#include "grammar/http_fault.h"

static struct buf body;

static int
put(void *with, struct slice data)
{
	int *refuse = with;

	buf_adds(&body, data);
	return *refuse;
}

static size_t heads;

static void
count(const struct answer *a)
{
	(void)a;
	heads++;
}

/* What all of it comes to, sent in pieces of so many bytes. */
static enum answer_end
hear(const char *text, size_t piece, bool to_head, int refuse, int *code)
{
	struct slice all = slice_of(text);
	struct answer a;
	struct conn c;
	enum answer_end how;
	int ends[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	while (all.n > 0) {
		size_t n = all.n < piece ? all.n : piece;

		cr_assert_eq(send(ends[1], all.p, n, 0), (ssize_t)n);
		all = slice_from(all, n);
	}
	shutdown(ends[1], SHUT_WR);
	conn_init(&c, ends[0], SOCK_STREAM, NULL, 0);
	conn_deadline(&c, 10000);
	answer_init(&a);
	buf_free(&body);
	buf_init(&body, 1000);
	heads = 0;
	how = answer_head(&c, &a, to_head, count);
	if (how == ANSWER_OK)
		how = answer_body(&c, &a, put, &refuse);
	*code = a.code;
	answer_free(&a);
	conn_drop(&c);
	close(ends[1]);
	return how;
}

#define OK   "HTTP/1.1 200 OK\r\n"
#define SOON "HTTP/1.1 100 Continue\r\n\r\n"

Test(answer, ends)
{
	static const struct {
		const char *text;
		enum answer_end how;
		int code; /* where it says something */
		size_t heads;
		const char *body;
		bool to_head;
		int refuse;
	} rows[] = {
		{ OK "Content-Length: 3\r\n\r\nabc", ANSWER_OK, 0, 1, "abc",
		    false, 0 },
		{ OK "Content-Length: 3\r\n\r\n", ANSWER_OK, 0, 1, "", true,
		    0 },
		{ OK "\r\nto the end", ANSWER_OK, 0, 1, "to the end", false,
		    0 },
		{ OK "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
		    ANSWER_OK, 0, 1, "ab", false, 0 },
		{ SOON SOON "HTTP/1.1 204 No Content\r\n\r\n", ANSWER_OK, 0, 3,
		    "", false, 0 },
		{ "", ANSWER_NONE, CONN_EOF, 0, "", false, 0 },
		{ "HTTP/1.1 20", ANSWER_HEAD_CUT, CONN_EOF, 0, "", false, 0 },
		{ "SSH-2.0\r\n\r\n", ANSWER_HEAD_BAD, HTTP_BAD_STATUS, 0, "",
		    false, 0 },
		{ OK "Content-Length: x\r\n\r\n", ANSWER_FRAME_BAD,
		    HTTP_BAD_LENGTH, 1, "", false, 0 },
		{ "HTTP/1.1 101 Switching\r\n\r\n", ANSWER_SWITCHES, 0, 1, "",
		    false, 0 },
		{ OK "Content-Length: 3\r\n\r\nab", ANSWER_BODY_CUT, CONN_EOF,
		    1, "ab", false, 0 },
		{ OK "Transfer-Encoding: chunked\r\n\r\nno", ANSWER_BODY_BAD,
		    HTTP_BAD_CHUNK_SIZE, 1, "", false, 0 },
		{ OK "Content-Length: 1\r\n\r\na", ANSWER_REFUSED, 7, 1, "a",
		    false, 7 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t piece = 1; piece <= 100; piece += 33) {
			int code;
			enum answer_end how = hear(rows[i].text, piece,
			    rows[i].to_head, rows[i].refuse, &code);

			cr_expect_eq(how, rows[i].how, "%zu: %d", i, how);
			cr_expect_eq(code, rows[i].code, "%zu: %d", i, code);
			cr_expect_eq(heads, rows[i].heads, "%zu", i);
			cr_expect(slice_is(buf_slice(&body), rows[i].body),
			    "%zu: %.*s", i, SLICE_FMT(buf_slice(&body)));
		}
}

/* Neither a head nor interim answers without an end. */
Test(answer, bounds)
{
	static char text[ANSWER_HEAD_MAX + 100];
	int code;

	strcpy(text, OK);
	memset(text + strlen(OK), 'a', ANSWER_HEAD_MAX);
	cr_expect_eq(hear(text, 16384, false, 0, &code), ANSWER_HEAD_BAD);
	cr_expect_eq(code, HTTP_LONG_HEAD);
	text[0] = '\0';
	for (int i = 0; i < ANSWER_INTERIM; i++)
		strcat(text, SOON);
	cr_expect_eq(hear(text, 16384, false, 0, &code), ANSWER_TALKS);
	cr_expect_eq(heads, ANSWER_INTERIM);
}
