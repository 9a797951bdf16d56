/*
 * request.c - write the request (RFC 9112 3).
 */
#include "http.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "grammar/base64.h"
#include "grammar/uri.h"

static struct slice
name_of(const char *line)
{
	struct slice rest = slice_of(line);

	return slice_cut(&rest, ':');
}

/* Has the user said something about this field? */
static bool
is_given(const struct task *t, const char *name)
{
	for (size_t i = 0; i < t->opt->headers.n; i++)
		if (slice_iis(name_of(t->opt->headers.item[i]), name))
			return true;
	return false;
}

/* user:password@ in the URL becomes the Basic scheme (RFC 7617). */
static void
add_user(struct buf *b, const struct task *t)
{
	char plain[512];
	struct slice user = t->origin.user;

	if (user.p == NULL || t->strange || user.n > sizeof(plain) - 1 ||
	    is_given(t, "Authorization"))
		return;
	user = (struct slice){ plain, uri_decode(user, false, plain) };
	if (slice_find(user, ':') == NULL)
		plain[user.n++] = ':';
	buf_addz(b, "Authorization: Basic ");
	base64_encode(user, b);
	buf_addz(b, "\r\n");
}

/* -H lines; what is secret stays with the origin that the user named. */
static void
add_given(struct buf *b, const struct task *t)
{
	for (size_t i = 0; i < t->opt->headers.n; i++) {
		const char *line = t->opt->headers.item[i];
		struct slice rest = slice_of(line),
			     name = slice_cut(&rest, ':');

		if (slice_trim(rest).n == 0)
			continue; /* 'Name:' only takes a usual one away */
		if (t->strange &&
		    (slice_iis(name, "Authorization") ||
			slice_iis(name, "Cookie") || slice_iis(name, "Host")))
			continue;
		buf_addf(b, "%s\r\n", line);
	}
}

static void
add_head(struct buf *b, const struct task *t, bool h2)
{
	buf_addf(b, "%s ", t->method);
	url_target(b, &t->url);
	buf_addz(b, h2 ? " HTTP/2\r\n" : " HTTP/1.1\r\n");
	if (t->strange || !is_given(t, "Host")) {
		buf_addz(b, "Host: ");
		url_host(b, &t->url);
		buf_addz(b, "\r\n");
	}
	if (!is_given(t, "User-Agent"))
		buf_addz(b, "User-Agent: berth-http/" BERTH_VERSION "\r\n");
	if (!is_given(t, "Accept"))
		buf_addz(b, "Accept: */*\r\n");
	if (t->opt->range != NULL)
		buf_addf(b, "Range: bytes=%s\r\n", t->opt->range);
	/* With the last byte that we have: see sink.c. */
	if (t->offset > 0)
		buf_addf(b, "Range: bytes=%llu-\r\n",
		    (unsigned long long)t->offset - 1);
	add_user(b, t);
	if (t->with_body && !is_given(t, "Content-Type"))
		buf_addz(b,
		    "Content-Type: "
		    "application/x-www-form-urlencoded\r\n");
	if (t->with_body && !is_given(t, "Content-Length"))
		buf_addf(b, "Content-Length: %zu\r\n", t->opt->body.n);
	add_given(b, t);
	buf_addz(b, "\r\n");
}

/*
 * Has the server begun its final answer?  Then it may not want the rest of
 * the body (RFC 9112 9.5).  An interim answer does not count.
 */
static bool
is_answering(struct connection *call)
{
	ssize_t n = conn_fill_now(&call->c);
	const struct buf *in = &call->c.in;

	if (n < 0 && (n != CONN_ERROR || errno != EAGAIN))
		return true;
	return n == CONN_EOF || (in->n >= 10 && in->p[9] != '1');
}

/*
 * Send while also listening: a server that refuses the body answers at once,
 * stops reading, and would leave a plain send(2) stuck.  Returns 0 also when
 * the sending was cut short by an answer: *all says which.
 */
static int
send_body(struct connection *call, const struct task *t, bool *all)
{
	struct slice rest = buf_slice(&t->opt->body);

	*all = true;
	while (rest.n > 0) {
		int seen =
		    conn_wait(&call->c, CONN_READABLE | CONN_WRITABLE, -1, -1);
		ssize_t n;

		if (seen < 0)
			return seen;
		if ((seen & CONN_READABLE) != 0 && is_answering(call)) {
			*all = false;
			return 0;
		}
		n = conn_send_now(&call->c, rest);
		if (n < 0 && errno == EAGAIN)
			continue;
		if (n < 0)
			return CONN_ERROR;
		rest = slice_from(rest, (size_t)n);
	}
	return 0;
}

/* Each line of the head behind "> ", as it goes out. */
static void
show(struct slice head)
{
	while (head.n > 0) {
		struct slice line = slice_cut(&head, '\n');

		fprintf(stderr, "> %.*s\n", (int)(line.n > 0 ? line.n - 1 : 0),
		    line.p);
	}
}

int
request_send(struct connection *call, const struct task *t)
{
	struct buf head;
	bool all = true;
	int status;

	buf_init(&head, 4 * URL_MAX + ANSWER_HEAD_MAX);
	add_head(&head, t, call->h2 != NULL);
	if (head.failed) {
		buf_free(&head);
		return fail(
		    EXIT_SEND, "%s: the request is too long", call->name);
	}
	if (t->opt->verbose)
		show(buf_slice(&head));
	call->c.deadline = t->deadline;
	if (call->h2 != NULL) {
		struct slice none = { NULL, 0 };

		status = answer_h2_ask(call->h2, buf_slice(&head),
		    t->with_body ? buf_slice(&t->opt->body) : none);
	} else {
		status = conn_say(&call->c, buf_slice(&head));
		if (status == 0 && t->with_body)
			status = send_body(call, t, &all);
	}
	buf_free(&head);
	if (status == CONN_TIMEOUT)
		return fail(
		    EXIT_TIME, "%s: time is over while sending", call->name);
	/* What it sent before it closed may be the answer: go and read. */
	if (status < 0 && errno != EPIPE && errno != ECONNRESET)
		return fail(
		    EXIT_SEND, "%s: send: %s", call->name, strerror(errno));
	call->cut = status < 0 || !all;
	return 0;
}
