/*
 * logger.h - the process that writes the log, and what others have to it.
 *
 * Nobody but the logger has standard error and the access log open.  Every
 * child has a socket of its own to it as its standard error (a channel): what
 * it does to that (shuts it, floods it, sets its flags) nobody else notices,
 * and to the file behind it can do nothing at all.  With each message comes,
 * from the kernel, whose it is.
 *
 * Why a channel each and not one socket for all to send to: its queue would be
 * everybody's, and one child that fills it would silence the others.  Why not
 * the control socket: the master reads no byte of a client.
 *
 * The logger never waits for whoever reads what it writes (logger_out.h), and
 * others never wait for the logger: what cannot be sent or written is lost and
 * counted.  The master keeps a copy of the logger's end of each channel; so
 * what was sent lies there until another logger, after a crash or a reload,
 * reads on.
 */
#ifndef LOGGER_H
#define LOGGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define LOGGER_NAME        "logger" /* what ps(1) shows */
#define LOGGER_NAME_MAX    32       /* bytes of a name that begins lines */
#define LOGGER_LEAVE_MS    1000     /* for its last words, once it is to go */
#define LOGGER_PATIENCE_MS 1000 /* a child's, in its life, for a full channel */
#define LOGGER_ORPHANS     64

struct sandbox_plan;

/* The master's side of it. */
struct logger {
	pid_t pid;   /* 0: there is none now */
	int control; /* our end of its control socket, or -1 */
	int own;     /* our own channel, or -1 before the first start ... */
	int own_end; /* ... and the logger's end of it */
	bool behind; /* some channel could not be given to it yet */
	/* Ends of channels whose owners are gone while there was no logger. */
	int orphan[LOGGER_ORPHANS];
	size_t orphans;
};

/* What a logger begins with. */
struct logger_start {
	const char *program; /* begins lines of the master and its children */
	bool plain;          /* but children's words may stand for themselves */
	const struct sandbox_plan *sandbox;
	/* Call back with each channel that there is: its end for the logger,
	 * and the name that begins its lines (NULL: the program's). */
	void (*each)(void *context, void (*add)(int end, const char *name));
	void *context;
};

/*
 * None runs yet; before any other call.
 */
void logger_init(struct logger *);

/*
 * Fork it.  Our own words go to it from now on.  Returns 0, or -1 with errno.
 */
int logger_start(struct logger *, const struct logger_start *);

/*
 * It has ended, and was reaped.  Until there is another one our own words go
 * to standard error, also those that it has not read.
 */
void logger_ended(struct logger *);

/*
 * Make a channel: ends[0] for the logger, ends[1] for who is to speak; both
 * close-on-exec, and none ever blocks.  Returns 0, or -1 with errno.
 */
int logger_channel(int ends[2]);

/*
 * Tell it to listen to a channel.  Returns false, and sets behind, when it
 * cannot be told now; there is no harm in it when there is no logger, for the
 * next one asks.  logger_list_all: to several of children, FDPASS_MAX at most,
 * by one message.  logger_forget: who spoke there is gone, close our copy.
 */
bool logger_list(struct logger *, int end, const char *name);
bool logger_list_all(struct logger *, const int *ends, size_t count);
void logger_forget(struct logger *, int end);

/*
 * The access log is this file now.  Returns as logger_list().
 */
bool logger_change(struct logger *, int log);

/*
 * Another image of ours comes, with a logger of its own: leave all channels as
 * they are.  And: no more is said; end once everything is written.
 */
void logger_leave(struct logger *);
void logger_finish(struct logger *);

/*
 * In a child: its standard error is this channel from now on, and its lines go
 * there.  Returns 0, or -1 with errno.
 */
int logger_speak(int channel);

#endif
