/*
 * pulse.c - an ordinary client who goes on while a test does its worst.
 */
#include "rig/pulse.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "rig/wait.h"
#include "rig/wire.h"
#include "system/clock.h"

#define KEPT       65536 /* latencies, the latest of them */
#define ANSWER_MAX 65536
#define PATIENCE_S 20
#define LATE_US    200000 /* less than a server that leaves waits for a word */
#define LATE_MOST  3      /* on a busy machine; then it is no chance */

struct rig_pulse {
	char address[128], ask[512], ending[64];
	const char *(*talk)(struct rig_pulse *, int fd); /* NULL, or why not */
	char answer[ANSWER_MAX];
	pthread_t thread;
	atomic_bool stop;
	_Atomic size_t served, lost;
	int64_t begun; /* the connection now */
	bool late;     /* our first words came late to it */
	size_t lates;
	int64_t us[KEPT];
	char first_loss[128];
	char other[128]; /* "not a 200", and what there was */
};

/* The first words of a connection; false is an error. */
static bool
say(struct rig_pulse *p, int fd, const char *text)
{
	bool said = send(fd, text, strlen(text), MSG_NOSIGNAL) >= 0;

	p->late = clock_us() - p->begun > LATE_US;
	return said;
}

/* Read to the end of the answer, as far as it fits. */
static ssize_t
read_answer(int fd, char *to, size_t size)
{
	size_t n = 0;
	ssize_t got;

	while ((got = recv(fd, to + n, size - 1 - n, 0)) > 0)
		n += (size_t)got;
	to[n] = '\0';
	return got < 0 ? -1 : (ssize_t)n;
}

static const char *
not_a_200(struct rig_pulse *p)
{
	snprintf(p->other, sizeof(p->other), "not a 200: %.*s",
	    (int)strcspn(p->answer, "\r\n"), p->answer);
	return p->other;
}

static const char *
get(struct rig_pulse *p, int fd)
{
	char *answer = p->answer;
	size_t ending = strlen(p->ending);
	ssize_t n;

	if (!say(p, fd, p->ask))
		return strerror(errno);
	n = read_answer(fd, answer, sizeof(p->answer));
	if (n < 0)
		return strerror(errno);
	if (n == 0)
		return "closed without an answer";
	if (strncmp(answer, "HTTP/1.1 200 ", 13) != 0)
		return not_a_200(p);
	if ((size_t)n < ending ||
	    memcmp(answer + n - ending, p->ending, ending) != 0)
		return "cut short";
	return NULL;
}

/* Wait for a line that begins so. */
static const char *
hear(int fd, const char *begins)
{
	char line[1024];
	size_t n = 0;
	ssize_t got;

	while (n < sizeof(line) - 1) {
		got = recv(fd, line + n, 1, 0);
		if (got < 0)
			return strerror(errno);
		if (got == 0)
			return "closed in the middle";
		if (line[n++] == '\n')
			break;
	}
	return strncmp(line, begins, strlen(begins)) == 0 ? NULL :
							    "another reply";
}

static const char *
mail(struct rig_pulse *p, int fd)
{
	static const char *const talk[][2] = { { "HELO pulse\r\n", "250" },
		{ "MAIL FROM:<a@b.example>\r\n", "250" },
		{ "RCPT TO:<c@d.example>\r\n", "250" }, { "DATA\r\n", "354" },
		{ "Subject: pulse\r\n\r\nstill alive\r\n.\r\n", "250" },
		{ "QUIT\r\n", "221" } };
	const char *why = hear(fd, "220");

	for (size_t i = 0; why == NULL && i < sizeof(talk) / sizeof(talk[0]);
	     i++) {
		if (i == 0 ? !say(p, fd, talk[i][0]) :
			     !rig_send(fd, talk[i][0]))
			return strerror(errno);
		why = hear(fd, talk[i][1]);
	}
	return why;
}

static const char *
line(struct rig_pulse *p, int fd)
{
	const char *why =
	    say(p, fd, p->ask) ? hear(fd, p->ending) : strerror(errno);

	/* Its process has gone when the next one comes, or nearly so. */
	shutdown(fd, SHUT_WR);
	if (why == NULL && read_answer(fd, p->answer, sizeof(p->answer)) != 0)
		why = "no end in order";
	return why;
}

static void
beat(struct rig_pulse *p)
{
	struct timeval patience = { PATIENCE_S, 0 };
	const char *why;
	int fd;

	p->late = false;
	p->begun = clock_us();
	fd = rig_connect(p->address);
	if (fd < 0) {
		why = strerror(errno);
	} else {
		setsockopt(
		    fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		why = p->talk(p, fd);
		close(fd);
	}
	if (why == NULL) {
		p->us[p->served % KEPT] = clock_us() - p->begun;
		p->served++;
		return;
	}
	if (p->late && ++p->lates <= LATE_MOST)
		return;
	if (p->lost++ == 0)
		snprintf(p->first_loss, sizeof(p->first_loss), "%s", why);
}

static void *
run(void *arg)
{
	struct rig_pulse *p = arg;

	while (!p->stop)
		beat(p);
	return NULL;
}

static struct rig_pulse *
start(const char *address, const char *(*talk)(struct rig_pulse *, int))
{
	struct rig_pulse *p = calloc(1, sizeof(*p));

	if (p == NULL)
		rig_die("pulse: no memory");
	snprintf(p->address, sizeof(p->address), "%s", address);
	p->talk = talk;
	return p;
}

static struct rig_pulse *
launch(struct rig_pulse *p)
{
	if (pthread_create(&p->thread, NULL, run, p) != 0)
		rig_die("pulse: no thread");
	return p;
}

struct rig_pulse *
rig_pulse_get(const char *address, const char *path, const char *ending)
{
	struct rig_pulse *p = start(address, get);

	snprintf(p->ask, sizeof(p->ask),
	    "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
	    path);
	snprintf(p->ending, sizeof(p->ending), "%s", ending);
	return launch(p);
}

struct rig_pulse *
rig_pulse_mail(const char *address)
{
	return launch(start(address, mail));
}

struct rig_pulse *
rig_pulse_line(const char *address, const char *text, const char *answer)
{
	struct rig_pulse *p = start(address, line);

	snprintf(p->ask, sizeof(p->ask), "%s", text);
	snprintf(p->ending, sizeof(p->ending), "%s", answer);
	return launch(p);
}

struct goal {
	struct rig_pulse *p;
	size_t served;
};

static bool
is_reached(void *arg)
{
	const struct goal *g = arg;

	return g->p->served >= g->served;
}

int
rig_pulse_beats(struct rig_pulse *p, size_t times)
{
	struct goal g = { p, p->served + times };

	return rig_until("an ordinary client is still served", is_reached, &g);
}

static int
by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

struct rig_pulse_result
rig_pulse_stop(struct rig_pulse *p)
{
	struct rig_pulse_result r = { 0 };
	size_t n;

	p->stop = true;
	pthread_join(p->thread, NULL);
	r.served = p->served;
	r.lost = p->lost;
	n = r.served < KEPT ? r.served : KEPT;
	qsort(p->us, n, sizeof(p->us[0]), by_size);
	if (n > 0) {
		r.median_ms = (double)p->us[n / 2] / 1000;
		r.worst_ms = (double)p->us[n - 1] / 1000;
	}
	memcpy(r.first_loss, p->first_loss, sizeof(r.first_loss));
	free(p);
	return r;
}
