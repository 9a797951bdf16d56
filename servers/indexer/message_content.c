/*
 * message_content.c - what a part holds, decoded a piece at a time.
 */
#include <errno.h>
#include <unistd.h>

#include "grammar/transfer.h"
#include "indexer/message_inside.h"

#define PIECE ((size_t)64 << 10)

/* Send what was decoded on its ways. */
static uint64_t
give(struct buf *decoded, struct buf *first, GChecksum *sums[SUMS])
{
	size_t n = decoded->n, room = first->max - first->n;

	buf_add(first, decoded->p, n < room ? n : room);
	for (size_t i = 0; sums != NULL && n > 0 && i < SUMS; i++)
		g_checksum_update(
		    sums[i], (const guchar *)decoded->p, (gssize)n);
	buf_clear(decoded);
	return n;
}

uint64_t
message_content(const struct message *m, const struct part *p,
    struct buf *first, GChecksum *sums[SUMS])
{
	uint64_t at = p->offset, end = p->offset + p->length, size = 0;
	char *piece = g_malloc(PIECE);
	struct transfer t;
	struct buf decoded;

	buf_init(&decoded, TRANSFER_ROOM(PIECE));
	transfer_begin(&t, transfer_named(p->encoding));
	while (at < end) {
		size_t want = end - at < PIECE ? (size_t)(end - at) : PIECE;
		ssize_t got = pread(m->fd, piece, want, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) /* it has shrunk, or cannot be read */
			break;
		at += (uint64_t)got;
		transfer_add(
		    &t, (struct slice){ piece, (size_t)got }, &decoded);
		size += give(&decoded, first, sums);
	}
	transfer_end(&t, &decoded);
	size += give(&decoded, first, sums);
	buf_free(&decoded);
	g_free(piece);
	return size;
}
