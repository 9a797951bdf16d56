/*
 * web.h - a conversation in HTTP/1.1: what every service of that protocol
 * shares.
 *
 * web_serve() holds the conversation: it waits for a request, reads its head,
 * gets its body out of the way, has the program answer it, writes the line of
 * the access log, and goes on or says good-bye.  The program gives one
 * function, answer(), which calls the functions below to build its reply.
 * Messages that break the rules never reach the program.
 */
#ifndef WEB_H
#define WEB_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "bytes/buf.h"
#include "bytes/slice.h"
#include "grammar/http_chunked.h"
#include "grammar/http_fault.h"
#include "grammar/http_request.h"
#include "conn/conn.h"
#include "service/service.h"

#define WEB_HEAD_MS    15000 /* for a head; idle_ms, if that is less */
#define WEB_BODY_MS    30000 /* for a body, or twice idle_ms, if that is less */
#define WEB_SEND_MS    30000 /* for a reply, or twice idle_ms; beyond ... */
#define WEB_SEND_RATE  4096  /* ... bytes a second that a client must take */
#define WEB_DRAIN_MAX  65536 /* a longer unwanted body ends the connection */
#define WEB_HEAD_MAX   65536 /* bytes of a reply's head */
#define WEB_INLINE_MAX 65536 /* bytes of a page that is made for a reply */

struct exchange;

/* What a service of HTTP is made of; service->context points to one. */
struct web {
	/*
	 * Answer one request.  Returns what the sending functions return: 0,
	 * or a negative conn_status.
	 */
	int (*answer)(struct exchange *);

	/*
	 * Does the program want the body of this request?  Then answer()
	 * reads it with web_body_next(); otherwise it is drained before.  May
	 * be NULL: never.
	 */
	bool (*wants_body)(const struct exchange *);

	const void *own;     /* the program's, not looked at here */
	int64_t idle_ms;     /* from a reply to the next request */
	int log_format;      /* enum log_format of logfile.h */
	struct slice fields; /* whole field lines, added to every reply */
	struct http_rules rules;
	uint64_t bytes_a_second; /* at most, for slow networks; 0: no limit */
};

/* A body being read. */
struct web_body {
	enum http_body_kind kind;
	uint64_t left;  /* HTTP_BODY_LENGTH */
	uint64_t total; /* read so far */
	size_t to_eat;  /* of conn->in, before the next read */
	bool begun;
	struct http_chunked chunked;
};

/* One request and its reply. */
struct exchange {
	struct conn *c;
	const struct web *web;
	struct http_request
	    *r; /* its slices are good until the reply is sent */
	struct web_body body;
	struct buf *head;  /* of the reply; add fields with web_field() */
	bool close;        /* the connection ends with this reply */
	int64_t began_us;  /* clock_us() when the head was complete */
	struct slice user; /* who has proved to be who (log) */

	/* For the log. */
	int status;      /* 0: nothing has been answered yet */
	uint64_t sent;   /* bytes of body */
	const char *why; /* the reason of a refusal, or NULL */
};

/*
 * Hold the conversation: a service's serve().
 */
int web_serve(struct conn *, const struct service *);

/* ---- the reply ---- */

/*
 * Begin a reply: status line, Server, Date, Connection, the web's own fields.
 * A reply that was begun and not sent is forgotten.
 */
void web_begin(struct exchange *, int status);

/*
 * Add a field.  web_fieldf takes printf's format for the value.  The caller
 * answers for the value: no CR or LF may come from a client.
 */
void web_field(struct exchange *, const char *name, struct slice value);
void web_fieldz(struct exchange *, const char *name, const char *value);
void web_fieldf(struct exchange *, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Finish the head, adding Content-Length where one belongs, and send it with
 * the body, which is left out for HEAD, 204 and 304.  Returns 0, CONN_ERROR or
 * CONN_TIMEOUT.
 */
int web_send(struct exchange *, struct slice body);

/*
 * The same with n bytes of a file from offset.
 */
int web_send_file(struct exchange *, int file, off_t offset, uint64_t n);

/*
 * For bodies that come in pieces: finish the head with a Content-Length of
 * `length` and send it; then web_more() and web_more_file() send the pieces
 * (nothing for HEAD).  A length of WEB_OPEN_END means that the body ends with
 * the connection.
 */
#define WEB_OPEN_END UINT64_MAX
int web_send_head(struct exchange *, uint64_t length);
int web_more(struct exchange *, struct slice);
int web_more_file(struct exchange *, int file, off_t offset, uint64_t n);

/*
 * A whole reply that is a small page about a status code.  why is a reason for
 * the log and the page, or NULL.  web_refuse() also ends the connection.
 */
int web_page(struct exchange *, int status, const char *why);
int web_refuse(struct exchange *, int status, const char *why);

/*
 * 405 with an Allow field, and 301 or 308 to a location (which must be encoded
 * already).
 */
int web_not_allowed(struct exchange *, const char *allow);
int web_redirect(struct exchange *, int status, struct slice location);

/*
 * The body of the page that web_page() sends, added to a buf.
 */
void web_page_html(struct buf *, int status, const char *why);

/* ---- the request's body ---- */

/*
 * Read on in the body: the next piece, good until the next call.  Sends 100
 * (Continue) first if the client waits for it.  Returns 1, 0 at its end, a
 * negative conn_status (CONN_EOF is told as CONN_ERROR with errno ECONNRESET),
 * or -100 + an http_fault_code.
 */
#define WEB_BODY_FAULT (-100)
int web_body_next(struct exchange *, struct slice *data);

/*
 * Read all of it to the buf, whose maximum is the limit.  Returns 0; 1 if it
 * is too large (the connection must then be closed: web_refuse(x, 413, ...));
 * or negative as web_body_next().
 */
int web_body_read(struct exchange *, struct buf *);

#endif
