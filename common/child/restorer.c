/*
 * restorer.c - the restorer.  The master's side of its socket is in
 * restorer_socket.c.
 */
#include "child/restorer.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "child/child.h"
#include "child/logger.h"
#include "child/restore_point.h"
#include "child/restorer_image.h"
#include "child/restorer_shapes.h"
#include "child/restorer_stat.h"
#include "sandbox/restored.h"
#include "sandbox/sandbox.h"
#include "system/fdpass.h"
#include "system/io.h"
#include "system/log.h"
#include "system/stack.h"

#define EVENTS 32

/* What a child does now, as far as its calls tell. */
enum turn {
	TURN_NEW,      /* it was introduced */
	TURN_PRISTINE, /* it is on its way to say that it is ready */
	TURN_SERVING,  /* it has, or will soon have, a client */
	TURN_STRAY,    /* it is never answered again */
};

struct ward {
	int file[RESTORER_FILES];
	int32_t pid;
	enum turn turn;
	uint64_t served;
	struct image *image;
};

static struct {
	int control, introduction, epoll;
	size_t told; /* news of this turn */
	struct restorer_news news[RESTORER_NEWS];
} my;

/* All news of a turn is one message. */
static void
tell_all(void)
{
	while (my.told > 0 &&
	    send(my.control, my.news, my.told * sizeof(*my.news),
		MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			_exit(CONDUCT_FINE); /* no master any more */
	my.told = 0;
}

static void
tell(const struct ward *w, enum restorer_word word)
{
	if (my.told == RESTORER_NEWS)
		tell_all();
	my.news[my.told++] = (struct restorer_news){ w->pid, word, w->served };
}

static void
forget(struct ward *w)
{
	for (int i = 0; i < RESTORER_FILES; i++)
		if (w->file[i] >= 0)
			close(w->file[i]);
	image_free(w->image);
	free(w);
}

static void
stray(struct ward *w, const char *why)
{
	log_error("child %d %s", (int)w->pid, why);
	w->turn = TURN_STRAY;
	tell(w, RESTORER_STRAY);
}

/* Let the kernel go on with the call, which returns this. */
static bool
answer(const struct ward *w, uint64_t id, enum restore_answer what)
{
	struct seccomp_notif_resp r = { .id = id, .val = what };

	return ioctl(w->file[RESTORER_LISTENER], SECCOMP_IOCTL_NOTIF_SEND,
		   &r) == 0;
}

/*
 * It has met nobody yet.  One whose memory is not to be had is answered with
 * what makes it serve one client and end.
 */
static void
take_image(struct ward *w, uint64_t id)
{
	w->image = image_take(w->file[RESTORER_MEM], w->file[RESTORER_PAGEMAP],
	    w->file[RESTORER_MAPS]);
	if (w->image == NULL) {
		log_warn("child %d cannot be restored: %s", (int)w->pid,
		    strerror(errno));
		w->turn = TURN_STRAY;
		answer(w, id, RESTORE_GO);
		return;
	}
	close(w->file[RESTORER_MAPS]);
	w->file[RESTORER_MAPS] = -1;
	w->turn = TURN_PRISTINE;
	answer(w, id, RESTORE_NEW);
}

static void
put_back(struct ward *w, uint64_t id)
{
	struct restorer_stat stat;

	if (restorer_stat_read(w->file[RESTORER_STAT], &stat) < 0 ||
	    !stat.is_deaf) {
		stray(w, "waits with signals that it would hear");
		return;
	}
	if (image_put_back(w->image, stat.faults, w->file[RESTORER_MEM],
		w->file[RESTORER_PAGEMAP]) < 0) {
		stray(w, "has memory that cannot be put back");
		return;
	}
	w->served++;
	w->turn = TURN_PRISTINE;
	answer(w, id, RESTORE_AGAIN);
}

/*
 * A call is answered in its turn and from its place, or never.  An answer that
 * does not arrive was interrupted: the call comes again, or the child has
 * ended.
 */
static void
hear_ward(struct ward *w)
{
	struct seccomp_notif n = { 0 };
	uint64_t at;

	if (ioctl(w->file[RESTORER_LISTENER], SECCOMP_IOCTL_NOTIF_RECV, &n) < 0)
		return;
	at = n.data.instruction_pointer;
	if (w->turn == TURN_NEW && at == restore_address(RESTORE_CAPTURE))
		take_image(w, n.id);
	else if (w->turn == TURN_SERVING && at == restore_address(RESTORE_WAIT))
		put_back(w, n.id);
	else if (w->turn == TURN_PRISTINE &&
	    at == restore_address(RESTORE_READY)) {
		if (!answer(w, n.id, RESTORE_GO))
			return;
		w->turn = TURN_SERVING;
		tell(w, RESTORER_IDLE);
	} else if (w->turn != TURN_STRAY)
		stray(w, "calls from where no child of ours calls");
}

static void
greet(void)
{
	struct restorer_hello hello;
	struct ward *w;
	struct epoll_event ev = { .events = EPOLLIN };
	int fd[RESTORER_FILES];

	if (fdpass_receive_fds(my.introduction, &hello, sizeof(hello), fd,
		RESTORER_FILES) <= 0)
		return;
	w = calloc(1, sizeof(*w));
	if (w == NULL)
		_exit(CHILD_NOT_BORN);
	memcpy(w->file, fd, sizeof(fd));
	w->pid = hello.pid;
	ev.data.ptr = w;
	/* An older kernel refuses, and then it takes a little longer. */
	ioctl(fd[RESTORER_LISTENER], RESTORED_FLAGS, RESTORED_SYNC);
	/* Closed, it makes all of this child's calls fail. */
	if (epoll_ctl(my.epoll, EPOLL_CTL_ADD, fd[RESTORER_LISTENER], &ev) < 0)
		forget(w);
}

/*
 * To learn a child's memory takes as long as to put back many, and for those
 * there may be clients already: so it comes last, one in a turn.
 */
static void
turn(void)
{
	struct epoll_event ev[EVENTS];
	int n = epoll_wait(my.epoll, ev, EVENTS, -1);
	struct ward *unknown = NULL;

	if (n < 0 && errno != EINTR)
		bug("restorer: epoll_wait: %s", strerror(errno));
	for (int i = 0; i < n; i++) {
		struct ward *w = ev[i].data.ptr;

		if (ev[i].data.ptr == &my.control)
			_exit(CONDUCT_FINE); /* the master says nothing */
		else if (ev[i].data.ptr == &my.introduction)
			greet();
		else if ((ev[i].events & EPOLLIN) == 0)
			forget(w); /* its process is gone */
		else if (w->turn == TURN_NEW)
			unknown = w;
		else
			hear_ward(w);
	}
	tell_all();
	if (unknown != NULL)
		hear_ward(unknown);
	tell_all();
}

static int
watch(int fd, void *is)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = is };

	return epoll_ctl(my.epoll, EPOLL_CTL_ADD, fd, &ev);
}

