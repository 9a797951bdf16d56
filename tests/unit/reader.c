/*
 * reader.c - tests of indexer/reader.h: a reader that behaves in all the wrong
 * ways.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "indexer/reader_child.h"
#include "reader_ask.h"
#include "system/clock.h"
#include "system/log.h"

#define ANSWER   4 /* where the process has its pipe */
#define SHORT_MS 3000

static void
say(uint32_t error, uint32_t length, const char *text)
{
	struct reader_answer a = { error, length };

	io_write_all(ANSWER, &a, sizeof(a));
	io_write_all(ANSWER, text, strlen(text));
}

/* What was said is to be the first answer. */
static _Noreturn void
hang(void)
{
	for (;;)
		poll(NULL, 0, -1);
}

/* Without an answer, or with one that does not end. */
static _Noreturn void
break_off(char how)
{
	volatile char *nowhere = NULL;

	switch (how) {
	case 'c':
		*nowhere = 1;
		break;
	case 'a':
		abort();
	case 'x':
		_exit(3);
	case 's': /* a byte at a time */
		say(0, 100000, "{");
		for (;;) {
			io_write_all(ANSWER, " ", 1);
			poll(NULL, 0, 20);
		}
	case 'f':
		for (;;)
			io_write_all(ANSWER, "flood", 5);
	default:
		hang();
	}
	hang();
}

/* With an answer of its own, which is none. */
static _Noreturn void
lie(char how)
{
	switch (how) {
	case 'l':
		say(0, 0xffffffff, "");
		break;
	case 'z':
		say(0, 0, "");
		break;
	case 'm': /* both an error and a text */
		say(ENOENT, 2, "{}");
		break;
	case 'n':
		say(100000, 0, "");
		break;
	default:
		say(0, 2, "{}{}");
	}
	hang();
}

/* Words without end, and then no way for them. */
static void
chatter(void)
{
	static const char text[4096];

	if (write(STDERR_FILENO, "first words\n", 12) != 12)
		_exit(4);
	while (write(STDERR_FILENO, text, sizeof(text)) > 0)
		;
	if (shutdown(STDERR_FILENO, SHUT_RDWR) == 0)
		_exit(5); /* it was a channel to the logger */
}

/* What it does is the first letter of the message. */
static int
behave(int fd, struct buf *json)
{
	char what = '?';

	cr_assert_eq(pread(fd, &what, 1, 0), 1);
	if (strchr("caxhsf", what) != NULL)
		break_off(what);
	if (strchr("lzmnt", what) != NULL)
		lie(what);
	switch (what) {
	case '[':
		buf_addz(json, "[]");
		return 0;
	case '!':
		buf_addz(json, "{\"a\":\"\xff\"}");
		return 0;
	case 'e':
		errno = ENOENT;
		return -1;
	case 'w':
		chatter();
		buf_addz(json, "{}");
		return 0;
	default:
		buf_addf(json, "{\"what\":\"%c\"}", what);
		return 0;
	}
}

Test(reader, whatever_it_does_the_next_message_is_read)
{
	/* clang-format off */
	static const struct {
		const char *what;
		int error;
		const char *why;
	} rows[] = {
		{ "crash", ECONNRESET, "died of signal 11 (Segmentation fault)" },
		{ "abort", ECONNRESET, "died of signal 6 (Aborted)" },
		{ "x", ECONNRESET, "left with status 3" },
		{ "hang", ETIMEDOUT, "took too long" },
		{ "slow", ETIMEDOUT, "took too long" },
		{ "flood", EPROTO, "answered nonsense" },
		{ "long", EPROTO, "answered nonsense" },
		{ "zero", EPROTO, "answered nonsense" },
		{ "mixed", EPROTO, "answered nonsense" },
		{ "number", EPROTO, "answered nonsense" },
		{ "twice", EPROTO, "answered nonsense" },
		{ "[", EPROTO, "answered nonsense" },
		{ "!", EPROTO, "answered nonsense" },
		{ "error", ENOENT, "No such file or directory" },
	};
	/* clang-format on */
	const struct reader_wish wish = { .work = behave, .wait_ms = SHORT_MS };
	struct reader *r = reader_new(&wish);
	struct buf json;

	buf_init(&json, READER_ANSWER_MAX);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t before = clock_ms();
		int status = ask(r, rows[i].what, &json), why = errno;

		cr_expect_eq(status, -1, "%s", rows[i].what);
		cr_expect_eq(
		    why, rows[i].error, "%s: %s", rows[i].what, strerror(why));
		cr_expect(
		    (ASAN && i < 2) || strcmp(reader_why(r), rows[i].why) == 0,
		    "%s: %s", rows[i].what, reader_why(r));
		cr_expect_eq(json.n, 0, "%s", rows[i].what);
		cr_expect_lt(clock_ms() - before, 10 * SHORT_MS);
		cr_expect_eq(ask(r, "ok", &json), 0, "after %s: %s",
		    rows[i].what, reader_why(r));
		cr_expect(slice_is(buf_slice(&json), "{\"what\":\"o\"}"));
	}
	reader_free(r);
	buf_free(&json);
	/* None is left behind. */
	cr_expect_eq(waitpid(-1, NULL, WNOHANG), -1);
}

Test(reader, killed_between_messages)
{
	const struct reader_wish wish = { .work = behave };
	struct reader *r = reader_new(&wish);
	struct buf json;
	pid_t first;
	siginfo_t info;

	buf_init(&json, READER_ANSWER_MAX);
	cr_expect_eq(reader_pid(r), 0);
	cr_expect_eq(ask(r, "1", &json), 0);
	first = reader_pid(r);
	cr_assert(first > 0);
	kill(first, SIGKILL);
	cr_assert_eq(waitid(P_PID, (id_t)first, &info, WEXITED | WNOWAIT), 0);
	cr_expect_eq(ask(r, "2", &json), 0, "%s", reader_why(r));
	cr_expect_neq(reader_pid(r), first);
	cr_expect(slice_is(buf_slice(&json), "{\"what\":\"2\"}"));
	reader_free(r);
	buf_free(&json);
}

Test(reader, renewed_now_and_then)
{
	const struct reader_wish wish = { .work = behave };
	struct reader *r = reader_new(&wish);
	struct buf json;
	pid_t first;

	buf_init(&json, READER_ANSWER_MAX);
	cr_expect_eq(ask(r, "1", &json), 0);
	first = reader_pid(r);
	for (int i = 1; i < READER_TURNS; i++) {
		cr_expect_eq(reader_pid(r), first);
		cr_expect_eq(ask(r, "2", &json), 0);
	}
	cr_expect_eq(ask(r, "3", &json), 0);
	cr_expect_neq(reader_pid(r), first);
	reader_free(r);
	buf_free(&json);
}

/* Its standard error is not ours, which it could shut or fill. */
Test(reader, its_words_are_its_own)
{
	const struct reader_wish wish = { .work = behave, .bare = true };
	struct reader *r = reader_new(&wish);
	char said[2000] = "";
	struct buf json;
	int ends[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	log_channel(ends[1]);
	buf_init(&json, READER_ANSWER_MAX);
	for (int i = 0; i < 3; i++)
		cr_expect_eq(ask(r, "words", &json), 0, "%s", reader_why(r));
	log_channel(-1);
	cr_assert_gt(recv(ends[0], said, sizeof(said) - 1, MSG_DONTWAIT), 0);
	cr_expect(strstr(said, "says: first words") != NULL, "%s", said);
	reader_free(r);
	buf_free(&json);
	close(ends[0]);
	close(ends[1]);
}
