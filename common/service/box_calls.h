/*
 * box_calls.h - which system call gets which answer in the box: the table that
 * box_filter.c makes a program of.  No code.
 */
#ifndef BOX_CALLS_H
#define BOX_CALLS_H

#include <stddef.h>

/* CALL_UNKNOWN comes first: it is the answer for all that is not listed. */
enum call_answer {
	CALL_UNKNOWN,       /* ENOSYS */
	CALL_YES,           /* allowed */
	CALL_NO,            /* EPERM */
	CALL_FATAL,         /* kills the process */
	CALL_WRITE,         /* allowed with BOX_NEEDS_WRITE, otherwise EPERM */
	CALL_WATCH,         /* allowed with BOX_NEEDS_WATCH */
	CALL_MEMORY,        /* allowed unless the memory is to be executable */
	CALL_FCNTL,         /* a few commands */
	CALL_IOCTL,         /* a few requests */
	CALL_OPTION,        /* setsockopt: a few options */
	CALL_FORK,          /* fatal without BOX_NEEDS_FORK */
	CALL_ADDRESS,       /* sendto: without an address */
	CALL_ABORT,         /* tgkill: with SIGABRT */
	CALL_LIMIT,         /* prlimit64: of oneself */
	CALL_PRCTL,         /* names only */
	CALL_SOCKET_OPTION, /* setsockopt of SOL_SOCKET; not in the table */
	CALL_ANSWERS
};

struct call {
	short number;
	unsigned char answer; /* enum call_answer */
};

extern const struct call box_calls[];
extern const size_t box_call_count;

#endif
