/*
 * smtp_client.c - any bytes as all that a server says to berth-smtp.
 *
 * The first byte chooses options, the second how the server speaks.
 * Properties: the client ends, with one of its exit codes; the same one, and
 * the same words, however the replies are cut; what it says are commands; the
 * message goes out once at most to anybody, to the byte, and has gone out when
 * the client says so; it tells its password only to who offers to be told.
 */
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "fuzzrig/must.h"
#include "fuzzrig/quiet.h"
#include "fuzzrig/still.h"
#include "fuzzrig/talk.h"
#include "grammar/smtp_command.h"
#include "smtp/dialogue.h"
#include "smtp/message.h"
#include "smtp/sending.h"
#include "smtp/smtp.h"
#include "system/resolve.h"

#define INPUT_MAX 4096
#define MESSAGE   "Subject: x\r\n\r\n.a\r\n\xc3\xbc\r\n.\r\n"
#define STUFFED   "Subject: x\r\n\r\n..a\r\n\xc3\xbc\r\n..\r\n"
#define CHUNK     "BDAT 25 LAST\r\n"

static struct slice said;
static struct buf seven; /* the message for who has no 8BITMIME, dots doubled */
static const struct manner *manner;

/* In place of the resolver's: there is one server. */
int
resolve(const char *host, const char *service, int type,
    struct addr found[ADDR_MAX_FOUND], const char **why)
{
	(void)host, (void)service, (void)type, (void)found;
	*why = "none";
	return -1;
}

int
resolve_connect(const char *host, const char *service, int type,
    int64_t deadline, struct addr *to, const char **why)
{
	(void)host, (void)service, (void)type, (void)deadline, (void)why;
	to->len = 0;
	return talk_dial(said, manner);
}

/* How often is it in there, from the beginning of a line on? */
static size_t
count(struct slice all, const char *what)
{
	size_t n = 0, length = strlen(what);
	const char *p;

	if (all.n == 0)
		return 0;
	while ((p = memmem(all.p, all.n, what, length)) != NULL) {
		n++;
		all = slice_from(all, (size_t)(p - all.p) + length);
	}
	return n;
}

/*
 * Each line is a command, base64 behind an AUTH, or the dot of no message: DATA
 * was granted though nobody was there to get it.
 */
static void
check_commands(struct slice told)
{
	size_t answers = 0;

	while (told.n > 0) {
		struct slice line = slice_cut(&told, '\n');
		struct smtp_command c;

		must(told.p != NULL && line.n > 0);
		must(line.p[line.n - 1] == '\r');
		line.n--;
		smtp_command_parse(line, &c);
		if (c.row->verb == SMTP_V_AUTH)
			answers = 2;
		else if (c.row->verb == SMTP_V_UNKNOWN)
			must(slice_is(line, ".") || answers-- > 0);
		else
			must(c.row->verb != SMTP_V_HTTP);
	}
}

/* What stands before and behind the message, if it is there. */
static void
check_around(struct slice told, const char *message, const char *end)
{
	struct slice rest;
	const char *at;

	if (count(told, message) == 0)
		return;
	at = memmem(told.p, told.n, message, strlen(message));
	rest = slice_between(at + strlen(message), told.p + told.n);
	must(slice_starts(rest, end));
	check_commands(slice_between(told.p, at));
	check_commands(slice_from(rest, strlen(end)));
}

static bool
is_offered(const char *word)
{
	for (size_t i = 0; i + 5 <= said.n; i++)
		if (slice_iis((struct slice){ said.p + i, 5 }, word))
			return true;
	return false;
}

/* One transaction, or what stands before the first: one message at most. */
static size_t
check_one(struct slice told)
{
	size_t bodies = count(told, "Subject: x");

	must(bodies <= 1);
	if (bodies == 0)
		check_commands(told);
	check_around(told, STUFFED, ".\r\n");
	check_around(told, buf_str(&seven),
	    count(told, " LAST\r\nSubject: x\r\nMIME") > 0 ? "" : ".\r\n");
	check_around(told, CHUNK MESSAGE, "");
	return bodies;
}

