/*
 * relay.c - sendmail -bs: SMTP on standard input and output, which is the
 * server's own: what the program says goes there, what the server says comes
 * back.  Lines that end in LF alone are sent with CRLF.
 */
#include "smtp.h"
#include "dialogue.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "grammar/smtp_data.h"
#include "system/clock.h"
#include "system/io.h"
#include "system/log.h"
#include "system/resolve.h"

#define PIECE 16384

/* Our words in the server's place: it is not there. */
static int
no_server(const struct options *o, int code, const char *why)
{
	log_error("%s:%s: %s", o->host, o->port, why);
	printf("421 4.4.1 %s: %s\r\n", o->host, why);
	fflush(stdout);
	return code;
}

/* From the program to the server.  Returns whether there is more to come. */
static bool
forth(struct conn *c, struct smtp_lines *lines)
{
	static char in[PIECE], out[2 * PIECE + 2];
	ssize_t n = read(STDIN_FILENO, in, sizeof(in));

	if (n < 0 && errno == EINTR)
		return true;
	conn_deadline(c, WAIT_BLOCK);
	if (n <= 0) {
		size_t last = smtp_lines_end(lines, out);

		conn_say(c, (struct slice){ out, last });
		conn_shut(c);
		return false;
	}
	n = (ssize_t)smtp_lines_put(
	    lines, (struct slice){ in, (size_t)n }, out);
	/* If it takes no more it has something to say about that. */
	conn_say(c, (struct slice){ out, (size_t)n });
	return true;
}

/* From the server to the program; what stays of it is its last line. */
static ssize_t
back(struct conn *c, bool *bye)
{
	ssize_t n = conn_fill(c);
	struct slice all = buf_slice(&c->in);
	const char *lf;

	if (n <= 0)
		return n;
	if (io_write_all(STDOUT_FILENO, all.p, all.n) < 0)
		die(EXIT_OSERR, "standard output: %s", strerror(errno));
	if (slice_ends(all, "\n"))
		all.n--;
	lf = slice_rfind(all, '\n');
	if (lf != NULL)
		all = slice_from(all, (size_t)(lf + 1 - all.p));
	*bye = slice_starts(all, "221");
	buf_clear(&c->in);
	return n;
}

static int
pass_on(struct conn *c, const struct options *o)
{
	struct smtp_lines lines = { .after_cr = false };
	bool more = true, bye = false;

	for (;;) {
		int seen;

		conn_deadline(c, WAIT_DOT);
		seen =
		    conn_wait(c, CONN_READABLE, more ? STDIN_FILENO : -1, -1);
		if (seen == CONN_TIMEOUT) {
			log_error("%s:%s: timed out", o->host, o->port);
			return EXIT_LATER;
		}
		if (seen < 0 ||
		    ((seen & (CONN_READABLE | CONN_HUNG_UP)) != 0 &&
			back(c, &bye) <= 0))
			break;
		if ((seen & CONN_OTHER) != 0)
			more = forth(c, &lines);
	}
	if (bye || !more)
		return 0;
	log_error("%s:%s: it has closed the connection", o->host, o->port);
	return EXIT_LATER;
}

int
relay(const struct options *o)
{
	const char *why = "";
	struct addr to;
	struct conn c;
	int code,
	    fd = resolve_connect(o->host, o->port, SOCK_STREAM,
		clock_ms() + WAIT_CONNECT, &to, &why);

	if (fd < 0)
		return no_server(o,
		    errno == ENOENT ? EXIT_NO_HOST : EXIT_NO_CONNECTION, why);
	conn_init(&c, fd, SOCK_STREAM, &to, clock_us());
	code = pass_on(&c, o);
	conn_drop(&c);
	return code;
}
