/*
 * reader_child.c - the process that reads messages.
 */
#include "indexer/reader_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "indexer/confine.h"
#include "system/fdpass.h"
#include "system/io.h"
#include "system/log.h"

#define KEEP_MOST ((size_t)1 << 20) /* bytes of memory between messages */

/* Where they are in this process; all above is closed. */
enum { ASK = 3, ANSWER = 4 };

/* Nothing of the parent's stays open, its log neither. */
static int
cut_loose(int ask, int answer, int words)
{
	/* Away from the numbers that they shall have. */
	ask = fcntl(ask, F_DUPFD_CLOEXEC, ANSWER + 1);
	answer = fcntl(answer, F_DUPFD_CLOEXEC, ANSWER + 1);
	if (ask < 0 || answer < 0 || dup2(words, STDERR_FILENO) < 0 ||
	    dup3(ask, ASK, O_CLOEXEC) < 0 ||
	    dup3(answer, ANSWER, O_CLOEXEC) < 0)
		return -1;
	return close_range(ANSWER + 1, ~0U, 0);
}

/* Signals are the parent's business: it ends us. */
static void
forget_signals(void)
{
	static const int all[] = { SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2,
		SIGCHLD, SIGALRM };
	sigset_t none;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		signal(all[i], SIG_DFL);
	signal(SIGINT, SIG_IGN); /* from the terminal, to all of us */
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
answer(reader_work *work, int fd, struct buf *json)
{
	struct reader_answer a = { .error = 0 };

	errno = 0;
	if (work(fd, json) < 0) {
		a.error = (uint32_t)(errno != 0 ? errno : EIO);
		buf_clear(json);
	} else if (json->failed) {
		a.error = EMSGSIZE;
		buf_clear(json);
	}
	a.length = (uint32_t)json->n;
	if (io_write_all(ANSWER, &a, sizeof(a)) < 0 ||
	    io_write_all(ANSWER, json->p, json->n) < 0)
		_exit(0);
}

void
reader_child(const struct reader_wish *wish, int ask, int answer_to, int words,
    pid_t parent)
{
	struct buf json;
	char word;
	int fd;

	forget_signals();
	log_pid();
	log_channel(-1);
	if (cut_loose(ask, answer_to, words) < 0)
		die(EXIT_OSERR, "reader: descriptors: %s", strerror(errno));
	if (!wish->bare && confine(parent) < 0)
		log_warn("reader: no sandbox: %s", strerror(errno));
	buf_init(&json, READER_ANSWER_MAX);
	while (fdpass_receive(ASK, &word, 1, &fd) == 1 && fd >= 0) {
		answer(wish->work, fd, &json);
		close(fd);
		if (json.cap > KEEP_MOST)
			buf_free(&json);
		buf_clear(&json);
	}
	_exit(0);
}
