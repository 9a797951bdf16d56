/*
 * sandboxed.c - starts a program again inside the sandbox.
 */
#include "rig/sandboxed.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rig/sandboxed_inside.h"
#include "sandbox/sandbox.h"
#include "sandbox/seccomp.h"
#include "sandbox/landlock.h"
#include "service/service.h"
#include "system/log.h"

#define WORD        "--attempt"
#define SANDBOXED_S 60 /* an attempt may last so long */

/* How one comes into the sandbox. */
static const char *const births[] = { "forked", "born in a zygote" };

#ifdef __SANITIZE_ADDRESS__
#define SANDBOXED_ASAN 1
#else
#define SANDBOXED_ASAN 0
#endif

int
sandboxed_errno(long result)
{
	return result < 0 ? errno : 0;
}

/*
 * The plan of a program with a site, a mail store, an inbox, and a site where
 * files may be put.
 */
static struct sandbox_plan *
make_plan(const struct attempt *a)
{
	static struct service site = { .name = "site", .path_count = 1 };
	static struct service mail = { .name = "mail", .path_count = 1 };
	static struct service inbox = {
		.name = "inbox", .path_count = 3, .locks = true
	};
	static struct service uploads = { .name = "uploads", .path_count = 2 };
	static struct service *const services[] = { &site, &mail, &inbox,
		&uploads };
	static char paths[3][256];
	const char *why;
	struct sandbox_wish wish = { .services = services,
		.service_count = a->among ? 3 : (size_t)a->service + 1,
		.shared = a->shared,
		.datagrams = a->deaf,
		.cpu_s = 1 };
	struct sandbox_plan *plan;

	snprintf(paths[0], sizeof paths[0], "%s/site", sandboxed.place);
	snprintf(paths[1], sizeof paths[1], "%s/mail", sandboxed.place);
	site.paths[0] = (struct sandbox_path){ paths[0], SANDBOX_READ, 0 };
	mail.paths[0] = (struct sandbox_path){ paths[1], SANDBOX_WRITE, 0 };
	snprintf(paths[2], sizeof paths[2], "%s/mail/tmp", sandboxed.place);
	inbox.paths[0] = (struct sandbox_path){ paths[1], SANDBOX_WATCH, 0 };
	inbox.paths[1] = (struct sandbox_path){ paths[1], SANDBOX_MOVE, 0 };
	inbox.paths[2] = (struct sandbox_path){ paths[2], SANDBOX_WRITE, 0 };
	uploads.paths[0] = site.paths[0];
	uploads.paths[1] = mail.paths[0];
	plan = sandbox_plan_new(&wish, &why);
	if (plan == NULL) {
		fprintf(stderr, "sandboxed: no plan: %s\n", why);
		_exit(SANDBOXED_NOT_READY);
	}
	return plan;
}

static void
enter(const struct sandbox_plan *plan, const struct attempt *a, bool zygote)
{
	if ((zygote ? sandbox_enter_born(plan, sandboxed.parent) :
		      sandbox_enter(plan, sandboxed.parent)) < 0 ||
	    sandbox_enter_for(plan, (size_t)a->service) < 0 ||
	    (a->deaf &&
		sandbox_deafen(plan, &sandboxed.udp, &sandboxed.client) < 0))
		sandboxed_not_ready("enter");
}

/*
 * A process that enters and makes the attempt, forked by us or by a zygote.
 */
static void
bear(const struct sandbox_plan *plan, const struct attempt *a, bool zygote)
{
	pid_t pid = fork();

	if (pid == 0 && zygote) {
		if (sandbox_enter_zygote(plan, sandboxed.parent) < 0)
			sandboxed_not_ready("zygote");
		pid = (pid_t)syscall(
		    SYS_clone, SANDBOX_FORK_FLAGS, NULL, NULL, NULL, 0);
		if (pid > 0)
			_exit(0);
	} else if (zygote) {
		sandboxed.zygote = pid;
	}
	if (pid < 0)
		sandboxed_not_ready("fork");
	if (pid > 0)
		return;
	alarm(SANDBOXED_S);
	enter(plan, a, zygote);
	_exit(a->make());
}

