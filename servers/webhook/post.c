/*
 * post.c - one message is told: berth-http(1) runs for it, which knows how to
 * ask a server, by TLS too.
 *
 * The body is a file in memory, so nobody waits for a pipe.  What comes back
 * are the head of the answer, of which only the status counts, or words about
 * why there is none.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system/args.h"
#include "system/beside.h"
#include "system/clock.h"
#include "system/io.h"
#include "webhook/webhook.h"

#define SENDER     "berth-http"
#define NO_PROGRAM 127
#define ARGS_MAX   16

static const char agent[] = "User-Agent: berth-webhook/" BERTH_VERSION;

static _Noreturn void
become(const struct post_to *to, pid_t webhook, int body, int words)
{
	const char *argv[ARGS_MAX] = { SENDER, "--include", "--max-time", "10",
		"--header", "Content-Type: application/json", "--header", agent,
		"--data", "@-" };
	char path[PATH_MAX];
	size_t n = 0;

	/* It ends with us, as we do with the master. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != webhook)
		_exit(NO_PROGRAM);
	while (argv[n] != NULL)
		n++;
	if (to->cacert != NULL) {
		argv[n++] = "--cacert";
		argv[n++] = to->cacert;
	}
	argv[n++] = "--";
	argv[n] = to->url;
	signal(SIGPIPE, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	if (beside_find(SENDER, path, sizeof(path)) == 0 &&
	    dup2(body, STDIN_FILENO) >= 0 && dup2(words, STDOUT_FILENO) >= 0 &&
	    dup2(words, STDERR_FILENO) >= 0 &&
	    beside_close_from(STDERR_FILENO + 1, CLOSE_RANGE_CLOEXEC) == 0)
		execv(path, (char *const *)argv);
	fprintf(stderr, "%s: %s\n", SENDER, strerror(errno));
	_exit(NO_PROGRAM);
}

static int
file_of(struct slice body)
{
	int fd = memfd_create("body", MFD_CLOEXEC);

	if (fd >= 0 && io_write_all(fd, body.p, body.n) == (ssize_t)body.n &&
	    lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

int
post_begin(struct post *p, const struct post_to *to, struct slice body)
{
	int file = file_of(body), ends[2];
	pid_t self = getpid();

	if (file < 0)
		return -1;
	if (pipe2(ends, O_CLOEXEC) < 0) {
		close(file);
		return -1;
	}
	*p = (struct post){ .words_fd = ends[0],
		.deadline = clock_ms() + POST_MS + 1000 };
	p->pid = fork();
	if (p->pid == 0)
		become(to, self, file, ends[1]);
	close(file);
	close(ends[1]);
	if (p->pid > 0)
		return 0;
	close(ends[0]);
	p->words_fd = -1;
	return -1;
}

/* Of the last head that is no interim one, if there is any; else 0. */
static int
status_of(const char *words)
{
	int status = 0;

	while (status < 200 && strncmp(words, "HTTP/", 5) == 0) {
		const char *blank = strchr(words, ' ');

		status = blank == NULL ? 0 : (int)strtol(blank, NULL, 10);
		words = strstr(words, "\r\n\r\n");
		if (words == NULL)
			break;
		words += 4;
	}
	return status < 200 ? 0 : status;
}

static enum courier_end
judge(struct post *p, const char **why)
{
	int status;

	p->words[p->n] = '\0';
	status = status_of(p->words);
	p->words[strcspn(p->words, "\r\n")] = '\0';
	*why = p->words;
	if (strncmp(*why, SENDER ": ", sizeof(SENDER ": ") - 1) == 0)
		*why += sizeof(SENDER ": ") - 1;
	if (**why == '\0')
		*why = "no answer";
	if (status / 100 == 2)
		return COURIER_DONE;
	if (status / 100 == 4 && status != 408 && status != 425 &&
	    status != 429)
		return COURIER_REFUSED;
	return COURIER_LATER;
}

enum courier_end
post_hear(struct post *p, const char **why)
{
	size_t room = sizeof(p->words) - 1 - p->n;
	char waste[4096];
	ssize_t got = -1;
	enum courier_end end;

	if (clock_ms() < p->deadline) {
		got = read(p->words_fd, room > 0 ? p->words + p->n : waste,
		    room > 0 ? room : sizeof(waste));
		if (got < 0 && errno == EINTR)
			return COURIER_ON;
	}
	if (got > 0) {
		p->n += room > 0 ? (size_t)got : 0;
		return COURIER_ON;
	}
	end = judge(p, why);
	post_end(p);
	return end;
}

void
post_end(struct post *p)
{
	if (p->words_fd < 0)
		return;
	kill(p->pid, SIGKILL);
	while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
		;
	close(p->words_fd);
	p->words_fd = -1;
}
