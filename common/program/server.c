/*
 * server.c - the main() that every server shares.
 */
#include "program/program.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "child/child.h"
#include "health/health.h"
#include "master/listeners.h"
#include "program/environment.h"
#include "program/origin.h"
#include "program/server_args.h"
#include "program/server_dial.h"
#include "program/server_master.h"
#include "program/server_sandbox.h"
#include "program/server_tls.h"
#include "program/server_tls_own.h"
#include "program/server_whole.h"
#include "service/scoreboard.h"
#include "system/image.h"
#include "system/io.h"
#include "system/limits.h"
#include "system/log.h"
#include "system/logfile.h"
#include "system/notify.h"
#include "system/path.h"
#include "system/sock.h"
#include "system/whole.h"

/* Open what the services need; each is prepared once. */
static void
prepare(struct server *s, struct service *services[SERVICE_MAX],
    const struct privdrop *user, bool single)
{
	for (size_t i = 0; i < s->offer_count; i++) {
		const struct offer *o = &s->offers[i];

		services[i] = o->service;
		if (o->service->prepare == NULL ||
		    (o->listen.n == 0 && o->secure.n == 0 &&
			o->otherwise == NULL))
			continue;
		o->service->single = single;
		o->service->follows = s->follows;
		o->service->user = user;
		o->service->prepare(o->service);
	}
}

/* getopt permutes argv; what is exec'd later gets it as it was. */
static char **
copy_argv(int argc, char **argv)
{
	char **copy = calloc((size_t)argc + 1, sizeof(*copy));

	if (copy == NULL)
		die(EXIT_OSERR, "no memory");
	memcpy(copy, argv, (size_t)argc * sizeof(*copy));
	return copy;
}

/* Whom to speak to, before there are options. */
static void
begin_words(const char *program, enum origin from, bool reloaded)
{
	log_init(program, SAY_INFO);
	if ((from == BY_MASTER || from == FOR_TRIAL) &&
	    sock_type(STDERR_FILENO) == SOCK_SEQPACKET)
		log_channel(STDERR_FILENO);
	if (reloaded)
		log_never_wait();
}

/* What its options ask for, beside the services' own. */
static void
open_keys_and_lines(struct server *s, enum origin from)
{
	if (from == BY_INETD)
		server_tls_none(s);
	else
		server_tls_open(s, from == BY_HAND, from == BY_MASTER);
	if (from == BY_HAND)
		server_dial_open(s);
}

static void
open_access_log(const char *access_log, enum origin from)
{
	if (from == BY_MASTER)
		logfile_of_logger(access_log);
	else if (logfile_open(access_log) < 0)
		die(EXIT_CONFIG, "--access-log %s: %s", access_log,
		    path_why(errno));
}

/* What another process of ours has left for this one. */
static void
inherit(
    struct server *s, struct listeners *ls, enum origin from, int reload_state)
{
	if (from == BY_MASTER)
		scoreboard_inherit();
	if (reload_state >= 0)
		scoreboard_inherit_tally(reload_state + 1);
	if (from == BY_HAND)
		listeners_inherit(ls, s);
}

/* Be what this process was started for. */
static _Noreturn void
go_on_as(enum origin from, struct server *s, struct child_setup *setup,
    struct listeners *ls, int reload_state, char **argv)
{
	switch (from) {
	case FOR_TRIAL:
		/* Not back to main(), with whose frame go the options. */
		exit(0);
	case BY_INETD:
		_exit(child_serve_inherited(setup, STDIN_FILENO));
	case BY_MASTER:
		setup->master = getppid();
		setup->first_private = io_draw_line();
		child_live(setup, IMAGE_CONTROL_FD, STDERR_FILENO, false);
	case BY_HAND:
		break;
	}
	if (reload_state < 0)
		server_tls_invite();
	exit(server_master(s, setup, ls, reload_state, argv));
}

int
server_main(struct server *s, int argc, char **argv)
{
	static struct service *services[SERVICE_MAX];
	static struct listeners ls;
	static struct child_setup setup;
	static char **original;
	const struct privdrop *user;
	enum origin from;
	int reload_state;

	original = copy_argv(argc, argv);
	whole_note(original);
	from = origin_find();
	reload_state = from == BY_HAND ? origin_reload_state() : -1;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* then write(2) says EFBIG */
	s->keeper = s->dialler = -1;
	s->follows = from != BY_HAND || reload_state >= 0;
	begin_words(s->program, from, reload_state >= 0);
	if (io_fill_standard() < 0)
		die(EXIT_OSERR, "/dev/null: %s", strerror(errno));
	origin_close_strays(from, reload_state);
	server_parse(s, argc, argv);
	server_whole(s);
	environment_clean();
	if (from == BY_HAND)
		limits_begin();
	open_keys_and_lines(s, from);
	setup = (struct child_setup){ .services = services,
		.service_count = s->offer_count,
		.reuse = s->options.reuse,
		.proxies = &s->options.proxies,
		.master = getpid(),
		.restorer = -1 };
	inherit(s, &ls, from, reload_state);
	open_access_log(s->options.access_log, from);
	user = server_user(&s->options);
	health_of(services, s->offer_count, &s->options.allow_host);
	prepare(s, services, user, from == BY_MASTER || from == BY_INETD);
	setup.sandbox =
	    server_sandbox(s, &setup, &ls, user, from, reload_state >= 0);
	notify_init();
	go_on_as(from, s, &setup, &ls, reload_state, original);
}
