/*
 * program.h - start one of our programs, hear what it says, end it.
 *
 * A struct rig lives until the test process ends; nothing needs to be freed
 * or stopped, though most tests want to see how a program stops.
 */
#ifndef RIG_PROGRAM_H
#define RIG_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct rig;

/* An argument vector: RIG("berth-upperd", "-l", "127.0.0.1:0"). */
#define RIG(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* How to start, where argv alone does not say it.  Zeros are the defaults. */
struct rig_how {
	const char *const *argv;
	const char *const *env; /* "NAME=VALUE" to set, "NAME" to remove;
				 * ended by NULL */
	const int *fds;         /* become 3, 4 ..., announced by LISTEN_FDS
				 * and LISTEN_PID; still open here after */
	size_t fd_count;        /* at most 16 */
	int in;                 /* becomes 0; 0 here means /dev/null */
	int err;                /* becomes 2; 0 here means that it is heard
				 * (rig_err) */
	const char *dir;        /* working directory, or NULL */
};

/*
 * Where a program is: in the directory $BERTH_BIN, or else in the nearest
 * directory "bin" beside or above the test binary, so that tests built under
 * build/asan find the programs built there.  A name with a slash is taken as
 * it is.  Returns a string good until the next call.
 */
const char *rig_path(const char *name);

/*
 * From now on they come from a copy in a directory that is open to nobody but
 * us, as a build below root's home is.
 */
void rig_close_programs(void);

/*
 * With BERTH_NO_SANDBOX in the environment (make check NO_SANDBOX=1) every server of
 * ours is started with --no-sandbox.  Not so in a test whose subject is the sandbox:
 * it begins with rig_needs_sandbox(), and its servers are sandboxed in both runs.
 * BERTH_NO_SANDBOX=cannot (valgrind) is a place where there is no sandbox at all: such
 * a test then fails.
 *
 * rig_no_sandbox is what a server that is started in a line of sh must be told:
 * "--no-sandbox" or "".
 */
void rig_needs_sandbox(void);
const char *rig_no_sandbox(void);

/*
 * Start a program in a process group of its own, with standard output and
 * error captured, signals at their defaults and no descriptor but those
 * given.  rig_spawn returns at once; rig_start, when the first ready line has
 * come (a program that ends before ends the test), and a server of ours has its
 * logger, so that this is not taken for a child; rig_run, when the program has
 * ended by itself.  They never return NULL.
 */
struct rig *rig_spawn(const struct rig_how *);
struct rig *rig_start(const char *const argv[]);
struct rig *rig_start_how(const struct rig_how *);
struct rig *rig_run(const char *const argv[]);
struct rig *rig_run_how(const struct rig_how *);

/*
 * Start a program as inetd does: fd becomes its descriptor 0 and is closed
 * here.  Talk to it over the other end; rig_pair (unix) and rig_tcp_pair in
 * wire.h make both.
 */
struct rig *rig_serve(const char *const argv[], int fd);

/*
 * The process that was started: the master.
 */
pid_t rig_pid(const struct rig *);

/*
 * The ADDRESS of the first ready line that begins so: "http", "upper udp:",
 * "greet [::1]".  Waits for it, ends the test if it does not come.  rig_port
 * gives its port.  The string stays good.
 */
const char *rig_address(struct rig *, const char *name);
unsigned rig_port(struct rig *, const char *name);

/*
 * Connect to that address (wire.h).  Ends the test if it is refused.
 */
int rig_open(struct rig *, const char *name);

/*
 * All it has said so far, on standard output and on standard error, with a
 * NUL behind; of the latter whole lines only, while it runs.  Good until asked
 * again.
 */
const char *rig_out(struct rig *);
const char *rig_err(struct rig *);
size_t rig_out_size(struct rig *);

/*
 * How often text occurs on its standard error; and wait until it does (at
 * least so often).
 */
size_t rig_count(struct rig *, const char *text);
bool rig_hear(struct rig *, const char *text);
bool rig_hear_times(struct rig *, const char *text, size_t times);

/*
 * Send a signal to the master alone.
 */
void rig_signal(struct rig *, int signal);

/*
 * Wait until the program ends.  Returns its exit status, or 128 + the number
 * of the signal that killed it, or -1 when it has not ended in time: in the
 * patience of wait.h, or in ms.  It then still runs.
 */
int rig_wait(struct rig *);
int rig_wait_ms(struct rig *, int64_t ms);

/*
 * Has it ended?
 */
bool rig_ended(struct rig *);

/*
 * rig_stop: SIGTERM and rig_wait.  rig_kill: SIGKILL to the master alone and
 * rig_wait.  rig_kill_all: SIGKILL to its whole process group.
 */
int rig_stop(struct rig *);
int rig_kill(struct rig *);
void rig_kill_all(struct rig *);

/*
 * For rig_fail: the last lines of every program on standard error.
 */
void rig_last_words(void);

#endif
