/*
 * restore_point.c - the places, in the processor's own language.
 */
#include "child/restore_point.h"

#include <cpuid.h>
#include <stddef.h>
#include <sys/auxv.h>

#include "sandbox/restored.h"

#if defined(RESTORED_CALL) && !defined(__SANITIZE_ADDRESS__)

#define FSGSBASE (1UL << 1) /* of AT_HWCAP2: a program may use them */
#define OSXSAVE  (1U << 27)
#define OSPKE    (1U << 4)

/*
 * What the processor keeps of the place: written once, and part of the memory
 * that is put back.  XRSTOR takes all there is beside the general registers
 * from the second; that it holds nothing but MXCSR means: as at the start of a
 * program.
 */
struct restore_saved {
	uint64_t rbx, rbp, r12, r13, r14, r15, rsp, fsbase;
};
struct restore_state {
	unsigned char legacy[512], header[64], room[448];
};
__attribute__((visibility("hidden"))) struct restore_saved restore_saved;
__attribute__((
    visibility("hidden"), aligned(64))) struct restore_state restore_state = {
	.legacy = { [24] = 0x80, [25] = 0x1f }
};

__attribute__((visibility("hidden"),
    aligned(4096))) struct restore_copy restore_list[RESTORE_COPIES];

__attribute__((visibility("hidden"))) extern const char restore_at_capture[],
    restore_at_wait[], restore_at_wait_keyed[], restore_at_ready[];
__attribute__((visibility("hidden"))) _Noreturn void restore_wait_plain(void);
__attribute__((visibility("hidden"))) _Noreturn void restore_wait_keyed(void);

/*
 * Two ways to wait: with memory protection keys the rights of the last client
 * must go before any memory is read, without them the instruction is unknown.
 * Pushed flags: only that interrupts are on, which is nobody's choice.
 */
