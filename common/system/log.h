/*
 * log.h - what the program has to say about itself, on standard error.
 *
 * One line, one write, so that the lines of many processes do not mix:
 * "PROGRAM: words" from the master and "PROGRAM[PID]: words" from a child.
 * Control characters in the words are shown as \xHH, because some of them come
 * from clients.  The access log is another thing: see logfile.h.
 *
 * Where there is a logger (child/logger.h) the words are one message to it, and
 * it makes the line.
 */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>
#include <stddef.h>

#define LOG_MAX_LINE 1024 /* bytes of words; what is longer is cut here */

/* Exit codes of the contract, which are those of sysexits.h. */
enum {
	EXIT_USAGE = 64,       /* the command line is wrong */
	EXIT_UNAVAILABLE = 69, /* an address is in use or not to be had */
	EXIT_SOFTWARE = 70,    /* our own mistake: a bug */
	EXIT_OSERR = 71,       /* the system has no more of something */
	EXIT_CONFIG = 78,      /* a file or directory named there is wrong */
};

enum log_level { SAY_ERROR, SAY_WARN, SAY_INFO, SAY_DEBUG };

/*
 * Set the name that begins each line (the string is kept, not copied) and
 * what is let through: SAY_INFO is the start, -q and -v move it.
 */
void log_init(const char *program, enum log_level most);

/*
 * From now on each line names this process too.  Called in a child.
 */
void log_pid(void);

/*
 * From now on words are messages on this socket, whose other end the logger
 * has; -1: on standard error again.  A message that it cannot take now is
 * lost, and the next one is preceded by how many were.
 */
void log_channel(int fd);

/*
 * This program may be a helper of a server: then standard error is a socket of
 * the logger's, who says whose words they are, and words are messages on it.
 * Called once, before the first words.
 */
void log_helper(void);

/*
 * A line of a child for people to read, without the program's name: for those
 * of the programs that say so to the logger (struct server.plain_words).
 */
void log_plain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * How long, in all from now on, to wait for a channel that is full before a
 * message is lost (0 at first: not at all).
 */
void log_patience(int ms);

/*
 * Is it one?  Send a message there that is no words.  Returns false when it is
 * lost, which is told as with words.
 */
bool log_has_channel(void);
bool log_send(const char *message, size_t n);

/*
 * Say words that were said before and not heard, whatever their level was.
 */
void log_again(const char *words, size_t n);

/*
 * From now on a line is lost, and counted, rather than waited for, when
 * nobody reads standard error.
 */
void log_never_wait(void);

/*
 * This process is about to end: say how many lines were lost, if some were, and
 * wait a little for room to say so.
 */
void log_end(void);

/*
 * Say a line.  errno is left as it was.
 */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * The environment is wrong and nothing can go on: say why and exit with code.
 */
_Noreturn void die(int code, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * We are wrong: say why and abort, so that the master sees a crash.
 */
_Noreturn void bug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
