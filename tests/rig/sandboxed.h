/*
 * sandboxed.h - a test program that is also the child it tests.
 *
 * Called as usual it runs its Criterion tests; these start the program itself
 * again, which then enters the sandbox and makes one attempt there.  (A fork
 * inside a Criterion test is no good.)
 */
#ifndef RIG_SANDBOXED_H
#define RIG_SANDBOXED_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The place of an attempt: its directories, what they hold, and what was
 * opened before the sandbox was entered. */
struct sandboxed {
	char place[64];            /* site/page site/out -> outside/secret log
			 * mail/{tmp,new,cur} mail/new/kept outside/secret */
	int log;                   /* opened as the access log is */
	int outside;               /* the directory outside/ */
	int listener;              /* TCP, on loopback */
	int tcp;                   /* an unconnected socket */
	int udp;                   /* bound, with two datagrams waiting */
	const struct addr *client; /* of the first; once deaf: sealed */
	int pair[2];               /* SEQPACKET, as the control socket is */
	pid_t zygote;              /* it has ended */
	pid_t sibling;             /* another sandboxed process, which sleeps */
	pid_t parent;              /* the process that was not sandboxed */
};

extern struct sandboxed sandboxed;

/* What an attempt comes to: 0 it worked, an errno, or -SIGNAL. */
#define SANDBOXED_SAME 255 /* it worked, yet is not what was expected */

/* The last is a site where files may be put, which here is mail/; it is always
 * among the others. */
enum sandboxed_service { IN_SITE, IN_MAIL, IN_INBOX, IN_UPLOADS };

struct attempt {
	const char *name;
	int (*make)(void); /* returns 0, or an errno */
	int expect;        /* 0, an errno, or -SIGNAL */
	int abi;           /* of Landlock that it takes; 0: none */
	enum sandboxed_service service;
	bool among;  /* the program has all three services */
	bool shared; /* in a sandbox for many connections */
	bool deaf;   /* as a child that has received its only datagram */
	bool not_asan;
	int if_born; /* expected instead of a child of a zygote, or 0 */
	bool once;   /* takes long: not tried of a zygote's child too */
};

#define ATTEMPT(text, function, result, ...)                                  \
	{                                                                     \
		.name = text, .make = function, .expect = result, __VA_ARGS__ \
	}

/* An attempt that is one call. */
#define CALL(name, call)                              \
	static int name(void)                         \
	{                                             \
		return sandboxed_errno((long)(call)); \
	}

/*
 * main() of such a program.
 */
int sandboxed_main(int argc, char **argv, const struct attempt *, size_t count);

/*
 * Make each attempt in a sandbox of its own, once as a process that entered it by
 * itself and once as the child of a zygote, and compare.  Says each that went
 * another way on standard error; returns how many did.
 */
int sandboxed_try(const struct attempt *, size_t count);

/*
 * The result of a system call as an attempt returns it.
 */
int sandboxed_errno(long result);

/*
 * place/name, in a static buffer of which there are four.
 */
const char *sandboxed_path(const char *name);

#endif
