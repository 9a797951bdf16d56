/*
 * inbox.h - what the rooms of berth-inbox share.
 *
 *	main.c		the command line
 *	given.c		what was given, and what is wrong, in one line
 *	ask.c		one request and its answer
 *	wait.c		wait for mail
 *	read.c		list and show
 *	change.c	delete and rules
 *	print.c		messages as lines, and text that cannot harm a terminal
 *
 * Every function that can fail says why in one line and returns the exit code;
 * 0 is success.
 */
#ifndef CLIENT_INBOX_H
#define CLIENT_INBOX_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "bytes/buf.h"
#include "bytes/slice.h"
#include "grammar/url.h"

/* sysexits(3), as berth-smtp has them. */
enum {
	EXIT_NO_MESSAGE = 65,  /* there is no such message */
	EXIT_NO_INBOX = 69,    /* nobody answers there */
	EXIT_OUTPUT = 74,      /* what came cannot be written */
	EXIT_NOT_IN_TIME = 75, /* the mail did not come; or try again later */
	EXIT_NO_HTTP = 76,     /* what answers there is no inbox */
	EXIT_NOT_ALLOWED = 77, /* --auth is needed, or is wrong */
};

#define REPLY_MAX  ((size_t)256 << 20)
#define TARGET_MAX 16384 /* bytes of a path with its parameters */
#define ID_MAX     256
#define LATEST     "latest"

enum show_as { AS_TEXT, AS_HTML, AS_RAW, AS_SENT };

struct options {
	const char *url, *mailbox, *query, *after, *auth;
	uint64_t count;   /* 0: not given */
	uint64_t timeout; /* seconds */
	bool json, all, clear;
	int as; /* enum show_as */

	struct url where; /* of url; host is a path for unix: */
};

extern struct options inbox_options;

/*
 * given.c: say in one line why; returns code.
 */
int complain(int code, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * given.c: all of a file, "-" is standard input; and each of the IDs that the
 * operands are, where "-" stands for lines of standard input that begin with
 * one.  A message that is not there (EXIT_NO_MESSAGE) does not keep the others
 * from their turn.
 */
int read_input(const char *path, struct buf *);
int each_id(
    int n, char **operand, int (*each)(const char *id, void *), void *with);

struct reply {
	int status;
	int to;          /* where the body of a 200 goes; -1: to body */
	bool patient;    /* a connection that ends is status 0, and not said */
	struct buf body; /* initialised by ask() */
};

/*
 * ask.c: ask and wait for the answer, ms milliseconds at most.  target is the
 * path behind the URL, with its parameters; body may be empty.  Returns 0 with
 * a reply of any status, or an exit code.  The body is the caller's to free in
 * any case.  ask_lost() says that the connection ended before the answer did.
 */
int ask(const char *method, const char *target, struct slice body, int64_t ms,
    struct reply *);
int ask_lost(void);

/*
 * The same with the usual patience, and all but 200 is a fault: the exit code
 * for it, with the server's words.
 */
int ask_well(
    const char *method, const char *target, struct slice body, struct reply *);
int ask_fault(const struct reply *);

/*
 * The body as JSON, or NULL (said: exit with EXIT_NO_HTTP).
 */
json_t *ask_json(const struct reply *);

/*
 * Begin a target; add parameters, "?" and "&" and all, encoded; those of the
 * scope (--mailbox, --query) where they were given.
 */
void target_begin(struct buf *, const char *path);
void target_add(struct buf *, const char *name, const char *value);
void target_add_number(struct buf *, const char *name, uint64_t n);
void target_add_scope(struct buf *, bool query);

/*
 * The command's own functions: operands in, exit code out.
 */
int command_list(int n, char **operand);
int command_show(int n, char **operand);
int command_wait(int n, char **operand);
int command_delete(int n, char **operand);
int command_rules(int n, char **operand);

/*
 * read.c: the ID that "latest" stands for in this scope.
 */
int find_latest(char *id, size_t size);

/*
 * print.c: one line a message: ID, date, sender, recipients, subject, with
 * tabs between.  to may be stderr.
 */
void print_messages(FILE *to, const json_t *messages);

/* Text of other people: what could command a terminal is left out. */
void print_text(FILE *to, const json_t *text);

/* The same on one line. */
void print_line(FILE *to, const json_t *text);

/* One line "Name: a, b" of addresses, unless there are none. */
void print_people(FILE *to, const char *name, const json_t *people);

/* Flush standard output: EXIT_OUTPUT if it could not all be written. */
int print_end(void);

#endif
