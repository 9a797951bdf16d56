/*
 * h2.h - a conversation in HTTP/2 (RFC 9113): what its files share among
 * themselves.
 *
 *	h2.c		the conversation: whom the program answers next
 *	h2_turn.c	send, receive, wait: one turn of it
 *	h2_time.c	how long who may take
 *	h2_end.c	how it ends
 *	h2_hear.c	what nghttp2 hears from the client
 *	h2_toll.c	what costs the client nothing must not cost us much
 *	h2_request.c	from fields to a request
 *	h2_body.c	the bodies of requests
 *	h2_head.c	the head of a reply
 *	h2_reply.c	from a reply to frames
 *	h2_stream.c	one request and its reply, from birth to the log
 *
 * Frames and HPACK are libnghttp2's, and so are the states of a stream and the
 * rules of RFC 9113 about messages; what a request may be beyond that is
 * http_request_judge()'s.  One process serves all streams of a connection,
 * and never waits for one of them alone: but for a program that reads a body
 * which is longer than H2_GATHER.
 */
#ifndef H2_H
#define H2_H

#include <nghttp2/nghttp2.h>

#include "web/web.h"

#define H2_PREFACE NGHTTP2_CLIENT_MAGIC

#define H2_STREAMS 100          /* open at once */
#define H2_WINDOW  (128 * 1024) /* of a stream, for a body ... */
#define H2_GATHER \
	(64 * 1024)                 /* ... of which so much is there, or all,
				      * when the program is asked */
#define H2_WINDOW_ALL (1024 * 1024) /* of the connection */
#define H2_OUT        65536         /* gathered for one send, about */
#define H2_OUT_MAX    (1024 * 1024)
#define H2_HELD_MAX \
	(8 * 1024 * 1024) /* replies in memory, beyond which the
				      * program is asked for no more */
#define H2_DECODED_MAX \
	(4 * HTTP_MAX_HEAD) /* a head that is refused is
					    * decoded so far, for HPACK's sake */
#define H2_GOAWAY_MS 1000   /* the client has so long to hear that we go */

enum h2_state {
	H2_HEAD,      /* its head is not complete */
	H2_GATHERING, /* the beginning of its body is not */
	H2_READY,     /* the program is to be asked */
	H2_ASKED,     /* the program is at it */
	H2_WAITING,   /* web_later() */
	H2_REPLYING,  /* frames are made of the reply */
	H2_PAUSED,    /* its producer has nothing yet */
};

/* Until something is readable or some time has come. */
struct h2_wake {
	int fd; /* -1: none */
	int64_t at;
	unsigned what; /* or for that, of enum reply_wake */
};

/* One request and its reply. */
struct h2_stream {
	struct exchange x;
	struct http_request request;
	struct h2 *t;
	struct h2_stream *before, *after; /* all, as they came */
	struct h2_stream *next;           /* in the queue; or spare */
	int32_t id;
	enum h2_state state;
	bool queued;
	bool gone;  /* closed while the program is at it */
	bool ended; /* nothing more comes of the request */

	struct buf head;   /* "name\0value\0" ...; then request points in */
	struct buf cookie; /* its crumbs, put together */
	size_t fields;     /* in head */
	size_t decoded;    /* bytes of fields, kept or not */
	int fault;         /* http_fault_code, or 0 */

	bool wants_body;
	struct buf body; /* received and not yet read */
	size_t given;    /* of it, to the program; eaten when it reads on */
	uint64_t came;   /* of it in all, also what nobody wants */

	struct h2_wake wake;
	struct piece piece; /* of the reply, what is left of it */
	uint64_t left;      /* of the reply's body; or REPLY_OPEN_END */
	size_t held;        /* of it in memory, whatever is sent of it */
	int64_t blocked_ms; /* that its window was shut */
};

/* What lives as long as the connection. */
struct h2 {
	struct conn *c;
	const struct web *web;
	nghttp2_session *session;
	struct h2_stream *first, *last;
	struct h2_stream *queue, *queue_end; /* for the program */
	struct h2_stream *asked; /* the program is at it, and may read on */
	struct h2_stream *spare;
	size_t open;   /* streams; of these ... */
	size_t timed;  /* ... wait for something, or for a body, */
	size_t active; /* and are being answered, */
	size_t held;   /* with so many bytes in memory */

	struct buf out;              /* frames */
	size_t out_at;               /* of which so many bytes have been sent */
	short in_awaits, out_awaits; /* c->awaits of either way */
	bool blocked;                /* the client takes no more at present */
	int64_t send_at;             /* --throttle: not before */

