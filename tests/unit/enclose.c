/*
 * enclose.c - what the indexer can still do once it is in its sandbox, tried
 * from inside.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "indexer/confine.h"
#include "indexer/enclose.h"
#include "mail/index.h"
#include "rig/rig.h"
#include "sandbox/landlock.h"

#define OTHER 99 /* exit code: no errno says it */

static const char *place, *mail;
static int root;

static int
outcome(long result)
{
	return result < 0 ? errno : 0;
}

static int
try_open(const char *path, int flags)
{
	return outcome(open(path, flags | O_CLOEXEC, 0600));
}

static int
read_message(void)
{
	return outcome(openat(root, "new/kept", O_RDONLY));
}

static int
write_message(void)
{
	return outcome(openat(root, "new/kept", O_WRONLY));
}

static int
cut_message(void)
{
	return outcome(openat(root, "new/kept", O_RDONLY | O_TRUNC));
}

static int
remove_message(void)
{
	return outcome(unlinkat(root, "new/kept", 0));
}

static int
make_folder(void)
{
	return outcome(mkdirat(root, ".other", 0700));
}

static int
write_beside(void)
{
	return outcome(openat(root, "new/made", O_WRONLY | O_CREAT, 0600));
}

static int
write_index(void)
{
	int fd = openat(root, INDEX_FILE, O_RDWR | O_CREAT | O_EXCL, 0600);

	if (fd < 0 || write(fd, "index", 5) != 5 || ftruncate(fd, 1) < 0 ||
	    lseek(fd, 0, SEEK_END) != 1)
		return errno;
	return outcome(unlinkat(root, INDEX_FILE, 0));
}

static int
make_aside(void)
{
	return outcome(mkdirat(root, INDEX_SYNC, 0700));
}

static int
message_into_index(void)
{
	return outcome(renameat(root, "new/kept", root, INDEX_DIR "/kept"));
}

static int
watch(void)
{
	int fd = inotify_init1(IN_CLOEXEC);

	return outcome(inotify_add_watch(fd, rig_in(mail, "new"), IN_CREATE));
}

static int
read_outside(void)
{
	return try_open("/etc/passwd", O_RDONLY);
}

static int
read_neighbour(void)
{
	return try_open(rig_in(place, "secret"), O_RDONLY);
}

static int
write_neighbour(void)
{
	return try_open(rig_in(place, "made"), O_WRONLY | O_CREAT);
}

static int
run_program(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return errno;
}

static int
connect_out(void)
{
	return outcome(socket(AF_INET, SOCK_STREAM, 0));
}

static int
make_inet_pair(void)
{
	int pair[2];

	return outcome(socketpair(AF_INET, SOCK_STREAM, 0, pair));
}

static int
open_mode(void)
{
	return outcome(fchmodat(root, "new/kept", 0666, 0));
}

static int
signal_outside(void)
{
	return outcome(kill(getppid(), 0));
}

/* What a reader is: a process with less. */
static int
bear_reader(void)
{
	pid_t self = getpid(), pid = fork();
	int status;

	if (pid == 0)
		_exit(confine(self) < 0 ? errno : 0);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : OTHER;
}

enum { KILLED = -1 };

/* clang-format off */
static const struct {
	const char *what;
	int (*make)(void);
	int outcome;
	int abi; /* of Landlock that it needs */
} attempts[] = {
	{ "read a message", read_message, 0, 0 },
	{ "write a message", write_message, EACCES, 1 },
	{ "cut a message short", cut_message, EACCES, 3 },
	{ "remove a message", remove_message, 0, 0 },
	{ "make a folder", make_folder, EACCES, 1 },
	{ "write beside the messages", write_beside, EACCES, 1 },
	{ "write the index", write_index, 0, 0 },
	{ "make what lies beside it", make_aside, 0, 0 },
	{ "put a message where it could be written", message_into_index, EXDEV, 2 },
	{ "watch", watch, 0, 0 },
	{ "read outside", read_outside, EACCES, 1 },
	{ "read a neighbour", read_neighbour, EACCES, 1 },
	{ "write a neighbour", write_neighbour, EACCES, 1 },
	{ "run a program", run_program, KILLED, 0 },
	{ "have a socket", connect_out, KILLED, 0 },
	{ "have a pair of another kind", make_inet_pair, ENOSYS, 0 },
	{ "change a mode", open_mode, KILLED, 0 },
	{ "signal its parent", signal_outside, EPERM, 6 },
	{ "have a reader", bear_reader, 0, 0 },
};
/* clang-format on */

static int
attempt(int (*make)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		enclose(root, mail);
		_exit(make());
	}
	cr_assert_gt(pid, 0);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		return KILLED;
	return WIFEXITED(status) ? WEXITSTATUS(status) : OTHER;
}

Test(enclose, leaves_what_an_indexer_needs)
{
	place = rig_place();
	mail = strdup(rig_in(place, "mail"));
	rig_file(place, "secret", "a secret");
	cr_assert_eq(mkdir(mail, 0700), 0);
	root = open(mail, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert_geq(root, 0);
	cr_assert_eq(mkdirat(root, "new", 0700), 0);
	cr_assert_eq(mkdirat(root, INDEX_DIR, 0700), 0);
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		int got;

		rig_file(mail, "new/kept", "a mail");
		if (landlock_abi() < attempts[i].abi)
			continue;
		got = attempt(attempts[i].make);
		cr_expect_eq(
		    got, attempts[i].outcome, "%s: %d", attempts[i].what, got);
	}
}
