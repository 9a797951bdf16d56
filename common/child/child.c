/*
 * child.c - the life of one child.
 */
#include "child/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "child/introduce.h"
#include "child/logger.h"
#include "child/restore.h"
#include "child/welcome.h"
#include "sandbox/sandbox.h"
#include "sandbox/worn.h"
#include "conn/conn.h"
#include "service/scoreboard.h"
#include "system/clock.h"
#include "system/fdpass.h"
#include "system/io.h"
#include "system/log.h"
#include "system/network.h"

/*
 * Children leave without running what the master registered for its exit.
 */
static _Noreturn void
leave(int code)
{
	log_end();
	_exit(code);
}

/*
 * Drop everything that is the master's: its descriptors and its signals.  The
 * signals that steer the master stay blocked here, except TERM, which asks a
 * child to finish.
 */
static int
cut_loose(const struct child_setup *s, int control, int channel)
{
	int own = s->first_private, last = own;
	sigset_t term;

	if (logger_speak(channel) < 0 ||
	    (control != own && dup3(control, own, O_CLOEXEC) < 0))
		return -1;
	if (s->restorer >= 0)
		last = restore_open(own, s->restorer);
	if (close_range((unsigned)last + 1, ~0U, 0) < 0)
		return -1;
	conn_catch_drain();
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_UNBLOCK, &term, NULL);
	return own;
}

