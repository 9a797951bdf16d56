/*
 * refuse.c - a launcher that takes system calls away.
 */
#include "rig/refuse.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rig/wait.h"

#define ASKED     "BERTH_REFUSE"
#define MOST_ARGS 16
#define ERRNO_MAX 134

bool
refuse_is_asked(void)
{
	return getenv(ASKED) != NULL;
}

static int
error_of(const char *name)
{
	for (int i = 1; i < ERRNO_MAX; i++)
		if (strerrorname_np(i) != NULL &&
		    strcmp(strerrorname_np(i), name) == 0)
			return i;
	rig_die("refuse: what is %s?", name);
}

/* One NAME(I:VALUE)=ERRNO. */
static int
add(scmp_filter_ctx ctx, char *rule)
{
	char *error = strchr(rule, '='), *condition = strchr(rule, '(');
	struct scmp_arg_cmp when = { .op = SCMP_CMP_EQ };
	uint32_t action;

	if (error == NULL)
		rig_die("refuse: %s", rule);
	*error = '\0';
	action = SCMP_ACT_ERRNO((uint32_t)error_of(error + 1));
	if (condition != NULL) {
		*condition = '\0';
		when.arg = (unsigned)strtoul(condition + 1, &condition, 10);
		when.datum_a = strtoul(condition + 1, NULL, 10);
	}
	return seccomp_rule_add_array(ctx, action,
	    seccomp_syscall_resolve_name(rule), condition != NULL ? 1 : 0,
	    &when);
}

int
refuse_main(char **argv)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	char *calls = strdup(getenv(ASKED)), *rest = calls, *rule;

	while ((rule = strtok_r(rest, " ", &rest)) != NULL)
		if (add(ctx, rule) < 0)
			rig_die("refuse: %s: no such rule", rule);
	unsetenv(ASKED);
	if (seccomp_load(ctx) < 0)
		rig_die("refuse: the filter does not load");
	seccomp_release(ctx);
	free(calls);
	execv(argv[1], argv + 1);
	rig_die("refuse: %s: %s", argv[1], strerror(errno));
}

static struct rig *
begin(const char *calls, const char *const argv[],
    struct rig *(*start)(const struct rig_how *))
{
	char asked[512], path[4096];
	const char *const env[] = { asked, "BXFI_MAP", NULL };
	const char *all[MOST_ARGS] = { "/proc/self/exe", path };

	rig_needs_sandbox();
	snprintf(asked, sizeof asked, ASKED "=%s", calls);
	snprintf(path, sizeof path, "%s", rig_path(argv[0]));
	for (size_t i = 1; argv[i] != NULL; i++) {
		if (i + 2 >= MOST_ARGS)
			rig_die("refuse: too many arguments");
		all[i + 1] = argv[i];
	}
	return start(&(struct rig_how){ .argv = all, .env = env });
}

struct rig *
refuse_start(const char *calls, const char *const argv[])
{
	return begin(calls, argv, rig_start_how);
}

struct rig *
refuse_run(const char *calls, const char *const argv[])
{
	return begin(calls, argv, rig_run_how);
}

int
refuse_or_test(int argc, char **argv)
{
	struct criterion_test_set *tests;
	int failed = 0;

	if (refuse_is_asked())
		return refuse_main(argv);
	tests = criterion_initialize();
	if (criterion_handle_args(argc, argv, true))
		failed = !criterion_run_all_tests(tests);
	criterion_finalize(tests);
	return failed;
}
