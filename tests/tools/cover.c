/*
 * cover.c - linked into the programs of "make cover" only: what keeps gcov's
 * counts from being lost.
 *
 * Gcov saves its counts when a process leaves by exit(3).  Ours leave by
 * _exit(2), by exec, by a signal, and from inside a sandbox where no file can be
 * written.  So the counters of a program (cover.ld puts them on pages of
 * their own) are mapped from a file that all its processes share, before
 * main(): what was counted there is kept however a process ends.  A program
 * that finds BERTH_COVER_SAVE in its environment does nothing but hand the
 * sum to gcov.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* "make cover" says it: the program's name with ".counts" behind it. */
#ifndef COVER_COUNTS
#define COVER_COUNTS "counts"
#endif

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
void __gcov_dump(void);
void __wrap___gcov_exit(void);

/* From cover.ld. */
extern char cover_begin[], cover_end[];

/* What every object would do at exit. */
void
__wrap___gcov_exit(void)
{
}

__attribute__((constructor, no_profile_instrument_function)) static void
share_counters(void)
{
	size_t size = (uintptr_t)cover_end - (uintptr_t)cover_begin;
	int fd = open(COVER_COUNTS, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

	/* Below a helper that may write nothing (sandbox/outward.h) a program
	 * speaks to whoever started it, and of nothing else. */
	if (fd < 0 && errno == EACCES &&
	    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		return;
	if (fd < 0 || ftruncate(fd, (off_t)size) < 0 ||
	    mmap(cover_begin, size, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED) {
		static const char why[] = "cover: the counts are lost\n";

		(void)!write(STDERR_FILENO, why, sizeof(why) - 1);
		return;
	}
	(void)!fchmod(fd, 0666); /* some tests start programs as others */
	close(fd);
	if (getenv("BERTH_COVER_SAVE") != NULL) {
		__gcov_dump();
		_exit(0);
	}
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
