/*
 * restored.h - the server with planted faults (faulty.h), with children that
 * are put back after each of its clients: what tests of that have in common.
 */
#ifndef RIG_RESTORED_H
#define RIG_RESTORED_H

#include <stdbool.h>
#include <sys/types.h>

struct rig;

#define RESTORED_OPTIONS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define RESTORED              "--isolation", "restore", "--min-idle", "1", "--max-idle", "1"

/* Elsewhere a child is forked for each client, which other tests are about. */
#define ONLY_WHERE_RESTORED                            \
	do {                                           \
		if (!restored_is_possible())           \
			cr_skip("not to be had here"); \
	} while (0)

bool restored_is_possible(void);

/*
 * A client of its own says a line.  What it is answered, until the end.
 */
const char *restored_ask(struct rig *, const char *line);

/*
 * The process that serves, and then one that waits for its next client.
 */
pid_t restored_who(struct rig *);
pid_t restored_idle(struct rig *);

/*
 * A client of its own says a line, and answer becomes what it is answered, or
 * "" if it is not.  Returns the process that served it.
 */
pid_t restored_say(struct rig *, const char *line, char *answer, size_t);

#endif
