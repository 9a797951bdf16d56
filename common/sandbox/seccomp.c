/*
 * seccomp.c - makes the seccomp programs of a sandbox.
 */
#include "sandbox/seccomp.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/calls.h"
#include "system/io.h"

static uint32_t
action_of(int answer)
{
	switch (answer) {
	case CALL_YES:
		return SCMP_ACT_ALLOW;
	case CALL_NO:
		return SCMP_ACT_ERRNO(EPERM);
	case CALL_FATAL:
		return SCMP_ACT_KILL_PROCESS;
	case CALL_NOTHING:
		return SCMP_ACT_ERRNO(0);
	case CALL_DENIED:
		return SCMP_ACT_ERRNO(EACCES);
	default:
		return SCMP_ACT_ERRNO(ENOSYS);
	}
}

static bool
is_there(const struct call *c, unsigned needs)
{
	return (needs & c->needs) == c->needs && (needs & c->not_with) == 0;
}

static int
add_rules(scmp_filter_ctx rules, const struct call *calls, size_t count,
    unsigned needs)
{
	for (size_t i = 0; i < count; i++) {
		const struct call *c = &calls[i];
		int error;

		if (!is_there(c, needs))
			continue;
		error = seccomp_rule_add_array(
		    rules, action_of(c->answer), c->number, c->args, c->arg);
		if (error != 0)
			return error;
	}
	return 0;
}

/* libseccomp writes programs to files only. */
static int
take_program(scmp_filter_ctx rules, struct seccomp_filter *f)
{
	int fd = memfd_create("seccomp", MFD_CLOEXEC), error = 0;
	ssize_t got = -1;

	if (fd < 0)
		return -errno;
	error = seccomp_export_bpf(rules, fd);
	if (error == 0 && lseek(fd, 0, SEEK_SET) == 0)
		got = io_read_all(fd, f->code, sizeof(f->code));
	close(fd);
	if (error != 0)
		return error;
	if (got <= 0 || (size_t)got == sizeof(f->code))
		return -E2BIG;
	f->length = (unsigned short)((size_t)got / sizeof(*f->code));
	return 0;
}

static int
make(struct seccomp_filter *f, uint32_t otherwise, const struct call *calls,
    size_t count, unsigned needs)
{
	scmp_filter_ctx rules = seccomp_init(otherwise);
	int error;

	if (rules == NULL) {
		errno = ENOMEM;
		return -1;
	}
	/* Calls of other architectures, also of x32, are none of ours. */
	error = seccomp_attr_set(
	    rules, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (error == 0)
		error = seccomp_attr_set(rules, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (error == 0)
		error = add_rules(rules, calls, count, needs);
	if (error == 0)
		error = take_program(rules, f);
	seccomp_release(rules);
	if (error == 0)
		return 0;
	errno = -error;
	return -1;
}

int
seccomp_filter_make(struct seccomp_filter *f, unsigned needs)
{
	return make(f, action_of(CALL_UNKNOWN), sandbox_calls,
	    sandbox_call_count, needs);
}

int
seccomp_filter_make_deaf(struct seccomp_filter *f)
{
	return make(
	    f, SCMP_ACT_ALLOW, sandbox_deaf_calls, sandbox_deaf_count, ~0U);
}

int
seccomp_filter_make_less(struct seccomp_filter *f, unsigned needs)
{
	return make(
	    f, SCMP_ACT_ALLOW, sandbox_less_calls, sandbox_less_count, needs);
}

int
seccomp_filter_make_restored(struct seccomp_filter *f, unsigned needs)
{
	return make(f, SCMP_ACT_ALLOW, sandbox_restored_calls,
	    sandbox_restored_count, needs);
}

int
seccomp_filter_make_restorer(struct seccomp_filter *f)
{
	return make(f, action_of(CALL_UNKNOWN), sandbox_restorer_calls,
	    sandbox_restorer_count, 0);
}

int
seccomp_filter_make_logger(struct seccomp_filter *f)
{
	return make(f, action_of(CALL_UNKNOWN), sandbox_logger_calls,
	    sandbox_logger_count, 0);
}

int
seccomp_filter_make_outward(struct seccomp_filter *f, bool runs)
{
	return make(f, SCMP_ACT_ALLOW, sandbox_outward_calls,
	    sandbox_outward_count, runs ? SANDBOX_NEEDS_FORK : 0);
}

int
seccomp_filter_make_strict(
    struct seccomp_filter *f, const struct call *calls, size_t count)
{
	return make(f, action_of(CALL_FATAL), calls, count, 0);
}

int
seccomp_filter_supported(void)
{
	unsigned action = SECCOMP_RET_KILL_PROCESS;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

int
seccomp_filter_load(const struct seccomp_filter *f)
{
	const struct sock_fprog program = { .len = f->length,
		.filter = (struct sock_filter *)f->code };

	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}
