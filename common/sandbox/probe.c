/*
 * probe.c - what of a plan does this system really give?
 *
 * A process of its own makes the filters and enters the sandbox step by step; what
 * is refused is left out.
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/sandbox.h"
#include "sandbox/landlock.h"
#include "sandbox/plan.h"
#include "service/service.h"

/* What went wrong in that process. */
enum probe {
	PROBE_FINE,
	PROBE_USER,
	PROBE_LANDLOCK,
	PROBE_MAKE,
	PROBE_SECCOMP,
	PROBE_OTHER
};

static unsigned
needs_of(const struct service *s)
{
	unsigned n = s->locks ? SANDBOX_NEEDS_LOCK : 0;

	for (size_t k = 0; k < s->path_count; k++) {
		switch (s->paths[k].right) {
		case SANDBOX_WRITE:
		case SANDBOX_MOVE:
		case SANDBOX_OWN:
			n |= SANDBOX_NEEDS_WRITE;
			break;
		case SANDBOX_WATCH:
			n |= SANDBOX_NEEDS_WATCH;
			break;
		case SANDBOX_READ:
		case SANDBOX_RUN: /* not of children */
			break;
		}
	}
	return n;
}

static unsigned
needs_of_all(const struct sandbox_wish *wish)
{
	unsigned n = 0;

	for (size_t i = 0; i < wish->service_count; i++)
		n |= needs_of(wish->services[i]);
	return n;
}

/* Filters for services that need less than all together; whether there is
 * one. */
static int
make_less(struct sandbox_filters *f, const struct sandbox_wish *wish)
{
	unsigned all = needs_of_all(wish);
	int some = 0;

	for (size_t i = 0; i < wish->service_count && !wish->shared; i++) {
		unsigned n = needs_of(wish->services[i]);

		if (n == all)
			continue;
		if (seccomp_filter_make_less(&f->less[i], n) < 0)
			return -1;
		some = 1;
	}
	return some;
}

static int
make_filters(
    struct sandbox_filters *f, const struct sandbox_wish *wish, int abi)
{
	unsigned n = needs_of_all(wish);
	int less = make_less(f, wish);

	if (landlock_keeps_signals(abi))
		n |= SANDBOX_NEEDS_ABORT;
	if (wish->datagrams)
		n |= SANDBOX_NEEDS_DATAGRAM;
	if (wish->datagrams || less > 0 || wish->restore)
		n |= SANDBOX_NEEDS_FILTER;
	if (wish->restore &&
	    (seccomp_filter_make_restored(&f->restored, n) < 0 ||
		seccomp_filter_make_restorer(&f->restorer) < 0))
		return -1;
	if (less < 0 || seccomp_filter_make(&f->child, n) < 0 ||
	    seccomp_filter_make(&f->zygote,
		n | SANDBOX_NEEDS_FORK |
		    (wish->restore ? SANDBOX_NEEDS_BIRTH : 0)) < 0 ||
	    seccomp_filter_make_logger(&f->logger) < 0)
		return -1;
	return wish->datagrams ? seccomp_filter_make_deaf(&f->deaf) : 0;
}

static enum probe
try_inside(const struct sandbox_plan *p, const struct sandbox_wish *wish,
    struct sandbox_filters *filters, bool first)
{
	struct sandbox_reach reach = { 0 };

	if (p->seccomp && make_filters(filters, wish, p->abi) < 0)
		return PROBE_MAKE;
	if (p->user.drop && first)
		sandbox_reach_open(&reach, wish);
	if (privdrop_become(&p->user) < 0)
		return PROBE_USER;
	sandbox_reach_tell(&reach, &p->user);
	if (p->bare)
		return PROBE_FINE;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return PROBE_OTHER;
	if (p->abi > 0 && landlock_enter(p->ruleset[0]) < 0)
		return PROBE_LANDLOCK;
	if (sandbox_limit(p) < 0)
		return PROBE_OTHER;
	if (p->seccomp && seccomp_filter_load(&filters->child) < 0)
		return PROBE_SECCOMP;
	return PROBE_FINE;
}

static enum probe
try_plan(const struct sandbox_plan *p, const struct sandbox_wish *wish,
    struct sandbox_filters *filters, bool first)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit((int)try_inside(p, wish, filters, first));
	if (pid < 0 && wish->at_work)
		return p->seccomp && make_filters(filters, wish, p->abi) < 0 ?
		    PROBE_MAKE :
		    PROBE_FINE;
	if (pid < 0)
		return PROBE_OTHER;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return PROBE_OTHER;
	return WIFEXITED(status) ? (enum probe)WEXITSTATUS(status) :
				   PROBE_OTHER;
}

static int
settle(struct sandbox_plan *p, const struct sandbox_wish *wish,
    struct sandbox_filters *filters, const char **why)
{
	for (bool first = true;; first = false) {
		switch (try_plan(p, wish, filters, first)) {
		case PROBE_FINE:
			sandbox_take_filters(p, filters);
			return 0;
		case PROBE_USER:
			*why = "the system does not let us become that user";
			return -1;
		case PROBE_MAKE:
			/* That is want, not an old kernel: no sandbox less for it. */
			*why = "the seccomp filter cannot be made for want of "
			       "memory or descriptors (ulimit -v, -d, -n)";
			return -1;
		case PROBE_LANDLOCK:
			p->abi = 0;
			break;
		case PROBE_SECCOMP:
			p->seccomp = false;
			break;
		default:
			*why = "a child cannot enter the sandbox";
			return -1;
		}
	}
}

/*
 * The filters come from that process by shared memory: so the heap of
 * libseccomp, which is larger than ours, is not copied at every fork.
 */
int
sandbox_probe(
    struct sandbox_plan *p, const struct sandbox_wish *wish, const char **why)
{
	struct sandbox_filters *shared = mmap(NULL, sizeof(*shared),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int done;

	if (shared == MAP_FAILED) {
		*why = "no memory";
		return -1;
	}
	done = settle(p, wish, shared, why);
	munmap(shared, sizeof(*shared));
	return done;
}
