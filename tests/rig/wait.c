/*
 * wait.c - how long is too long, and what to say then.
 */
#include "rig/wait.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "rig/program.h"
#include "system/clock.h"

#define POLL_MS 2

int64_t
rig_patience_ms(void)
{
	const char *text = getenv("RIG_PATIENCE_MS");
	long ms = text != NULL ? strtol(text, NULL, 10) : 0;

	return ms > 0 ? ms : RIG_PATIENCE_MS;
}

int64_t
rig_slower_ms(int64_t ms)
{
	int64_t patience = rig_patience_ms();

	return patience <= RIG_PATIENCE_MS ? ms :
					     ms * patience / RIG_PATIENCE_MS;
}

int64_t
rig_deadline(void)
{
	return clock_ms() + rig_patience_ms();
}

void
rig_pause_ms(int64_t ms)
{
	struct timespec t = { .tv_sec = ms / 1000,
		.tv_nsec = (ms % 1000) * 1000000 };

	while (nanosleep(&t, &t) != 0 && errno == EINTR)
		;
}

bool
rig_within(int64_t ms, bool (*holds)(void *), void *arg)
{
	int64_t deadline = clock_ms() + ms;

	for (;;) {
		/* Looked at before: a late answer still counts. */
		int late = clock_ms() >= deadline;

		if (holds(arg))
			return true;
		if (late)
			return false;
		rig_pause_ms(POLL_MS);
	}
}

bool
rig_until(const char *what, bool (*holds)(void *), void *arg)
{
	if (rig_within(rig_patience_ms(), holds, arg))
		return true;
	return rig_fail("waited in vain until %s", what);
}

bool
rig_fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("rig: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	rig_last_words();
	return false;
}

_Noreturn void
rig_die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("rig: the test cannot go on: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	rig_last_words();
	abort();
}
