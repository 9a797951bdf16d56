/*
 * web.h - HTTP as a program sees it: what every service of that protocol
 * shares.
 *
 * web_serve() holds the conversation: it waits for a request, reads its head,
 * gets its body out of the way, has the program answer it, writes the line of
 * the access log, and goes on or says good-bye.  Messages that break the rules
 * never reach the program.  In HTTP/2 it does so for many at once, in one
 * process and one thread: a program that waits holds up the others, unless it
 * does it by web_later(), PIECE_LATER, or in web_body_next().
 *
 * The program gives one function, answer().  It looks at the request, makes the
 * reply (a value, reply.h) and returns; the reply is sent after that.  It knows
 * nothing of how messages are framed, HEAD is seen to, and it must not depend
 * on being asked one thing at a time: what it keeps for a reply hangs on the
 * reply.
 *
 * The request's body: web_body.h.  Contents with ranges and conditions:
 * web_content.h.
 *
 *	static int
 *	answer(struct exchange *x)
 *	{
 *		struct slice id;
 *
 *		if (!web_under(x, "/api/messages/", &id))
 *			return web_page(x, 404, NULL);
 *		if (!web_reads(x))
 *			return web_not_allowed(x, "GET, HEAD");
 *		...
 *		return web_json(x, 200, &text);
 *	}
 */
#ifndef WEB_H
#define WEB_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "bytes/buf.h"
#include "bytes/slice.h"
#include "conn/conn.h"
#include "grammar/http_request.h"
#include "service/service.h"
#include "system/args.h"
#include "web/reply.h"
#include "web/web_body.h"

#define WEB_HEAD_MS   15000 /* for a head; idle_ms, if that is less */
#define WEB_SEND_MS   30000 /* for a reply, or twice idle_ms; beyond ... */
#define WEB_SEND_RATE 4096  /* ... bytes taken are a second more (conn_pace) */
#define WEB_USER_MAX  256   /* bytes of a user's name, for the log */

struct exchange;

/* What a service of HTTP is made of; service->context points to one. */
struct web {
	/*
	 * Answer one request.  Returns 0 when the reply has been made, as all
	 * functions below do that make one, WEB_LATER (web_later()), or a
	 * negative status of web_body_next() when there cannot be one.
	 */
	int (*answer)(struct exchange *);

	/*
	 * Does the program want the body of this request?  Then answer()
	 * reads it with web_body_next(); otherwise it is drained before.  May
	 * be NULL: never.
	 */
	bool (*wants_body)(const struct exchange *);

	/*
	 * Over loopback a request must name localhost, one of its subdomains,
	 * an address, this machine, one of these (NAME, *.NAME, * for any), or
	 * what the program knows by itself; else it is answered with 421.
	 * Both may be NULL.
	 */
	const struct arg_list *hosts;
	bool (*knows_host)(const struct exchange *);

	/*
	 * Add what belongs into the head of each web_page() to this request,
	 * HTML.  May be NULL.
	 */
	void (*page_head)(const struct exchange *, struct buf *);

	const void *own;     /* the program's, not looked at here */
	int64_t idle_ms;     /* from a reply to the next request */
	int log_format;      /* enum log_format of logfile.h */
	struct slice fields; /* whole field lines, added to every reply */
	struct http_rules rules;
	uint64_t bytes_a_second; /* at most, for slow networks; 0: no limit */
};

/* One request and its reply. */
struct exchange {
	struct conn *c;
	const struct web *web;
	const struct http_request
	    *r; /* its slices are good until the reply is sent */
	struct web_body body;
	struct reply reply;
	bool close;       /* the connection ends with this reply */
	bool hung_up;     /* the client sends no more; see web_later() */
	int64_t began_us; /* clock_us() when the head was complete */

	/* How the body is read, if not as HTTP/1.1 has it. */
	int (*body_next)(struct exchange *, struct slice *, bool waits);

	/* See web_later(). */
	int (*again)(struct exchange *);
	int wake_fd;
	int64_t wake_ms;
	unsigned wake_for; /* of enum reply_wake */

	/* The program's: on what of the request the reply depends, 0 at first;
	 * and until when it is put off. */
	unsigned depends;
	int64_t until_ms;

	/* See web_upgrade(). */
	int (*talk)(struct conn *, void *own);

	/* For the log. */
	uint64_t sent;           /* bytes of body */
	const char *why;         /* of a refusal, a constant; or NULL */
	char user[WEB_USER_MAX]; /* web_is_from() */
	size_t user_n;
	const char *upstream; /* who was asked in turn, a constant, or NULL; */
	int64_t upstream_us;  /* the time until it began to answer */
};

/*
 * Hold the conversation: a service's serve().
 */
int web_serve(struct conn *, const struct service *);

/* ---- the request ---- */

/*
 * Is it for this path, as sent?  Is it for one below ("/api/", the rest may be
 * empty and is as sent: uri_decode() or uri_path() it)?
 */
bool web_is(const struct exchange *, const char *path);
bool web_under(const struct exchange *, const char *prefix, struct slice *rest);

/*
 * GET or HEAD: a question that changes nothing.
 */
