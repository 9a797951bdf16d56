/*
 * paths.c - directories of services that are replaced while we run: a build
 * removes its folder and makes it anew, a link is made to lead elsewhere.
 */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "master/master_inside.h"
#include "sandbox/sandbox.h"
#include "system/clock.h"
#include "system/log.h"

#define PATIENCE_MS 3000 /* of a client, for another image */
#define ALLOWED_MAX 32   /* directories that were replaced: see allow() */

void
paths_open(struct master *m)
{
	const struct child_setup *setup = &m->plan->setup;

	for (size_t i = 0; i < setup->service_count; i++) {
		struct service *s = setup->services[i];
		int fd = s->watch != NULL ? s->watch(s) : -1;
		struct epoll_event ev = { .events = EPOLLIN,
			.data.u64 = master_tag(TAG_PATHS, (uint32_t)i) };

		if (fd >= 0 && epoll_ctl(m->epoll, EPOLL_CTL_ADD, fd, &ev) < 0)
			log_warn("%s: %s", s->name, strerror(errno));
	}
}

/*
 * Let new children use what is there.  What was there before is still allowed,
 * as long as that is not much.  Returns 1 if they have to come from another
 * zygote, 0 if not, -1 if they cannot be let.
 */
static int
allow(struct master *m, size_t index, const struct service *s)
{
	const struct child_setup *setup = &m->plan->setup;

	if (s->path_count == 0)
		return -1; /* it was not there, and nobody was to use it */
	if (++m->allowed[index] > ALLOWED_MAX &&
	    sandbox_allow_only(setup->sandbox, index, setup->services,
		setup->service_count) == 0) {
		m->allowed[index] = 0;
		return 1;
	}
	if (sandbox_allow(setup->sandbox, index, s) < 0)
		return -1;
	/* Who is put back would look for them anew for each client. */
	return s->guided || m->birth.restored;
}

/*
 * New children get the new directories, by their names; or, where they are not
 * let to where those are, from us, who have opened them, and hence from another
 * zygote.  The present ones cannot, and finish; idle ones can if they settle
 * what they may use only when their connection comes.  Returns false when
 * another image is needed.
 */
static bool
renew_children(struct master *m, size_t index, const struct service *s)
{
	const struct sandbox_plan *sandbox = m->plan->setup.sandbox;
	bool anew = m->birth.exec_argv != NULL; /* these look by themselves */

	if (!anew) {
		int other = allow(m, index, s);

		if (other < 0)
			return false;
		if (other > 0)
			helpers_renew(m, &m->helpers[HELPER_ZYGOTE]);
		anew = other > 0 || sandbox_is_settled(sandbox);
	}
	if (anew)
		pool_renew(m->pool);
	pool_ask_service(m->pool, index);
	return true;
}

/* Has a service's directory been replaced? */
void
paths_look(struct master *m, size_t index)
{
	const struct child_setup *setup = &m->plan->setup;
	struct service *s = setup->services[index];

	if (!s->moved(s) || m->state != MASTER_OPEN)
		return;
	if (s->renews) {
		if (m->full[index].stale == 0)
			m->full[index].stale = CLOCK_NEVER;
		return;
	}
	log_info("%s: the directory was replaced", s->name);
	if (renew_children(m, index, s))
		return;
	m->stale[index] = true;
	m->renew_at = clock_ms();
}

/*
 * Not before somebody comes, for whoever removes a folder may still be at it.
 * If no image comes in time the present children serve as well as they can.
 */
bool
paths_are_stale(struct master *m, size_t index)
{
	struct full *f = &m->full[index];
	int64_t now = clock_ms();

	if (f->stale == 0 || m->state != MASTER_OPEN)
		return false;
	if (f->stale == CLOCK_NEVER) {
		master_renew_soon(m, now);
		f->stale = m->renew_at + PATIENCE_MS;
	}
	if (now >= f->stale) {
		f->stale = 0;
		return false;
	}
	accept_pause_service(m, index, f->stale);
	return true;
}
