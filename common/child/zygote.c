/*
 * zygote.c - the zygote, and the master's side of its socket.
 */
#include "child/zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child/logger.h"
#include "child/restore.h"
#include "child/zygote_pages.h"
#include "conn/secure.h"
#include "sandbox/sandbox.h"
#include "sandbox/seccomp.h"
#include "system/fdpass.h"
#include "system/heap.h"
#include "system/io.h"
#include "system/log.h"
#include "system/oom.h"
#include "system/pages.h"
#include "system/stack.h"
#include "system/turns.h"

#define PAGE 4096

static char usual_name[16]; /* of our processes */

/*
 * fork(2) without the C library, which has no way to say CLONE_PARENT.  There
 * is one thread, and it holds no lock.
 */
static pid_t
fork_for_master(void)
{
	return (pid_t)syscall(
	    SYS_clone, SANDBOX_FORK_FLAGS, NULL, NULL, NULL, 0);
}

/* One of an order.  What is the others' a child closes before all else. */
static void
bear(const struct child_setup *s, int control, uint32_t slot, const int fd[2])
{
	struct zygote_news news = { .slot = slot };

	news.pid = fork_for_master();
	if (news.pid == 0) {
		prctl(PR_SET_NAME, usual_name);
		child_live(s, fd[0], fd[1], true);
	}
	if (news.pid < 0)
		news.pid = -errno;
	/* Room for the answer was there when the order came, or soon is. */
	while (send(control, &news, sizeof(news), MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			_exit(CHILD_NOT_BORN);
}

/* What it keeps: its own socket, and what children are introduced by. */
static int
last_of(const struct child_setup *s, int own)
{
	return s->restorer >= 0 ? s->restorer : own;
}

static void
obey(const struct child_setup *s, int own, const struct zygote_order *o,
    const int *fd)
{
	for (uint32_t i = 0; i < o->count && i < ZYGOTE_AT_ONCE; i++)
		bear(s, own, o->slot[i], &fd[2 * i]);
	close_range((unsigned)last_of(s, own) + 1, ~0U, 0);
}

static _Noreturn __attribute__((noinline)) void
hear_orders(const struct child_setup *s, int own)
{
	struct zygote_order order;
	int fd[2 * ZYGOTE_AT_ONCE], got;

	for (;;) {
		got = fdpass_receive_fds(
		    own, &order, sizeof(order), fd, 2 * ZYGOTE_AT_ONCE);
		if (got > 0)
			obey(s, own, &order, fd);
		else if (got == 0 || errno != EINTR)
			_exit(CONDUCT_FINE);
	}
}

/* A child's stack is paid by the page: what it needs begins with one. */
static _Noreturn void
live_at_the_top_of_a_page(const struct child_setup *s, int own)
{
	size_t rest = (uintptr_t)__builtin_frame_address(0) % PAGE;
	char *below = __builtin_alloca(rest);

	__asm__ volatile("" : : "r"(below) : "memory"); /* it is used */
	hear_orders(s, own);
}

/* What is said about mail is printed; web pages are not. */
static bool
prints(const struct child_setup *s)
{
	for (size_t i = 0; i < s->service_count; i++)
		if (s->services[i]->mail)
			return true;
	return false;
}

/*
 * Everything else is closed.  The log's file is closed already: were its number
 * free, what comes with an order would be below what is closed behind it, and
 * so all later children's.
 */
static int
keep_descriptors(struct child_setup *s, int *own, int control)
{
	int at = s->first_private;

	*own = at;
	if (control != at && dup3(control, at, O_CLOEXEC) < 0)
		return -1;
	if (s->restorer >= 0) {
		s->restorer = dup3(s->restorer, restore_last(at), O_CLOEXEC);
		if (s->restorer < 0)
			return -1;
	}
	if (close_range((unsigned)last_of(s, at) + 1, ~0U, 0) < 0)
		return -1;
	return io_mute_standard();
}

/* Its memory, as children are to find it. */
static int
prepare(const struct child_setup *s)
{
	if (secure_is_loaded()) {
		pages_learn(secure_warm);
		secure_warm(NULL);
		heap_fill_gaps();
		secure_prepare(); /* behind them: each child writes there */
	}
	heap_drop_zeros();
	return s->restorer >= 0 ? restore_prepare() : 0;
}

static _Noreturn void
live(const struct child_setup *given, int control, int channel)
{
	struct child_setup mine = *given;
	const struct child_setup *s = &mine;
	int said = logger_speak(channel), own = -1;

	prctl(PR_GET_NAME, usual_name);
	prctl(PR_SET_NAME, ZYGOTE_NAME);
	zygote_pages_own(prints(s));
	turns_soon();
	oom_volunteer(); /* its children are so too */
	turns_unseen();
	if (said < 0 || prepare(s) < 0 ||
	    keep_descriptors(&mine, &own, control) < 0 ||
	    io_fill_gaps(last_of(s, own)) < 0 ||
	    sandbox_enter_zygote(s->sandbox, s->master) < 0) {
		log_error("no zygote: %s", strerror(errno));
		_exit(CHILD_NOT_BORN);
	}
	zygote_pages_map();
	live_at_the_top_of_a_page(s, own);
}

/* What is used up is so for good, for the next zygote too. */
static void
fill_gaps_once(void)
{
	static bool filled;

	if (!filled)
		heap_fill_gaps();
	filled = true;
}

int
zygote_start(struct zygote *n, const struct child_setup *s, int channel)
{
	int ends[2];

	*n = (struct zygote){ .control = -1 };
	if (fdpass_pair(ends) < 0)
		return -1;
	fill_gaps_once();
	stack_forget();
	n->pid = fork();
	if (n->pid == 0)
		live(s, ends[1], channel);
	close(ends[1]);
	if (n->pid < 0) {
		n->pid = 0;
		close(ends[0]);
		return -1;
	}
	n->control = ends[0];
	return 0;
}

int
zygote_order(struct zygote *n, const struct zygote_order *order, const int *fds)
{
	_Static_assert(2 * ZYGOTE_AT_ONCE <= FDPASS_MAX, "they go at once");
	return fdpass_send_fds(
	    n->control, order, sizeof(*order), fds, 2 * order->count);
}

int
zygote_hear(struct zygote *n, struct zygote_news *news)
{
	ssize_t got =
	    recv(n->control, news, sizeof(*news), MSG_DONTWAIT | MSG_TRUNC);

	if (got == (ssize_t)sizeof(*news))
		return 1;
	return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

void
zygote_close(struct zygote *n)
{
	if (n->control >= 0)
		close(n->control);
	*n = (struct zygote){ .control = -1 };
}
