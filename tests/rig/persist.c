/*
 * persist.c - attempts to leave something behind in a process.
 */
#include "rig/persist.h"

#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "child/restore.h"
#include "child/restore_point.h"
#include "rig/mark.h"

#define PAGE ((size_t)4096)
#define MOST 64 /* descriptors with low numbers */

static char global[8 * PAGE] __attribute__((aligned(4096)));

/* Each returns whether the kernel let it. */

static bool
write_memory(void)
{
	volatile char stack[4 * PAGE];
	char *heap = malloc(64 * PAGE);

	memset(global, 0x5a, sizeof(global));
	memset((char *)stack, 0x5a, sizeof(stack));
	if (heap != NULL)
		memset(heap, 0x5a, 64 * PAGE);
	/* cppcheck-suppress memleak ; it is not freed, and that is the point */
	return heap != NULL && stack[1] == 0x5a;
}

static bool
write_too_much(void)
{
	size_t n = RESTORE_HEAP / 2;
	char *heap = malloc(n);

	if (heap != NULL)
		memset(heap, 0x5a, n);
	/* cppcheck-suppress memleak */
	return heap != NULL;
}

static bool
use_all_memory(void)
{
	size_t n = 0;

	/* cppcheck-suppress leakReturnValNotUsed */
	while (malloc(8 * PAGE) != NULL && n < 1 << 20)
		n++;
	return n == 1 << 20;
}

static bool
map_memory(void)
{
	return mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static bool
unmap_memory(void)
{
	return munmap(global + PAGE, PAGE) == 0;
}

static bool
drop_memory(void)
{
	return madvise(global, sizeof(global), MADV_DONTNEED) == 0;
}

static bool
protect_memory(void)
{
	return mprotect(global + PAGE, PAGE, PROT_READ) == 0;
}

static bool
move_memory(void)
{
	return mremap(global, PAGE, 2 * PAGE, MREMAP_MAYMOVE) != MAP_FAILED;
}

static bool
move_break(void)
{
	uintptr_t now = (uintptr_t)syscall(SYS_brk, 0);

	return (uintptr_t)syscall(SYS_brk, now + 64) == now + 64;
}

static bool
lock_memory(void)
{
	return mlock(global, PAGE) == 0;
}

/* The last descriptor, which is the client's. */
static int
highest(void)
{
	int last = MOST - 1;

	while (last > 0 && fcntl(last, F_GETFD) < 0)
		last--;
	return last;
}

static bool
open_many(void)
{
	int n = 0;

	while (dup(highest()) >= 0)
		n++;
	return n > 0;
}

/* Anything at all, to any of the descriptors that all clients share; but the
 * client's own, which comes next, must stay. */
static bool
spoil_descriptors(void)
{
	const struct timeval t = { 1, 0 };
	bool any = false;
	int last = highest();

	for (int fd = 0; fd < last; fd++) {
		any |= ioctl(fd, FIONBIO, &(int){ 1 }) == 0;
		any |=
		    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)) == 0;
		any |= fcntl(fd, F_SETFD, 0) == 0;
		any |= fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK) == 0;
		any |= fcntl(fd, F_DUPFD, 50) >= 0;
		any |= fcntl(fd, F_SETOWN, getpid()) == 0;
		any |= shutdown(fd, SHUT_RDWR) == 0;
		any |= dup3(fd, 60, 0) >= 0;
		any |= dup2(last, fd) >= 0;
		any |= lseek(fd, 3, SEEK_SET) >= 0;
		any |= close(fd) == 0;
		any |= close_range((unsigned)fd, (unsigned)fd, 0) == 0;
	}
	return any;
}

static void
handle(int sig)
{
	(void)sig;
}

static bool
handle_signals(void)
{
	bool any = false;

	for (int sig = 1; sig < NSIG; sig++)
		any |= signal(sig, handle) != SIG_ERR;
	return any;
}

static bool
block_signals(void)
{
	sigset_t all;

	sigfillset(&all);
	return sigprocmask(SIG_BLOCK, &all, NULL) == 0;
}

/* It is pending when the next client comes. */
static bool
keep_signal_pending(void)
{
	const struct itimerval soon = { .it_value = { 0, 1000 } };
	const struct timespec later = { 0, 20 * 1000 * 1000 };

	block_signals();
	if (setitimer(ITIMER_REAL, &soon, NULL) < 0)
		return false;
	nanosleep(&later, NULL);
	return true;
}

