/*
 * yardstick.c - what a process for each connection costs at the very least.
 *
 * Nothing but the system calls of the model: no parser, no log, no limits.
 * Every mode answers each request with one canned reply, after the check of
 * the file's status that a real server owes its clients.  tests/bench/run
 * measures it beside the real servers; it is not a server to use.
 *
 *   accept    children forked ahead accept for themselves
 *   handover  a master accepts and passes the socket to an idle child, which
 *             serves it and comes back
 *   fresh     as handover, but a child serves one connection and exits; the
 *             next is forked while the client is already being served
 *   fork      the master forks when the client is there
 *
 * usage: yardstick MODE FILE [CHILDREN]
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hand.h"

#define MOST_CHILDREN 1024
#define MOST_BODY     (1 << 18)
#define BACKLOG       1024

static const char *file;
static char reply[2][MOST_BODY + 256]; /* [1] says that we close */
static size_t reply_size[2];

static void
can_replies(void)
{
	static char body[MOST_BODY];
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, body, sizeof(body));

	if (n < 0)
		fail(file);
	close(fd);
	for (int i = 0; i < 2; i++) {
		int head = snprintf(reply[i], 256,
		    "HTTP/1.1 200 OK\r\n"
		    "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
		    "Content-Type: text/plain\r\n"
		    "Content-Length: %zd\r\n"
		    "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
		    "ETag: \"2ebd2f31-400\"\r\n"
		    "Connection: %s\r\n\r\n",
		    n, i ? "close" : "keep-alive");

		memcpy(reply[i] + head, body, (size_t)n);
		reply_size[i] = (size_t)head + (size_t)n;
	}
}

static int
listen_somewhere(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(in);
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) != 0 ||
	    bind(fd, (struct sockaddr *)&in, len) != 0 ||
	    listen(fd, BACKLOG) != 0 ||
	    getsockname(fd, (struct sockaddr *)&in, &len) != 0)
		fail("listen");
	printf("ready yardstick 127.0.0.1:%d\n", ntohs(in.sin_port));
	fflush(stdout);
	return fd;
}

/*
 * One conversation: receive, check, send.  A request is taken to come in one
 * piece, as it does from wrk over loopback.
 */
static void
serve(int fd)
{
	static const char closing[] = "Connection: close";
	char in[4096];
	struct stat st;
	ssize_t n;
	int last = 0;

	while (!last && (n = recv(fd, in, sizeof(in), 0)) > 0) {
		if (fstatat(AT_FDCWD, file, &st, 0) != 0)
			break;
		last =
		    memmem(in, (size_t)n, closing, sizeof(closing) - 1) != NULL;
		if (send(fd, reply[last], reply_size[last], MSG_NOSIGNAL) < 0)
			break;
	}
	close(fd);
}

static _Noreturn void
run_accept(int listener, int children)
{
	for (int i = 0, fd; i < children; i++)
		if (spawn(NULL))
			for (;;)
				if ((fd = accept4(listener, NULL, NULL,
					 SOCK_CLOEXEC)) >= 0)
					serve(fd);
	for (;;)
		pause();
}

static _Noreturn void
come_back(void)
{
	for (int fd; (fd = take(CHILD_END)) >= 0;) {
		serve(fd);
		if (send(CHILD_END, "", 1, MSG_NOSIGNAL) != 1)
			break;
	}
	_exit(0);
}

static _Noreturn void
run_handover(int listener, int children)
{
	static int idle[MOST_CHILDREN];
	struct epoll_event ready[64], e = { .events = EPOLLIN };
	int fd, free_count = 0, ep = epoll_create1(EPOLL_CLOEXEC);
	char byte;

	for (; free_count < children; free_count++) {
		if (spawn(&idle[free_count]))
			come_back();
		e.data.fd = idle[free_count];
		epoll_ctl(ep, EPOLL_CTL_ADD, idle[free_count], &e);
	}
	e.data.fd = listener;
	epoll_ctl(ep, EPOLL_CTL_ADD, listener, &e);
	for (;;) {
		int n = epoll_wait(ep, ready, 64, -1);

		for (int i = 0; i < n; i++) {
			if (ready[i].data.fd != listener) {
				if (recv(ready[i].data.fd, &byte, 1, 0) != 1)
					fail("a child ended");
				idle[free_count++] = ready[i].data.fd;
			} else if (free_count > 0 &&
			    (fd = accept4(
				 listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
				give(idle[--free_count], fd);
				close(fd);
			}
		}
	}
}

static _Noreturn void
serve_once(void)
{
	int fd = take(CHILD_END);

	if (fd >= 0)
		serve(fd);
	_exit(0);
}

static _Noreturn void
run_fresh(int listener, int children)
{
	static int idle[MOST_CHILDREN];
	int fd;

	for (int i = 0; i < children; i++)
		if (spawn(&idle[i]))
			serve_once();
	for (int next = 0;; next = (next + 1) % children) {
		if ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) < 0)
			continue;
		give(idle[next], fd);
		close(fd);
		close(idle[next]);
		if (spawn(&idle[next]))
			serve_once();
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}

static _Noreturn void
run_fork(int listener, int children)
{
	(void)children;
	for (int fd;;) {
		if ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) < 0)
			continue;
		if (spawn(NULL)) {
			close(listener);
			serve(fd);
			_exit(0);
		}
		close(fd);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(int, int);
		int children;
	} modes[] = {
		{ "accept", run_accept, 128 },
		{ "handover", run_handover, 128 },
		{ "fresh", run_fresh, 16 },
		{ "fork", run_fork, 0 },
	};

	for (size_t i = 0; argc >= 3 && i < sizeof(modes) / sizeof(*modes);
	     i++) {
		int children = argc > 3 ? atoi(argv[3]) : modes[i].children;

		if (strcmp(argv[1], modes[i].name) != 0 || children < 0 ||
		    children > MOST_CHILDREN)
			continue;
		file = argv[2];
		can_replies();
		modes[i].run(listen_somewhere(), children);
	}
	fprintf(stderr,
	    "usage: yardstick accept|handover|fresh|fork FILE [CHILDREN]\n");
	return 64;
}
