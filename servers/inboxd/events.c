/*
 * events.c - what happens, as it happens: server-sent events (WHATWG HTML
 * 9.2), for the page and for whoever wants to know.
 *
 *	GET /api/v1/events/stream?mailbox=NAME
 *	new {MessageSummary}, update {ID,Read,Tags}, delete {ID},
 *	stats {Total,Unread}, reset {}, behind {Why}
 */
#include "inboxd/events.h"

#include <stdlib.h>

#include "inboxd/api.h"
#include "inboxd/changes.h"
#include "inboxd/feed.h"
#include "system/clock.h"

#define PULSE_MS 15000 /* a comment so often, to notice who is gone */
#define OUT_MAX  (8 << 20)

struct stream {
	struct feed feed;
	bool begun;
	int behind;    /* what was told of that */
	int64_t until; /* the next pulse */
	snapshot_tell *tell;
	struct buf out;
};

static void
tell(void *with, enum snapshot_event what, const struct index_row *row,
    const struct index_counts *counts)
{
	struct buf *out = with;

	switch (what) {
	case SNAPSHOT_NEW:
		buf_addz(out, "event: new\ndata: ");
		index_summary(row, out);
		break;
	case SNAPSHOT_UPDATE:
		buf_addf(out,
		    "event: update\ndata: "
		    "{\"ID\":\"%s\",\"Read\":%s,\"Tags\":%.*s}",
		    row->id, row->seen ? "true" : "false",
		    SLICE_FMT(row->tags));
		break;
	case SNAPSHOT_DELETE:
		buf_addf(out, "event: delete\ndata: {\"ID\":\"%s\"}", row->id);
		break;
	case SNAPSHOT_RESET:
		buf_addz(out, "event: reset\ndata: {}");
		break;
	case SNAPSHOT_STATS:
		buf_addf(out,
		    "event: stats\ndata: {\"Total\":%lld,\"Unread\":%lld}",
		    (long long)counts->total, (long long)counts->unread);
		break;
	}
	buf_addz(out, "\n\n");
}

/* The words of others have nothing for that. */
static void
tell_behind(struct stream *s)
{
	int behind = index_behind(maildir_root(inbox.maildir));

	if (behind == s->behind || s->tell != tell)
		return;
	s->behind = behind;
	buf_addf(&s->out, "event: behind\ndata: {\"Why\":\"%s\"}\n\n",
	    behind < 0 ? index_words(behind) : "");
}

static enum piece_status
next(void *own, struct piece *p)
{
	struct stream *s = own;

	if (conn_draining() || changes_lost())
		return PIECE_END;
	buf_clear(&s->out);
	feed_look(&s->feed, s->tell, &s->out);
	if (s->feed.absent)
		buf_clear(&s->out); /* it is being made anew */
	if (s->out.failed) {
		buf_clear(&s->out);
		s->tell(&s->out, SNAPSHOT_RESET, NULL, NULL);
	}
	tell_behind(s);
	if (!s->begun)
		buf_addz(&s->out, "retry: 1000\n\n");
	if (s->begun && s->out.n == 0 && clock_ms() >= s->until)
		buf_addz(&s->out, ":\n\n");
	s->begun = true;
	if (s->out.n > 0) {
		s->until = clock_ms() + PULSE_MS;
		p->bytes = buf_slice(&s->out);
		return PIECE_MORE;
	}
	p->wake_fd = s->feed.watch;
	p->wake_ms = feed_wait_ms(&s->feed, clock_left_ms(s->until));
	return PIECE_LATER;
}

static void
done(void *own)
{
	struct stream *s = own;

	if (s == NULL)
		return;
	feed_close(&s->feed);
	buf_free(&s->out);
	free(s);
}

int
events_answer(struct exchange *x, snapshot_tell *its)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return inbox_error(x, 500, "no memory");
	buf_init(&s->out, OUT_MAX);
	s->tell = its;
	if (feed_open(x, &s->feed) != 0) {
		done(s);
		return 0;
	}
	web_pieces(x, 200, "text/event-stream", REPLY_OPEN_END, next, done, s);
	web_fieldz(x, "Cache-Control", "no-store");
	return 0;
}

int
api_events(struct exchange *x, const char *part)
{
	(void)part;
	return events_answer(x, tell);
}
