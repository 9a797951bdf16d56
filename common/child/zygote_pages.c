/*
 * zygote_pages.c - what a child runs from its birth to its first reply.
 *
 * A list that is wrong costs page faults and nothing else: "perf record -e
 * page-faults" of a zygote shows them, tests/integration/birth.c counts them.
 */
#include "child/zygote_pages.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "bytes/ascii.h"
#include "conn/secure.h"
#include "sandbox/calls.h"
#include "system/pages.h"

#define PAGE   4096
#define WORDS  14         /* pages */
#define BEHIND (2 * PAGE) /* the last table that has a name here, others */

/* A function of libc, and the pages before and behind it, for what it calls. */
#define CODE(function, before, behind)                 \
	{                                              \
		(uintptr_t)(function) - (before)*PAGE, \
		    ((before) + (behind)) * PAGE + 1   \
	}

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
extern void _init(void);                   /* the first of a program's code */
extern const char hot_end[];               /* behind what all run (hot.ld) */
extern const int _IO_stdin_used;           /* the first of its tables */
extern const char _libc_intl_domainname[]; /* among the words of libc */
extern int __snprintf_chk(char *, size_t, int, size_t, const char *, ...);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

static struct pages_used used[] = {
	{ 0, 0 },    /* the program's code */
	{ 0, PAGE }, /* the kernel's, for clocks */
	{ 0, 0 },    /* its words and first tables ... */
	{ 0, 0 },    /* ... the tables of what all programs share ... */
	{ 0, 0 },    /* the module for TLS, ... */
	{ 0, 0 },    /* ... if it is there (SECURE_PAGES) */
	/* Words that the linker has put among others'. */
	{ (uintptr_t) "", 1 }, /* the kernel reads it: fstat(3) */
	{ (uintptr_t) "close", 1 },
	{ (uintptr_t) "0x", 1 },
	CODE(_libc_intl_domainname, 5, 0), /* and tables before it */
	CODE(malloc, 4, 2),
	CODE(memcpy, 0, 0),
	CODE(memmove, 0, 0),
	CODE(memset, 0, 1),
	CODE(memchr, 0, 0),
	CODE(memcmp, 0, 0),
	CODE(strlen, 0, 1),
	CODE(strchr, 0, 0),
	CODE(strcmp, 0, 0),
	CODE(strchrnul, 0, 0),
	CODE(strrchr, 0, 0),
	CODE(memrchr, 0, 0),
	CODE(strdup, 0, 0),
	CODE(__errno_location, 0, 0),
	CODE(clock_gettime, 0, 0),
	CODE(sigemptyset, 0, 0),
	CODE(pthread_sigmask, 0, 0),
	CODE(sigaction, 0, 0),
	CODE(getppid, 1, 0),
	CODE(alarm, 0, 1),
	CODE(setrlimit, 0, 0),
	CODE(prctl, 0, 0),
	CODE(syscall, 0, 0),
	CODE(poll, 0, 0),
	CODE(pread, 0, 0),
	CODE(fstat, 0, 0),
	CODE(dup3, 0, 0),
	CODE(readlink, 0, 0),
	CODE(recv, 0, 0),
	CODE(inet_ntop, 0, 0),
	/* Only where words are printed: PRINTING of them. */
	CODE(vfprintf, 1, 5),
	CODE(vsnprintf, 0, 6),
	CODE(dprintf, 0, 0),
	CODE(__snprintf_chk, 0, 0),
	CODE(_libc_intl_domainname, 0, 5),
};

#define COUNT    (sizeof(used) / sizeof(used[0]))
#define PRINTING 5

static size_t count;

void
zygote_pages_own(bool prints)
{
	uintptr_t first = (uintptr_t)ascii_table;
	uintptr_t second = (uintptr_t)sandbox_outward_calls;

	/* What only some run, and libraries that are linked in, lie behind. */
	used[0].at = (uintptr_t)_init;
	used[0].n = (uintptr_t)hot_end - (uintptr_t)_init;
	used[1].at = getauxval(AT_SYSINFO_EHDR);
	used[2].at = (uintptr_t)&_IO_stdin_used;
	used[2].n = WORDS * PAGE;
	used[3].at = first < second ? first : second;
	used[3].n = (first < second ? second : first) + BEHIND - used[3].at;
	secure_pages(&used[4]);
	count = prints ? COUNT : COUNT - PRINTING;
	pages_own(used, count);
}

void
zygote_pages_map(void)
{
	pages_map(used, count);
}
