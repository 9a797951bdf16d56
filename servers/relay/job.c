/*
 * job.c - one message on its way: berth-smtp(1) runs for it, which knows how to
 * send one.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "relay/relay.h"
#include "system/beside.h"
#include "system/clock.h"
#include "system/log.h"

#define SENDER  "berth-smtp"
#define LAST_MS 1000 /* from its last word to its end */

struct relay_options relay_options;

/* Its exit codes, sysexits(3). */
enum { SENT = 0, REFUSED = 65, NO_PROGRAM = 127 };

/* The recipients, one behind the other.  Returns false if they are not. */
static bool
split(const struct relay_ask *ask, const char *to[RELAY_TO_MOST])
{
	const char *p = ask->to, *end = ask->to + sizeof(ask->to);

	if (ask->count == 0 || ask->count > RELAY_TO_MOST)
		return false;
	for (uint32_t i = 0; i < ask->count; i++) {
		size_t n = strnlen(p, (size_t)(end - p));

		if (p + n == end)
			return false;
		to[i] = p;
		p += n + 1;
	}
	return true;
}

const char *
job_refuses(const struct relay_ask *ask)
{
	const char *to[RELAY_TO_MOST];

	if (memchr(ask->from, '\0', sizeof(ask->from)) == NULL ||
	    !split(ask, to))
		return "not a question";
	if (ask->from[0] != '\0' && !relay_is_address(ask->from))
		return "the sender is no address";
	for (uint32_t i = 0; i < ask->count; i++) {
		if (!relay_is_address(to[i]))
			return "a recipient is no address";
		if (!relay_may(
			to[i], relay_options.to.item, relay_options.to.n))
			return "a recipient is not one of --relay-to";
	}
	return NULL;
}

/* How it is to speak to the server: of the message it changes nothing.
 * Returns how many words. */
static size_t
add_manner(const char **argv)
{
	static const char *const tls[] = {
		[RELAY_TLS_MAY] = "--starttls=may",
		[RELAY_TLS_STARTTLS] = "--starttls",
		[RELAY_TLS_ON] = "--tls",
		[RELAY_TLS_OFF] = NULL,
	};
	size_t n = 0;

	argv[n++] = "--raw";
	if (tls[relay_options.tls] != NULL)
		argv[n++] = tls[relay_options.tls];
	if (relay_options.ca_file != NULL) {
		argv[n++] = "--cacert";
		argv[n++] = relay_options.ca_file;
	}
	if (relay_options.login) {
		argv[n++] = "--auth-file";
		argv[n++] = "fd:" IMAGE_HELPER_FD_TEXT;
	}
	return n;
}

/* What it finds open beside its standard three: who to log in as, or
 * nothing. */
static int
keep_login(void)
{
	int last = STDERR_FILENO;

	if (relay_options.login && dup2(RELAY_LOGIN_FD, last + 1) == last + 1)
		last++;
	return beside_close_from(last + 1, CLOSE_RANGE_CLOEXEC);
}

static _Noreturn void
become(const struct relay_ask *ask, int file, int words, pid_t relay)
{
	const char *argv[RELAY_TO_MOST + 12] = { SENDER };
	char path[PATH_MAX];
	size_t n = 1 + add_manner(argv + 1);

	/* It ends with us, as we do with the master. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != relay)
		_exit(NO_PROGRAM);
	argv[n++] = "--";
	argv[n++] = relay_options.server;
	argv[n++] = ask->from[0] == '\0' ? "<>" : ask->from;
	split(ask, argv + n);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	if (beside_find(SENDER, path, sizeof(path)) == 0 &&
	    dup2(file, STDIN_FILENO) >= 0 && dup2(words, STDOUT_FILENO) >= 0 &&
	    dup2(words, STDERR_FILENO) >= 0 && keep_login() == 0)
		execv(path, (char *const *)argv);
	fprintf(stderr, "%s: %s\n", SENDER, strerror(errno));
	_exit(NO_PROGRAM);
}

int
job_begin(struct job *j, const struct relay_ask *ask, int file)
{
	pid_t relay = getpid();
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	*j = (struct job){ .used = true,
		.ticket = ask->ticket,
		.words_fd = ends[0],
		.deadline = clock_ms() + RELAY_MS };
	j->pid = fork();
	if (j->pid == 0)
		become(ask, file, ends[1], relay);
	close(ends[1]);
	if (j->pid > 0)
		return 0;
	close(ends[0]);
	j->used = false;
	return -1;
}

/*
 * It has closed its mouth, which it does by ending; one that was taken over may
 * do otherwise, and nobody waits for that.
 */
static void
end_soon(pid_t pid)
{
	struct pollfd p = { .events = POLLIN,
		.fd = (int)syscall(SYS_pidfd_open, pid, 0) };

	if (p.fd < 0 || poll(&p, 1, LAST_MS) <= 0)
		kill(pid, SIGKILL);
	if (p.fd >= 0)
		close(p.fd);
}

static int
reap(struct job *j)
{
	int status = 0;

	while (waitpid(j->pid, &status, 0) < 0 && errno == EINTR)
		;
	j->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Its last line says why. */
static const char *
last_line(struct job *j)
{
	char *line;

	while (j->n > 0 && j->words[j->n - 1] == '\n')
		j->n--;
	j->words[j->n] = '\0';
	line = strrchr(j->words, '\n');
	line = line == NULL ? j->words : line + 1;
	if (strncmp(line, SENDER ": ", sizeof(SENDER ": ") - 1) == 0)
		line += sizeof(SENDER ": ") - 1;
	return line;
}

bool
job_hear(struct job *j, struct relay_answer *a)
{
	size_t room = sizeof(j->words) - 1 - j->n;
	char waste[256];
	ssize_t got = read(j->words_fd, room > 0 ? j->words + j->n : waste,
	    room > 0 ? room : sizeof(waste));
	int code;

	if (got > 0 || (got < 0 && errno == EINTR)) {
		j->n += got > 0 && room > 0 ? (size_t)got : 0;
		return false;
	}
	end_soon(j->pid);
	code = reap(j);
	*a = (struct relay_answer){ .ticket = j->ticket };
	a->end = code == SENT ? RELAY_SENT :
	    code == REFUSED   ? RELAY_REFUSED :
				RELAY_LATER;
	snprintf(
	    a->words, sizeof(a->words), "%s", code == SENT ? "" : last_line(j));
	job_end(j);
	return true;
}

void
job_end(struct job *j)
{
	if (j->pid > 0) {
		kill(j->pid, SIGKILL);
		reap(j);
	}
	close(j->words_fd);
	*j = (struct job){ .used = false };
}
