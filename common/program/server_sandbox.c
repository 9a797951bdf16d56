/*
 * server_sandbox.c - who a server's children are, and what they may still do.
 */
#include "program/server_sandbox.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "child/restore.h"
#include "child/restorer.h"
#include "system/log.h"

const struct privdrop *
server_user(const struct server_options *o)
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

/* They make all of it at their birth (child/restore.c), below what the start
 * of a program may take of it. */
static bool
is_stack_short(void)
{
	struct rlimit l;

	return getrlimit(RLIMIT_STACK, &l) == 0 &&
	    l.rlim_cur < RESTORE_STACK + RESTORE_STACK / 2;
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
	else if (is_stack_short())
		why = "the limit on the stack is too low (ulimit -s)";
	else if (restorer_possible(&why))
		return true;
	log_warn("--isolation restore: %s; each client gets a fork", why);
	return false;
}

const struct sandbox_plan *
server_sandbox(const struct server *s, const struct child_setup *setup,
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