/*
 * A recipient who was too many may be tried in a transaction of its own: then,
 * and only then, the message goes out again.
 */
static void
check(struct slice told, int code)
{
	static const char mail[] = "\r\nMAIL FROM:";
	bool too_many = count(said, "452") + count(said, "552") > 0;
	size_t bodies = 0,
	       taken = count(told, STUFFED) + count(told, buf_str(&seven)) +
	    count(told, CHUNK MESSAGE) +
	    count(told, " LAST\r\nSubject: x\r\nMIME-Version");
	const char *next;

	must(code != EXIT_SENT || taken >= 1);
	/* "secret" by itself, and behind NUL "me" NUL */
	must(count(told, "c2VjcmV0") == 0 || is_offered("LOGIN"));
	must(count(told, "AG1lAHNlY3JldA==") == 0 || is_offered("PLAIN"));
	while (told.n > 0 &&
	    (next = memmem(told.p, told.n, mail, strlen(mail))) != NULL) {
		next += 2;
		bodies += check_one(slice_between(told.p, next));
		told = slice_between(next, told.p + told.n);
	}
	bodies += check_one(told);
	must(bodies <= (too_many ? 2 : 1));
}

/* What must be sent to who offers nothing: in ASCII, and found by its bytes. */
static void
prepare_seven(const struct message *from)
{
	static char plain[4096], out[2 * sizeof(plain)];
	struct smtp_writer w;
	struct message m;
	size_t n;

	must(seven_bit(from, &m) && m.size < sizeof(plain));
	n = (size_t)pread(fileno(m.file), plain, sizeof(plain), 0);
	must(n == m.size);
	fclose(m.file);
	for (size_t i = 0; i < n; i++)
		must((unsigned char)plain[i] < 128);
	smtp_writer_init(&w);
	n = smtp_writer_put(&w, (struct slice){ plain, n }, out);
	buf_init(&seven, sizeof(out));
	buf_add(&seven, out, n);
}

/* As main() does it. */
static int
send_it(const struct options *o, const struct message *message)
{
	struct dialogue l;
	int code = dialogue_open(&l, o);

	if (code == 0)
		code = hello(&l);
	if (code == 0)
		code = send_message(&l, message);
	dialogue_close(&l);
	return code;
}

static int
converse(unsigned flags, const struct manner *m, struct buf *told)
{
	static const char *to[] = { "c@d", "e@f" };
	static struct message message;
	struct options o = { .host = "h",
		.port = "25",
		.helo = "x",
		.auth = (flags & 1) != 0 ? "me:secret" : NULL,
		.lmtp = (flags & 2) != 0,
		.bdat = (flags & 4) != 0,
		.no_pipelining = (flags & 8) != 0,
		.stop_after = STAGE_NONE,
		.drop_after = STAGE_NONE,
		.from = "a@b",
		.to = to,
		.to_count = 2 };
	int code;

	if (message.file == NULL) {
		message_begin(&message);
		message_add(&message, slice_of(MESSAGE));
		message_end(&message);
		prepare_seven(&message);
	}
	still_begin();
	quiet_begin();
	manner = m;
	code = send_it(&o, &message);
	buf_init(told, 1 << 20);
	buf_adds(told, talk_end());
	return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct manner whole = { .piece = INPUT_MAX }, cut;
	struct buf first, second;
	int code;

	if (size < 2 || size > INPUT_MAX)
		return 0;
	said = (struct slice){ (const char *)data + 2, size - 2 };
	whole.stays = (data[1] & 1) != 0;
	cut = (struct manner){ 1 + data[1] / 2, whole.stays };
	code = converse(data[0], &whole, &first);
	must(code == EXIT_SENT || code == EXIT_REFUSED || code == EXIT_LATER ||
	    code == EXIT_PROTOCOL);
	must(converse(data[0], &cut, &second) == code);
	must(slice_eq(buf_slice(&first), buf_slice(&second)));
	check(buf_slice(&first), code);
	buf_free(&first);
	buf_free(&second);
	return 0;
}