static _Noreturn void
live(const struct child_setup *s, int control, int introduction, int channel)
{
	int said = logger_speak(channel);

	prctl(PR_SET_NAME, RESTORER_NAME);
	sandbox_allow_none(s->sandbox);
	my.control = dup3(control, s->first_private, O_CLOEXEC);
	my.introduction = dup3(introduction, s->first_private + 1, O_CLOEXEC);
	if (said < 0 || my.control < 0 || my.introduction < 0 ||
	    close_range((unsigned)my.introduction + 1, ~0U, 0) < 0 ||
	    io_mute_standard() < 0 ||
	    (my.epoll = epoll_create1(EPOLL_CLOEXEC)) < 0 ||
	    watch(my.control, &my.control) < 0 ||
	    watch(my.introduction, &my.introduction) < 0 ||
	    sandbox_enter_restorer(s->sandbox, s->master) < 0) {
		log_error("no restorer: %s", strerror(errno));
		_exit(CHILD_NOT_BORN);
	}
	for (;;)
		turn();
}

int
restorer_start(struct restorer *r, const struct child_setup *s, int channel)
{
	int control[2], introduction[2];

	*r = (struct restorer){ .control = -1, .introduction = -1 };
	if (fdpass_pair(control) < 0)
		return -1;
	if (fdpass_pair(introduction) < 0) {
		close(control[0]);
		close(control[1]);
		return -1;
	}
	if (pristine_open(&r->store) < 0)
		log_debug("the restorer's store: %s", strerror(errno));
	stack_forget();
	r->pid = fork();
	if (r->pid == 0) {
		shapes_keep_in(&r->store);
		live(s, control[1], introduction[1], channel);
	}
	pristine_only_read(&r->store);
	close(control[1]);
	close(introduction[1]);
	r->control = control[0];
	/* Out of the way of what children keep. */
	r->introduction = io_move_high(introduction[0]);
	if (r->pid > 0)
		return 0;
	r->pid = 0;
	restorer_close(r);
	return -1;
}
