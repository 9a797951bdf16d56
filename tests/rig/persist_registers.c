/*
 * persist_registers.c - attempts to come back for the next client other than
 * one should, and to leave something behind in registers.
 */
#include <stdint.h>

#include "child/restore.h"
#include "child/restore_point.h"
#include "rig/persist.h"
#include "rig/persist_inside.h"

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

	persist_block_signals();
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

	persist_block_signals();
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

	persist_block_signals();
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

const struct persist_attempt persist_by_registers[] = {
	{ "ready", call_ready, true },
	{ "first", call_first, true },
	{ "unblocked", wait_unblocked, true },
	{ "registers", leave_registers, false },
	{ "all-registers", leave_all_registers, false },
	{ "trap", leave_trap, true },
	{ 0 },
};