static void
say(int control, char word)
{
	/* A full or broken socket means that the master no longer cares. */
	if (send(control, &word, 1, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		log_debug("control socket: %s", strerror(errno));
}

/*
 * A datagram from a port like ours comes from another server like us, or was
 * forged to seem to come from ourselves.  To answer could go on for ever.
 */
static bool
is_from_a_server(struct conn *c)
{
	return addr_port(&c->peer) != 0 &&
	    addr_port(&c->peer) == addr_port(conn_local(c));
}

static _Noreturn void
cannot_enter(void)
{
	log_error("sandbox: %s", strerror(errno));
	leave(CHILD_NOT_BORN);
}

/* The master has a descriptor of the connection, too. */
static void
may_rest(struct conn *c, const struct hand_over *h)
{
	const struct scoreboard_head *scoreboard = scoreboard_read();

	c->rest_ms = h->rest_ms;
	c->kept = h->kept != 0;
	c->leaving = scoreboard != NULL ? &scoreboard->leaving : NULL;
	if (c->kept)
		c->waited_ms = -1; /* whatever who had it last has set */
}

static int
serve(const struct child_setup *s, int control, const struct hand_over *h,
    const int fd[HAND_OVER_FDS])
{
	const struct service *service = s->services[h->service];
	struct conn c;
	int conduct = CONDUCT_FINE;

	conn_init(&c, fd[0], h->type, &h->peer, h->accepted_us);
	c.keeper = fd[1];
	c.dialler = fd[2];
	/* A restored one has the memory of its beginning then. */
	c.last = s->reuse == 1 || s->restorer >= 0;
	may_rest(&c, h);
	scoreboard_begin(h->service, clock_us() - h->accepted_us);
	if (sandbox_enter_for(s->sandbox, h->service) < 0)
		cannot_enter();
	if (h->type == SOCK_DGRAM) {
		ssize_t got = conn_take_datagram(&c);

		say(control, WORD_TAKEN);
		if (got < 0 || is_from_a_server(&c)) {
			conn_drop(&c); /* gone, broken, or no client */
			return CONDUCT_FINE;
		}
		c.answer_to = &c.peer;
		if (sandbox_deafen(s->sandbox, &c.fd, &c.answer_to) < 0)
			cannot_enter();
	}
	if ((!h->proxied ||
		introduce(&c, control, service, h->secure, &conduct)) &&
	    (!h->secure || welcome(&c, service, &conduct)))
		conduct = service->serve(&c, service);
	if (conduct != CONDUCT_RESTS)
		conn_end(&c); /* else it goes on, without us */
	scoreboard_end(c.received, c.sent);
	return c.wrong_passwords > 0 ? CONDUCT_WRONG : conduct;
}

/*
 * Wait for the next connection.  Returns whether there is one.  An earlier
 * client's process may have asked the master for a verdict (introduce.c) and
 * not heard it: that lies before it.
 */
static bool
next(const struct child_setup *s, int control, struct hand_over *h,
    int fd[HAND_OVER_FDS])
{
	int got;

	do {
		got = fdpass_receive_fds(
		    control, h, sizeof(*h), fd, HAND_OVER_FDS);
	} while (got < 0 &&
	    (errno == EINTR || (errno == EPROTO && s->restorer >= 0)));
	/* A master that execs itself may not have read our last word. */
	if (got < 0 && errno == ECONNRESET)
		return false;
	if (got < 0)
		bug("control socket: %s", strerror(errno));
	if (got == 0)
		return false;
	if (fd[0] < 0 || h->service >= s->service_count)
		bug("handed over: descriptor %d, service %u", fd[0],
		    h->service);
	if ((h->lines & LINE_KEEPER) == 0) {
		fd[2] = fd[1];
		fd[1] = -1;
	}
	return true;
}

static int
enter(const struct child_setup *s, bool zygote)
{
	if (!zygote && io_mute_standard() < 0)
		return -1;
	if (s->restorer >= 0)
		return restore_enter(s->sandbox, s->master, zygote);
	return zygote ? sandbox_enter_born(s->sandbox, s->master) :
			sandbox_enter(s->sandbox, s->master);
}

/* One connection after the other, and a pristine process for each. */
static _Noreturn void
live_again_and_again(const struct child_setup *s, int own)
{
	bool again = restore_begin();
	int conduct = CONDUCT_FINE, fd[HAND_OVER_FDS];
	struct hand_over h;

	if (next(s, own, &h, fd))
		conduct = serve(s, own, &h, fd);
	else
		again = false;
	/* Only an exit code can tell another conduct. */
	if (again && conduct == CONDUCT_FINE && !conn_draining())
		restore_end();
	leave(conduct);
}

void
child_live(const struct child_setup *s, int control, int channel, bool zygote)
{
	int own = cut_loose(s, control, channel), conduct = CONDUCT_FINE;
	int64_t worn = WORN_NEVER;

	if (own < 0 || enter(s, zygote) < 0) {
		log_error("a child cannot begin: %s", strerror(errno));
		leave(CHILD_NOT_BORN);
	}
	if (s->restorer >= 0)
		live_again_and_again(s, own);
	for (uint64_t served = 0; s->reuse == 0 || served < s->reuse;
	     served++) {
		struct hand_over h;
		int fd[HAND_OVER_FDS];

		if (served == 1)
			worn = worn_ms();
		if (served > 0 && worn_is(worn))
			break;
		if (served > 0) {
			conn_alarm_off();
			say(own, WORD_IDLE);
		}
		if (!next(s, own, &h, fd))
			break;
		conduct = serve(s, own, &h, fd);
		if (conduct == CONDUCT_WRONG || conduct == CONDUCT_RESTS)
			break; /* only an exit code can tell it */
	}
	leave(conduct);
}

int
child_serve_inherited(const struct child_setup *s, int fd)
{
	struct hand_over h = { .type = SOCK_STREAM, .accepted_us = clock_us() };

	log_pid();
	conn_catch_drain();
	if (sandbox_enter(s->sandbox, 0) < 0)
		die(EXIT_OSERR, "sandbox: %s", strerror(errno));
	addr_of_peer(fd, &h.peer);
	h.proxied =
	    !s->services[0]->direct && networks_have(s->proxies, &h.peer);
	return serve(s, -1, &h, (const int[HAND_OVER_FDS]){ fd, -1, -1 });
}
