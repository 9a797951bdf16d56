/*
 * restored.c - the sandbox of a child that is restored.
 */
#include "sandbox/restored.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/plan.h"
#include "sandbox/sandbox.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5) /* Linux 5.19 */
#endif
#define LISTENER                            \
	(SECCOMP_FILTER_FLAG_NEW_LISTENER | \
	    SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)

bool
restored_possible(void)
{
#ifdef RESTORED_CALL
	/* The kernel looks at the flags first. */
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, LISTENER, NULL) <
	    0 &&
	    errno == EFAULT;
#else
	return false;
#endif
}

bool
sandbox_restores(const struct sandbox_plan *p)
{
	return p->restore && p->seccomp && !p->bare;
}

#ifdef RESTORED_CALL
static void
add(struct seccomp_filter *f, struct sock_filter i)
{
	if (f->length < SECCOMP_FILTER_MAX)
		f->code[f->length++] = i;
}

#define LOAD(what)                                              \
	((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
	    (unsigned)offsetof(struct seccomp_data, what)))
/* Either half of an argument; little-endian. */
#define LOW(n)                                                  \
	((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
	    (unsigned)offsetof(struct seccomp_data, args) + 8U * (n)))
#define HIGH(n)                                                 \
	((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
	    (unsigned)offsetof(struct seccomp_data, args) + 8U * (n) + 4U))
#define EQUAL(value, yes, no)          \
	((struct sock_filter)BPF_JUMP( \
	    BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no)))
#define GREATER(value, yes, no)        \
	((struct sock_filter)BPF_JUMP( \
	    BPF_JMP | BPF_JGT | BPF_K, (value), (yes), (no)))
#define ANSWER(value) ((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, (value)))
#define NO            ANSWER(SECCOMP_RET_ERRNO | EPERM)
#define YES           ANSWER(SECCOMP_RET_ALLOW)

/* That call from one of these addresses is the restorer's. */
static void
add_places(struct seccomp_filter *f, const struct restored_wish *w)
{
	add(f, EQUAL(RESTORED_CALL, 0, 5 * RESTORED_PLACES + 1));
	for (size_t i = 0; i < RESTORED_PLACES; i++) {
		add(f, LOAD(instruction_pointer));
		add(f, EQUAL((uint32_t)w->place[i], 0, 3));
		add(f,
		    ((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			(unsigned)offsetof(
			    struct seccomp_data, instruction_pointer) +
			    4)));
		add(f, EQUAL((uint32_t)(w->place[i] >> 32), 0, 1));
		add(f, ANSWER(SECCOMP_RET_USER_NOTIF));
	}
	add(f, YES);
}

/* Memory may be let go of in these places and in no others. */
static void
add_drops(struct seccomp_filter *f, const struct restored_wish *w)
{
	add(f, EQUAL(SYS_madvise, 0, 11 * RESTORED_DROPS + 1));
	for (size_t i = 0; i < RESTORED_DROPS; i++) {
		const struct restored_range *r = &w->drop[i];

		add(f, LOW(0));
		add(f, EQUAL((uint32_t)r->at, 0, 9));
		add(f, HIGH(0));
		add(f, EQUAL((uint32_t)(r->at >> 32), 0, 7));
		add(f, LOW(1));
		add(f, EQUAL((uint32_t)r->size, 0, 5));
		add(f, HIGH(1));
		add(f, EQUAL((uint32_t)(r->size >> 32), 0, 3));
		add(f, LOW(2));
		add(f, EQUAL(MADV_DONTNEED, 0, 1));
		add(f, YES);
	}
	add(f, NO);
}

/*
 * Calls that would change, copy or close a descriptor, by the argument that
 * names it: not one of those that all clients have in common.  The kernel
 * looks at the lower half alone.
 */
static const struct {
	short call;
	unsigned char argument;
} changing[] = {
	{ SYS_close, 0 },
	{ SYS_close_range, 0 },
	{ SYS_dup, 0 },
	{ SYS_dup2, 0 },
	{ SYS_dup2, 1 },
	{ SYS_dup3, 0 },
	{ SYS_dup3, 1 },
	{ SYS_ioctl, 0 },
	{ SYS_setsockopt, 0 },
	{ SYS_shutdown, 0 },
	{ SYS_sendmsg, 0 },
	{ SYS_lseek, 0 },
	{ SYS_getdents64, 0 },
	{ SYS_fadvise64, 0 },
	{ SYS_read, 0 },
	{ SYS_readv, 0 },
	{ SYS_sendfile, 1 },
};

static void
add_descriptors(struct seccomp_filter *f, const struct restored_wish *w)
{
	for (size_t i = 0; i < sizeof(changing) / sizeof(*changing); i++) {
		add(f, LOAD(nr));
		add(f, EQUAL((uint32_t)changing[i].call, 0, 3));
		add(f, LOW(changing[i].argument));
		add(f, GREATER((uint32_t)w->last, 1, 0));
		add(f, NO);
	}
	/* fcntl(2): only to ask. */
	add(f, LOAD(nr));
	add(f, EQUAL(SYS_fcntl, 0, 6));
	add(f, LOW(0));
	add(f, GREATER((uint32_t)w->last, 4, 0));
	add(f, LOW(1));
	add(f, EQUAL(F_GETFD, 2, 0));
	add(f, EQUAL(F_GETFL, 1, 0));
	add(f, NO);
}

static int
listen_by(
    struct seccomp_filter *f, const struct restored_wish *w, int *listener)
{
	struct sock_fprog program;

	add(f, LOAD(nr));
	add_places(f, w);
	add(f, LOAD(nr));
	add_drops(f, w);
	add_descriptors(f, w);
	add(f, YES);
	program = (struct sock_fprog){ .len = f->length, .filter = f->code };
	*listener = (int)syscall(
	    SYS_seccomp, SECCOMP_SET_MODE_FILTER, LISTENER, &program);
	return *listener < 0 ? -1 : 0;
}

/*
 * In memory that is gone afterwards: whatever a child writes before its first
 * client is a page of its own for ever, and put back for each.
 */
static int
listen_to_it(const struct restored_wish *w, int *listener)
{
	struct seccomp_filter *f = mmap(NULL, sizeof(*f),
	    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int done;

	if (f == MAP_FAILED)
		return -1;
	done = listen_by(f, w, listener);
	munmap(f, sizeof(*f));
	return done;
}
#else
static int
listen_to_it(const struct restored_wish *w, int *listener)
{
	(void)w;
	(void)listener;
	errno = ENOSYS;
	return -1;
}
#endif

int
sandbox_enter_restored(const struct sandbox_plan *p, pid_t master,
    const struct restored_wish *w, bool zygote, int *listener)
{
	if (sandbox_enter_but_filters(p, master) < 0 ||
	    listen_to_it(w, listener) < 0)
		return -1;
	if (!zygote && seccomp_filter_load(&p->filters.child) < 0)
		return -1;
	/* The last one: it forbids to load another. */
	return seccomp_filter_load(&p->filters.restored);
}

int
sandbox_enter_restorer(const struct sandbox_plan *p, pid_t master)
{
	if (sandbox_enter_helper(p, master) < 0)
		return -1;
	return seccomp_filter_load(&p->filters.restorer);
}
