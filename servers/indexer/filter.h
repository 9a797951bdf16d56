/*
 * filter.h - a seccomp filter out of three lists of system calls.
 *
 * What is in none of them gets ENOSYS, so that the next libc finds its way.
 * Called by confine.c and enclose.c.
 */
#ifndef FILTER_H
#define FILTER_H

#include <seccomp.h>
#include <stddef.h>

#define FILTER_LIST(list)                                \
	{                                                \
		(list), sizeof(list) / sizeof((list)[0]) \
	}

struct filter_list {
	const int *call;
	size_t count;
};

struct filter {
	struct filter_list allowed;
	struct filter_list refused; /* EACCES */
	struct filter_list fatal;   /* who does one is not us any more */
};

/* The nth argument, counted from 0, compared with a value. */
#define FILTER_ARG(n, how, value)                             \
	(struct scmp_arg_cmp)                                 \
	{                                                     \
		(n), SCMP_CMP_##how, (scmp_datum_t)(value), 0 \
	}

/*
 * Enter it, with no_new_privs set, for ever.  Memory may be had, that is never
 * code; more adds rules (of libseccomp, whose statuses it returns) that depend
 * on arguments.  Returns 0, or -1 with errno.
 */
int filter_enter(const struct filter *, int (*more)(void *rules));

#endif
