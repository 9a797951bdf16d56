/*
 * plan.c - the plan of the sandbox, made by the master.
 */
#include "sandbox/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sandbox/sandbox.h"
#include "sandbox/landlock.h"
#include "service/service.h"
#include "system/log.h"

/* The address sanitizer reserves terabytes, so its memory has no limit. */
#if defined(__SANITIZE_ADDRESS__)
#define LIMIT_DATA 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LIMIT_DATA 0
#endif
#endif
#ifndef LIMIT_DATA
#define LIMIT_DATA 1
#endif

static int
lower(enum __rlimit_resource resource, rlim_t most)
{
	struct rlimit l;

	if (getrlimit(resource, &l) < 0)
		return -1;
	if (l.rlim_cur > most)
		l.rlim_cur = most;
	if (l.rlim_max > most)
		l.rlim_max = most;
	return setrlimit(resource, &l);
}

/*
 * Limits that may be the master's too.
 */
static int
limit_everyone(void)
{
	if (lower(RLIMIT_CORE, 0) < 0 ||
	    lower(RLIMIT_NICE, 0) < 0 || /* who gave way does not return */
	    lower(RLIMIT_STACK, SANDBOX_STACK_MAX) < 0)
		return -1;
	return LIMIT_DATA ? lower(RLIMIT_DATA, SANDBOX_DATA_MAX) : 0;
}

static int
explain(const char **why, const char *what)
{
	static char words[512];

	snprintf(words, sizeof words, "%s: %s", what, strerror(errno));
	*why = words;
	return -1;
}

static int
make_ruleset(struct sandbox_plan *p, size_t at,
    const struct sandbox_path *paths, size_t count, const char **why)
{
	const char *which;

	p->ruleset[at] = landlock_make(p->abi, paths, count, &which);
	if (p->ruleset[at] >= 0)
		return 0;
	return explain(why, which != NULL ? which : "landlock");
}

/* The paths of all of them, one after the other.  Returns how many. */
static size_t
all_paths(struct sandbox_path to[SERVICE_MAX * SERVICE_MAX_PATHS],
    struct service *const *services, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		const struct service *s = services[i];

		memcpy(&to[n], s->paths, s->path_count * sizeof *to);
		n += s->path_count;
	}
	return n;
}

static int
make_rulesets(
    struct sandbox_plan *p, const struct sandbox_wish *wish, const char **why)
{
	struct sandbox_path all[SERVICE_MAX * SERVICE_MAX_PATHS];
	size_t n = all_paths(all, wish->services, wish->service_count);

	if (p->shared)
		return make_ruleset(p, 0, all, n, why);
	for (size_t i = 0; i < wish->service_count; i++) {
		const struct service *s = wish->services[i];

		if (make_ruleset(p, i, s->paths, s->path_count, why) < 0)
			return -1;
	}
	return 0;
}

static void
summarise(struct sandbox_plan *p, int kernel_abi)
{
	char *at = p->summary;
	size_t left = sizeof p->summary;
	int n = snprintf(at, left, "user %s", p->user.name);

	if (p->bare) {
		snprintf(at + n, left - (size_t)n, ", no sandbox");
		return;
	}
	n += snprintf(at + n, left - (size_t)n, ", no_new_privs, limits");
	if (p->abi > 0)
		n += snprintf(at + n, left - (size_t)n, ", landlock abi %d%s",
		    p->abi,
		    p->abi >= 6     ? "" :
			p->abi >= 4 ? " (not signals)" :
				      " (not tcp, signals)");
	if (p->seccomp)
		n += snprintf(at + n, left - (size_t)n, ", seccomp");
	if (p->abi == 0)
		n += snprintf(at + n, left - (size_t)n, "; not to be had: %s",
		    kernel_abi > 0 ? "landlock (refused)" : "landlock");
	if (!p->seccomp)
		snprintf(at + n, left - (size_t)n, "%s",
		    p->abi == 0 ? ", seccomp" : "; not to be had: seccomp");
}

struct sandbox_plan *
sandbox_plan_new(const struct sandbox_wish *wish, const char **why)
{
	static struct sandbox_plan plan; /* a program has one */
	struct sandbox_plan *p = &plan;
	int kernel_abi = landlock_abi();
	bool tried;

	if (wish->service_count > SERVICE_MAX)
		bug("sandbox: %zu services", wish->service_count);
	p->bare = wish->bare;
	p->shared = wish->shared || wish->restore;
	p->restore = wish->restore;
	p->cpu_s = wish->cpu_s > 0 ? wish->cpu_s : SANDBOX_CPU_S;
	if (wish->user != NULL)
		p->user = *wish->user;
	else if (privdrop_find(&p->user, NULL, why) < 0)
		return NULL;
	if (!p->bare) {
		p->abi = kernel_abi;
		p->seccomp = seccomp_filter_supported();
		if (limit_everyone() < 0) {
			*why = "the limits on memory cannot be set";
			return NULL;
		}
	}
	for (size_t i = 0; i < SERVICE_MAX; i++)
		p->ruleset[i] = -1;
	tried = wish->tried && sandbox_inherit(p);
	if (p->abi > 0 && make_rulesets(p, wish, why) < 0)
		return NULL;
	if (!tried && sandbox_probe(p, wish, why) < 0)
		return NULL;
	summarise(p, kernel_abi);
	return p;
}

int
sandbox_allow(
    const struct sandbox_plan *p, size_t index, const struct service *s)
{
	if (p->bare || p->abi == 0)
		return 0;
	return landlock_add(
	    p->ruleset[p->shared ? 0 : index], p->abi, s->paths, s->path_count);
}

int
sandbox_allow_only(const struct sandbox_plan *p, size_t index,
    struct service *const *services, size_t count)
{
	struct sandbox_path all[SERVICE_MAX * SERVICE_MAX_PATHS];
	size_t at = p->shared ? 0 : index;
	const char *which;
	size_t n;
	int fd, done;

	if (p->bare || p->abi == 0)
		return 0;
	n = p->shared ? all_paths(all, services, count) :
			all_paths(all, &services[index], 1);
	fd = landlock_make(p->abi, all, n, &which);
	if (fd < 0)
		return -1;
	done = dup3(fd, p->ruleset[at], O_CLOEXEC);
	close(fd);
	return done < 0 ? -1 : 0;
}

void
sandbox_allow_none(const struct sandbox_plan *p)
{
	if (p->bare || p->abi == 0)
		return;
	for (size_t i = 0; i < SERVICE_MAX; i++)
		if (p->ruleset[i] >= 0)
			close(p->ruleset[i]);
}

bool
sandbox_is_settled(const struct sandbox_plan *p)
{
	return p->shared && p->abi > 0;
}

const char *
sandbox_summary(const struct sandbox_plan *p)
{
	return p->summary;
}
