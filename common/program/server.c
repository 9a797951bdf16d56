/*
 * server.c - the main() that every server shares.
 */
#include "program/program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes/num.h"
#include "service/scoreboard.h"
#include "sandbox/privdrop.h"
#include "sandbox/sandbox.h"
#include "child/child.h"
#include "child/restorer.h"
#include "health/health.h"
#include "master/listeners.h"
#include "master/master.h"
#include "program/card.h"
#include "program/environment.h"
#include "program/server_args.h"
#include "program/server_dial.h"
#include "program/server_tls.h"
#include "program/server_tls_own.h"
#include "master/spawn.h"
#include "system/io.h"
#include "system/log.h"
#include "system/logfile.h"
#include "system/notify.h"
#include "system/sock.h"
#include "system/image.h"

#define RIGHT(cap) (UINT64_C(1) << (cap))
#define LEAST_FDS  32 /* besides those with high numbers */
#define FDS_ENOUGH 65536

/* How this process was started. */
enum origin {
	BY_HAND,   /* or by systemd: a master of its own */
	BY_INETD,  /* a connection on descriptor 0: serve it and go */
	BY_MASTER, /* a child of --isolation exec */
	FOR_TRIAL, /* a reload asks whether the options are right */
};

/*
 * Is descriptor 0 a connection to serve?  inetd and systemd put it on 0 and 1
 * alike, a test may put it on 0 alone.  But some programs start others with a
 * pair of unix sockets where a pipe would do, one on 0 and another one on 1:
 * those are no connections.
 */
static bool
is_from_inetd(void)
{
	struct addr peer;
	struct stat in, out;

	if (getenv("LISTEN_FDS") != NULL || !sock_is_connected(STDIN_FILENO))
		return false;
	if (addr_of_peer(STDIN_FILENO, &peer) < 0 ||
	    peer.sa.sa_family != AF_UNIX)
		return true;
	return fstat(STDIN_FILENO, &in) == 0 &&
	    fstat(STDOUT_FILENO, &out) == 0 &&
	    (!S_ISSOCK(out.st_mode) || in.st_ino == out.st_ino);
}

static enum origin
find_origin(void)
{
	if (spawn_is_child())
		return BY_MASTER;
	if (getenv(IMAGE_TRY) != NULL)
		return FOR_TRIAL;
	if (is_from_inetd())
		return BY_INETD;
	return BY_HAND;
}

/* Where an earlier image of this process has left its reload state, or -1. */
static int
find_reload_state(void)
{
	const char *text = getenv(IMAGE_RELOAD), *whose = getenv("LISTEN_PID");
	uint64_t fd, pid;

	unsetenv(IMAGE_RELOAD);
	if (text == NULL || whose == NULL ||
	    num_decimal(slice_of(whose), &pid) != NUM_OK ||
	    pid != (uint64_t)getpid() ||
	    num_within(slice_of(text), IMAGE_LISTEN_FD,
		IMAGE_LISTEN_FD + LISTENERS_MAX, &fd) != NUM_OK)
		return -1;
	return (int)fd;
}

/* Descriptors that were left open by whoever started us are not for us. */
static void
close_strays(enum origin from, int reload_state)
{
	const char *n = getenv("LISTEN_FDS");
	unsigned first = STDERR_FILENO + 1;

	if (from == BY_MASTER)
		first = IMAGE_SANDBOX_FD + 1;
	else if (from == BY_HAND && n != NULL)
		first += (unsigned)strtoul(n, NULL, 10) % 1024;
	if (reload_state == (int)first) {
		first += IMAGE_RELOAD_FDS;
		/* Above: channels that the reload state knows of. */
		close_range(first, IMAGE_HIGH_FD - 1, 0);
		return;
	}
	close_range(first, ~0U, 0);
}

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
		o->service->user = user;
		o->service->prepare(o->service);
	}
}

/* Who children are: nothing of theirs is touched before that is known. */
static const struct privdrop *
find_user(const struct server_options *o)
{
	static struct privdrop user;
	const char *why;

	if (privdrop_find(&user, o->user, &why) < 0)
		die(EXIT_CONFIG, "--user %s: %s",
		    o->user != NULL ? o->user : PRIVDROP_DEFAULT, why);
	return &user;
}

