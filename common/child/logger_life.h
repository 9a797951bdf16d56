/*
 * logger_life.h - what the logger does all its life: read, make lines, write.
 * Called by logger.c alone, in the logger's own process.
 */
#ifndef LOGGER_LIFE_H
#define LOGGER_LIFE_H

#include "child/logger.h"

/* What the master says, with a descriptor. */
enum logger_word {
	LOGGER_CHANNEL, /* listen to this; it is named */
	LOGGER_FILE,    /* this is the access log now */
	LOGGER_LEAVE,   /* another logger comes */
};

struct logger_order {
	uint32_t word;
	char name[LOGGER_NAME_MAX]; /* "": the program's */
};

/*
 * Never returns.  control is its own end of that socket, log the access log or
 * -1; logger says which channels there are beside those of the start.
 */
_Noreturn void logger_live(
    const struct logger *, const struct logger_start *, int control, int log);

#endif
