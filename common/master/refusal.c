/*
 * refusal.c - clients whom the master itself turns away.
 */
#include "master/refusal.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "system/clock.h"

#define DROP_AT_ONCE \
	(1 << 20)    /* bytes, more than a receive buffer starts with */
#define DROP_TIMES 8 /* a client that sends on is not waited for */

/* A ring in order of age: all stay equally long, so the first is the next to
 * go.  Entries in the middle may be gone already (fd -1). */
struct refusal {
	int epoll;
	uint64_t (*tag_of)(uint32_t);
	uint32_t first, n;
	struct {
		int fd;
		int64_t until;
	} at[REFUSAL_MAX];
};

struct refusal *
refusal_new(int epoll, uint64_t (*tag_of)(uint32_t))
{
	struct refusal *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->epoll = epoll;
	f->tag_of = tag_of;
	for (uint32_t i = 0; i < REFUSAL_MAX; i++)
		f->at[i].fd = -1;
	return f;
}

/*
 * Close without a reset: bytes that came and are unread would make one.  With
 * MSG_TRUNC TCP drops them in the kernel, so they never reach the master.
 */
static void
close_politely(int fd)
{
	for (int i = 0; i < DROP_TIMES; i++)
		if (recv(fd, NULL, DROP_AT_ONCE, MSG_TRUNC | MSG_DONTWAIT) <= 0)
			break;
	close(fd);
}

void
refusal_done(struct refusal *f, uint32_t entry)
{
	if (f->at[entry].fd >= 0)
		close_politely(f->at[entry].fd);
	f->at[entry].fd = -1;
}

static void
drop_first(struct refusal *f)
{
	refusal_done(f, f->first);
	f->first = (f->first + 1) % REFUSAL_MAX;
	f->n--;
}

void
refusal_say(struct refusal *f, int fd, struct slice words)
{
	uint32_t entry;
	struct epoll_event ev = { .events = EPOLLRDHUP };

	if ((words.n > 0 &&
		send(fd, words.p, words.n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) ||
	    shutdown(fd, SHUT_WR) < 0) {
		close(fd);
		return;
	}
	if (f->n == REFUSAL_MAX)
		drop_first(f);
	entry = (f->first + f->n++) % REFUSAL_MAX;
	f->at[entry].fd = fd;
	f->at[entry].until = clock_ms() + REFUSAL_MS;
	ev.data.u64 = f->tag_of(entry);
	if (epoll_ctl(f->epoll, EPOLL_CTL_ADD, fd, &ev) < 0)
		refusal_done(f, entry);
}

int64_t
refusal_expire(struct refusal *f)
{
	while (f->n > 0) {
		bool gone = f->at[f->first].fd < 0;

		if (!gone && clock_left_ms(f->at[f->first].until) > 0)
			return f->at[f->first].until;
		drop_first(f);
	}
	return CLOCK_NEVER;
}
