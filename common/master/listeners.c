/*
 * listeners.c - where clients come in: opened from ADDRESSes.
 */
#include "master/listeners.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "system/browser.h"
#include "system/holder.h"
#include "system/log.h"
#include "system/sock.h"

#define PORT_TRIES  32  /* to find one free port for several sockets */
#define NEXT_PORTS  100 /* looked at by --any-port */
#define ROOTS_PORTS 1024

struct group {
	const struct server *server;
	size_t offer;
	bool secure;
	const char *text;  /* the ADDRESS as it was written */
	struct addr tried; /* the last of its addresses, and how */
	int type;
};

static _Noreturn void
refuse(const struct group *g, int code, const char *why)
{
	const struct offer *o = &g->server->offers[g->offer];

	args_refuse(
	    g->secure ? o->secure_option : o->option, g->text, code, "%s", why);
}

/* Why it is not to be had, and what to do about it.  errno says. */
static _Noreturn void
refuse_address(const struct group *g)
{
	char who[HOLDER_MAX_TEXT], why[PATH_MAX + 120], path[PATH_MAX] = "";
	unsigned port = addr_port(&g->tried);
	int error = errno;

	if (error == EADDRINUSE && port > 0)
		snprintf(why, sizeof(why),
		    "the address is in use%s%s; --any-port takes the next free "
		    "one",
		    holder_find(&g->tried, g->type, who) ? " by " : "", who);
	else if (error == ELOOP)
		snprintf(why, sizeof(why),
		    "a symbolic link of another user's lies on the way, which "
		    "root does not follow");
	else if (error == EADDRINUSE)
		snprintf(why, sizeof(why), "the address is in use");
	else if (error == EACCES && port > 0 && port < ROOTS_PORTS &&
	    readlink("/proc/self/exe", path, sizeof(path) - 1) > 0)
		snprintf(why, sizeof(why),
		    "ports below %d are root's: take a higher one, or allow it "
		    "with: sudo setcap cap_net_bind_service=+ep %s",
		    ROOTS_PORTS, path);
	else
		snprintf(why, sizeof(why), "%s", strerror(error));
	refuse(g, EXIT_UNAVAILABLE, why);
}

static struct listener *
add(struct listeners *ls, const struct listener *l)
{
	if (ls->n == LISTENERS_MAX)
		die(EXIT_USAGE, "more than %d addresses to listen on",
		    LISTENERS_MAX);
	ls->at[ls->n] = *l;
	return &ls->at[ls->n++];
}

static void
close_from(struct listeners *ls, size_t first)
{
	while (ls->n > first)
		close(ls->at[--ls->n].fd);
}

static bool
is_missing_family(const struct addr *a)
{
	return a->sa.sa_family == AF_INET6 &&
	    (errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT);
}

/*
 * Open one address for one type.  A port that was 0 and is now known goes to
 * *port, for the others of the group.  Returns 0, or -1 with errno.
 */
static int
open_one(struct listeners *ls, struct group *g, struct addr a, int type,
    unsigned *port)
{
	struct listener l = { .type = type,
		.offer = g->offer,
		.secure = g->secure,
		.ours = true };

	if (addr_port(&a) == 0)
		addr_set_port(&a, *port);
	g->tried = a;
	g->type = type;
	l.fd = a.sa.sa_family == AF_UNIX ?
	    listener_path_open(&a, type, &l.file) :
	    sock_listen(&a, type);
	if (l.fd < 0)
		return -1;
	if (addr_of_local(l.fd, &l.addr) < 0) {
		close(l.fd);
		return -1;
	}
	*port = addr_port(&l.addr);
	add(ls, &l);
	return 0;
}

/*
 * Open all addresses of an ADDRESS, streams and, if offered, datagrams, on the
 * same port.  A family that this machine does not have is left out as long as
 * another works.  Returns 0, or -1 with errno and what was opened closed.
 */
static int
open_group(
    struct listeners *ls, struct group *g, const struct addr *found, int n)
{
	size_t first = ls->n;
	unsigned port = 0;

	for (int i = 0; i < n; i++) {
		const struct addr *a = &found[i];
		bool both = g->server->offers[g->offer].datagrams &&
		    !g->secure && a->sa.sa_family != AF_UNIX;

		if (open_one(ls, g, *a, SOCK_STREAM, &port) == 0 &&
		    (!both || open_one(ls, g, *a, SOCK_DGRAM, &port) == 0))
			continue;
		if (is_missing_family(a) && (ls->n > first || i + 1 < n))
			continue;
		close_from(ls, first);
		return -1;
	}
	if (ls->n > first)
		return 0;
	errno = EADDRNOTAVAIL;
	return -1;
}

