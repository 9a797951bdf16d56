/*
 * load.c - many messages over parallel connections, and how long they took.
 *
 * Each connection is a process.  What it measures comes back through a pipe,
 * a record for each message; a record is small enough to be written whole.
 */
#include "smtp.h"
#include "dialogue.h"
#include "message.h"
#include "sending.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system/clock.h"
#include "system/io.h"
#include "system/log.h"

struct record {
	int64_t us; /* from MAIL to the verdict */
	int code;
};

static void
note(int to, int64_t began, int code)
{
	struct record r;

	memset(&r, 0, sizeof(r));
	r.us = clock_us() - began;
	r.code = code;
	if (io_write_all(to, &r, sizeof(r)) < 0)
		_exit(EXIT_OSERR);
}

/* One connection after the other, until its share is sent. */
static void
work(const struct options *o, const struct message *message, uint64_t share,
    int to)
{
	struct dialogue l = { .o = o };
	bool open = false;

	while (share > 0) {
		int64_t began = clock_us();
		int code = 0;

		if (!open) {
			code = dialogue_open(&l, o);
			if (code == 0)
				code = hello(&l);
			open = code == 0;
		}
		if (open && o->reconnect == false)
			began = clock_us();
		if (open)
			code = send_message(&l, message);
		note(to, began, code);
		share--;
		if (open && l.fault == 0 && !o->reconnect && !l.stopped)
			continue;
		dialogue_close(&l);
		open = false;
	}
	if (open)
		dialogue_close(&l);
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static double
at_part(const int64_t *us, size_t n, size_t percent)
{
	size_t i = (n - 1) * percent / 100;

	return (double)us[i] / 1000;
}

static void
report(int64_t *us, size_t n, size_t failed, int64_t took)
{
	double seconds = (double)(took > 0 ? took : 1) / 1e6;

	printf("%zu messages in %.3f s: %.1f messages/s, %zu failed\n", n,
	    seconds, (double)(n - failed) / seconds, failed);
	if (n == 0)
		return;
	qsort(us, n, sizeof(*us), compare);
	printf("latency ms: min %.3f, median %.3f, 90%% %.3f, 99%% %.3f, "
	       "max %.3f\n",
	    at_part(us, n, 0), at_part(us, n, 50), at_part(us, n, 90),
	    at_part(us, n, 99), at_part(us, n, 100));
}

/* Hear of every message until all connections are done. */
static int
gather(int from, uint64_t count, int64_t began)
{
	int64_t *us = calloc(count + 1, sizeof(*us));
	size_t n = 0, failed = 0;
	struct record r;
	int code = 0;

	if (us == NULL)
		die(EXIT_OSERR, "memory: %s", strerror(errno));
	while (n < count && io_read_all(from, &r, sizeof(r)) == sizeof(r)) {
		us[n++] = r.us;
		failed += r.code != 0;
		/* The first refusal decides. */
		if (code == 0)
			code = r.code;
	}
	report(us, n, failed, clock_us() - began);
	free(us);
	if (n < count)
		log_error("%zu messages were not tried", (size_t)count - n);
	return n < count && code == 0 ? EXIT_LATER : code;
}

int
load(const struct options *o, const struct message *message)
{
	int64_t began = clock_us();
	int ends[2], code;

	if (pipe(ends) < 0)
		die(EXIT_OSERR, "pipe: %s", strerror(errno));
	fflush(stdout);
	for (uint64_t i = 0; i < o->parallel; i++) {
		uint64_t share = o->count / o->parallel +
		    (i < o->count % o->parallel ? 1 : 0);
		pid_t pid = share == 0 ? -2 : fork();

		if (pid == -1)
			die(EXIT_OSERR, "fork: %s", strerror(errno));
		if (pid != 0)
			continue;
		close(ends[0]);
		work(o, message, share, ends[1]);
		fflush(stdout);
		_exit(0);
	}
	close(ends[1]);
	code = gather(ends[0], o->count, began);
	close(ends[0]);
	while (wait(NULL) > 0 || errno == EINTR)
		;
	return code;
}
