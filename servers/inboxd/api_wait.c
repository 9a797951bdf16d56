/*
 * api_wait.c - wait for mail: the answer comes when it is there.
 *
 *	GET /api/v1/wait?query=TEXT&count=N&after=ID&timeout=SECONDS&mailbox=NAME
 *
 * Answers with the messages that match (200) as soon as there are count of
 * them, or with what else is there (408): the newest that would have counted,
 * had they matched.  Only messages that were indexed after ID count, if that is
 * given.  Nothing polls: the wait ends when
 * the index has changed.
 */
#include <stdlib.h>
#include <string.h>

#include "inboxd/api.h"
#include "inboxd/barrier.h"
#include "inboxd/changes.h"
#include "system/clock.h"

#define TIMEOUT_S     30
#define TIMEOUT_MAX_S 3600
#define COUNT_MAX     1000
#define SEEN_MAX      20    /* of what is there instead */
#define GONE_MS       10000 /* for a client that has closed its side */
#define LIST_MAX      ((size_t)32 << 20)

/* A wait that lasts.  It hangs on the reply that is begun, so it is let go of
 * with that, when the answer is made or the client is gone. */
struct waiting {
	int watch;
	int64_t count, until;
	struct scope s;
};

struct rows {
	struct buf *out;
	int64_t n;
};

static int
add_row(void *with, const struct index_row *row)
{
	struct rows *r = with;

	if (r->n++ > 0)
		buf_addc(r->out, ',');
	index_summary(row, r->out);
	return 0;
}

static void
done(void *own)
{
	struct waiting *w = own;

	scope_free(&w->s);
	changes_forget(w->watch);
	free(w);
}

static int
too_late(struct exchange *x, const struct waiting *w)
{
	struct index_scope others = { .folder = w->s.index.folder,
		.after = w->s.index.after };
	struct buf out;
	struct rows rows = { .out = &out };
	int status;

	buf_init(&out, LIST_MAX);
	buf_addz(&out, "{\"Error\":\"not in time\",\"seen\":[");
	status = index_list(inbox.index, &others, 0, SEEN_MAX, add_row, &rows);
	buf_addf(&out, "],\"count\":%lld}", (long long)rows.n);
	if (status < 0)
		inbox_failed(x, status);
	else
		web_json(x, 408, &out);
	buf_free(&out);
	return 0;
}

/* Are they there?  Then answer and return 1; 0 not yet; or an index_status. */
static int
try(struct exchange *x, const struct waiting *w)
{
	struct buf out;
	struct rows rows = { .out = &out };
	int status;

	buf_init(&out, LIST_MAX);
	buf_addz(&out, "{\"messages\":[");
	status = index_list(inbox.index, &w->s.index, 0,
	    w->count < 1 ? 1 : COUNT_MAX, add_row, &rows);
	buf_addf(&out, "],\"count\":%lld}", (long long)rows.n);
	if (status >= 0 && rows.n >= w->count) {
		web_json(x, 200, &out);
		status = 1;
	} else if (status > 0) {
		status = 0;
	}
	buf_free(&out);
	return status;
}

static int
look(struct exchange *x)
{
	struct waiting *w = x->reply.own;
	int64_t soon = clock_ms() + GONE_MS;
	int status, left;

	/* It may only have said that it sends no more. */
	if (x->hung_up && w->until > soon)
		w->until = soon;
	changes_hear(w->watch);
	status = scope_renew(&w->s);
	if (status == 0)
		status = try(x, w);
	if (status < 0 && changes_lost()) {
		x->close = true;
		return inbox_failed(x, status);
	}
	if (status == 0 && (clock_ms() >= w->until || conn_draining()))
		return too_late(x, w);
	if (status == 1 || status == INDEX_BROKEN || status == INDEX_FAILED)
		return status == 1 ? 0 : inbox_failed(x, status);
	left = clock_left_ms(w->until);
	if (status < 0 && left > CHANGES_ABSENT_MS)
		left = CHANGES_ABSENT_MS;
	return web_later(x, w->watch, left, look);
}

struct newest {
	int64_t n;
};

static void
note_n(void *with, const struct index_row *row, struct slice document)
{
	(void)document;
	((struct newest *)with)->n = row->n;
}

/* after=ID: what was indexed before it, and it, does not count. */
static int
read_after(struct exchange *x, struct waiting *w)
{
	char id[MAILDIR_ID_MAX];
	struct index_scope all = { 0 };
	struct newest after = { 0 };
	ssize_t n = web_query(x, "after", id, sizeof(id));
	int status;

	if (n == -1 || n == 0)
		return 0;
	if (n < 0)
		return inbox_error(x, 400, "after: not an ID") + 1;
	status = index_message(inbox.index, &all, id, note_n, &after);
	if (status < 0)
		return inbox_failed(x, status) + 1;
	if (status == 0)
		return inbox_error(x, 404, "after: there is no such message") +
		    1;
	w->s.index.after = after.n;
	return 0;
}

static int
read_wait(struct exchange *x, struct waiting *w)
{
	int64_t timeout = TIMEOUT_S;

	w->count = 1;
	if (scope_read(x, &w->s) != 0)
		return 1;
	if (scope_number(x, "count", &w->count) < 0 || w->count > COUNT_MAX)
		return inbox_error(x, 400, "count: not a number up to 1000") +
		    1;
	if (scope_number(x, "timeout", &timeout) < 0 || timeout > TIMEOUT_MAX_S)
		return inbox_error(x, 400,
			   "timeout: not a number of seconds up to 3600") +
		    1;
	w->until = clock_ms() + timeout * 1000;
	return read_after(x, w);
}

int
api_wait(struct exchange *x, const char *part)
{
	struct waiting *w = calloc(1, sizeof(*w));
	int fault;

	(void)part;
	if (w == NULL)
		return inbox_error(x, 500, "no memory");
	w->watch = changes_watch();
	barrier_wait();
	fault = read_wait(x, w);
	if (fault == 0 && w->watch < 0)
		fault = inbox_failed(x, INDEX_ABSENT) + 1;
	if (fault != 0) {
		done(w);
		return 0;
	}
	web_begin(x, 200);
	web_when_done(x, done, w);
	return look(x);
}
