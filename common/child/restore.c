/*
 * restore.c - a child's part in being restored.
 */
#include "child/restore.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "child/restore_point.h"
#include "child/restorer.h"
#include "sandbox/restored.h"
#include "sandbox/sandbox.h"
#include "sandbox/worn.h"
#include "service/service.h"
#include "system/fdpass.h"
#include "system/io.h"
#include "system/log.h"
#include "system/pages.h"

#define PAGE      ((uintptr_t)4096)
#define KEEP_HEAP ((uintptr_t)128 << 10) /* written with zeros, not let go of */
#define KEEP_DEEP ((uintptr_t)64 << 10)  /* the same of the stack */

/* Pristine, and part of what is put back. */
PAGES_TOGETHER static struct {
	int last;         /* descriptor of its own */
	int introduction; /* -1: it is not restored */
	int files[RESTORER_FILES];
	struct restored_range drop[RESTORED_DROPS];
	sigset_t mask;
	int64_t worn_ms; /* its time is counted over all its lives */
} own = { .introduction = -1 };

/* By restore_prepare(): the end of the stack, or 0. */
static uintptr_t deepest;

static const char *const files[] = {
	[RESTORER_MEM] = "/proc/self/mem",
	[RESTORER_PAGEMAP] = "/proc/self/pagemap",
	[RESTORER_STAT] = "/proc/self/stat",
	[RESTORER_MAPS] = "/proc/self/maps",
};

/*
 * The table of descriptors grows and never shrinks: it is as large as it can
 * be from the start.  What makes it so is closed with all that is above last.
 */
static void
make_table(int fd)
{
	dup3(fd, SANDBOX_OPEN_MAX - 1, O_CLOEXEC);
}

int
restore_open(int last, int introduction)
{
	int at = last;

	own.last = last;
	own.introduction = -1;
	make_table(last);
	for (int i = 0; i < RESTORER_LISTENER; i++) {
		int fd = open(files[i],
		    (i == RESTORER_MEM ? O_RDWR : O_RDONLY) | O_CLOEXEC);

		if (fd < 0)
			return last;
		own.files[i] = ++at;
		if (fd != at && dup3(fd, at, O_CLOEXEC) < 0)
			return last;
	}
	own.introduction = ++at;
	if (introduction == at)
		return at; /* it was there in the zygote, and no gap is */
	if (dup3(introduction, at, O_CLOEXEC) < 0) {
		own.introduction = -1;
		return last;
	}
	io_fill_gaps(last); /* no client's descriptor has a low number */
	return at;
}

static struct restored_range
range(uintptr_t from, uintptr_t to)
{
	from = (from + PAGE - 1) & ~(PAGE - 1);
	to &= ~(PAGE - 1);
	return (struct restored_range){ from, to > from ? to - from : 0 };
}

static void
let_go(const struct restored_range *r)
{
	/* NOLINTNEXTLINE(performance-no-int-to-ptr) */
	madvise((void *)r->at, r->size, MADV_DONTNEED);
}

/*
 * All the heap that a connection will have, for later there is no more.  It
 * lies behind what is in use, untouched.
 */
static int
make_heap(void)
{
	char *much;

	mallopt(M_MMAP_MAX, 0);
	mallopt(M_TRIM_THRESHOLD, INT32_MAX);
	much = malloc(RESTORE_HEAP);
	if (much == NULL)
		return -1;
	own.drop[0] = range((uintptr_t)much + KEEP_HEAP, (uintptr_t)sbrk(0));
	free(much);
	let_go(&own.drop[0]);
	return 0;
}

/*
 * The same with the stack: it grows once, to its last page, and then never
 * again.
 */
static __attribute__((noinline)) int
make_stack(void)
{
	const uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	struct rlimit l;

	deepest = (here - RESTORE_STACK) & ~(PAGE - 1);
	/* NOLINTNEXTLINE(performance-no-int-to-ptr) */
	*(volatile char *)deepest = 0;
	own.drop[1] = range(deepest, here - KEEP_DEEP);
	let_go(&own.drop[1]);
	if (getrlimit(RLIMIT_STACK, &l) < 0)
		return -1;
	l.rlim_cur = PAGE;
	return setrlimit(RLIMIT_STACK, &l);
}

/* Where nobody is any more: what the birth has written there would be put
 * back, too. */
static __attribute__((noinline)) void
leave_stack(void)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	struct restored_range left = range(deepest, here - PAGE);

	let_go(&left);
}

/*
 * The kernel sends a process elsewhere when it was interrupted within a
 * restartable sequence that its memory names: nobody here has one.
 */
static void
drop_rseq(void)
{
	if (__rseq_size > 0)
		syscall(SYS_rseq,
		    (char *)__builtin_thread_pointer() + __rseq_offset, 32,
		    RSEQ_FLAG_UNREGISTER, RSEQ_SIG);
}

/*
 * The memory of a restored child is that of before its first client, so what
 * it was told must be all that the restorer has to know.
 */
static int
introduce(int listener)
{
	const struct restorer_hello hello = { .pid = getpid() };

	own.files[RESTORER_LISTENER] = listener;
	return fdpass_send_fds(
	    own.introduction, &hello, sizeof(hello), own.files, RESTORER_FILES);
}

int
restore_prepare(void)
{
	if (make_heap() < 0 || make_stack() < 0)
		return -1;
	drop_rseq();
	/* One byte is not 2 MiB; and of small pages the kernel knows exactly who
	 * has them (restorer_image.c). */
	return prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
}

int
restore_last(int control)
{
	return control + RESTORER_FILES;
}

int
restore_enter(const struct sandbox_plan *p, pid_t master, bool zygote)
{
	struct restored_wish wish = { .last = own.last };
	int listener;

	if (own.introduction < 0)
		return sandbox_enter(p, master);
	if (!zygote && restore_prepare() < 0)
		return -1;
	leave_stack();
	sigprocmask(SIG_SETMASK, NULL, &own.mask);
	for (int i = 0; i < RESTORE_PLACES; i++)
		wish.place[i] = restore_address((enum restore_place)i);
	for (int i = 0; i < RESTORED_DROPS; i++)
		wish.drop[i] = own.drop[i];
	if (sandbox_enter_restored(p, master, &wish, zygote, &listener) < 0)
		return -1;
	own.worn_ms = worn_ms();
	if (introduce(listener) < 0) {
		log_debug("the restorer: not introduced");
		own.introduction = -1;
	}
	close_range((unsigned)own.last + 1, ~0U, 0);
	return 0;
}

/* What an earlier client may have left to the kernel. */
static void
put_back(void)
{
	const struct itimerval none = { 0 };
	const stack_t stack = { .ss_flags = SS_DISABLE };

	close_range((unsigned)own.last + 1, ~0U, 0);
	setitimer(ITIMER_REAL, &none, NULL);
	sigaltstack(&stack, NULL);
	sigprocmask(SIG_SETMASK, &own.mask, NULL);
}

bool
restore_begin(void)
{
	int answer;

	if (own.introduction < 0)
		return false;
	answer = restore_point();
	if (answer == RESTORE_NEW)
		return restore_ready() == RESTORE_GO;
	if (answer != RESTORE_AGAIN)
		return false;
	put_back();
	if (worn_is(own.worn_ms) || restore_ready() != RESTORE_GO)
		_exit(CONDUCT_FINE);
	return true;
}

void
restore_end(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	for (int i = 0; i < RESTORED_DROPS; i++)
		let_go(&own.drop[i]);
	restore_wait();
}