static bool
set_alarm(void)
{
	const struct itimerval often = { { 0, 5000 }, { 0, 5000 } };

	return setitimer(ITIMER_REAL, &often, NULL) == 0;
}

static bool
set_other_alarms(void)
{
	const struct itimerval soon = { .it_value = { 1, 0 } };
	struct sigevent none = { .sigev_notify = SIGEV_NONE };
	timer_t timer;

	return setitimer(ITIMER_VIRTUAL, &soon, NULL) == 0 ||
	    setitimer(ITIMER_PROF, &soon, NULL) == 0 ||
	    timer_create(CLOCK_MONOTONIC, &none, &timer) == 0;
}

static bool
change_stack_of_signals(void)
{
	const stack_t s = { .ss_sp = global, .ss_size = sizeof(global) };

	return sigaltstack(&s, NULL) == 0;
}

static bool
change_limits(void)
{
	bool any = false;

	for (int what = 0; what < RLIM_NLIMITS; what++)
		any |= setrlimit((__rlimit_resource_t)what,
			   &(struct rlimit){ 1, 1 }) == 0;
	return any;
}

static bool
change_name(void)
{
	return prctl(PR_SET_NAME, "somebody") == 0;
}

static bool
change_attributes(void)
{
	return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 ||
	    prctl(PR_SET_PDEATHSIG, 0) == 0 || prctl(PR_SET_DUMPABLE, 1) == 0 ||
	    prctl(PR_SET_TIMERSLACK, 1) == 0 ||
	    prctl(PR_SET_TSC, PR_TSC_SIGSEGV) == 0 ||
	    prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, global, PAGE, "x") == 0;
}

static bool
change_lists(void)
{
	static struct {
		void *next;
		long offset;
		void *pending;
	} list;

	return syscall(SYS_set_robust_list, &list, sizeof(list)) == 0 ||
	    syscall(SYS_rseq, global, 32, 0, 0x53053053) == 0 ||
	    syscall(SYS_set_tid_address, global) > 0;
}

static bool
go_elsewhere(void)
{
	bool any = chdir("/") == 0;

	for (int fd = 0; fd < MOST; fd++)
		any |= fchdir(fd) == 0;
	umask(0123);
	return any || umask(0022) == 0123;
}

static bool
change_priority(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	return setpriority(PRIO_PROCESS, 0, 10) == 0 ||
	    sched_setaffinity(0, sizeof(one), &one) == 0 ||
	    sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){ 0 }) == 0;
}

static bool
narrow_sandbox(void)
{
	bool any = false;

	for (int fd = 0; fd < MOST; fd++)
		any |= syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	return any;
}

static bool
load_filter(void)
{
	return syscall(SYS_seccomp, 1, 0, NULL) == 0;
}

/* Calls of the restorer out of turn, and one that would be interrupted. */
static bool
call_ready(void)
{
	return restore_ready() == RESTORE_GO;
}

static bool
call_first(void)
{
	return restore_point() == RESTORE_NEW;
}

static bool
wait_unblocked(void)
{
	restore_wait();
}

/* What is too much to be tidied up, and is not given back before. */
static bool
hoard_memory(void)
{
	write_too_much();
	block_signals();
	restore_wait();
}

#ifdef __x86_64__
static void
spoil_registers(void)
{
	static const unsigned mxcsr = 0x1fbf;
	static const unsigned short control = 0x0f7f;
	static const uint64_t ones[4] = { ~0UL, ~0UL, ~0UL, ~0UL };

	__asm__ volatile("ldmxcsr %0\n\tfldcw %1\n\t"
			 "movdqu %2, %%xmm0\n\tmovdqu %2, %%xmm15\n\t"
			 :
			 : "m"(mxcsr), "m"(control), "m"(ones)
			 : "xmm0", "xmm15", "memory");
}

/* Registers that a C function may change, and is not to find changed. */
static bool
leave_registers(void)
{
	static const unsigned short user = 0x2b;

	block_signals();
	spoil_registers();
	__asm__ volatile("mov %0, %%ds\n\tmov %0, %%es\n\tmov %0, %%gs\n\t"
			 "std\n\t"
			 :
			 : "r"((unsigned)user)
			 : "memory");
	restore_wait();
}

