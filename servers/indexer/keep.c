/*
 * keep.c - how many messages are kept, and for how long.
 */
#include "indexer/keep.h"

#include <errno.h>
#include <string.h>

#include "bytes/num.h"
#include "system/clock.h"
#include "system/log.h"

#define AT_ONCE  100
#define LATER_MS 60000 /* at most, for the wall clock may be set */

int
keep_age(const char *text, int64_t *seconds)
{
	static const struct {
		char unit;
		int64_t s;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 },
		{ 'w', 604800 } };
	struct slice number = slice_of(text);
	int64_t factor = 1;
	uint64_t n;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (number.n == 0 || number.p[number.n - 1] != units[i].unit)
			continue;
		factor = units[i].s;
		number.n--;
		break;
	}
	if (num_within(number, 1, 1000000000, &n) != NUM_OK)
		return -1;
	*seconds = (int64_t)n * factor;
	return 0;
}

static bool
is_too_much(const struct indexer_options *o, int64_t total)
{
	return o->max_messages > 0 && total > (int64_t)o->max_messages;
}

/* When the message is too old: in microseconds from now. */
static int64_t
time_left(const struct indexer_options *o, int64_t created)
{
	if (o->max_age_s == 0)
		return CLOCK_NEVER;
	return created + o->max_age_s * 1000000 - clock_wall_us();
}

/* 1 when it is gone, by us or before. */
static int
drop(struct indexer *ix, struct maildir_file *f, int64_t n)
{
	static bool said;
	int status;

	if (maildir_remove(ix->m, f) < 0 && errno != ENOENT) {
		if (!said)
			log_error("%s cannot be deleted: %s", f->name,
			    strerror(errno));
		said = true;
		return 0;
	}
	said = false;
	status = index_remove(ix->w, n);
	return status < 0 ? status : 1;
}

static int
drop_some(struct indexer *ix, int64_t *again_ms)
{
	struct maildir_file f;
	int64_t n, created, total, left;
	int status = 1;

	for (int i = 0; i < AT_ONCE && status == 1; i++) {
		status = index_oldest(ix->w, &f, &n, &created, &total);
		if (status != 1)
			break;
		left = time_left(ix->o, created);
		if (left > 0 && !is_too_much(ix->o, total)) {
			*again_ms =
			    left == CLOCK_NEVER ? CLOCK_NEVER : left / 1000 + 1;
			return 0;
		}
		status = drop(ix, &f, n);
	}
	*again_ms = status == 1 ? 0 : LATER_MS;
	return status < 0 ? status : 0;
}

int
keep(struct indexer *ix, int64_t *again_ms)
{
	int status;

	*again_ms = CLOCK_NEVER;
	if (ix->o->max_messages == 0 && ix->o->max_age_s == 0)
		return 0;
	status = index_begin(ix->w);
	if (status == 0)
		status = drop_some(ix, again_ms);
	if (status == 0)
		status = index_commit(ix->w);
	if (*again_ms > LATER_MS && ix->o->max_age_s > 0)
		*again_ms = LATER_MS;
	return status;
}