	int64_t now;        /* clock_ms(), of this turn */
	int64_t idle_until; /* while nothing is asked */
	int64_t head_until; /* while a head is incomplete */
	int64_t looked_ms;  /* for streams that are blocked */
	int64_t paced_ms;   /* and whether the client takes what is sent */
	int64_t goaway_at;  /* the last word to who was told that we go */
	bool told;          /* ... which he was */
	bool busy;          /* the connection's pace is watched */
	bool draining;      /* the server is to finish */
	bool leaving;       /* GOAWAY: no more requests */

	int64_t toll_ms, tolled_at; /* h2_toll.c */
	uint64_t windows_due; /* WINDOW_UPDATE frames that may be expected */
	const char *why;      /* the connection was ended, or NULL */
	int conduct;
	struct buf line; /* of the log */
	char client[ADDR_MAX_TEXT];
	uint64_t received, sent; /* of the conn's, what is on the scoreboard */
};

/*
 * Hold a conversation whose preface is in c->in.  Returns a conduct.
 */
int h2_serve(struct conn *, const struct service *);

/*
 * One turn: send what there is, receive what there is, or wait until one of
 * the two can be done or something else has come that a stream waits for.
 * Never asks the program.  Returns 0, or -1 when the conversation is over.
 */
int h2_turn(struct h2 *);

/*
 * The time: end what has taken too long, wake what was to be woken now.
 * Returns how long to wait at most, or -1 when the conversation is over.
 */
int64_t h2_time(struct h2 *);

/*
 * Say that we go: what has been asked is answered, what comes after that is
 * not taken.  h2_announce() lets the client know first, so that nothing of what
 * is under way is refused (RFC 9113 6.8); a stream without an end goes on.
 * h2_drain() ends those, too.
 */
void h2_leave(struct h2 *);
void h2_announce(struct h2 *);
void h2_drain(struct h2 *);

/*
 * The client breaks the rules: end the conversation.  why is a constant.
 */
void h2_end(struct h2 *, uint32_t error, const char *why);

/*
 * nghttp2's callbacks for what is received.
 */
void h2_hear(nghttp2_session_callbacks *);

/*
 * A frame begins.  Returns whether that was one too many of its kind; then
 * *why says so.  h2_toll_malformed() is for messages that are, h2_toll_reset()
 * for streams that we had to break off, and h2_toll_paid() says that something
 * was of use.
 */
bool h2_toll(struct h2 *, const nghttp2_frame_hd *, const char **why);
bool h2_toll_reset(struct h2 *, const char **why);
bool h2_toll_malformed(struct h2 *, const char **why);
void h2_toll_paid(struct h2 *, size_t bytes);

/*
 * A field of a head; and the head is complete: s->request and s->fault.
 */
void h2_request_field(
    struct h2_stream *, struct slice name, struct slice value);
void h2_request_done(struct h2_stream *);

/*
 * Begin with the body, when the head is complete.  h2_body_next() is
 * web_body_next() or, if it does not wait, web_body_now().
 */
void h2_body_begin(struct h2_stream *);
int h2_body_next(struct exchange *, struct slice *, bool waits);

/*
 * A piece of it has come.  Returns 0, or -1: no memory.
 */
int h2_body_add(struct h2_stream *, struct slice);

/*
 * The head of the reply that s->x holds: make it (and a reply that cannot be
 * said one that can), and say whether a body follows; then submit it.
 */
bool h2_head_make(struct h2_stream *);
int h2_head_submit(struct h2_stream *, const nghttp2_data_provider *body);

/*
 * Submit the reply that s->x holds, or an interim one.
 */
void h2_reply(struct h2_stream *);
void h2_reply_continue(struct h2_stream *);

/*
 * nghttp2's callback that makes DATA frames of it.
 */
void h2_reply_callbacks(nghttp2_session_callbacks *);

/*
 * A stream: begin; change its state; as much of its body is there as is waited
 * for, and when that is to be; queue it for the program; is there one that the
 * program may be asked for (a client that takes none of its replies must not
 * make us hold them all), and take it; it is closed (logged, and let go of, if
 * the program is not at it).
 */
struct h2_stream *h2_stream_new(struct h2 *, int32_t id);
void h2_stream_is(struct h2_stream *, enum h2_state);
void h2_stream_gathered(struct h2_stream *);
int64_t h2_stream_until(const struct h2_stream *);
void h2_stream_queue(struct h2_stream *);
bool h2_stream_is_due(const struct h2 *);
struct h2_stream *h2_stream_next(struct h2 *);
void h2_stream_closed(struct h2_stream *);
void h2_stream_free(struct h2_stream *);

/*
 * What it waited for has come, or something else of interest.
 */
void h2_stream_wake(struct h2_stream *);

/*
 * More of its body has come, or its end.
 */
void h2_stream_fed(struct h2_stream *);

/*
 * Tell the client that nothing more of it is sent or taken.
 */
void h2_stream_reset(struct h2_stream *, uint32_t error);

#endif
