/*
 * events_socket.c - what happens, as Mailpit's clients hear of it.
 *
 *	WebSocket /api/events
 *	{"Type":"new","Data":{MessageSummary}}, "update" {ID,Read,Tags},
 *	"delete" {ID}, "stats" {Total,Unread,Version}, "truncate" null when
 *	all is gone, "prune" null when more has changed than is told
 */
#include "inboxd/api.h"
#include "inboxd/socket.h"
#include "system/args.h"

static void
tell(struct buf *out, enum snapshot_event what, const struct index_row *row,
    const struct index_counts *counts)
{
	switch (what) {
	case SNAPSHOT_NEW:
		buf_addz(out, "{\"Type\":\"new\",\"Data\":");
		index_summary(row, out);
		buf_addc(out, '}');
		break;
	case SNAPSHOT_UPDATE:
		buf_addf(out,
		    "{\"Type\":\"update\",\"Data\":"
		    "{\"ID\":\"%s\",\"Read\":%s,\"Tags\":%.*s}}",
		    row->id, row->seen ? "true" : "false",
		    SLICE_FMT(row->tags));
		break;
	case SNAPSHOT_DELETE:
		buf_addf(out, "{\"Type\":\"delete\",\"Data\":{\"ID\":\"%s\"}}",
		    row->id);
		break;
	case SNAPSHOT_RESET:
		buf_addf(out, "{\"Type\":\"%s\",\"Data\":null}",
		    counts != NULL && counts->total == 0 ? "truncate" :
							   "prune");
		break;
	case SNAPSHOT_STATS:
		buf_addf(out,
		    "{\"Type\":\"stats\",\"Data\":{\"Total\":%lld,"
		    "\"Unread\":%lld,\"Version\":\"" BERTH_VERSION "\"}}",
		    (long long)counts->total, (long long)counts->unread);
		break;
	}
}

int
api_events_socket(struct exchange *x, const char *part)
{
	static const struct socket_events mailpit = { .tell = tell };

	(void)part;
	return socket_answer(x, &mailpit);
}