/* clang-format off */
__asm__(
"	.text\n"
"	.p2align 4\n"
"	.globl restore_point\n"
"	.type restore_point, @function\n"
"restore_point:\n"
"	lea restore_saved(%rip), %rax\n"
"	mov %rbx, 0(%rax)\n"
"	mov %rbp, 8(%rax)\n"
"	mov %r12, 16(%rax)\n"
"	mov %r13, 24(%rax)\n"
"	mov %r14, 32(%rax)\n"
"	mov %r15, 40(%rax)\n"
"	mov %rsp, 48(%rax)\n"
"	rdfsbase %rcx\n"
"	mov %rcx, 56(%rax)\n"
"	xor %edi, %edi\n"
"	mov $" RESTORED_CALL_TEXT ", %eax\n"
"	syscall\n"
"	.globl restore_at_capture\n"
"	.hidden restore_at_capture\n"
"restore_at_capture:\n"
"	ret\n"
"	.size restore_point, . - restore_point\n"

"	.p2align 4\n"
"	.globl restore_wait_keyed\n"
"	.hidden restore_wait_keyed\n"
"	.type restore_wait_keyed, @function\n"
"restore_wait_keyed:\n"
"	xor %edi, %edi\n"
"	mov $" RESTORED_CALL_TEXT ", %eax\n"
"	syscall\n"
"	.globl restore_at_wait_keyed\n"
"	.hidden restore_at_wait_keyed\n"
"restore_at_wait_keyed:\n"
"	mov %rax, %r8\n"
"	xor %ecx, %ecx\n"
"	xor %edx, %edx\n"
"	mov $0x55555554, %eax\n"
"	wrpkru\n"
"	jmp 1f\n"
"	.size restore_wait_keyed, . - restore_wait_keyed\n"

"	.p2align 4\n"
"	.globl restore_wait_plain\n"
"	.hidden restore_wait_plain\n"
"	.type restore_wait_plain, @function\n"
"restore_wait_plain:\n"
"	xor %edi, %edi\n"
"	mov $" RESTORED_CALL_TEXT ", %eax\n"
"	syscall\n"
"	.globl restore_at_wait\n"
"	.hidden restore_at_wait\n"
"restore_at_wait:\n"
"	mov %rax, %r8\n"
"1:	cmp $2, %r8\n"
"	je 2f\n"
"	xor %edi, %edi\n"
"	mov $231, %eax\n" /* exit_group */
"	syscall\n"
"	hlt\n"
"2:	cld\n"
"	lea restore_list(%rip), %rdx\n"
"3:	mov (%rdx), %rdi\n"
"	test %rdi, %rdi\n"
"	jz 5f\n"
"	mov 8(%rdx), %rsi\n"
"	add $16, %rdx\n"
"	test $1, %dil\n"
"	jnz 6f\n"
"	mov $512, %ecx\n"
"	test %rsi, %rsi\n"
"	jz 4f\n"
"	rep movsq\n"
"	jmp 3b\n"
"4:	xor %eax, %eax\n"
"	rep stosq\n"
"	jmp 3b\n"
"6:	mov %rsi, -1(%rdi)\n" /* one word */
"	jmp 3b\n"
"5:	lea restore_list(%rip), %rdi\n" /* that says where others wrote */
"	xor %eax, %eax\n"
"	mov $512, %ecx\n"
"	rep stosq\n"
"	mov %eax, %ds\n"
"	mov %eax, %es\n"
"	mov %eax, %fs\n"
"	mov %eax, %gs\n"
"	wrgsbase %rax\n"
"	lea restore_saved(%rip), %rcx\n"
"	mov 48(%rcx), %rsp\n"
"	mov 56(%rcx), %rax\n"
"	wrfsbase %rax\n"
"	pushq $0x202\n"
"	popfq\n"
"	mov $0xfffffdff, %eax\n" /* all but the keys of memory */
"	mov $-1, %edx\n"
"	xrstor64 restore_state(%rip)\n"
"	mov 0(%rcx), %rbx\n"
"	mov 8(%rcx), %rbp\n"
"	mov 16(%rcx), %r12\n"
"	mov 24(%rcx), %r13\n"
"	mov 32(%rcx), %r14\n"
"	mov 40(%rcx), %r15\n"
"	xor %ecx, %ecx\n"
"	xor %edx, %edx\n"
"	xor %esi, %esi\n"
"	xor %edi, %edi\n"
"	xor %r8d, %r8d\n"
"	xor %r9d, %r9d\n"
"	xor %r10d, %r10d\n"
"	xor %r11d, %r11d\n"
"	mov $2, %eax\n"
"	ret\n"
"	.size restore_wait_plain, . - restore_wait_plain\n"

"	.p2align 4\n"
"	.globl restore_ready\n"
"	.type restore_ready, @function\n"
"restore_ready:\n"
"	xor %edi, %edi\n"
"	mov $" RESTORED_CALL_TEXT ", %eax\n"
"	syscall\n"
"	.globl restore_at_ready\n"
"	.hidden restore_at_ready\n"
"restore_at_ready:\n"
"	ret\n"
"	.size restore_ready, . - restore_ready\n");
/* clang-format on */

/* Asked once: a guest of a hypervisor waits long for the answer. */
static bool
has_keys(void)
{
	static int has = -1;
	unsigned a, b, c, d;

	if (has < 0)
		has =
		    __get_cpuid_count(7, 0, &a, &b, &c, &d) && (c & OSPKE) != 0;
	return has > 0;
}

bool
restore_point_possible(void)
{
	unsigned a, b, c, d;

	return (getauxval(AT_HWCAP2) & FSGSBASE) != 0 &&
	    __get_cpuid(1, &a, &b, &c, &d) && (c & OSXSAVE) != 0;
}

uint64_t
restore_address(enum restore_place place)
{
	const char *at = restore_at_capture;

	if (place == RESTORE_READY)
		at = restore_at_ready;
	else if (place == RESTORE_WAIT)
		at = has_keys() ? restore_at_wait_keyed : restore_at_wait;
	return (uint64_t)(uintptr_t)at;
}

uint64_t
restore_list_address(void)
{
	return (uint64_t)(uintptr_t)restore_list;
}

void
restore_wait(void)
{
	if (has_keys())
		restore_wait_keyed();
	restore_wait_plain();
}

#else /* another processor; or memory with a shadow of its own */

bool
restore_point_possible(void)
{
	return false;
}

uint64_t
restore_address(enum restore_place place)
{
	(void)place;
	return 0;
}

uint64_t
restore_list_address(void)
{
	return 0;
}

int
restore_point(void)
{
	return 0;
}

void
restore_wait(void)
{
	__builtin_trap();
}

int
restore_ready(void)
{
	return 0;
}
#endif
