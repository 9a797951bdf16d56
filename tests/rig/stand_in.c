/*
 * stand_in.c - a server that the test plays itself, in a thread.
 */
#include "rig/stand_in.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/wait.h"
#include "rig/wire.h"

struct stand_in {
	int fd;
	void (*play)(int fd, void *);
	void *with;
};

static void *
serve(void *arg)
{
	struct stand_in *s = arg;
	int fd, on = 1;

	while ((fd = accept(s->fd, NULL, NULL)) >= 0) {
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		s->play(fd, s->with);
		close(fd);
	}
	return NULL;
}

static void *
serve_datagrams(void *arg)
{
	struct stand_in *s = arg;

	s->play(s->fd, s->with);
	return NULL;
}

static void
start(void *(*run)(void *), int fd, void (*play)(int, void *), void *with)
{
	struct stand_in *s = malloc(sizeof(*s));
	pthread_t thread;

	if (s == NULL)
		rig_die("no memory");
	*s = (struct stand_in){ fd, play, with };
	if (pthread_create(&thread, NULL, run, s) != 0)
		rig_die("no thread");
	pthread_detach(thread);
}

void
rig_stand_in_on(int listener, void (*play)(int, void *), void *with)
{
	start(serve, listener, play, with);
}

unsigned
rig_stand_in(void (*play)(int, void *), void *with)
{
	unsigned port;

	start(serve, rig_listen(&port), play, with);
	return port;
}

unsigned
rig_stand_in_udp(void (*play)(int, void *), void *with)
{
	unsigned port;

	start(serve_datagrams, rig_bind_udp(&port), play, with);
	return port;
}

bool
rig_try(int fd, const char *text, size_t n)
{
	while (n > 0) {
		ssize_t put = send(fd, text, n, MSG_NOSIGNAL);

		if (put < 0)
			return false;
		text += put;
		n -= (size_t)put;
	}
	return true;
}

/* Hear until the end of a request; false when the client says no more. */
static bool
hear(int fd, struct rig_script *s)
{
	const char *begin = s->heard + s->n, *end, *length;
	size_t all;

	do {
		ssize_t got =
		    recv(fd, s->heard + s->n, sizeof(s->heard) - 1 - s->n, 0);

		if (got <= 0)
			return false;
		s->n += (size_t)got;
		s->heard[s->n] = '\0';
		end = strstr(begin, "\r\n\r\n");
	} while (end == NULL);
	length = strstr(begin, "Content-Length: ");
	all = (size_t)(end + 4 - begin);
	if (length != NULL && length < end)
		all += strtoul(length + 16, NULL, 10);
	while ((size_t)(s->heard + s->n - begin) < all) {
		ssize_t got =
		    recv(fd, s->heard + s->n, sizeof(s->heard) - 1 - s->n, 0);

		if (got <= 0)
			return false;
		s->n += (size_t)got;
		s->heard[s->n] = '\0';
	}
	return true;
}

void
rig_play_http(int fd, void *with)
{
	struct rig_script *s = with;
	char waste[4096];

	s->clients++;
	while (hear(fd, s)) {
		const char *text = "";
		size_t left, n;

		s->requests++;
		for (int i = 0; i < s->requests && s->answers[i] != NULL; i++)
			text = s->answers[i];
		for (left = strlen(text); left > 0; left -= n, text += n) {
			n = s->split > 0 && left > (size_t)s->split ?
			    (size_t)s->split :
			    left;
			if (!rig_try(fd, text, n))
				return;
		}
		if (s->once)
			break;
	}
	shutdown(fd, SHUT_WR);
	while (recv(fd, waste, sizeof(waste), 0) > 0)
		;
}
