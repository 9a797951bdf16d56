/*
 * filter.c - a seccomp filter out of three lists of system calls.
 */
#include "indexer/filter.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>

static int
add(scmp_filter_ctx rules, uint32_t action, const struct filter_list *l)
{
	int status = 0;

	for (size_t i = 0; i < l->count && status == 0; i++)
		status = seccomp_rule_add(rules, action, l->call[i], 0);
	return status;
}

static int
add_memory(scmp_filter_ctx rules)
{
	static const int memory[] = { SYS_mmap, SYS_mprotect };
	int status = 0;

	for (size_t i = 0; i < 2 && status == 0; i++)
		status = seccomp_rule_add(rules, SCMP_ACT_ALLOW, memory[i], 1,
		    FILTER_ARG(2, MASKED_EQ, PROT_EXEC));
	return status;
}

int
filter_enter(const struct filter *f, int (*more)(void *rules))
{
	scmp_filter_ctx rules = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int status;

	if (rules == NULL) {
		errno = ENOMEM;
		return -1;
	}
	status = add(rules, SCMP_ACT_ALLOW, &f->allowed);
	if (status == 0)
		status = add(rules, SCMP_ACT_ERRNO(EACCES), &f->refused);
	if (status == 0)
		status = add(rules, SCMP_ACT_KILL_PROCESS, &f->fatal);
	if (status == 0)
		status = add_memory(rules);
	if (status == 0)
		status = more(rules);
	if (status == 0)
		status = seccomp_load(rules);
	seccomp_release(rules);
	errno = -status;
	return status == 0 ? 0 : -1;
}