/*
 * A sibling in a sandbox of its own, and then ourselves.
 */
static void
attempt_inside(const struct attempt *a, bool zygote)
{
	struct sandbox_plan *plan = make_plan(a);

	sandboxed_open();
	sandboxed.parent = getpid();
	sandboxed.sibling = fork();
	if (sandboxed.sibling == 0) {
		enter(plan, a, false);
		for (;;)
			poll(NULL, 0, -1);
	}
	bear(plan, a, zygote && sandbox_has_zygote(plan));
}

/*
 * Wait for the attempt; it is passed on as this process's own end.
 */
static int
pass_on(void)
{
	int status;
	pid_t pid;

	do {
		pid = wait(&status);
	} while (pid == sandboxed.sibling || pid == sandboxed.zygote ||
	    (pid < 0 && errno == EINTR));
	kill(sandboxed.sibling, SIGKILL);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

/*
 * How one attempt ends: 0, an errno, or -SIGNAL.
 */
static int
outcome(size_t index, size_t birth)
{
	char word[] = WORD, number[24], self[] = "/proc/self/exe";
	char way[] = { (char)('0' + birth), '\0' };
	char *argv[] = { self, word, number, sandboxed.place, way, NULL };
	char *no_env[] = { NULL }; /* Criterion's would start it as a test */
	int status, error;
	pid_t pid;

	snprintf(number, sizeof number, "%zu", index);
	error = posix_spawn(&pid, self, NULL, NULL, argv, no_env);
	if (error != 0) {
		errno = error;
		sandboxed_not_ready(self);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			sandboxed_not_ready("waitpid");
	if (WIFSIGNALED(status))
		return -WTERMSIG(status);
	status = WEXITSTATUS(status);
	return status > 128 && status < 128 + 64 ? -(status - 128) : status;
}

static bool
is_skipped(const struct attempt *a, size_t birth)
{
	return landlock_abi() < a->abi || (SANDBOXED_ASAN && a->not_asan) ||
	    (birth > 0 && a->once);
}

/*
 * Make one attempt and compare.  Returns 1 if it went another way.
 */
static int
try_one(const struct attempt *a, size_t index, size_t birth)
{
	int expect = birth > 0 && a->if_born != 0 ? a->if_born : a->expect;
	int came;

	if (is_skipped(a, birth))
		return 0;
	came = outcome(index, birth);
	if (came == expect)
		return 0;
	fprintf(stderr, "%s (%s): came to %d instead of %d\n", a->name,
	    births[birth], came, expect);
	return 1;
}

int
sandboxed_try(const struct attempt *list, size_t count)
{
	int wrong = 0;

	for (size_t birth = 0; birth < 2; birth++) {
		sandboxed_place();
		for (size_t i = 0; i < count; i++)
			wrong += try_one(&list[i], i, birth);
		sandboxed_remove();
	}
	return wrong;
}

int
sandboxed_main(int argc, char **argv, const struct attempt *list, size_t count)
{
	struct criterion_test_set *tests;
	int failed;

	log_init("sandboxed", SAY_INFO);
	if (argc == 5 && strcmp(argv[1], WORD) == 0) {
		size_t i = strtoul(argv[2], NULL, 10);

		snprintf(
		    sandboxed.place, sizeof sandboxed.place, "%s", argv[3]);
		if (i >= count)
			return SANDBOXED_NOT_READY;
		attempt_inside(&list[i], argv[4][0] == '1');
		return pass_on();
	}
	tests = criterion_initialize();
	failed = 0;
	if (criterion_handle_args(argc, argv, true))
		failed = !criterion_run_all_tests(tests);
	criterion_finalize(tests);
	return failed;
}
