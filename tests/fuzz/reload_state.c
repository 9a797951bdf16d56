/*
 * reload_state.c - what one image of the master leaves to the next, with any
 * of its bytes changed, and cut or longer.
 *
 * The input is changes: a place (two bytes) and what stands there.  Before
 * them it says whom the earlier image has served and how.  Properties: what is
 * not of a known shape is refused and changes nothing; else each child that is
 * taken over is found, once, at a listener and of a service that there are;
 * no descriptor is taken that an earlier image cannot have passed on; and when
 * all of these children have ended nobody is counted any more.
 */
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzzrig/brood.h"
#include "fuzzrig/brood_master.h"
#include "fuzzrig/must.h"
#include "master/reload_state.h"
#include "system/clock.h"
#include "system/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define STATE_MAX 16384
#define HEAD      3 /* bytes of the input before the changes */

static struct master *m;

/* So many clients are served, and as many have misbehaved. */
static void
serve(unsigned count, unsigned rude)
{
	int fds[HAND_OVER_FDS] = { m->epoll };

	for (unsigned i = 0; i < count; i++) {
		struct hand_over with = { .type = SOCK_STREAM };
		struct child *c;

		with.peer = (struct addr){ .len = sizeof(with.peer.in),
			.in = {
			    .sin_family = AF_INET, .sin_addr = { 1 + i } } };
		if (!brood_master_admit(&with.peer))
			continue;
		c = pool_take(m->pool, 0);
		must(c != NULL);
		must(pool_hand(m->pool, c, &with, fds, 1000) == 0);
		if (i % 2 == 0)
			c->conn =
			    socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	}
	for (unsigned i = 0; i < rude; i++) {
		struct addr a = { .len = sizeof(a.in),
			.in = {
			    .sin_family = AF_INET, .sin_addr = { 100 + i } } };

		if (brood_master_admit(&a))
			admit_left(m->admit, &a, SEEN_RUDE, clock_ms());
	}
}

/* What is left, in memory.  Returns how many bytes. */
static size_t
leave(uint8_t state[STATE_MAX])
{
	int fd = reload_state_leave(m);
	ssize_t n;

	must(fd >= 0);
	n = pread(fd, state, STATE_MAX, 0);
	must(n > 0 && n + UINT8_MAX < STATE_MAX);
	close(fd);
	return (size_t)n;
}

static int
file_of(const uint8_t *state, size_t n)
{
	int fd = memfd_create("state", MFD_CLOEXEC);

	must(fd >= 0 && write(fd, state, n) == (ssize_t)n);
	return fd;
}

static void
forget_all(void)
{
	for (size_t i = 0; i < pool_size(m->pool); i++) {
		struct child *c = pool_child(m->pool, i);

		if (c->state == CHILD_NONE)
			continue;
		if (c->state == CHILD_BUSY && c->client.len > 0)
			admit_left(m->admit, &c->client, SEEN_FINE, clock_ms());
		pool_forget(m->pool, c);
	}
}

static void
check_children(void)
{
	for (size_t i = 0; i < pool_size(m->pool); i++) {
		struct child *c = pool_child(m->pool, i);

		if (c->state == CHILD_NONE)
			continue;
		must(c->state == CHILD_BUSY);
		must(pool_find(m->pool, c->pid) == c);
		must(c->listener < m->plan->listeners->n);
		must(c->service == m->plan->listeners->at[c->listener].offer);
		must(c->control < 0 && (c->log < 0 || c->log >= IMAGE_HIGH_FD));
		must(c->conn < 0 || c->conn >= IMAGE_HIGH_FD);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t state[STATE_MAX];
	size_t n;

	if (size < HEAD)
		return 0;
	m = brood_master_begin(true, false, 1);
	serve(data[0] % (BROOD_MAX + 1), data[1] % 8);
	n = leave(state);
	brood_end_all();
	forget_all();
	for (size_t i = HEAD; i + 2 < size; i += 3)
		state[(size_t)(data[i] << 8 | data[i + 1]) % n] = data[i + 2];
	n = data[2] < 128 ? n : data[2] < 192 ? n - data[2] % n : n + data[2];
	if (reload_state_take(m, file_of(state, n)) < 0)
		must(pool_busy(m->pool) == 0 && rest_count(m->rest) == 0);
	check_children();
	forget_all();
	brood_master_end();
	reload_state_take_back();
	close_range(IMAGE_HIGH_FD, ~0U, 0);
	return 0;
}