/* The next port for all of them.  Returns false when there is none. */
static bool
try_next(struct addr *found, int n)
{
	unsigned port = addr_port(&found[0]) + 1;

	for (int i = 0; i < n && port <= UINT16_MAX; i++)
		addr_set_port(&found[i], port);
	return port <= UINT16_MAX;
}

static void
open_text(struct listeners *ls, struct group *g)
{
	struct addr found[ADDR_MAX_FOUND];
	bool any = g->server->options.any_port, free;
	const char *why = "";
	int n = addr_listen(g->text, found, &why), tries = 1;
	unsigned port;

	if (n < 0)
		refuse(g, errno == ENOENT ? EXIT_UNAVAILABLE : EXIT_USAGE, why);
	port = addr_port(&found[0]);
	free = port == 0 && found[0].sa.sa_family != AF_UNIX;
	/* A free port of one family may be taken in the other: try again. */
	if (free)
		tries = PORT_TRIES;
	else if (any && port > 0)
		tries = NEXT_PORTS;
	while (open_group(ls, g, found, n) < 0)
		if (errno != EADDRINUSE || --tries == 0 ||
		    (!free && !try_next(found, n)))
			refuse_address(g);
	if (addr_port(&found[0]) != port)
		log_info(
		    "port %u is busy: taking %u", port, addr_port(&found[0]));
}

void
listeners_open(struct listeners *ls, const struct server *server)
{
	for (size_t i = 0; i < server->offer_count; i++) {
		const struct offer *o = &server->offers[i];
		struct group g = {
			.server = server, .offer = i, .text = o->otherwise
		};

		if (o->listen.n == 0 && o->otherwise != NULL)
			open_text(ls, &g);
		for (size_t j = 0; j < o->listen.n; j++) {
			g.text = o->listen.item[j];
			open_text(ls, &g);
		}
		g.secure = true;
		for (size_t j = 0; j < o->secure.n; j++) {
			g.text = o->secure.item[j];
			open_text(ls, &g);
		}
	}
	if (ls->n == 0)
		die(EXIT_USAGE, "nothing to listen on");
}

const char *
listeners_name(const struct listener *l, const struct server *s)
{
	const struct service *service = s->offers[l->offer].service;

	return l->secure ? service->secure_name : service->name;
}

/* What a person does next: said in the log, not on standard output. */
static void
invite(const struct listener *l, struct service *service)
{
	char url[ADDR_MAX_TEXT + 16], text[ADDR_MAX_TEXT];

	if (service->scheme == NULL || l->addr.sa.sa_family == AF_UNIX)
		return;
	snprintf(url, sizeof(url), "%s%s://%s/", service->scheme,
	    l->secure ? "s" : "", addr_text(&l->addr, text));
	if (!isatty(STDERR_FILENO)) /* there is a card */
		log_info("open %s", url);
	if (service->open && browser_open(url) < 0)
		log_warn("--open: %s", strerror(errno));
	service->open = false;
}

void
listeners_note(const struct listeners *ls, const struct server *s)
{
	for (size_t i = ls->n; i-- > 0;)
		if (ls->at[i].secure)
			s->offers[ls->at[i].offer].service->secure_port =
			    addr_port(&ls->at[i].addr);
}

void
listeners_announce(const struct listeners *ls, const struct server *s)
{
	char text[ADDR_MAX_TEXT];

	for (size_t i = 0; i < ls->n; i++) {
		const struct listener *l = &ls->at[i];

		printf("ready %s %s%s\n", listeners_name(l, s),
		    l->type == SOCK_DGRAM ? "udp:" : "",
		    addr_text(&l->addr, text));
	}
	if (fflush(stdout) != 0)
		log_warn("standard output: %s", strerror(errno));
	for (size_t i = 0; i < ls->n; i++)
		invite(&ls->at[i], s->offers[ls->at[i].offer].service);
}

void
listeners_close(struct listeners *ls)
{
	for (size_t i = 0; i < ls->n; i++) {
		const struct listener *l = &ls->at[i];

		if (l->ours && l->addr.sa.sa_family == AF_UNIX)
			listener_path_remove(&l->addr, &l->file);
		close(l->fd);
	}
	ls->n = 0;
}
