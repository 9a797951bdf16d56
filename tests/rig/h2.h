/*
 * h2.h - a client of HTTP/2 that says exactly the frames it is told to, also
 * wrong ones, and takes note of all it hears.
 *
 * Fields go out as literals, written here; what comes back is decoded by
 * libnghttp2's HPACK.
 */
#ifndef RIG_H2_H
#define RIG_H2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes/buf.h"

#define RIG_H2_STREAMS 4096
#define RIG_H2_HEAD    9 /* bytes of the head of a frame */

/* Frames, flags, settings and errors by their numbers (RFC 9113 6, 7). */
enum {
	H2_DATA,
	H2_HEADERS,
	H2_PRIORITY,
	H2_RST_STREAM,
	H2_SETTINGS,
	H2_PUSH_PROMISE,
	H2_PING,
	H2_GOAWAY,
	H2_WINDOW_UPDATE,
	H2_CONTINUATION,
	H2_PRIORITY_UPDATE = 16
};
enum { H2_END_STREAM = 1, H2_ACK = 1, H2_END_HEADERS = 4, H2_PADDED = 8 };
enum {
	H2_NO_ERROR,
	H2_PROTOCOL_ERROR,
	H2_INTERNAL_ERROR,
	H2_FLOW_CONTROL_ERROR,
	H2_SETTINGS_TIMEOUT,
	H2_STREAM_CLOSED,
	H2_FRAME_SIZE_ERROR,
	H2_REFUSED_STREAM,
	H2_CANCEL,
	H2_COMPRESSION_ERROR,
	H2_CONNECT_ERROR,
	H2_ENHANCE_YOUR_CALM
};

/* What has been heard of one stream; its id is 2 * index + 1. */
struct rig_h2_stream {
	int status;      /* of the last head, 0 before */
	int heads;       /* also interim ones */
	struct buf head; /* "name value\n" of all of them */
	struct buf body; /* of DATA */
	size_t frames;   /* of DATA */
	size_t credit;   /* of WINDOW_UPDATE, in all */
	bool ended;      /* END_STREAM */
	bool reset;      /* RST_STREAM, with ... */
	uint32_t error;
	size_t order; /* which it was to end, from 1 */
};

struct rig_h2 {
	int fd;
	bool greedy; /* windows are opened as data comes */
	bool closed; /* the server's end, or a broken frame */
	int goaways; /* so many; the last one with ... */
	uint32_t last, error;
	size_t pings;         /* that were acknowledged */
	bool settings;        /* the server's have come */
	uint32_t setting[16]; /* their values, by number */
	size_t over;          /* streams that have ended or were reset */
	void *inflater;
	struct buf block; /* of a head that CONTINUATION goes on with */
	struct rig_h2_stream stream[RIG_H2_STREAMS];
};

/*
 * Begin on a connected descriptor: preface and empty SETTINGS; the server's
 * are heard and acknowledged, so that no frame of ours comes between others
 * later (rig_h2_bare: no word).  Never NULL; it lives until the test ends.
 */
struct rig_h2 *rig_h2_open(int fd);
struct rig_h2 *rig_h2_bare(int fd);

/*
 * Say a frame.  False if it could not be sent.
 */
bool rig_h2_say(struct rig_h2 *, unsigned type, unsigned flags, uint32_t id,
    const void *, size_t n);

/*
 * The same with one number of four bytes: WINDOW_UPDATE, RST_STREAM; and
 * SETTINGS with one setting.
 */
bool rig_h2_number(struct rig_h2 *, unsigned type, uint32_t id, uint32_t);
bool rig_h2_set(struct rig_h2 *, unsigned setting, uint32_t value);

/*
 * A head, as HPACK's literals: lines of "name value" (the name up to the first
 * blank), each ended by "\n".
 */
void rig_h2_fields(struct buf *, const char *lines);

/*
 * HEADERS (with END_HEADERS) of these lines; and GET of a path at localhost,
 * with END_STREAM.
 */
bool rig_h2_head(
    struct rig_h2 *, uint32_t id, unsigned flags, const char *lines);
bool rig_h2_get(struct rig_h2 *, uint32_t id, const char *path);

/*
 * Hear one frame and take note of it.  False at the end.
 */
bool rig_h2_hear(struct rig_h2 *);

/*
 * Hear on until this stream has ended or was reset; until the server has
 * closed; until it has seen to all that was said (by two pings).  False
 * (explained) if the end, or no end, came first.
 */
bool rig_h2_until(struct rig_h2 *, uint32_t id);
bool rig_h2_until_end(struct rig_h2 *);
bool rig_h2_sync(struct rig_h2 *);

/*
 * What has been heard of it; a field of its head as sent ("" if not there).
 */
struct rig_h2_stream *rig_h2_of(struct rig_h2 *, uint32_t id);
struct slice rig_h2_field(struct rig_h2 *, uint32_t id, const char *name);

#endif
