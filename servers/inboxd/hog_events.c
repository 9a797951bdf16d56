/*
 * hog_events.c - new messages, as they come, in MailHog's shape: by
 * server-sent events, or over a WebSocket.
 */
#include "inboxd/events.h"
#include "inboxd/hog.h"
#include "inboxd/socket.h"

/* Nothing but new messages is told. */
static void
tell(struct buf *out, enum snapshot_event what, const struct index_row *row,
    const struct index_counts *counts)
{
	struct hog_message m;

	(void)counts;
	if (what != SNAPSHOT_NEW)
		return;
	if (hog_open(&m, row, HOG_DATA_MAX) == 0)
		hog_add(out, &m);
	hog_close(&m);
}

static void
tell_stream(void *with, enum snapshot_event what, const struct index_row *row,
    const struct index_counts *counts)
{
	struct buf *out = with, text;

	buf_init(&text, HOG_JSON_MAX);
	tell(&text, what, row, counts);
	if (text.n > 0) {
		buf_addz(out, "data: ");
		buf_adds(out, buf_slice(&text));
		buf_addz(out, "\n\n");
	}
	buf_free(&text);
}

int
hog_events(struct exchange *x, const char *part)
{
	(void)part;
	return events_answer(x, tell_stream);
}

int
hog_socket(struct exchange *x, const char *part)
{
	static const struct socket_events mailhog = { .tell = tell };

	(void)part;
	return socket_answer(x, &mailhog);
}