/* Does anything that it listens on lead to other processes of this machine,
 * which descriptors could be passed to? */
static bool
listens_on_paths(const struct offer *o, const struct listeners *ls)
{
	for (size_t i = 0; i < o->listen.n; i++)
		if (strncmp(o->listen.item[i], "unix:", 5) == 0)
			return true;
	for (size_t i = 0; i < o->secure.n; i++)
		if (strncmp(o->secure.item[i], "unix:", 5) == 0)
			return true;
	for (size_t i = 0; i < ls->n; i++)
		if (ls->at[i].addr.sa.sa_family == AF_UNIX)
			return true;
	return false;
}

/* What would have to be put back, and is not. */
static bool
service_stays_pristine(const struct service *s)
{
	for (size_t i = 0; i < s->path_count; i++)
		if (s->paths[i].right == SANDBOX_WATCH ||
		    s->paths[i].right == SANDBOX_OWN)
			return false;
	return !s->locks;
}

/*
 * Are children to be restored (--isolation restore)?  Where that cannot be had
 * each client gets a fork of its own, which promises as much.
 */
static bool
wants_restoring(const struct server *s, const struct listeners *ls)
{
	const char *why = NULL;

	if (s->options.isolation != ISOLATION_RESTORE)
		return false;
	if (s->options.no_sandbox)
		why = "not without the sandbox";
	else if (s->offer_count != 1)
		why = "not for several services in one program";
	else if (s->offers[0].datagrams)
		why = "not for datagrams";
	else if (listens_on_paths(&s->offers[0], ls))
		why = "not where it listens on a path";
	else if (!service_stays_pristine(s->offers[0].service))
		why = "not for a service that watches or locks files";
	else if (restorer_possible(&why))
		return true;
	log_warn("--isolation restore: %s; each client gets a fork", why);
	return false;
}

/* What children may still do.  A fault is one of the options. */
static const struct sandbox_plan *
plan_sandbox(const struct server *s, const struct child_setup *setup,
    const struct listeners *ls, const struct privdrop *user, enum origin from,
    bool reloaded)
{
	const struct server_options *o = &s->options;
	struct sandbox_wish wish = { .user = user,
		.bare = o->no_sandbox,
		.shared = o->reuse != 1,
		.restore = from == BY_HAND && wants_restoring(s, ls),
		.tried = from == BY_MASTER,
		.at_work = reloaded,
		.services = setup->services,
		.service_count = setup->service_count };
	const struct sandbox_plan *plan;
	const char *why;

	for (size_t i = 0; i < s->offer_count; i++)
		wish.datagrams = wish.datagrams || s->offers[i].datagrams;
	plan = sandbox_plan_new(&wish, &why);
	if (plan == NULL && o->user != NULL)
		die(EXIT_CONFIG, "--user %s: %s", o->user, why);
	if (plan == NULL)
		die(EXIT_CONFIG, "sandbox: %s", why);
	return plan;
}

/* The file that this program came from, so that a reload finds a new one. */
static const char *
own_path(void)
{
	static char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n < 0)
		die(EXIT_OSERR, "/proc/self/exe: %s", strerror(errno));
	path[n] = '\0';
	return path;
}

/* Some descriptors of the master have high numbers, out of the way. */
static void
check_limit(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) < 0)
		return;
	/* A usual limit is 1024, and what we may have more. */
	if (l.rlim_cur < l.rlim_max && l.rlim_cur < FDS_ENOUGH) {
		l.rlim_cur = l.rlim_max < FDS_ENOUGH ? l.rlim_max : FDS_ENOUGH;
		setrlimit(RLIMIT_NOFILE, &l);
	}
	if (l.rlim_cur < IMAGE_HIGH_FD + LEAST_FDS)
		die(EXIT_OSERR,
		    "the limit on descriptors is %llu, and must be %d at "
		    "least (ulimit -n)",
		    (unsigned long long)l.rlim_cur, IMAGE_HIGH_FD + LEAST_FDS);
}

/*
 * Of root's rights the master needs: to make children another user's and to
 * end them, to find its program again; where it opens a log, to do so in others'
 * directories.  The next image starts with all of them.
 */
