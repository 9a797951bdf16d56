/*
 * helpers.h - the master's helper processes: those that hold no connection.
 *
 * One table (helpers_table.c) says of each how it starts, what its end means
 * and what becomes of it when the master drains or execs itself.  Whoever ends
 * is looked up here first.  What is the same for all stands here: they are
 * started when their time has come, while the master is open; one that is
 * overdue is killed; at a stop all are.  Used only inside the master.
 */
#ifndef HELPERS_H
#define HELPERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "service/helper.h"

#define HELPERS_MAX      24 /* rows, those of the program's own included */
#define HELPERS_NAME_MAX 32 /* bytes that a reload hands on of a name */

struct master;
struct helper;

/* What is known of a helper before it runs.  Functions may be NULL: then
 * nothing is done. */
struct helper_row {
	const char *name; /* in the log */
	/* Sets pid, or start_at for another try. */
	void (*start)(struct master *, struct helper *);
	/* It has ended and was reaped; pid is 0 again. */
	void (*ended)(struct master *, struct helper *, int status);
	/* It runs, and the master drains; it is about to exec itself. */
	void (*drain)(struct master *, struct helper *);
	void (*reload)(struct master *, struct helper *);
	/* After a reload the new one waits for the end of the old one. */
	bool in_turn;
	/* It is needed to the very end: a stop does not kill it, and while
	 * the master drains another one is started. */
	bool lasts;
};

struct helper {
	const struct helper_row *row;
	const struct helper_offer *offer; /* of the program, or NULL */
	pid_t pid;                        /* 0: it does not run */
	int log;          /* of its channel, the logger's end, or -1 */
	int64_t start_at; /* CLOCK_NEVER: it is not to be started */
	int64_t kill_at;  /* CLOCK_NEVER: it may take its time */
	bool killed;      /* for that reason */
	bool leaving;     /* an earlier image started it and told it to end */
	int64_t since_ms; /* when it was started */
	int64_t pause_ms; /* before the next start, if it ends soon */
};

/*
 * Add a row.  It is started at once if it can be.  Returns NULL when the table
 * is full.
 */
struct helper *helpers_add(
    struct master *, const struct helper_row *, const struct helper_offer *);

/*
 * Start whose time has come, kill who is overdue.  Returns when to call again.
 */
int64_t helpers_due(struct master *);

/*
 * Is this process a helper?  A process has ended: if it was one, do what its
 * row says and return true.
 */
bool helpers_know(const struct master *, pid_t);
bool helpers_ended(struct master *, pid_t, int status);

/*
 * The master drains; it stops; it is about to exec itself.
 */
void helpers_drain(struct master *);
void helpers_stop(struct master *);
void helpers_reload(struct master *);

/*
 * As the log calls it: its offer's name, or its row's.
 */
const char *helpers_name(const struct helper *);

/*
 * An earlier image has left this one at work; log is the logger's end of its
 * channel, or -1.
 */
void helpers_adopt(struct master *, const char *name, pid_t, int log);

/*
 * Start another one in its place; this one is told to end, as at a drain.
 */
void helpers_renew(struct master *, struct helper *);

/*
 * For rows: end it now; its end follows.
 */
void helpers_kill(struct master *, struct helper *);

/*
 * helpers_table.c: the rows of a master, and those that its program wants.
 */
void helpers_make(struct master *);

/*
 * helper_program.c: a helper that is a program of its own: its user is that of
 * children, it dies with the master, and has none of its descriptors.
 */
void helper_program_start(struct master *, struct helper *);
void helper_program_ended(struct master *, struct helper *, int status);
void helper_program_tell(struct master *, struct helper *);

/*
 * A channel to the logger for a helper that is about to be forked: the end
 * that is to be its standard error, which the caller closes, or -1.
 */
int helpers_channel(struct master *, struct helper *);

#endif
