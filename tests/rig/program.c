/*
 * program.c - the life of a program, from its first ready line to its end.
 */
#include "rig/program.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "rig/inside.h"
#include "rig/look.h"
#include "rig/place.h"
#include "rig/wait.h"

#define NAMED_MS 5000 /* there are servers that can have no logger */

struct rig *rig_all;

#ifdef BERTH_ASAN
/*
 * When the test ends: has a sanitizer found something in any program?  The
 * child of a server that it ends so costs a connection, which a test may not
 * miss.  tests/run looks for these words.
 */
__attribute__((destructor)) static void
pass_on_reports(void)
{
	for (struct rig *r = rig_all; r != NULL; r = r->next)
		if (strstr(rig_err(r), "ERROR: AddressSanitizer") != NULL ||
		    strstr(rig_err(r), ": runtime error: ") != NULL)
			fprintf(stderr, "rig: a sanitizer has spoken: %s\n",
			    rig_err(r));
}
#endif

pid_t
rig_pid(const struct rig *r)
{
	return r->pid;
}

/*
 * Once the program has ended and left nobody behind, its guard may go; until
 * then the number of its group cannot have been given to others.
 */
static void
note_end(struct rig *r, int status)
{
	r->ended = true;
	r->status =
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	if (kill(-r->pid, 0) != 0 && errno == ESRCH) {
		rig_guard_leave(r->hold, r->guard);
		r->hold = -1;
	}
}

bool
rig_ended(struct rig *r)
{
	int status;

	if (!r->ended && waitpid(r->pid, &status, WNOHANG) == r->pid)
		note_end(r, status);
	return r->ended;
}

static bool
has_ended(void *r)
{
	return rig_ended(r);
}

int
rig_wait_ms(struct rig *r, int64_t ms)
{
	return rig_within(ms, has_ended, r) ? r->status : -1;
}

int
rig_wait(struct rig *r)
{
	int status = rig_wait_ms(r, rig_patience_ms());

	if (status < 0)
		rig_fail("%s does not end", r->name);
	return status;
}

void
rig_signal(struct rig *r, int signal)
{
	if (!rig_ended(r))
		kill(r->pid, signal);
}

int
rig_stop(struct rig *r)
{
	rig_signal(r, SIGTERM);
	return rig_wait(r);
}

int
rig_kill(struct rig *r)
{
	rig_signal(r, SIGKILL);
	return rig_wait(r);
}

void
rig_kill_all(struct rig *r)
{
	if (r->hold >= 0)
		kill(-r->pid, SIGKILL);
	rig_wait(r);
}

/* By its name: that of a program of ours, or of the test that is a server. */
static bool
is_master_of_ours(pid_t pid)
{
	char name[32] = "", path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	f = fopen(path, "re");
	if (f == NULL)
		return false;
	if (fgets(name, sizeof(name), f) == NULL)
		name[0] = '\0';
	fclose(f);
	name[strcspn(name, "\n")] = '\0';
	return strncmp(name, "berth", 5) == 0 || strcmp(name, "exe") == 0 ||
	    strncmp(name, program_invocation_short_name, 15) == 0;
}

static bool
has_logger(void *arg)
{
	struct rig *r = arg;

	return rig_ended(r) || rig_logger(r->pid) != 0;
}

struct rig *
rig_start_how(const struct rig_how *how)
{
	struct rig *r = rig_spawn(how);

	rig_address(r, "");
	/* Its first process looks like a child until it has its name. */
	if (is_master_of_ours(r->pid))
		rig_within(NAMED_MS, has_logger, r);
	return r;
}

struct rig *
rig_start(const char *const argv[])
{
	return rig_start_how(&(struct rig_how){ .argv = argv });
}

struct rig *
rig_run_how(const struct rig_how *how)
{
	struct rig *r = rig_spawn(how);

	if (rig_wait(r) < 0)
		rig_die("%s was to end by itself", r->name);
	return r;
}

struct rig *
rig_run(const char *const argv[])
{
	return rig_run_how(&(struct rig_how){ .argv = argv });
}
