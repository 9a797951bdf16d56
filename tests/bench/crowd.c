/*
 * crowd.c - a client of many kept connections, for tests/bench/crowd.py.
 *
 * First all connections are made, 64 at a time, and each is answered once; so
 * what a birth costs is not in what follows.  "there" is said, and a line on
 * standard input begins the run: each connection asks again as soon as it has
 * its answer.  Half-way through the run come the newcomers, all at once.
 *
 * It waits for each answer and asks nothing meanwhile, and does not correct
 * its times for that.
 *
 * usage: crowd PORT TARGET CONNECTIONS SECONDS [NEWCOMERS]
 *
 * Prints: FIGURES answers microseconds p50 p99 errors median worst
 * The last two are what newcomers waited for their first byte; answers are
 * bytes by the size of one, so that halves count.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "system/clock.h"

#define AT_ONCE    64 /* of the connections that are being made */
#define HEAD_MAX   2048
#define TIMES_MAX  8000000
#define PATIENCE_S 180 /* for all to be there, and for newcomers */

struct client {
	int fd;
	bool new_comer, asked;
	int64_t since_us, left; /* of the body; -1: in the head */
	size_t head;
	char text[HEAD_MAX + 1];
};

static struct client *clients;
static int count, there, errors, ep;
static uint16_t port;
static char request[2][1024]; /* [1] says that we close */
static size_t request_size[2];
static uint32_t *times;
static size_t times_count;
static int64_t bytes, answer_size;
static uint32_t *first; /* of newcomers */
static int first_count;

static void
drop(struct client *c)
{
	close(c->fd);
	c->fd = -1;
}

static void
lose(struct client *c)
{
	errors++;
	drop(c);
}

static void
dial(struct client *c)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event e = { .events = EPOLLOUT, .data.ptr = c };

	c->since_us = clock_us();
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0 ||
	    (connect(c->fd, (struct sockaddr *)&to, sizeof(to)) != 0 &&
		errno != EINPROGRESS) ||
	    epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e) != 0) {
		perror("crowd: connect");
		exit(EXIT_FAILURE);
	}
}

static void
ask(struct client *c)
{
	const char *text = request[c->new_comer];
	size_t n = request_size[c->new_comer];

	if (!c->new_comer)
		c->since_us = clock_us();
	c->asked = true;
	c->head = 0;
	c->left = -1;
	if (send(c->fd, text, n, MSG_NOSIGNAL) != (ssize_t)n)
		lose(c);
}

/* The head may be complete now: how much of the body is still to come? */
static void
read_head(struct client *c, const char *in, size_t n)
{
	size_t more = n < HEAD_MAX - c->head ? n : HEAD_MAX - c->head;
	const char *end, *length;

	memcpy(c->text + c->head, in, more);
	c->text[c->head + more] = '\0';
	end = strstr(c->text, "\r\n\r\n");
	length = strcasestr(c->text, "\r\ncontent-length:");
	if (end != NULL && length != NULL) {
		int64_t body = strtoll(length + 17, NULL, 10);
		int64_t whole = end + 4 - c->text + body;

		c->left = whole - (int64_t)(c->head + n);
		answer_size = whole;
	} else if (c->head + more == HEAD_MAX || end != NULL) {
		lose(c);
	}
	c->head += more;
}

static void
answered(struct client *c)
{
	if (there < count) {
		there++;
		return;
	}
	if (times_count < TIMES_MAX)
		times[times_count++] = (uint32_t)(clock_us() - c->since_us);
	ask(c);
}

static void
receive(struct client *c)
{
	static char in[1 << 18];
	ssize_t n = recv(c->fd, in, sizeof(in), 0);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		lose(c);
	} else if (c->new_comer) {
		first[first_count++] = (uint32_t)(clock_us() - c->since_us);
		drop(c);
	} else {
		bytes += n;
		if (c->left < 0)
			read_head(c, in, (size_t)n);
		else
			c->left -= n;
		if (c->fd >= 0 && c->left == 0)
			answered(c);
	}
}

static void
turn(int wait_ms)
{
	struct epoll_event ready[64];
	int n = epoll_wait(ep, ready, 64, wait_ms);

	for (int i = 0; i < n; i++) {
		struct client *c = ready[i].data.ptr;

		if (c->fd < 0)
			continue;
		if (!c->asked) {
			struct epoll_event e = { .events = EPOLLIN,
				.data.ptr = c };

			epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e);
			ask(c);
		} else {
			receive(c);
		}
	}
}

static void
come(void)
{
	int64_t end = clock_us() + PATIENCE_S * 1000000LL;
	int made = 0;

	while (there < count && errors == 0 && clock_us() < end) {
		while (made < count && made - there < AT_ONCE)
			dial(&clients[made++]);
		turn(100);
	}
	if (there < count) {
		fprintf(stderr, "crowd: %d of %d were answered, %d lost\n",
		    there, count, errors);
		exit(EXIT_FAILURE);
	}
}

/* Microseconds; newcomers may take longer than the run does. */
static int64_t
run(int64_t seconds, int newcomers)
{
	int64_t begin = clock_us(), end = begin + seconds * 1000000, now;
	int64_t last = end + PATIENCE_S * 1000000LL;
	int done = 0;

	bytes = 0;
	for (int i = 0; i < count; i++)
		ask(&clients[i]);
	while ((now = clock_us()) < end ||
	    (first_count < newcomers && errors == 0 && now < last)) {
		if (now >= begin + seconds * 500000)
			for (; done < newcomers; done++) {
				clients[count + done].new_comer = true;
				dial(&clients[count + done]);
			}
		turn(20);
	}
	return now - begin;
}

static int
in_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static uint32_t
at(uint32_t *values, size_t n, size_t percent)
{
	if (n == 0)
		return 0;
	qsort(values, n, sizeof(*values), in_order);
	return values[(n - 1) * percent / 100];
}

static void *
room_for(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (p == NULL)
		exit(EXIT_FAILURE);
	return p;
}

static void
prepare(const char *target, int newcomers)
{
	struct rlimit files;

	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	for (int i = 0; i < 2; i++)
		request_size[i] =
		    (size_t)snprintf(request[i], sizeof(request[i]),
			"GET %.900s HTTP/1.1\r\nHost: localhost\r\n%s\r\n",
			target, i ? "Connection: close\r\n" : "");
	clients = room_for((size_t)count + (size_t)newcomers, sizeof(*clients));
	times = room_for(TIMES_MAX, sizeof(*times));
	first = room_for((size_t)newcomers + 1, sizeof(*first));
	ep = epoll_create1(EPOLL_CLOEXEC);
}

int
main(int argc, char **argv)
{
	int newcomers = argc > 5 ? atoi(argv[5]) : 0;
	int64_t us;

	if (argc < 5 || (count = atoi(argv[3])) < 1 || atoi(argv[4]) < 1 ||
	    newcomers < 0) {
		fprintf(stderr,
		    "usage: crowd PORT TARGET CONNECTIONS SECONDS "
		    "[NEWCOMERS]\n");
		return 64;
	}
	port = (uint16_t)atoi(argv[1]);
	prepare(argv[2], newcomers);
	come();
	printf("there\n");
	fflush(stdout);
	if (getchar() == EOF)
		return EXIT_FAILURE;
	us = run(atoi(argv[4]), newcomers);
	printf("FIGURES %.3f %lld %u %u %d %u %u\n",
	    (double)bytes / (double)answer_size, (long long)us,
	    at(times, times_count, 50), at(times, times_count, 99), errors,
	    at(first, (size_t)first_count, 50),
	    at(first, (size_t)first_count, 100));
	return 0;
}
