/*
 * refusal_tally.h - which refusals are told, and when.
 *
 * A flood of clients must not become a flood of lines.  The first refusal of a
 * kind is told at once; those of the next REFUSAL_TALLY_MS are counted, and
 * told together.  Knows no sockets and writes nothing; called by overload.c.
 */
#ifndef REFUSAL_TALLY_H
#define REFUSAL_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "system/addr.h"

#define REFUSAL_TALLY_MS 10000

enum refusal_kind {
	REFUSED_PER_CLIENT, /* this source has its share already */
	REFUSED_PENALISED,  /* this source has behaved badly of late */
	REFUSED_BY_LOT,     /* the server is nearly full */
	REFUSED_FULL,       /* all processes are busy */
	REFUSED_NO_PROCESS, /* none can be made, for other reasons */
	REFUSED_KINDS
};

struct refusal_tally {
	struct refusal_count {
		int64_t until;    /* clock_ms(); 0: nobody was refused */
		uint64_t more;    /* since it was told */
		struct addr last; /* of these */
	} of[REFUSED_KINDS];
};

/*
 * One more.  Returns whether it is to be told now.
 */
bool refusal_tally_add(struct refusal_tally *, enum refusal_kind,
    const struct addr *, int64_t now);

/*
 * Is there a count of this kind to be told now?  Then *said is what it was,
 * and counting begins again.
 */
bool refusal_tally_due(struct refusal_tally *, enum refusal_kind, int64_t now,
    struct refusal_count *said);

/*
 * When to ask next (clock_ms()), or CLOCK_NEVER.
 */
int64_t refusal_tally_next(const struct refusal_tally *);

/*
 * Why, in words for the log.
 */
const char *refusal_tally_word(enum refusal_kind);

#endif
