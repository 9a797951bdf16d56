/*
 * sandbox.c - what does each part of the sandbox cost a child?
 *
 * usage: sandbox [ROUNDS]
 *
 * Forks children that enter one part each and leave, in an order drawn anew
 * for each round, and prints the median of what a child used: its whole CPU
 * time, its end included, and the time until it was gone.  "a zygote" is a
 * process that has entered all but Landlock beforehand and forks our children
 * for us, so that they inherit what they would otherwise load.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/sandbox.h"
#include "sandbox/landlock.h"
#include "sandbox/plan.h"
#include "service/service.h"
#include "system/clock.h"
#include "system/fdpass.h"
#include "system/log.h"

enum part {
	PART_NOTHING,
	PART_USER,
	PART_PRCTL,
	PART_LIMITS,
	PART_LANDLOCK,
	PART_SECCOMP,
	PART_ALL,
	PART_ZYGOTE,
	PARTS
};

static const char *const names[PARTS] = { "fork and exit", "+ user", "+ prctl",
	"+ limits", "+ landlock", "+ seccomp", "+ all of it", "from a zygote" };

static const struct sandbox_plan *plan;
static int zygote;

static void
enter(enum part part)
{
	int done = 0;

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	switch (part) {
	case PART_USER:
		done = privdrop_become(&plan->user);
		break;
	case PART_PRCTL:
		done = prctl(PR_SET_PDEATHSIG, SIGKILL) |
		    prctl(PR_SET_DUMPABLE, 0);
		break;
	case PART_LIMITS:
		done = sandbox_limit(plan);
		break;
	case PART_LANDLOCK:
		done = plan->abi > 0 ? landlock_enter(plan->ruleset[0]) : 0;
		break;
	case PART_SECCOMP:
		done = plan->seccomp ?
		    seccomp_filter_load(&plan->filters.child) :
		    0;
		break;
	case PART_ALL:
		done =
		    sandbox_enter(plan, getppid()) | sandbox_enter_for(plan, 0);
		break;
	default:
		break;
	}
	_exit(done == 0 ? 0 : 1);
}

/*
 * Fork for each byte that comes, and say who it is.
 */
static _Noreturn void
be_zygote(int control)
{
	pid_t pid;
	char order;
	int none;

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (privdrop_become(&plan->user) < 0 ||
	    seccomp_filter_load(&plan->filters.zygote) < 0)
		die(EXIT_OSERR, "zygote: %s", strerror(errno));
	while (fdpass_receive(control, &order, 1, &none) == 1) {
		pid = (pid_t)syscall(SYS_clone, SANDBOX_FORK_FLAGS, 0, 0, 0, 0);
		if (pid == 0) {
			int done = prctl(PR_SET_PDEATHSIG, SIGKILL);

			if (plan->abi > 0)
				done |= landlock_enter(plan->ruleset[0]);
			done |= sandbox_limit(plan);
			_exit(done == 0 ? 0 : 1);
		}
		if (fdpass_send(control, &pid, sizeof pid, -1) < 0)
			break;
	}
	_exit(0);
}

static pid_t
bear(enum part part)
{
	pid_t pid;
	char order = 0;
	int none;

	if (part != PART_ZYGOTE) {
		pid = fork();
		if (pid == 0)
			enter(part);
		return pid;
	}
	if (fdpass_send(zygote, &order, 1, -1) < 0 ||
	    fdpass_receive(zygote, &pid, sizeof pid, &none) != 1)
		return -1;
	return pid;
}

static long
us(struct timeval t)
{
	return (long)t.tv_sec * 1000000 + t.tv_usec;
}

static void
measure(enum part part, long *cpu, long *wall)
{
	struct rusage used;
	int64_t begun = clock_us();
	int status;
	pid_t pid = bear(part);

	if (pid < 0 || wait4(pid, &status, 0, &used) != pid)
		die(EXIT_OSERR, "%s: %s", names[part], strerror(errno));
	if (status != 0)
		die(EXIT_OSERR, "%s: ended with %d", names[part], status);
	*wall = (long)(clock_us() - begun);
	*cpu = us(used.ru_utime) + us(used.ru_stime);
}

static int
by_size(const void *a, const void *b)
{
	const long *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
shuffle(enum part order[PARTS])
{
	for (unsigned i = PARTS - 1; i > 0; i--) {
		unsigned k = (unsigned)random() % (i + 1);
		enum part p = order[i];

		order[i] = order[k];
		order[k] = p;
	}
}

static void
make_plan(void)
{
	static struct service site = { .path_count = 1,
		.paths = { { "/usr/share", SANDBOX_READ, 0 } } };
	static struct service *const services[] = { &site };
	struct sandbox_wish wish = { .services = services, .service_count = 1 };
	const char *why;

	plan = sandbox_plan_new(&wish, &why);
	if (plan == NULL)
		die(EXIT_OSERR, "%s", why);
	printf("%s; a filter of %d instructions\n", sandbox_summary(plan),
	    plan->filters.child.length);
}

int
main(int argc, char **argv)
{
	size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000;
	long *cpu = calloc(rounds * PARTS, sizeof *cpu);
	long *wall = calloc(rounds * PARTS, sizeof *wall);
	enum part order[PARTS];
	int ends[2];

	log_init("sandbox", SAY_INFO);
	if (cpu == NULL || wall == NULL || rounds == 0)
		die(EXIT_OSERR, "no memory, or no rounds");
	make_plan();
	fflush(stdout);
	if (fdpass_pair(ends) < 0)
		die(EXIT_OSERR, "socketpair: %s", strerror(errno));
	if (fork() == 0) {
		close(ends[0]); /* or it would never see our end */
		be_zygote(ends[1]);
	}
	close(ends[1]);
	zygote = ends[0];
	for (unsigned i = 0; i < PARTS; i++)
		order[i] = (enum part)i;
	for (size_t r = 0; r < rounds; r++) {
		shuffle(order);
		for (unsigned i = 0; i < PARTS; i++)
			measure(order[i], &cpu[order[i] * rounds + r],
			    &wall[order[i] * rounds + r]);
	}
	printf("%-16s %10s %10s\n", "median", "CPU us", "wall us");
	for (unsigned i = 0; i < PARTS; i++) {
		qsort(&cpu[i * rounds], rounds, sizeof *cpu, by_size);
		qsort(&wall[i * rounds], rounds, sizeof *wall, by_size);
		printf("%-16s %10ld %10ld\n", names[i],
		    cpu[i * rounds + rounds / 2],
		    wall[i * rounds + rounds / 2]);
	}
	free(cpu);
	free(wall);
	close(zygote);
	return 0;
}