static void
keep_rights(const struct server *s)
{
	uint64_t needed = RIGHT(CAP_KILL) | RIGHT(CAP_SETUID) |
	    RIGHT(CAP_SETGID) | RIGHT(CAP_SETPCAP) | RIGHT(CAP_DAC_READ_SEARCH);

	if (strcmp(s->options.access_log, "-") != 0 &&
	    strcmp(s->options.access_log, "off") != 0)
		needed |= RIGHT(CAP_DAC_OVERRIDE);
	if (privdrop_keep(needed) < 0)
		log_warn("capabilities: %s", strerror(errno));
}

static int
be_master(struct server *s, const struct child_setup *setup,
    struct listeners *ls, int reload_state, char **argv)
{
	struct master_plan plan = { .server = s,
		.listeners = ls,
		.setup = *setup,
		.argv = argv,
		.path = own_path(),
		.reloaded = reload_state >= 0,
		.reload_state = reload_state,
		.announced = card_show };

	check_limit();
	if (plan.reloaded)
		plan.reload_state = io_move_high(reload_state);
	plan.setup.first_private = io_draw_line();
	if (plan.setup.first_private < 0)
		die(EXIT_OSERR, "/dev/null: %s", strerror(errno));
	if (ls->n == 0)
		listeners_open(ls, s);
	listeners_note(ls, s);
	if (!plan.reloaded)
		card_make(s, ls);
	keep_rights(s);
	log_info("sandbox: %s", sandbox_summary(setup->sandbox));
	return master_run(&plan);
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

int
server_main(struct server *s, int argc, char **argv)
{
	static struct service *services[SERVICE_MAX];
	static struct listeners ls;
	static struct child_setup setup;
	static char **original;
	enum origin from = find_origin();
	int reload_state = from == BY_HAND ? find_reload_state() : -1;
	const struct privdrop *user;

	s->keeper = s->dialler = -1;
	setup = (struct child_setup){
		.services = services, .master = getpid(), .restorer = -1
	};
	original = copy_argv(argc, argv);
	log_init(s->program, SAY_INFO);
	if ((from == BY_MASTER || from == FOR_TRIAL) &&
	    sock_type(STDERR_FILENO) == SOCK_SEQPACKET)
		log_channel(STDERR_FILENO);
	if (reload_state >= 0)
		log_never_wait();
	if (io_fill_standard() < 0)
		die(EXIT_OSERR, "/dev/null: %s", strerror(errno));
	close_strays(from, reload_state);
	server_parse(s, argc, argv);
	environment_clean();
	if (from == BY_INETD)
		server_tls_none(s);
	else
		server_tls_open(s, from == BY_HAND, from == BY_MASTER);
	if (from == BY_HAND)
		server_dial_open(s);
	setup.service_count = s->offer_count;
	setup.reuse = s->options.reuse;
	setup.proxies = &s->options.proxies;
	if (from == BY_MASTER)
		scoreboard_inherit();
	if (reload_state >= 0)
		scoreboard_inherit_tally(reload_state + 1);
	if (from == BY_HAND)
		listeners_inherit(&ls, s);
	if (from == BY_MASTER)
		logfile_of_logger(s->options.access_log);
	else if (logfile_open(s->options.access_log) < 0)
		die(EXIT_CONFIG, "--access-log %s: %s", s->options.access_log,
		    errno == ELOOP ? "a symbolic link that is not root's, "
				     "which root does not follow" :
				     strerror(errno));
	user = find_user(&s->options);
	health_of(services, s->offer_count, &s->options.allow_host);
	prepare(s, services, user, from == BY_MASTER || from == BY_INETD);
	setup.sandbox =
	    plan_sandbox(s, &setup, &ls, user, from, reload_state >= 0);
	notify_init();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* then write(2) says EFBIG */
	switch (from) {
	case FOR_TRIAL:
		exit(
		    0); /* not back to main(), with whose frame go the options */
	case BY_INETD:
		_exit(child_serve_inherited(&setup, STDIN_FILENO));
	case BY_MASTER:
		setup.master = getppid();
		setup.first_private = io_draw_line();
		child_live(&setup, IMAGE_CONTROL_FD, STDERR_FILENO, false);
	case BY_HAND:
		if (reload_state < 0)
			server_tls_invite();
		break;
	}
	exit(be_master(s, &setup, &ls, reload_state, original));
}
