/*
 * permit.c - what a child may say and how it may end: two tables.
 */
#include "master/permit.h"

#include <stddef.h>

#define BIT(stage) (1U << (stage))
#define HAS_SERVED                                                     \
	(BIT(STAGE_READING) | BIT(STAGE_ASKING) | BIT(STAGE_SERVING) | \
	    BIT(STAGE_RESTING) | BIT(STAGE_LEAVING))

static const struct {
	char word;
	unsigned stages;
	bool not_last; /* only while there are more connections to come */
} words[] = {
	{ WORD_TAKEN, BIT(STAGE_READING), false },
	{ WORD_CLIENT, BIT(STAGE_ASKING), false },
	{ WORD_IDLE, BIT(STAGE_ASKING) | BIT(STAGE_SERVING), true },
};

static const struct {
	int code;
	unsigned stages;
} exits[] = {
	{ CONDUCT_FINE, BIT(STAGE_FRESH) | HAS_SERVED },
	{ CONDUCT_RUDE, HAS_SERVED },
	{ CONDUCT_SLOW, HAS_SERVED },
	{ CONDUCT_GONE, HAS_SERVED },
	{ CONDUCT_WRONG, HAS_SERVED },
	{ CONDUCT_STALE, HAS_SERVED },
	{ CONDUCT_RESTS, BIT(STAGE_SERVING) },
	/* Its first connection may have waited in its control socket. */
	{ CHILD_NOT_BORN,
	    BIT(STAGE_FRESH) | BIT(STAGE_READING) | BIT(STAGE_ASKING) |
		BIT(STAGE_SERVING) },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum child_stage
permit_stage(const struct child *c)
{
	if (c->state == CHILD_BUSY)
		return c->reading ? STAGE_READING :
		    c->unnamed    ? STAGE_ASKING :
				    STAGE_SERVING;
	if (c->served == 0)
		return STAGE_FRESH;
	return c->state == CHILD_IDLE ? STAGE_RESTING : STAGE_LEAVING;
}

const char *
permit_stage_word(enum child_stage stage)
{
	static const char *const text[] = {
		[STAGE_FRESH] = "before its first connection",
		[STAGE_READING] = "before its datagram is taken",
		[STAGE_ASKING] = "before its client is known",
		[STAGE_SERVING] = "while it serves",
		[STAGE_RESTING] = "between two connections",
		[STAGE_LEAVING] = "after it was let go",
	};

	return text[stage];
}

bool
permit_word(const struct child *c, char word, uint64_t reuse)
{
	bool is_last = reuse != 0 && c->served >= reuse;

	for (size_t i = 0; i < COUNT(words); i++)
		if (words[i].word == word)
			return (words[i].stages & BIT(permit_stage(c))) != 0 &&
			    !(words[i].not_last && is_last);
	return false;
}

bool
permit_exit(const struct child *c, int code)
{
	/* Only what we have kept, too, can be left to us. */
	if (code == CONDUCT_RESTS && c->conn < 0)
		return false;
	for (size_t i = 0; i < COUNT(exits); i++)
		if (exits[i].code == code)
			return (exits[i].stages & BIT(permit_stage(c))) != 0;
	return false;
}
