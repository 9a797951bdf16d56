/*
 * reader.c - has messages read by a process that they cannot hurt us in.
 */
#include "indexer/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "indexer/message.h"
#include "indexer/reader_child.h"
#include "indexer/reader_words.h"
#include "system/clock.h"
#include "system/fdpass.h"

struct reader {
	struct reader_wish wish;
	pid_t pid; /* 0: there is none */
	int ask, answer, words;
	unsigned turns; /* messages it may still read */
	char why[128];
};

struct reader *
reader_new(const struct reader_wish *wish)
{
	struct reader *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	if (wish != NULL)
		r->wish = *wish;
	if (r->wish.work == NULL)
		r->wish.work = message_read;
	if (r->wish.wait_ms == 0)
		r->wish.wait_ms = READER_WAIT_MS;
	message_prepare();
	return r;
}

/* End the process, and say how it went. */
static void
end(struct reader *r)
{
	int status = 0;
	pid_t got;

	if (r->pid == 0)
		return;
	close(r->ask);
	close(r->answer);
	kill(r->pid, SIGKILL);
	do {
		got = waitpid(r->pid, &status, 0);
	} while (got < 0 && errno == EINTR);
	reader_words_tell(r->words, r->pid);
	close(r->words);
	r->pid = 0;
	if (WIFSIGNALED(status))
		snprintf(r->why, sizeof(r->why), "died of signal %d (%s)",
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		snprintf(r->why, sizeof(r->why), "left with status %d",
		    WEXITSTATUS(status));
}

static void
close_both(const int ends[2])
{
	int why = errno;

	close(ends[0]);
	close(ends[1]);
	errno = why;
}

/* The three ways to it and from it. */
static int
open_ways(int ask[2], int answer[2], int words[2])
{
	if (fdpass_pair(ask) < 0)
		return -1;
	if (pipe2(answer, O_CLOEXEC) < 0) {
		close_both(ask);
		return -1;
	}
	if (reader_words_open(words) < 0) {
		close_both(ask);
		close_both(answer);
		return -1;
	}
	return 0;
}

static int
birth(struct reader *r)
{
	int ask[2], answer[2], words[2];
	pid_t self = getpid(), pid;

	if (open_ways(ask, answer, words) < 0)
		return -1;
	pid = fork();
	if (pid == 0)
		reader_child(&r->wish, ask[1], answer[1], words[1], self);
	if (pid < 0) {
		close_both(ask);
		close_both(answer);
		close_both(words);
		return -1;
	}
	close(ask[1]);
	close(answer[1]);
	close(words[1]);
	r->pid = pid;
	r->ask = ask[0];
	r->answer = answer[0];
	r->words = words[0];
	r->turns = READER_TURNS;
	return 0;
}

/*
 * Read n bytes of an answer; no descriptors can come with them.  Returns 0, or
 * -1 with errno.
 */
static int
take(const struct reader *r, char *to, size_t n, int64_t deadline)
{
	struct pollfd p = { .fd = r->answer, .events = POLLIN };

	while (n > 0) {
		int ready = poll(&p, 1, clock_left_ms(deadline));
		ssize_t got;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready == 0)
			errno = ETIMEDOUT;
		if (ready <= 0)
			return -1;
		got = read(r->answer, to, n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			errno = ECONNRESET;
		if (got <= 0)
			return -1;
		to += got;
		n -= (size_t)got;
	}
	return 0;
}

/* One object of JSON, and nothing behind it? */
static bool
makes_sense(const struct reader *r, struct slice s)
{
	struct pollfd p = { .fd = r->answer, .events = POLLIN };
	json_t *json;
	bool object;

	if (poll(&p, 1, 0) != 0 && (p.revents & POLLIN) != 0)
		return false;
	json = json_loadb(s.p, s.n, 0, NULL);
	object = json_is_object(json);
	json_decref(json);
	return object;
}

/* Returns 0, or -1 with errno; *refused when the file is to blame. */
static int
take_answer(struct reader *r, int64_t deadline, struct buf *json, bool *refused)
{
	struct reader_answer a;
	char *to;

	*refused = false;
	if (take(r, (char *)&a, sizeof(a), deadline) < 0)
		return -1;
	if (a.error != 0 && a.error < 4096 && a.length == 0) {
		*refused = true;
		errno = (int)a.error;
		return -1;
	}
	if (a.error != 0 || a.length == 0 || a.length > READER_ANSWER_MAX) {
		errno = EPROTO;
		return -1;
	}
	to = buf_room(json, a.length);
	if (to == NULL) {
		errno = ENOMEM;
		return -1;
	}
	if (take(r, to, a.length, deadline) < 0)
		return -1;
	buf_grew(json, a.length);
	if (makes_sense(r, buf_slice(json)))
		return 0;
	errno = EPROTO;
	return -1;
}

/* Send the file, if need be to a new process. */
static int
ask(struct reader *r, int fd)
{
	for (int i = 0; i < 2; i++) {
		if (r->pid == 0 && birth(r) < 0)
			return -1;
		if (fdpass_send(r->ask, "r", 1, fd) == 0)
			return 0;
		/* It has died since. */
		end(r);
	}
	errno = ECONNRESET;
	return -1;
}

static void
say_why(struct reader *r, int why)
{
	if (why == ETIMEDOUT)
		snprintf(r->why, sizeof(r->why), "took too long");
	else if (why == EPROTO)
		snprintf(r->why, sizeof(r->why), "answered nonsense");
	else if (why != ECONNRESET)
		snprintf(r->why, sizeof(r->why), "%s", strerror(why));
}

int
reader_read(struct reader *r, int fd, struct buf *json)
{
	uint64_t size = 0;
	struct stat st;
	bool refused = false;
	int status, why;

	buf_clear(json);
	r->why[0] = '\0';
	if (fstat(fd, &st) == 0 && st.st_size > 0)
		size = (uint64_t)st.st_size;
	status = ask(r, fd);
	if (status == 0)
		status = take_answer(r,
		    clock_ms() + r->wish.wait_ms +
			(int64_t)(size >> 20) * READER_MIB_MS,
		    json, &refused);
	why = errno;
	if (r->pid != 0)
		reader_words_tell(r->words, r->pid);
	if (status < 0)
		buf_clear(json);
	if ((status < 0 && !refused) || --r->turns == 0 || size > READER_LARGE)
		end(r);
	if (status < 0)
		say_why(r, why);
	else
		r->why[0] = '\0';
	errno = why;
	return status;
}

const char *
reader_why(const struct reader *r)
{
	return r->why;
}

pid_t
reader_pid(const struct reader *r)
{
	return r->pid;
}

void
reader_free(struct reader *r)
{
	if (r == NULL)
		return;
	end(r);
	free(r);
}
