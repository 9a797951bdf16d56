/*
 * scoreboard.c - the scoreboard.
 */
#include "service/scoreboard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/io.h"
#include "system/image.h"
#include "system/pages.h"

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010 /* Linux 5.1 */
#endif

static struct tally nobodys;
static struct tally *tally = &nobodys;
static const struct scoreboard_head *seen;
static int master_fd = -1, tally_fd = -1;

static void *
map(int fd, size_t size, int rights)
{
	void *p = mmap(NULL, size, rights, MAP_SHARED, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Memory that has a descriptor. */
static int
make(const char *name, size_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -1;
	fd = io_move_high(fd);
	if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
		return -1;
	return fd;
}

struct scoreboard_head *
scoreboard_make(size_t slots)
{
	size_t all = sizeof(struct scoreboard_head) +
	    slots * sizeof(struct scoreboard_row);
	struct scoreboard_head *written;
	void *counters;

	master_fd = make("berth-scoreboard", all);
	if (tally_fd < 0)
		tally_fd = make("berth-tally", sizeof(*tally));
	if (master_fd < 0 || tally_fd < 0)
		return NULL;
	written = map(master_fd, all, PROT_READ | PROT_WRITE);
	counters = map(tally_fd, sizeof(*tally), PROT_READ | PROT_WRITE);
	if (written == NULL || counters == NULL)
		return NULL;
	/*
	 * The writable view does not survive fork, and no new one can be
	 * made: what a child has is the read-only view, for good.
	 */
	if (madvise(written, all, MADV_DONTFORK) < 0 ||
	    fcntl(master_fd, F_ADD_SEALS,
		F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE) < 0)
		return NULL;
	seen = map(master_fd, all, PROT_READ);
	if (seen == NULL)
		return NULL;
	tally = counters;
	for (size_t i = 0; i < TALLY_TOLD; i++)
		tally->told[i] = nobodys.told[i];
	written->slots = slots;
	return written;
}

int
scoreboard_tally_fd(void)
{
	return tally_fd;
}

void
scoreboard_inherit_tally(int fd)
{
	struct stat st;

	/* One of another size belongs to another version. */
	if (fstat(fd, &st) == 0 && st.st_size == sizeof(*tally))
		tally_fd = io_move_high(fd);
	else
		close(fd);
}

void
scoreboard_inherit(void)
{
	struct stat st;
	void *p;

	if (fstat(IMAGE_SCOREBOARD_FD, &st) == 0 && st.st_size > 0)
		seen = map(IMAGE_SCOREBOARD_FD, (size_t)st.st_size, PROT_READ);
	p = map(IMAGE_TALLY_FD, sizeof(*tally), PROT_READ | PROT_WRITE);
	if (p != NULL)
		tally = p;
	close(IMAGE_SCOREBOARD_FD);
	close(IMAGE_TALLY_FD);
}

int
scoreboard_bequeath(void)
{
	if (dup2(master_fd, IMAGE_SCOREBOARD_FD) < 0 ||
	    dup2(tally_fd, IMAGE_TALLY_FD) < 0)
		return -1;
	return 0;
}

const struct scoreboard_head *
scoreboard_read(void)
{
	return seen;
}

struct tally *
scoreboard_tally(void)
{
	return tally;
}

static void
add(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

const uint32_t tally_bounds_us[TALLY_BUCKETS - 1] = { 500, 1000, 2500, 5000,
	10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 5000000,
	10000000 };

static void
add_time(struct tally_times *t, int64_t us)
{
	size_t i = 0;

	if (us < 0)
		us = 0;
	while (i < TALLY_BUCKETS - 1 && us > tally_bounds_us[i])
		i++;
	add(&t->bucket[i], 1);
	add(&t->us, (uint64_t)us);
}

struct tally_sum
scoreboard_sum(void)
{
	struct tally_sum sum = { 0 };

	for (size_t i = 0; i < SERVICE_MAX; i++) {
		const struct tally_service *t = &tally->of[i];

		sum.requests += t->requests;
		sum.refused += t->refused;
		sum.received += t->received;
		sum.sent += t->sent;
	}
	return sum;
}

/* Of the connection that this process serves. */
static PAGES_TOGETHER struct {
	size_t service;
	uint64_t received, sent; /* counted already */
} now = { 0 };

static struct tally_service *
mine(void)
{
	return &tally->of[now.service];
}

void
scoreboard_begin(size_t service, int64_t waited_us)
{
	now.service = service < SERVICE_MAX ? service : 0;
	now.received = now.sent = 0;
	add_time(&mine()->waited, waited_us);
}

static void
add_bytes(uint64_t received, uint64_t sent)
{
	now.received += received;
	now.sent += sent;
	add(&mine()->received, received);
	add(&mine()->sent, sent);
}

void
scoreboard_end(uint64_t received, uint64_t sent)
{
	add_bytes(received - now.received, sent - now.sent);
}

void
scoreboard_count(
    bool refused, uint64_t received, uint64_t sent, int64_t took_us)
{
	add(&mine()->requests, 1);
	if (refused)
		add(&mine()->refused, 1);
	add_bytes(received, sent);
	add_time(&mine()->took, took_us);
}

void
scoreboard_count_mail(int code)
{
	enum tally_mail outcome = code < 400 ? MAIL_ACCEPTED :
	    code < 500                       ? MAIL_DEFERRED :
					       MAIL_REFUSED;

	add(&mine()->requests, 1);
	if (outcome != MAIL_ACCEPTED)
		add(&mine()->refused, 1);
	add(&mine()->mails[outcome], 1);
}

bool
scoreboard_tell(uint64_t what)
{
	for (size_t i = 0; i < TALLY_TOLD; i++) {
		uint64_t there = 0;

		if (atomic_compare_exchange_strong(
			&tally->told[(what + i) % TALLY_TOLD], &there, what))
			return true;
		if (there == what)
			return false;
	}
	/* No room: the one in its place is forgotten. */
	return atomic_exchange(&tally->told[what % TALLY_TOLD], what) != what;
}
