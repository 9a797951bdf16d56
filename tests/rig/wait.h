/*
 * wait.h - how long is too long, and what to say then.
 */
#ifndef RIG_WAIT_H
#define RIG_WAIT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whatever a test waits for comes within this time or never.  Generous, for
 * machines under load; a passing test never waits for it.  The environment
 * variable RIG_PATIENCE_MS overrides it (valgrind, asan).
 */
#define RIG_PATIENCE_MS 15000
int64_t rig_patience_ms(void);

/*
 * A limit on how long something may take at most, of ms where the patience is
 * as above: longer by as much as it is.
 */
int64_t rig_slower_ms(int64_t ms);

/*
 * The deadline (clock_ms) of a wait that begins now.
 */
int64_t rig_deadline(void);

/*
 * Ask holds(arg) every 2 ms until it is true or time is up: the patience
 * above, or ms.  Return whether it came true; false has been explained with
 * what, except by rig_within, which may be meant to fail.
 */
bool rig_until(const char *what, bool (*holds)(void *), void *arg);
bool rig_within(int64_t ms, bool (*holds)(void *), void *arg);

/*
 * Let time pass, for a client that is meant to be slow.  Never a substitute
 * for waiting until something holds.
 */
void rig_pause_ms(int64_t ms);

/*
 * Say on standard error what did not hold, with the last lines that the
 * programs started have said.  rig_fail returns false; rig_die ends the test.
 */
bool rig_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void rig_die(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

#endif
