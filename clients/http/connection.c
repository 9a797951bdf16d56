/*
 * connection.c - the connection to a server, kept for the next URL when it
 * can be.
 */
#include "http.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h> /* SOCK_STREAM */
#include <sys/time.h>
#include <unistd.h>

#include "conn/narrated.h"
#include "system/clock.h"
#include "system/resolve.h"

#define SLACK_MS 200 /* connecting ends at the deadline by itself */

/*
 * May the connection carry another request?  A server that has closed it in
 * the meantime, or said something that nobody asked for, shows in the socket.
 */
static bool
still_good(struct connection *call)
{
	return call->h2 != NULL ? answer_h2_is_good(call->h2) :
				  conn_pending(&call->c) == 0;
}

void
connection_close(struct connection *call)
{
	answer_h2_free(call->h2);
	call->h2 = NULL;
	if (call->open)
		conn_drop(&call->c);
	call->open = false;
}

/* "unix:PATH" or the host of the URL; false if it does not fit. */
static bool
write_host(const struct task *t, char *host, size_t size)
{
	int n;

	if (t->opt->socket_path != NULL)
		n = snprintf(host, size, "unix:%s", t->opt->socket_path);
	else
		n = snprintf(host, size, "%.*s", SLICE_FMT(t->url.host));
	return n > 0 && (size_t)n < size;
}

static const char *looked_up; /* for the handler */

static void
end_look_up(int sig)
{
	static const char words[] = ": time is over while looking it up\n";

	(void)sig;
	if (!silent) {
		(void)!write(STDERR_FILENO, "berth-http: ", 12);
		(void)!write(STDERR_FILENO, looked_up, strlen(looked_up));
		(void)!write(STDERR_FILENO, words, sizeof(words) - 1);
	}
	_exit(EXIT_TIME);
}

/*
 * getaddrinfo(3) knows no deadline: a timer ends the program if a name server
 * keeps us beyond ours.  ms 0 takes the timer away.
 */
static void
limit_look_up(const char *host, int64_t ms)
{
	struct itimerval timer = { .it_value = { .tv_sec = ms / 1000,
				       .tv_usec = ms % 1000 * 1000 } };
	struct sigaction act = { .sa_handler = end_look_up };

	looked_up = host;
	sigemptyset(&act.sa_mask);
	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

/* socket(2) and connect(2), to one address of the host after the other. */
static int
open_new(struct connection *call, const struct task *t)
{
	int64_t deadline = clock_ms() + t->opt->connect_ms;
	struct addr to;
	const char *why;
	char port[16];
	int fd;

	if (t->deadline < deadline)
		deadline = t->deadline;
	snprintf(port, sizeof(port), "%u", call->port);
	limit_look_up(call->host, clock_left_ms(deadline) + SLACK_MS);
	fd =
	    resolve_connect(call->host, port, SOCK_STREAM, deadline, &to, &why);
	limit_look_up(NULL, 0);
	if (fd < 0 && to.len == 0)
		return fail(
		    t->opt->socket_path != NULL ? EXIT_CONNECT : EXIT_RESOLVE,
		    "look up %s: %s", call->host, why);
	addr_text(&to, call->name);
	if (fd < 0)
		return fail(errno == ETIMEDOUT ? EXIT_TIME : EXIT_CONNECT,
		    "connect to %s: %s", call->name, why);
	conn_init(&call->c, fd, SOCK_STREAM, NULL, clock_us());
	call->open = true;
	call->reused = call->cut = false;
	if (t->opt->verbose)
		/* getsockname(2), getpeername(2) */
		addr_tell_ends(conn_local(&call->c), &call->c.peer);
	if (call->secure) {
		int code = secure_open(call, t, deadline);

		if (code != 0)
			return code;
	}
	narrated(&call->c);
	if (t->opt->http2 && (call->h2 = answer_h2_new(&call->c)) == NULL)
		return fail(EXIT_HTTP2, "%s", strerror(ENOMEM));
	return 0;
}

int
connection_open(struct connection *call, const struct task *t)
{
	char host[sizeof(call->host)];

	if (!write_host(t, host, sizeof(host)))
		return fail(EXIT_URL, "%.*s: host name too long",
		    SLICE_FMT(buf_slice(&t->text)));
	if (call->open && call->port == t->url.port &&
	    call->secure == t->url.secure &&
	    slice_ieq(slice_of(call->host), slice_of(host)) &&
	    still_good(call)) {
		call->reused = true;
		if (t->opt->verbose)
			fprintf(stderr, "Connection to %s kept\n", call->name);
		return 0;
	}
	connection_close(call);
	memcpy(call->host, host, sizeof(host));
	call->port = t->url.port;
	call->secure = t->url.secure;
	return open_new(call, t);
}