/* Everything, and the way back is not by the function. */
static bool
leave_all_registers(void)
{
	const uint64_t place = restore_address(RESTORE_WAIT) - 2;

	block_signals();
	spoil_registers();
	__asm__ volatile("mov %0, %%r11\n\t"
			 "mov $0x666666666660, %%rbx\n\t"
			 "mov %%rbx, %%rbp\n\tmov %%rbx, %%r12\n\t"
			 "mov %%rbx, %%r13\n\tmov %%rbx, %%r14\n\t"
			 "mov %%rbx, %%r15\n\tmov %%rbx, %%rsp\n\t"
			 "wrfsbase %%r15\n\t"
			 "mov $201, %%eax\n\tstd\n\tjmp *%%r11\n\t"
			 :
			 : "r"(place)
			 : "memory");
	return false;
}

/* Every instruction but the next one is a trap. */
static bool
leave_trap(void)
{
	const uint64_t place = restore_address(RESTORE_WAIT) - 2;

	block_signals();
	__asm__ volatile("mov %0, %%r11\n\tmov $201, %%eax\n\t"
			 "pushfq\n\torq $0x100, (%%rsp)\n\tpopfq\n\t"
			 "jmp *%%r11\n\t"
			 :
			 : "r"(place)
			 : "rax", "r11", "memory");
	return false;
}

const char *
persist_registers(void)
{
	unsigned mxcsr, ds, es, fs, gs;
	unsigned short control;
	uint64_t flags, vector[2];

	__asm__ volatile("stmxcsr %0\n\tfnstcw %1\n\tpushfq\n\tpop %2\n\t"
			 "mov %%ds, %3\n\tmov %%es, %4\n\t"
			 "mov %%fs, %5\n\tmov %%gs, %6\n\t"
			 "movdqu %%xmm15, %7\n\t"
			 : "=m"(mxcsr), "=m"(control), "=r"(flags), "=r"(ds),
			 "=r"(es), "=r"(fs), "=r"(gs), "=m"(vector));
	if ((mxcsr & ~0x3fU) != 0x1f80)
		return "mxcsr\n";
	if (control != 0x37f)
		return "x87\n";
	if ((flags & 0x40500) != 0)
		return "flags\n";
	if ((ds | es | fs | gs) != 0)
		return "segments\n";
	if ((vector[0] & vector[1]) == ~0UL)
		return "vectors\n";
	return "pristine\n";
}
#else
#define leave_registers     wait_unblocked
#define leave_all_registers wait_unblocked
#define leave_trap          wait_unblocked

const char *
persist_registers(void)
{
	return "pristine\n";
}
#endif

/* Some end the process, before another client is given to it. */
static const struct {
	const char *name;
	bool (*attempt)(void);
	bool ends;
} attempts[] = {
	{ "memory", write_memory, false },
	{ "too-much-memory", write_too_much, false },
	{ "hoard", hoard_memory, true },
	{ "all-memory", use_all_memory, false },
	{ "mmap", map_memory, false },
	{ "munmap", unmap_memory, false },
	{ "madvise", drop_memory, false },
	{ "mprotect", protect_memory, false },
	{ "mremap", move_memory, false },
	{ "brk", move_break, false },
	{ "mlock", lock_memory, false },
	{ "open", open_many, false },
	{ "descriptors", spoil_descriptors, false },
	{ "handlers", handle_signals, false },
	{ "mask", block_signals, false },
	{ "pending", keep_signal_pending, true },
	{ "alarm", set_alarm, false },
	{ "timers", set_other_alarms, false },
	{ "sigaltstack", change_stack_of_signals, false },
	{ "limits", change_limits, false },
	{ "name", change_name, false },
	{ "prctl", change_attributes, false },
	{ "lists", change_lists, false },
	{ "directory", go_elsewhere, false },
	{ "priority", change_priority, false },
	{ "landlock", narrow_sandbox, false },
	{ "seccomp", load_filter, true },
	{ "ready", call_ready, true },
	{ "first", call_first, true },
	{ "unblocked", wait_unblocked, true },
	{ "registers", leave_registers, false },
	{ "all-registers", leave_all_registers, false },
	{ "trap", leave_trap, true },
};

const char *
persist_name(unsigned n)
{
	return n < sizeof(attempts) / sizeof(*attempts) ? attempts[n].name :
							  NULL;
}

bool
persist_ends(unsigned n)
{
	return attempts[n].ends;
}

const char *
persist_try(const char *name)
{
	for (size_t i = 0; i < sizeof(attempts) / sizeof(*attempts); i++) {
		size_t n = strlen(attempts[i].name);

		if (strncmp(name, attempts[i].name, n) == 0 && name[n] == '\n')
			return attempts[i].attempt() ? "done\n" : "refused\n";
	}
	return mark_leave(name);
}
