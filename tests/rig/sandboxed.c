/*
 * sandboxed.c - starts a program again inside the sandbox.
 */
#include "rig/sandboxed.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/privdrop.h"
#include "sandbox/sandbox.h"
#include "sandbox/seccomp.h"
#include "system/addr.h"
#include "sandbox/landlock.h"
#include "service/service.h"
#include "system/fdpass.h"
#include "system/log.h"

#define WORD        "--attempt"
#define SANDBOXED_S 60 /* an attempt may last so long */
#define NOT_READY   254

/* How one comes into the sandbox. */
static const char *const births[] = { "forked", "born in a zygote" };

#ifdef __SANITIZE_ADDRESS__
#define SANDBOXED_ASAN 1
#else
#define SANDBOXED_ASAN 0
#endif

struct sandboxed sandboxed;

const char *
sandboxed_path(const char *name)
{
	static char text[4][256];
	static unsigned next;
	char *at = text[next++ % 4];

	snprintf(at, sizeof text[0], "%s/%s", sandboxed.place, name);
	return at;
}

int
sandboxed_errno(long result)
{
	return result < 0 ? errno : 0;
}

static void
not_ready(const char *what)
{
	fprintf(stderr, "sandboxed: %s: %s\n", what, strerror(errno));
	_exit(NOT_READY);
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
		_exit(NOT_READY);
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
		not_ready("enter");
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
			not_ready("zygote");
		pid = (pid_t)syscall(
		    SYS_clone, SANDBOX_FORK_FLAGS, NULL, NULL, NULL, 0);
		if (pid > 0)
			_exit(0);
	} else if (zygote) {
		sandboxed.zygote = pid;
	}
	if (pid < 0)
		not_ready("fork");
	if (pid > 0)
		return;
	alarm(SANDBOXED_S);
	enter(plan, a, zygote);
	_exit(a->make());
}

/* A datagram socket, to which two were sent. */
static int
open_udp(struct sockaddr_in at)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof at;

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) < 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) < 0)
		return -1;
	for (int i = 0; i < 2; i++)
		if (sendto(fd, "x", 1, 0, (struct sockaddr *)&at, len) != 1)
			return -1;
	return fd;
}

static void
open_things(void)
{
	static struct addr client;
	struct sockaddr_in any = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	sandboxed.log =
	    open(sandboxed_path("log"), O_WRONLY | O_APPEND | O_CLOEXEC);
	sandboxed.outside = open(sandboxed_path("outside"), O_PATH | O_CLOEXEC);
	sandboxed.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	client.in = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	client.len = sizeof client.in;
	sandboxed.client = &client;
	sandboxed.udp = open_udp(any);
	sandboxed.tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (sandboxed.log < 0 || sandboxed.outside < 0 || sandboxed.udp < 0 ||
	    sandboxed.tcp < 0 || fdpass_pair(sandboxed.pair) < 0 ||
	    bind(sandboxed.listener, (struct sockaddr *)&any, sizeof any) < 0 ||
	    listen(sandboxed.listener, 1) < 0)
		not_ready("open");
}

/*
 * A sibling in a sandbox of its own, and then ourselves.
 */
static void
attempt_inside(const struct attempt *a, bool zygote)
{
	struct sandbox_plan *plan = make_plan(a);

	open_things();
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

static void
put_file(const char *name, const char *text)
{
	int fd =
	    open(sandboxed_path(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		not_ready(name);
	close(fd);
}

static void
make_place(void)
{
	static const char *const directories[] = { "site", "outside", "mail",
		"mail/tmp", "mail/new", "mail/cur", "mail/.berth" };
	enum { MAIL = 2 }; /* from here on they are the child's */
	struct privdrop user;
	const char *why;

	snprintf(sandboxed.place, sizeof sandboxed.place,
	    "/tmp/berth-sandboxed-XXXXXX");
	if (mkdtemp(sandboxed.place) == NULL ||
	    chmod(sandboxed.place, 0755) < 0)
		not_ready(sandboxed.place);
	if (privdrop_find(&user, NULL, &why) < 0)
		not_ready(why);
	for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
		if (mkdir(sandboxed_path(directories[i]), 0755) < 0 ||
		    (i >= MAIL && user.drop &&
			chown(sandboxed_path(directories[i]), user.uid,
			    user.gid) < 0))
			not_ready(directories[i]);
	put_file("site/page", "a page");
	put_file("outside/secret", "a secret");
	put_file("log", "a line\n");
	put_file("mail/new/kept", "a mail");
	if (user.drop &&
	    chown(sandboxed_path("mail/new/kept"), user.uid, user.gid) < 0)
		not_ready("mail/new/kept");
	if (symlink("../outside/secret", sandboxed_path("site/out")) < 0)
		not_ready("site/out");
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	remove(path);
	return 0;
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
		not_ready(self);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			not_ready("waitpid");
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
		make_place();
		for (size_t i = 0; i < count; i++)
			wrong += try_one(&list[i], i, birth);
		nftw(sandboxed.place, remove_one, 8, FTW_DEPTH | FTW_PHYS);
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
			return NOT_READY;
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
