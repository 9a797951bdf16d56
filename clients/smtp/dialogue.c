/*
 * dialogue.c - the connection: commands and replies.
 *
 * The server is not trusted: a reply has bounds, its bytes are checked before
 * they reach a terminal, and every wait ends.
 */
#include "smtp.h"
#include "dialogue.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "bytes/ascii.h"
#include "conn/narrated.h"
#include "system/clock.h"
#include "system/log.h"
#include "system/resolve.h"

#define OUT_MAX (1 << 20) /* commands that wait to be sent together */

static int
broken(struct dialogue *l, int code, const char *what)
{
	/* How it takes leave changes nothing: all has been answered. */
	if (!l->leaves)
		log_error("%s:%s: %s", l->o->host, l->o->port, what);
	l->fault = code;
	return -1;
}

/* The gate: whatever was checked before, this is one command. */
static bool
is_one_line(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\r' || s.p[i] == '\n' || s.p[i] == '\0')
			return false;
	return true;
}

void
dialogue_say(struct dialogue *l, const char *shown, const char *fmt, ...)
{
	size_t before = l->out.n;
	va_list ap;

	va_start(ap, fmt);
	buf_addv(&l->out, fmt, ap);
	va_end(ap);
	if (l->out.failed)
		die(EXIT_USAGE, "a command would be too long");
	if (!is_one_line(slice_from(buf_slice(&l->out), before))) {
		l->out.n = before;
		broken(l, EXIT_USAGE, "a command with a line break in it");
		return;
	}
	dialogue_show(l, "C: ",
	    shown != NULL ? slice_of(shown) :
			    slice_from(buf_slice(&l->out), before));
	buf_addz(&l->out, "\r\n");
}

static int
flush(struct dialogue *l)
{
	bool silent = l->out.n == 0 || l->cut;
	int status = silent ? 0 : conn_say(&l->c, buf_slice(&l->out));

	buf_clear(&l->out);
	if (status == CONN_TIMEOUT)
		return broken(l, EXIT_LATER, "it takes no more: timed out");
	/* What it has to say about that may have come already. */
	return 0;
}

static int
no_more(struct dialogue *l, ssize_t status)
{
	if (status == CONN_TIMEOUT)
		return broken(l, EXIT_LATER, "no reply: timed out");
	return broken(l, EXIT_LATER,
	    status == CONN_EOF ? "it has closed the connection" :
				 strerror(errno));
}

/* The reply is whole: take it apart and show it. */
static int
read_it(struct dialogue *l)
{
	struct slice rest;

	if (smtp_reply_parse(buf_slice(&l->reply), &l->r) <= 0)
		return broken(l, EXIT_PROTOCOL, "a reply that is too long");
	for (rest = l->r.text; rest.n > 0;) {
		struct slice line = slice_cut(&rest, '\n');

		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		dialogue_show(l, "S: ", line);
	}
	return l->r.code;
}

int
dialogue_hear(struct dialogue *l, int64_t ms)
{
	if (l->fault != 0)
		return -1;
	conn_deadline(&l->c, ms);
	if (flush(l) < 0)
		return -1;
	reply_begin(l);
	for (;;) {
		int n = reply_take(l);
		ssize_t got;

		if (n > 0)
			return read_it(l);
		if (n == SMTP_REPLY_MIXED)
			return broken(
			    l, EXIT_PROTOCOL, "a reply whose lines disagree");
		if (n == SMTP_REPLY_LONG)
			return broken(
			    l, EXIT_PROTOCOL, "a reply without an end");
		if (n < 0)
			return broken(l, EXIT_PROTOCOL, "this is not SMTP");
		got = conn_fill(&l->c);
		if (got <= 0)
			return no_more(l, got);
	}
}

int
dialogue_ask(struct dialogue *l, int64_t ms, const char *fmt, ...)
{
	struct buf line;
	va_list ap;

	buf_init(&line, OUT_MAX);
	va_start(ap, fmt);
	buf_addv(&line, fmt, ap);
	va_end(ap);
	dialogue_say(l, NULL, "%.*s", (int)line.n, line.p);
	buf_free(&line);
	return dialogue_hear(l, ms);
}

const char *
dialogue_words(struct dialogue *l)
{
	static char words[512];
	struct slice rest = l->r.text, line = { NULL, 0 };
	size_t n = 0;

	/* The last line carries what there is to know. */
	for (size_t i = 0; i < l->r.lines; i++)
		line = slice_cut(&rest, '\n');
	for (size_t i = 0; i < line.n && n + 1 < sizeof(words); i++)
		if (!ascii_is(line.p[i], ASCII_CTL))
			words[n++] = line.p[i];
	words[n] = '\0';
	return words;
}

int
dialogue_judge(struct dialogue *l, int wanted, const char *about)
{
	if (l->fault != 0)
		return l->fault;
	if (l->r.code / 100 == wanted)
		return 0;
	log_error("%s: %s", about, dialogue_words(l));
	if (l->r.code < 400)
		l->fault = EXIT_PROTOCOL; /* whatever comes next is not ours */
	return l->r.code >= 500 ? EXIT_REFUSED :
	    l->r.code >= 400    ? EXIT_LATER :
				  EXIT_PROTOCOL;
}

int
dialogue_open(struct dialogue *l, const struct options *o)
{
	const char *why = "";
	struct addr to;
	int fd;

	*l = (struct dialogue){ .o = o };
	buf_init(&l->out, OUT_MAX);
	buf_init(&l->reply, SMTP_REPLY_MAX + 1);
	fd = resolve_connect(o->host, o->port, SOCK_STREAM,
	    clock_ms() + WAIT_CONNECT, &to, &why);
	if (fd < 0) {
		int code = errno == ENOENT ? EXIT_NO_HOST : EXIT_NO_CONNECTION;

		log_error("%s:%s: %s", o->host, o->port, why);
		l->fault = code;
		return code;
	}
	conn_init(&l->c, fd, SOCK_STREAM, &to, clock_us());
	if (o->tls && secure_begin(l) != 0)
		return l->fault;
	narrated(&l->c);
	dialogue_hear(l, WAIT_COMMAND);
	return dialogue_judge(l, 2, o->host);
}

static void
forget(struct dialogue *l)
{
	buf_free(&l->out);
	buf_free(&l->reply);
}

void
dialogue_close(struct dialogue *l)
{
	l->leaves = true;
	if (l->fault == 0)
		dialogue_ask(l, 5000, "QUIT");
	dialogue_drop(l);
}

void
dialogue_drop(struct dialogue *l)
{
	if (l->c.fd > 0)
		conn_drop(&l->c);
	forget(l);
}
