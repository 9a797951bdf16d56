/*
 * berth-udp - lines to a UDP server, its answers back.
 *
 * Each line is one datagram, and so is each answer.  Datagrams get lost on
 * the way, so an answer is awaited for a bounded time and the line is sent
 * again a bounded number of times.  connect(2) on a datagram socket sends
 * nothing: it only fixes the other end, so that the kernel drops datagrams of
 * strangers and tells us when the other end refuses ours (ICMP).
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "system/addr.h"
#include "system/args.h"
#include "system/clock.h"
#include "system/io.h"
#include "system/log.h"
#include "system/narrate.h"
#include "system/resolve.h"
#include "system/sock.h"

#define DATAGRAM_MAX 65507 /* the longest payload of UDP over IPv4 */

enum {
	EXIT_LONG = 65, /* a line does not fit into a datagram (EX_DATAERR) */
	EXIT_HOST = 68, /* no such host or service (EX_NOHOST) */
	EXIT_IO = 74,   /* standard input or output failed (EX_IOERR) */
};

static bool verbose;
static int64_t timeout_ms = 1000;
static uint64_t retries = 3;

static const struct arg own[] = {
	{ "timeout", "SECONDS", "wait so long for each answer (1)",
	    .seconds = &timeout_ms, .letter = 't', .max = 3600 },
	{ "retries", "N", "send a line again so often when no answer comes (3)",
	    .number = &retries, .letter = 'r', .max = 100 },
	{ "verbose", NULL, "tell both ends, and each line sent again",
	    .flag = &verbose, .letter = 'v' },
	{ "narrate", NULL, "tell each socket call as it happens",
	    .flag = &narrate_on },
	{ 0 },
};

static const struct arg_table table = { .options = own };
static const struct arg_table *const tables[] = { &table, NULL };

static const struct args args = {
	.program = "berth-udp",
	.synopsis = "[-v] [-t SECONDS] [-r N] HOST PORT",
	.about = "Sends each line of standard input as a datagram and prints "
		 "the answers.\nPORT is a number or a service name.",
	.examples = "  echo hello | berth-udp localhost 12000\n"
		    "  berth-udp -v -t 0.2 -r 10 ::1 12000\n",
	.tables = tables,
};

/* The server: what its name stands for, and the one that we talk to. */
struct server {
	struct addr found[ADDR_MAX_FOUND];
	int n, at;
	int sock;   /* connected to found[at] */
	bool known; /* it has answered once */
	char name[ADDR_MAX_TEXT];
};

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
 * A fresh socket, and with it a fresh port of ours: an answer that comes late
 * to the old one cannot be taken for the answer to the next line.
 */
static void
open_socket(struct server *s)
{
	const struct addr *to = &s->found[s->at];

	if (s->sock >= 0)
		close(s->sock);
	addr_text(to, s->name);
	s->sock = sock_connect(to, SOCK_DGRAM, CLOCK_NEVER);
	if (s->sock < 0)
		die(EXIT_UNAVAILABLE, "connect to %s: %s", s->name,
		    strerror(errno));
	if (verbose)
		tell_ends(s->sock);
}

/*
 * Send the line and wait for one datagram.  Returns its length, or -1 with
 * errno: EAGAIN when none came in time, ECONNREFUSED when an ICMP message
 * said that nobody listens there.
 */
static ssize_t
ask(int sock, const char *line, size_t n, char *answer)
{
	int64_t deadline = clock_ms() + timeout_ms;
	struct pollfd wait = { .fd = sock, .events = POLLIN };
	ssize_t got = send(sock, line, n, 0);
	int ready;

	narrate(got, NULL, "send(%d, %s)", sock, narrate_bytes(line, n));
	if (got < 0)
		return -1;
	do {
		ready = poll(&wait, 1, clock_left_ms(deadline));
	} while (ready < 0 && errno == EINTR);
	/* Also after a timeout: this recv(2) then says EAGAIN. */
	got = recv(sock, answer, DATAGRAM_MAX, MSG_DONTWAIT);
	narrate(got, got < 0 ? NULL : narrate_bytes(answer, (size_t)got),
	    "recv(%d)", sock);
	return got;
}

/* No answer will come: say why, in one line, by errno. */
static _Noreturn void
give_up(const struct server *s, size_t n)
{
	if (errno == EAGAIN)
		die(EXIT_UNAVAILABLE,
		    "%s: no answer (%llu datagrams sent, %g s waited for each)",
		    s->name, (unsigned long long)retries + 1,
		    (double)timeout_ms / 1000);
	if (errno == ECONNREFUSED)
		die(EXIT_UNAVAILABLE,
		    "%s: refused: nobody listens there (ICMP says so)",
		    s->name);
	if (errno == EMSGSIZE)
		die(EXIT_LONG, "%s: a line of %zu bytes fits no datagram",
		    s->name, n);
	die(EXIT_UNAVAILABLE, "%s: %s", s->name, strerror(errno));
}

/*
 * Ask until there is an answer.  Refused by the first address of the name?
 * The server may listen on another one only, such as 127.0.0.1 and not ::1.
 */
static size_t
exchange(struct server *s, const char *line, size_t n, char *answer)
{
	uint64_t again = 0; /* how often the line was sent again */
	ssize_t got;

	while ((got = ask(s->sock, line, n, answer)) < 0) {
		if (errno == ECONNREFUSED && !s->known && s->at + 1 < s->n) {
			s->at++;
			open_socket(s);
			continue;
		}
		if (errno != EAGAIN || again++ == retries)
			give_up(s, n);
		if (verbose)
			fprintf(stderr, "No answer: sending again\n");
	}
	s->known = true;
	if (again > 0)
		open_socket(s);
	return (size_t)got;
}

/* Each line a question, each answer a line. */
static int
converse(struct server *s)
{
	static char answer[DATAGRAM_MAX];
	char *line = NULL;
	size_t room = 0, n;
	ssize_t got;

	/* The line goes out as it is, with its line feed. */
	while ((got = getline(&line, &room, stdin)) > 0) {
		n = exchange(s, line, (size_t)got, answer);
		if (fwrite(answer, 1, n, stdout) != n ||
		    (n > 0 && answer[n - 1] != '\n' && putchar('\n') == EOF) ||
		    fflush(stdout) == EOF)
			die(EXIT_IO, "standard output: %s", strerror(errno));
	}
	if (ferror(stdin))
		die(EXIT_IO, "standard input: %s", strerror(errno));
	free(line);
	return 0;
}

int
main(int argc, char **argv)
{
	static struct server s = { .sock = -1 };
	const char *host, *port, *why;
	int first;

	io_fill_standard();
	log_init("berth-udp", SAY_INFO);
	first = args_parse(&args, argc, argv);
	if (argc - first != 2)
		die(EXIT_USAGE, "say HOST PORT (see --help)");
	host = argv[first];
	port = argv[first + 1];
	s.n = resolve(host, port, SOCK_DGRAM, s.found, &why);
	if (s.n < 0)
		die(EXIT_HOST, "look up %s %s: %s", host, port, why);
	open_socket(&s);
	return converse(&s);
}
