/*
 * log.c - what the program has to say about itself.
 */
#include "system/log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "grammar/log_line.h"
#include "system/clock.h"
#include "system/pages.h"

#define END_MS      200  /* to say how many lines were lost */
#define PATIENCE_MS 1000 /* of a helper, in all, with a full channel */

static const char *name = "berth";
static enum log_level let_through = SAY_INFO;
static bool with_pid;
static PAGES_TOGETHER int channel = -1;
static bool waits = true;
static PAGES_TOGETHER int patience_ms;    /* left, for a channel that is full */
static PAGES_TOGETHER unsigned long lost; /* lines */

/* Is there room for one more line, or time to wait for it? */
static bool
may_write(void)
{
	struct pollfd to = { .fd = STDERR_FILENO, .events = POLLOUT };

	return waits || poll(&to, 1, 0) != 0;
}

/*
 * To the logger, who never waits for anybody: a full channel means that it did
 * not have the processor for a while, or is no more.
 */
static bool
send_message(const char *message, size_t n)
{
	struct pollfd to = { .fd = channel, .events = POLLOUT };

	for (;;) {
		int64_t begin;

		if (send(channel, message, n, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
			return true;
		if (errno != EAGAIN || patience_ms <= 0)
			return false;
		begin = clock_ms();
		poll(&to, 1, patience_ms);
		patience_ms -= (int)(clock_ms() - begin);
	}
}

static bool
put(const char *message, size_t n)
{
	if (channel >= 0)
		return send_message(message, n);
	return may_write() && write(STDERR_FILENO, message, n) >= 0;
}

/* A message of words, a line where nobody makes one of it. */
static bool
put_words(struct slice words)
{
	struct log_source who = { .name = name,
		.pid = with_pid ? getpid() : 0 };
	struct buf line;
	bool done;

	if (channel >= 0)
		return put(words.p, words.n);
	buf_init(&line, LOG_LINE_ROOM);
	log_line_words(&line, &who, words);
	done = !line.failed && put(line.p, line.n);
	buf_free(&line);
	return done;
}

/* Those that were lost, as soon as that can be said. */
static bool
tell_lost(void)
{
	char words[64];

	if (lost == 0)
		return true;
	snprintf(words, sizeof(words), "%lu lines of the log were lost", lost);
	if (!put_words(slice_of(words)))
		return false;
	lost = 0;
	return true;
}

bool
log_send(const char *message, size_t n)
{
	bool done = tell_lost() && put(message, n);

	lost += !done;
	return done;
}

static void say(enum log_level, const char *, va_list)
    __attribute__((format(printf, 2, 0)));

static void
say(enum log_level level, const char *fmt, va_list ap)
{
	char words[LOG_MAX_LINE];
	int saved = errno;

	if (level > let_through)
		return;
	vsnprintf(words, sizeof(words), fmt, ap);
	if (!tell_lost() || !put_words(slice_of(words)))
		lost++;
	errno = saved;
}

void
log_again(const char *words, size_t n)
{
	if (!tell_lost() || !put_words((struct slice){ words, n }))
		lost++;
}

void
log_channel(int fd)
{
	channel = fd;
}

void
log_helper(void)
{
	int type = 0;
	socklen_t len = sizeof(type);

	if (getsockopt(STDERR_FILENO, SOL_SOCKET, SO_TYPE, &type, &len) < 0 ||
	    type != SOCK_SEQPACKET)
		return;
	channel = STDERR_FILENO;
	patience_ms = PATIENCE_MS;
}

void
log_patience(int ms)
{
	patience_ms = ms;
}

bool
log_has_channel(void)
{
	return channel >= 0;
}

void
log_end(void)
{
	struct pollfd room = { .fd = channel, .events = POLLOUT };

	if (lost > 0 && channel >= 0 && !tell_lost() &&
	    poll(&room, 1, END_MS) > 0)
		tell_lost();
}

void
log_never_wait(void)
{
	waits = false;
}

void
log_init(const char *program, enum log_level most)
{
	name = program;
	let_through = most;
}

void
log_pid(void)
{
	with_pid = true;
}

void
log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(SAY_ERROR, fmt, ap);
	va_end(ap);
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(SAY_WARN, fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(SAY_INFO, fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(SAY_DEBUG, fmt, ap);
	va_end(ap);
}

void
log_plain(const char *fmt, ...)
{
	char words[LOG_MAX_LINE] = { LOG_PLAIN };
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(words + 1, sizeof(words) - 2, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if (channel >= 0)
		log_send(words, 1 + strlen(words + 1));
	else
		dprintf(STDERR_FILENO, "%s\n", words + 1);
}

void
die(int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(SAY_ERROR, fmt, ap);
	va_end(ap);
	exit(code);
}

void
bug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(SAY_ERROR, fmt, ap);
	va_end(ap);
	abort();
}
