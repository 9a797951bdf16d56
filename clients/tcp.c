/*
 * berth-tcp - lines to a TCP server, its answers back.
 *
 * Two streams flow at once: standard input to the server, the server to
 * standard output.  Neither may wait for the other, so one poll(2) watches
 * both.  At the end of the input the write side alone is shut, and what the
 * server still has to say is read until it closes too.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bytes/slice.h"
#include "system/addr.h"
#include "system/args.h"
#include "system/clock.h"
#include "system/io.h"
#include "system/log.h"
#include "system/narrate.h"
#include "system/resolve.h"

#define CONNECT_MS 30000 /* nobody waits longer than this for an answer */

enum {
	EXIT_HOST = 68,   /* no such host or service (EX_NOHOST) */
	EXIT_BROKEN = 74, /* the conversation was cut short (EX_IOERR) */
};

static bool verbose;
static int64_t timeout_ms;

static const struct arg own[] = {
	{ "timeout", "SECONDS",
	    "end the conversation after so long (connecting: 30)",
	    .seconds = &timeout_ms, .letter = 't', .max = 86400 },
	{ "verbose", NULL, "tell both ends of the connection", .flag = &verbose,
	    .letter = 'v' },
	{ "narrate", NULL, "tell each socket call as it happens",
	    .flag = &narrate_on },
	{ 0 },
};

static const struct arg_table table = { .options = own };
static const struct arg_table *const tables[] = { &table, NULL };

static const struct args args = {
	.program = "berth-tcp",
	.synopsis = "[-v] [-t SECONDS] HOST PORT | unix:PATH",
	.about =
	    "Sends standard input to a TCP server and prints its answers.\n"
	    "PORT is a number or a service name.",
	.examples = "  echo hello | berth-tcp localhost 12000\n"
		    "  berth-tcp -v localhost 12345\n"
		    "  printf 'QUIT\\r\\n' | berth-tcp mail.example.org smtp\n",
	.tables = tables,
};

/* The bytes that were read from the input and are not yet sent. */
struct pending {
	char bytes[16384];
	size_t n, sent;
};

static char name[ADDR_MAX_TEXT]; /* the server, for the lines about faults */

/* Both ends, as the kernel knows them: what the class prints. */
static void
tell_ends(int sock)
{
	struct addr local, peer;

	/* Our port was chosen by the kernel in connect(2): ask which. */
	addr_of_local(sock, &local);
	addr_of_peer(sock, &peer);
	addr_tell_ends(&local, &peer);
}

/*
 * There is input: take a buffer full of it.  At its end shut the write side:
 * the server reads end-of-file and knows that no question follows, and our
 * read side stays open for its answer.  Returns whether more may come.
 */
static bool
take_input(int sock, struct pending *p)
{
	ssize_t n = read(STDIN_FILENO, p->bytes, sizeof(p->bytes));

	if (n < 0)
		die(EXIT_BROKEN, "standard input: %s", strerror(errno));
	p->n = (size_t)n;
	p->sent = 0;
	if (n == 0)
		narrate(shutdown(sock, SHUT_WR), NULL, "shutdown(%d, SHUT_WR)",
		    sock);
	return n > 0;
}

/*
 * There is room in the socket: send what fits.  MSG_DONTWAIT, because a server
 * that is itself stuck in sending to us would keep us here for ever.
 * MSG_NOSIGNAL, because a server that has gone must not kill us with SIGPIPE.
 * Returns false if the server takes no more: its last words are still read.
 */
static bool
send_pending(int sock, struct pending *p)
{
	ssize_t n = send(sock, p->bytes + p->sent, p->n - p->sent,
	    MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	narrate(n, NULL, "send(%d, %s)", sock,
	    narrate_bytes(p->bytes + p->sent, p->n - p->sent));
	if (n < 0)
		return false;
	p->sent += (size_t)n;
	return true;
}

/*
 * The server has sent something: print it.  Returns false at its end; a last
 * line without an end gets one on a terminal, where the prompt comes next.
 */
static bool
print_answer(int sock)
{
	static char last = '\n';
	char bytes[16384];
	ssize_t n = recv(sock, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	narrate(n,
	    n > 0 ? narrate_bytes(bytes, (size_t)n) :
		    "the server sends no more",
	    "recv(%d)", sock);
	if (n < 0)
		die(EXIT_BROKEN, "%s: receive: %s", name, strerror(errno));
	if (n == 0) {
		if (last != '\n' && isatty(STDOUT_FILENO))
			(void)!write(STDOUT_FILENO, "\n", 1);
		return false;
	}
	last = bytes[n - 1];
	if (io_write_all(STDOUT_FILENO, bytes, (size_t)n) < 0)
		die(EXIT_BROKEN, "standard output: %s", strerror(errno));
	return true;
}

/* Carry bytes both ways until the server closes.  Returns the exit code. */
static int
converse(int sock, int64_t deadline)
{
	static struct pending p;
	bool input = true; /* may more be read from standard input? */
	bool lost = false; /* the server has stopped reading */

	for (;;) {
		bool full = p.sent < p.n && !lost;
		struct pollfd wait[2] = {
			{ sock, (short)(POLLIN | (full ? POLLOUT : 0)), 0 },
			{ input && !full ? STDIN_FILENO : -1, POLLIN, 0 },
		};
		int ready = poll(wait, 2, clock_left_ms(deadline));

		if (ready < 0 && errno != EINTR)
			die(EXIT_OSERR, "poll: %s", strerror(errno));
		if (ready == 0)
			die(EXIT_BROKEN, "%s: no end after %g s", name,
			    (double)timeout_ms / 1000);
		if (wait[0].revents & POLLOUT)
			lost = !send_pending(sock, &p);
		if (wait[0].revents & (POLLIN | POLLHUP | POLLERR) &&
		    !print_answer(sock))
			break;
		if (wait[1].revents != 0)
			input = take_input(sock, &p) && !lost;
	}
	if (lost)
		die(EXIT_BROKEN, "%s: closed before it had read all", name);
	return 0;
}

int
main(int argc, char **argv)
{
	int64_t deadline = CLOCK_NEVER, patience;
	const char *host, *port, *why;
	struct addr to;
	int first, sock;

	io_fill_standard();
	log_init("berth-tcp", SAY_INFO);
	first = args_parse(&args, argc, argv);
	host = first < argc ? argv[first] : "";
	port = first + 1 < argc ? argv[first + 1] : "";
	if (argc - first != (slice_starts(slice_of(host), "unix:") ? 1 : 2))
		die(EXIT_USAGE, "say HOST PORT or unix:PATH (see --help)");
	patience = clock_ms() + CONNECT_MS;
	if (timeout_ms > 0)
		deadline = clock_ms() + timeout_ms;

	/* socket(2) and connect(2), for each address of the name in turn. */
	sock = resolve_connect(host, port, SOCK_STREAM,
	    patience < deadline ? patience : deadline, &to, &why);
	if (sock < 0 && to.len == 0)
		die(EXIT_HOST, "look up %s %s: %s", host, port, why);
	if (sock < 0)
		die(EXIT_UNAVAILABLE, "connect to %s: %s", addr_text(&to, name),
		    why);
	addr_text(&to, name);
	if (verbose)
		tell_ends(sock);
	return converse(sock, deadline);
}
