/*
 * logger_out.c - one of the logger's outputs.
 */
#include "child/logger_out.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "grammar/log_line.h"

/* The same pipe or terminal, opened for ourselves. */
static int
open_anew(int fd)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

void
logger_out_open(struct logger_out *o, int fd)
{
	struct stat st;
	int own = -1;

	o->fd = fd;
	o->kind = OUT_NONE;
	if (fd < 0 || fstat(fd, &st) < 0)
		return;
	if (S_ISSOCK(st.st_mode)) {
		o->kind = OUT_SOCKET;
		return;
	}
	if (!S_ISFIFO(st.st_mode) && !S_ISCHR(st.st_mode)) {
		o->kind = OUT_FILE;
		return;
	}
	own = open_anew(fd);
	o->kind = own < 0 ? OUT_SHARED : OUT_PIPE;
	if (own >= 0) {
		dup3(own, fd, O_CLOEXEC);
		close(own);
	}
}

void
logger_out_drop(struct logger_out *o)
{
	o->dropped++;
	o->error = 0;
}

void
logger_out_add(struct logger_out *o, struct slice line)
{
	if (o->kind == OUT_NONE)
		return;
	if (line.n > sizeof(o->wait) - o->n)
		logger_out_flush(o);
	if (line.n > sizeof(o->wait) - o->n) {
		logger_out_drop(o);
		return;
	}
	memcpy(o->wait + o->n, line.p, line.n);
	o->n += line.n;
}

/* How much to write at once: whole lines, as many as a pipe takes as one. */
static size_t
piece(const struct logger_out *o)
{
	const char *end;

	if (o->kind == OUT_FILE || o->n <= LOG_LINE_MAX)
		return o->n;
	end = memrchr(o->wait, '\n', LOG_LINE_MAX);
	return end == NULL ? LOG_LINE_MAX : (size_t)(end + 1 - o->wait);
}

static ssize_t
put(const struct logger_out *o, const char *p, size_t n)
{
	struct pollfd room = { .fd = o->fd, .events = POLLOUT };

	if (o->kind == OUT_SOCKET)
		return send(o->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (o->kind == OUT_SHARED && poll(&room, 1, 0) == 0) {
		errno = EAGAIN;
		return -1;
	}
	return write(o->fd, p, n);
}

static void
eat(struct logger_out *o, size_t n)
{
	memmove(o->wait, o->wait + n, o->n - n);
	o->n -= n;
}

static size_t
lines(const char *p, size_t n)
{
	size_t count = 0;

	for (const char *end = p + n; p < end; p++)
		count += *p == '\n';
	return count;
}

/* A piece cannot be written, and never will. */
static void
give_up(struct logger_out *o, size_t n)
{
	o->error = errno;
	o->dropped += lines(o->wait, n);
	o->torn = o->torn || o->midline;
	o->midline = false;
	eat(o, n);
}

bool
logger_out_flush(struct logger_out *o)
{
	while (o->n > 0) {
		size_t n = piece(o);
		ssize_t done;

		if (o->torn && put(o, "\n", 1) == 1)
			o->torn = false;
		done = put(o, o->wait, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0 && errno == EAGAIN)
			return true;
		if (done < 0) {
			give_up(o, n);
			continue;
		}
		o->midline = done > 0 && o->wait[done - 1] != '\n';
		eat(o, (size_t)done);
	}
	return false;
}
