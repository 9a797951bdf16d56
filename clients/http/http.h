/*
 * http.h - what the rooms of berth-http share.
 *
 *	main.c		the command line, one URL after the other
 *	fetch.c		one URL: ask, look at the answer, follow redirects
 *	secure.c	TLS, if the URL is of https
 *	connection.c	the connection, kept for the next URL when it can be
 *	request.c		write the request
 *	response.c	the head and the body of the answer, its faults in words
 *	sink.c		where the body goes
 *	bar.c		the progress bar
 *	fail.c		why, in one line
 *
 * Every function that can fail says why in one line (fail()) and returns the
 * exit code; 0 is success.
 */
#ifndef CLIENT_HTTP_H
#define CLIENT_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes/buf.h"
#include "bytes/slice.h"
#include "grammar/url.h"
#include "client/answer.h"
#include "client/answer_h2.h"
#include "conn/conn.h"
#include "system/args.h"

/* curl's exit codes, so that scripts need not learn new ones. */
enum {
	EXIT_SCHEME = 1,     /* neither http nor https */
	EXIT_URL = 3,        /* the URL makes no sense */
	EXIT_RESOLVE = 6,    /* no such host */
	EXIT_CONNECT = 7,    /* nobody answers there */
	EXIT_HTTP2 = 16,     /* --http2, and what came is none */
	EXIT_SHORT = 18,     /* less came than was promised */
	EXIT_REFUSED = 22,   /* -f, and the status was 400 or above */
	EXIT_WRITE = 23,     /* the output cannot be written */
	EXIT_TIME = 28,      /* -m is over */
	EXIT_RANGE = 33,     /* -C, and the server gave another part */
	EXIT_TLS = 35,       /* no agreement on TLS */
	EXIT_REDIRECTS = 47, /* more than --max-redirects */
	EXIT_NOT_IT = 51,    /* the certificate is another server's */
	EXIT_EMPTY = 52,     /* the server closed without a word */
	EXIT_SEND = 55,      /* the request could not be sent */
	EXIT_RECEIVE = 56,   /* what came is no HTTP, or broke off */
	EXIT_UNTRUSTED = 60, /* the certificate is not to be trusted */
	EXIT_RESET = 92,     /* --http2, and the server broke this off */
};

#define URL_MAX      16384 /* bytes of a URL */
#define OUTPUT_MAX   256   /* bytes of a file name taken from a URL */
#define BODY_MAX     ((size_t)1 << 30)
#define HEAD_WAIT_MS 300000 /* nobody waits longer for a head */

/* The command line. */
struct options {
	bool head, show_head, verbose, remote_name, resume, follow, fail, http2;
	bool insecure;
	const char *ca_file;
	int64_t most_ms, connect_ms;
	uint64_t most_redirects;
	const char *range, *method, *socket_path;
	struct arg_list output, headers, data;
	struct buf body; /* what -d adds up to */
};

/*
 * fail.c: say in one line why, unless -s; returns code.
 */
extern bool silent; /* -s */

int fail(int code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* One URL on its way; a redirect changes what is asked for. */
struct task {
	const struct options *opt;
	struct url origin;  /* what the user asked for, */
	struct url url;     /* and what is asked for now */
	struct buf text;    /* the URL; after a redirect url points into it */
	const char *method; /* GET, HEAD ... */
	bool with_body;     /* opt->body goes with it */
	bool strange;       /* another origin than the user's: no secrets */
	const char *output; /* a file, or NULL for standard output */
	uint64_t offset;    /* -C: so much is there already */
	int64_t deadline;   /* clock_ms() */
};

/* The connection. */
struct connection {
	bool open;
	bool reused; /* it has carried an answer before */
	bool cut;    /* a request was not sent to its end: the last one */
	bool secure; /* over TLS */
	struct conn c;
	struct answer_h2 *h2; /* NULL: HTTP/1.1 */
	char host[256];       /* who it goes to */
	unsigned port;
	char name[ADDR_MAX_TEXT]; /* its address, for the lines about faults */
};

/* Where a body goes. */
struct sink {
	int fd;            /* -1 until sink_open() */
	const char *name;  /* for the bar and for faults */
	uint64_t start;    /* in the file before (resume) */
	uint64_t got;      /* written since */
	uint64_t expected; /* to come in all, or UINT64_MAX */
	int64_t began, shown;
	bool bar;
	bool overlaps; /* what comes begins with the file's last byte */
};

/* fetch.c: do the whole task. */
int fetch_url(struct task *, struct connection *);

/* connection.c: connect, or go on with the connection that stands. */
int connection_open(struct connection *, const struct task *);
void connection_close(struct connection *);

/*
 * secure.c: the connection becomes secure, by the deadline; the server must be
 * the URL's.
 */
int secure_open(struct connection *, const struct task *, int64_t deadline);

/* request.c: send the request, head and body. */
int request_send(struct connection *, const struct task *);

/*
 * response.c: read the next head (interim ones too), and a body into the sink,
 * or to nowhere without one.  response_head returns -1, without a word, when a
 * kept connection turned out to be closed: ask again on a new one.
 */
int response_head(struct connection *, const struct task *, struct answer *);
int response_body(
    struct connection *, const struct task *, struct answer *, struct sink *);

/*
 * sink.c: choose the file that -o or -O names for the nth URL (into
 * t->output; name is its memory), open, write, close.
 */
int sink_choose(struct task *, size_t nth, char name[OUTPUT_MAX]);
int sink_open(struct sink *, const struct task *, bool append);
int sink_write(struct sink *, struct slice);
int sink_close(struct sink *);

/* bar.c: draw it (not more often than one can see), and end its line. */
void bar_draw(struct sink *);
void bar_end(struct sink *);

#endif
