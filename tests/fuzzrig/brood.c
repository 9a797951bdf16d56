/*
 * brood.c - children of a master that are no processes.
 */
#include "fuzzrig/brood.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzzrig/must.h"
#include "master/spawn.h"
#include "system/fdpass.h"

#define FIRST_PID 100000000 /* above any that there is */

static struct brood brood[BROOD_MAX], helper;
static struct {
	pid_t pid;
	int status;
	bool told;
} dead = { .told = true };

struct brood *
brood_at(unsigned i)
{
	return &brood[i];
}

struct brood *
brood_of(pid_t pid)
{
	for (unsigned i = 0; i < BROOD_MAX; i++)
		if (brood[i].pid == pid)
			return &brood[i];
	return NULL;
}

struct brood *
brood_helper(void)
{
	helper = (struct brood){ .pid = FIRST_PID };
	return &helper;
}

void
brood_ends(struct brood *b, int status)
{
	dead.pid = b->pid;
	dead.status = status;
	dead.told = false;
	close(b->end);
	b->pid = 0;
}

void
brood_ends_again(void)
{
	dead.told = false;
}

void
brood_end_all(void)
{
	for (unsigned i = 0; i < BROOD_MAX; i++)
		if (brood[i].pid != 0)
			brood_ends(&brood[i], 0);
	dead.told = true;
}

pid_t
spawn_child(const struct pool_birth *how, int *control, int *log)
{
	static pid_t last = FIRST_PID;
	struct brood *b = brood_of(0);
	int ends[2];

	(void)how;
	must(b != NULL && fdpass_pair(ends) == 0);
	*control = ends[0];
	*log = -1;
	*b = (struct brood){ .pid = ++last, .end = ends[1] };
	return last;
}

int
kill(pid_t pid, int sig)
{
	struct brood *b = pid == FIRST_PID ? &helper : brood_of(pid);

	must(pid >= FIRST_PID && b != NULL);
	b->killed = b->killed || sig == SIGKILL;
	return 0;
}

pid_t
waitpid(pid_t pid, int *status, int how)
{
	must(pid == -1 && how == WNOHANG);
	if (dead.told)
		return 0;
	dead.told = true;
	*status = dead.status;
	return dead.pid;
}
