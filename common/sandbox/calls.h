/*
 * calls.h - which system call gets which answer in the sandbox: the table that
 * seccomp.c gives to libseccomp.  No code.
 */
#ifndef CALLS_H
#define CALLS_H

#include <seccomp.h>
#include <stddef.h>

/* Where the address stands that a datagram's answer goes to, and nothing below
 * it: a page that no program or library is ever loaded at. */
#define SANDBOX_ANSWER_PAGE 0x100000UL

/* CALL_UNKNOWN comes first: it is the answer for all that is not listed. */
enum call_answer {
	CALL_UNKNOWN, /* ENOSYS */
	CALL_YES,     /* allowed */
	CALL_NO,      /* EPERM */
	CALL_FATAL,   /* kills the process */
	CALL_NOTHING, /* 0, and nothing is done */
	CALL_DENIED,  /* EACCES */
};

/*
 * One answer.  A row with arguments counts only for calls with these; calls
 * for which no row counts are unknown.  Only what stands in registers can be
 * judged: flags and numbers, never what a pointer points to.
 */
struct call {
	short number;
	unsigned char answer; /* enum call_answer */
	unsigned char needs;  /* the row is there only with all of these ... */
	unsigned char not_with; /* ... and with none of these sandbox_needs */
	unsigned char args;     /* how many below */
	struct scmp_arg_cmp arg[2];
};

/* What a child of a sandbox can do. */
extern const struct call sandbox_calls[];
extern const size_t sandbox_call_count;

/* What is taken from a child that has received its only datagram, so that it
 * can answer its client and do nothing else with the socket; all else stays as
 * it was. */
extern const struct call sandbox_deaf_calls[];
extern const size_t sandbox_deaf_count;

/* What is taken from a child that serves one of several services: all that the
 * others need and it does not.  All else stays as it was. */
extern const struct call sandbox_less_calls[];
extern const size_t sandbox_less_count;

/* What is taken from a child that is restored (restored.h), beside what
 * restored.c takes from it by numbers: all that would outlast a connection and
 * cannot be put back.  All else stays as it was. */
extern const struct call sandbox_restored_calls[];
extern const size_t sandbox_restored_count;

/* What the restorer can do. */
extern const struct call sandbox_restorer_calls[];
extern const size_t sandbox_restorer_count;

/* What the logger can do. */
extern const struct call sandbox_logger_calls[];
extern const size_t sandbox_logger_count;

/* What is taken from a helper that looks names up (outward.h; with
 * SANDBOX_NEEDS_FORK it may run programs).  All else is allowed. */
extern const struct call sandbox_outward_calls[];
extern const size_t sandbox_outward_count;

#endif