bool web_reads(const struct exchange *);

/*
 * A parameter of the query ("?q=...") decoded, with a NUL behind it.  Returns
 * its length, or -1: it is not there; -2: longer than size allows, or a NUL is
 * in it.
 */
ssize_t web_query(
    const struct exchange *, const char *name, char *to, size_t size);

/*
 * The value of the first field of that name; p is NULL when there is none.
 * More of that kind, lists, weights: grammar/http_fields.h, http_accept.h.
 */
struct slice web_get(const struct exchange *, const char *name);

/*
 * Does a page of ours ask, or no page at all?  What changes something, or may
 * not be read by others, asks this first.  Browsers say so in Sec-Fetch-Site,
 * old ones in Origin; others than browsers say neither.
 */
bool web_is_same_origin(const struct exchange *);

/*
 * Does somebody go there, by a link of whatever page?
 */
bool web_is_visit(const struct exchange *);

/*
 * Somebody has proved to be that user (for the log).
 */
void web_is_from(struct exchange *, struct slice user);

/* ---- the reply, in one call; all return 0 ---- */

/*
 * Bytes of that type, which live until the reply is sent (a constant, or see
 * web_when_done()); or made for this reply, in a buf that is emptied.  One that
 * has failed becomes a 500.
 */
int web_bytes(
    struct exchange *, int status, const char *type, struct slice bytes);
int web_made(struct exchange *, int status, const char *type, struct buf *);
int web_json(struct exchange *, int status, struct buf *);

/*
 * A line of plain text, a constant; of an error it is also the log's word for
 * it.
 */
int web_text(struct exchange *, int status, const char *text);

/*
 * n bytes of an open file from offset.  It is closed when they are sent.
 */
int web_file(struct exchange *, int status, const char *type, int file,
    off_t offset, uint64_t n);

/*
 * A body that is made while it is sent: next(own) is called for pieces, done
 * (own) at the end, whatever happens.  length may be REPLY_OPEN_END.
 */
int web_pieces(struct exchange *, int status, const char *type, uint64_t length,
    reply_next *next, void (*done)(void *own), void *own);

/*
 * A small page for people about a status code.  why is a reason for the log
 * and the page, or NULL; it must be a constant.  web_refuse() also ends the
 * connection.  lines are whole field lines, "Name: value\r\n".
 */
int web_page(struct exchange *, int status, const char *why);
int web_page_with(
    struct exchange *, int status, const char *why, const char *lines);
int web_refuse(struct exchange *, int status, const char *why);

/*
 * 405 with an Allow field, and 301, 302, 303, 307 or 308 to a location (which
 * must be encoded already).
 */
int web_not_allowed(struct exchange *, const char *allow);
int web_redirect(struct exchange *, int status, struct slice location);

/* ---- the reply, in steps ---- */

/*
 * Begin a reply.  One that was begun before is forgotten.
 */
int web_begin(struct exchange *, int status);

/*
 * Add a field to the reply that was made last, or begun.  web_fieldf takes
 * printf's format for the value.  The caller answers for the value: no CR or
 * LF may come from a client.  Never Content-Length or any other of framing.
 */
void web_field(struct exchange *, const char *name, struct slice value);
void web_fieldz(struct exchange *, const char *name, const char *value);
void web_fieldf(struct exchange *, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Let go of something when the reply is sent, or never will be.  One for a
 * reply.
 */
void web_when_done(struct exchange *, void (*done)(void *own), void *own);

/*
 * The reason of a refusal, for the log, where it is no constant: the reply that
 * was made last keeps a copy, by web_when_done().
 */
void web_because(struct exchange *, const char *why);

/*
 * Answer later: again(x) is called, as answer() was, when fd (-1: none) is
 * readable, or the client hangs up (x->hung_up: it may have gone, or only have
 * said that it sends no more; again() may return CONN_ERROR to give up), or ms
 * are over, or the server is asked to finish (conn_draining()), and may return
 * WEB_LATER again.  A reply that was made before stays as it is.
 */
#define WEB_LATER 1
int web_later(
    struct exchange *, int fd, int64_t ms, int (*again)(struct exchange *));

/*
 * The same, and again(x) is also called for what (of enum reply_wake).
 */
int web_later_for(struct exchange *, unsigned what, int fd, int64_t ms,
    int (*again)(struct exchange *));

/*
 * Another protocol from here on (101, RFC 9110 7.8): when the head of this
 * reply has been sent, talk(c, own) has the connection to itself.  What the
 * client has sent already is in c->in, conn_draining() asks it to finish, and
 * the connection ends when it returns, with enum conduct.  done(own) is called
 * after that, or without it when the head could not be sent.  Fields of the
 * protocol may be added.  A request that has a body, or is not HTTP/1.1 (in
 * HTTP/2 a connection is nobody's own), is answered with 400 instead.
 */
int web_upgrade(struct exchange *, const char *protocol,
    int (*talk)(struct conn *, void *own), void (*done)(void *own), void *own);

/*
 * The body of the page that web_page() sends, added to a buf.
 */
void web_page_html(struct buf *, int status, const char *why);

#endif
