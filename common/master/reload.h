/*
 * reload.h - the words by which an image of ours knows why it was exec'd.
 */
#ifndef RELOAD_H
#define RELOAD_H

/* Try the options, open what they name, and exit 0 without serving. */
#define RELOAD_TRY_ENV "BERTH_TRY"

/* The listeners are those of our earlier image, and we take its place.  The
 * value is the number of the descriptor of its reload state (reload_state.h); the next one
 * is the tally's (scoreboard.h). */
#define RELOAD_ENV "BERTH_ESTATE"
#define RELOAD_FDS 2

#endif
