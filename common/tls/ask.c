/*
 * ask.c - ask the key keeper.
 */
#include "tls/ask.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "system/clock.h"

/* A keeper that is being started anew gets its questions a little later. */
#define ANSWER_MS 10000

static int line = -1;

void
tls_ask_line(int fd)
{
	line = fd;
}

static int
hear(struct keeper_answer *answer)
{
	int64_t until = clock_ms() + ANSWER_MS;

	for (;;) {
		struct pollfd p = { .fd = line, .events = POLLIN };
		ssize_t got = recv(line, answer, sizeof(*answer), MSG_DONTWAIT);
		int left = clock_left_ms(until);

		if (got >= 0)
			return got == (ssize_t)sizeof(*answer) ? 0 : -1;
		if ((errno != EAGAIN && errno != EINTR) || left == 0)
			return -1;
		if (poll(&p, 1, left) < 0 && errno != EINTR)
			return -1;
	}
}

bool
tls_ask_tell(const struct keeper_ask *ask)
{
	return line >= 0 && send(line, ask, sizeof(*ask), MSG_NOSIGNAL) > 0;
}

ssize_t
tls_ask(const struct keeper_ask *ask, uint8_t data[KEEPER_DATA])
{
	struct keeper_answer answer;

	if (!tls_ask_tell(ask) || hear(&answer) < 0 || answer.n == 0 ||
	    answer.n > KEEPER_DATA)
		return -1;
	memcpy(data, answer.data, answer.n);
	return answer.n;
}
