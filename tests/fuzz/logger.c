/*
 * logger.c - any messages on the channels of the logger, from children that
 * were taken over, and readers that stall.
 *
 * Channels and outputs are sockets.  Each step of the input is a message, a
 * turn of the logger, a reader that reads, a channel that is hung up, a second
 * that passes.  Properties, whatever was said and however slowly it is read:
 * what comes out is whole lines, LOG_LINE_MAX at most each, in UTF-8, without
 * anything that a terminal would obey; each line of standard error begins with
 * a name that was given to its channel and the process that the kernel says,
 * or is the logger's own; the logger never waits; once all is read nothing is
 * left to write, and who was hung up is listened to no more.
 */
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bytes/num.h"
#include "child/logger_hear.h"
#include "child/logger_lines.h"
#include "fuzzrig/harmless.h"
#include "fuzzrig/must.h"
#include "fuzzrig/still.h"
#include "grammar/log_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define CHANNELS  4
#define ROOM      65536 /* bytes that the logger hands to a reader at once */
#define PIECE     4096
#define INPUT_MAX 1024 /* it is said again and again */

/* A reader, and what it has of a line that has not ended. */
struct reader {
	int fd;
	size_t n;
	char line[LOG_LINE_MAX];
};

static const char *const names[CHANNELS] = { NULL, "dialler", "", "keeper" };
static int speakers[CHANNELS];
static struct reader err, file;
static char self[64]; /* "[PID]: " */

static void
is_signed(struct slice s)
{
	if (slice_starts(s, "keeper"))
		s = slice_from(s, strlen("keeper"));
	else if (slice_starts(s, "dialler"))
		s = slice_from(s, strlen("dialler"));
	else if (slice_starts(s, "berth"))
		s = slice_from(s, strlen("berth"));
	must(slice_starts(s, self));
}

/* Lines of the access log may be there, too, where it has no file. */
static void
check_line(const struct reader *r, struct slice line)
{
	must_be_harmless(line);
	if (r == &err && logger_file.kind != OUT_NONE)
		is_signed(line);
}

/* Returns false when there is nothing. */
static bool
read_some(struct reader *r)
{
	char piece[PIECE];
	ssize_t got = recv(r->fd, piece, sizeof(piece), MSG_DONTWAIT);

	for (ssize_t i = 0; i < got; i++) {
		if (piece[i] == '\n') {
			check_line(r, (struct slice){ r->line, r->n });
			r->n = 0;
			continue;
		}
		must(r->n < sizeof(r->line) - 1);
		r->line[r->n++] = piece[i];
	}
	return got > 0;
}

static void
open_output(struct logger_out *o, struct reader *r)
{
	int ends[2], room = ROOM / 2;

	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	logger_out_open(o, ends[1]);
	must(o->kind == OUT_SOCKET);
	*r = (struct reader){ .fd = ends[0] };
}

static void
open_channel(int i)
{
	int ends[2];

	must(logger_channel(ends) == 0);
	logger_hear_add(ends[0], names[i]);
	speakers[i] = ends[1];
}

static void
begin(bool has_file)
{
	static const struct logger_start start = { .program = "berth",
		.plain = false };
	static bool begun;
	char pid[NUM_MAX_TEXT];

	still_begin();
	if (!begun)
		logger_lines_begin(&start, 1, -1);
	begun = true;
	num_text((uint64_t)getpid(), pid);
	snprintf(self, sizeof(self), "[%s]: ", pid);
	must(logger_hear_open() >= 0);
	open_output(&logger_err, &err);
	if (has_file)
		open_output(&logger_file, &file);
	else
		logger_out_open(&logger_file, -1);
	for (int i = 0; i < CHANNELS; i++)
		open_channel(i);
}

static void
turn(void)
{
	struct epoll_event ev[LOGGER_AT_ONCE];
	int n = logger_hear_wait(ev, 0);

	for (int i = 0; i < n; i++)
		logger_hear_some(&ev[i]);
	logger_lines_tell(false);
	logger_out_flush(&logger_err);
	logger_out_flush(&logger_file);
}

/* All is heard and read; then nobody is left, and nothing to write. */
static void
finish(bool has_file)
{
	int waits = 1;

	for (int i = 0; i < CHANNELS; i++)
		close(speakers[i]);
	while (logger_hear_count() > 0)
		turn();
	while (waits) {
		still_pass(INT64_C(2000000));
		logger_lines_tell(true);
		waits = logger_out_flush(&logger_err) +
		    logger_out_flush(&logger_file);
		while (read_some(&err) || (has_file && read_some(&file)))
			;
		waits += logger_err.dropped > 0 || logger_file.dropped > 0;
	}
	must(err.n == 0 && logger_err.n == 0 && logger_file.n == 0);
	must(!has_file || file.n == 0);
	close(logger_err.fd);
	close(err.fd);
	if (has_file) {
		close(logger_file.fd);
		close(file.fd);
	}
}

/* Returns how much of the input it took. */
static size_t
step(const uint8_t *data, size_t size)
{
	int whom = data[0] >> 3 & 3;
	size_t n = size > 2 ? data[1] : 0;

	switch (data[0] & 7) {
	case 0:
		turn();
		return 1;
	case 1:
		read_some(whom & 1 ? &file : &err);
		return 1;
	case 2:
		close(speakers[whom]);
		open_channel(whom);
		return 1;
	case 3:
		still_pass(INT64_C(1000000));
		return 1;
	default:
		n = n < size - 2 ? n : size - 2;
		for (int i = 0; size > 2 && i <= data[0] >> 5 << 3; i++)
			send(speakers[whom], data + 2, n,
			    MSG_DONTWAIT | MSG_NOSIGNAL);
		return size > 2 ? n + 2 : size;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool has_file = size > 0 && (data[0] & 1) != 0;
	size_t took = 1;

	if (size == 0 || size > INPUT_MAX)
		return 0;
	begin(has_file);
	file.fd = has_file ? file.fd : -1;
	for (; took < size; took += step(data + took, size - took))
		;
	finish(has_file);
	return 0;
}
