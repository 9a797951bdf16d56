/*
 * sandbox_calls.c - what a sandboxed child cannot ask of the kernel, tried from
 * inside: connections, processes, users, code.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "rig/sandboxed.h"
#include "rig/main.h"
#include "sandbox/calls.h"
#include "sandbox/seccomp.h"
#include "system/addr.h"

static struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = 9 };

#define HERE (struct sockaddr *)&here, sizeof here

/* The client of a datagram, where the filter wants its address to stand. */
#define PAGE      ((void *)SANDBOX_ANSWER_PAGE)
#define CLIENT_SA (&sandboxed.client->sa)
#define CLIENT    CLIENT_SA, sandboxed.client->len

/* The sockets. */
CALL(make_socket, socket(AF_INET, SOCK_STREAM, 0))
CALL(make_pair, socketpair(AF_UNIX, SOCK_STREAM, 0, sandboxed.pair))
CALL(connect_held, connect(sandboxed.tcp, HERE))
CALL(bind_held, bind(sandboxed.tcp, HERE))
CALL(listen_held, listen(sandboxed.tcp, 1))
CALL(accept_held, accept(sandboxed.listener, NULL, NULL))
CALL(accept4_held, accept4(sandboxed.listener, NULL, NULL, 0))
CALL(send_elsewhere, sendto(sandboxed.udp, "x", 1, 0, HERE))

/* Others' datagrams, on a socket that is lent. */
CALL(receive_one, recv(sandboxed.udp, &(char){ 0 }, 1, MSG_DONTWAIT))
CALL(read_one, read(sandboxed.udp, &(char){ 0 }, 1))
CALL(copy_socket, dup(sandboxed.udp))
CALL(copy_to_number, dup2(sandboxed.udp, 50))
CALL(copy_by_fcntl, fcntl(sandboxed.udp, F_DUPFD_CLOEXEC, 0))
CALL(splice_one, splice(sandboxed.udp, NULL, sandboxed.log, NULL, 1, 0))
CALL(send_one_on, sendfile(sandboxed.log, sandboxed.udp, NULL, 1))
CALL(receive_many, recvmmsg(sandboxed.udp, NULL, 0, MSG_DONTWAIT, NULL))
CALL(answer_one, sendto(sandboxed.udp, "x", 1, 0, CLIENT))

/* The socket is everybody's, and only this client is to be answered. */
CALL(shut_lent, shutdown(sandboxed.udp, SHUT_RDWR))
CALL(set_lent, setsockopt(sandboxed.udp, SOL_SOCKET, SO_RCVBUF, &(int){ 1 }, 4))
CALL(time_lent,
    setsockopt(sandboxed.udp, SOL_SOCKET, SO_SNDTIMEO, &(long[2]){ 0 }, 16))
CALL(unblock_lent, ioctl(sandboxed.udp, FIONBIO, &(int){ 0 }))
CALL(flag_lent, fcntl(sandboxed.udp, F_SETFL, O_APPEND | O_ASYNC))
CALL(pass_lent_on, sendmsg(sandboxed.pair[0], &(struct msghdr){ 0 }, 0))
CALL(shut_by_high_bits,
    syscall(SYS_shutdown, 1UL << 32 | (unsigned)sandboxed.udp, SHUT_RDWR))
CALL(send_far, sendto(sandboxed.udp, "x", 1, 0, HERE))
CALL(open_page, mprotect(PAGE, 4096, PROT_READ | PROT_WRITE))
CALL(open_pages_from_below,
    mprotect((char *)PAGE - 4096, 8192, PROT_READ | PROT_WRITE))
CALL(unmap_page, munmap(PAGE, 4096))
CALL(unmap_from_below, munmap((char *)PAGE - 4096, 8192))
CALL(clear_page, madvise(PAGE, 4096, MADV_DONTNEED))
CALL(fill_page,
    getsockname(sandboxed.udp, (struct sockaddr *)CLIENT_SA,
	&(socklen_t){ sizeof(struct sockaddr_in) }))

static int
map_over_page(void)
{
	void *p = mmap(PAGE, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	return p == MAP_FAILED ? errno : 0;
}

static int
move_page_away(void)
{
	void *p = mremap(PAGE, 4096, 8192, MREMAP_MAYMOVE);

	return p == MAP_FAILED ? errno : 0;
}

static int
move_over_page(void)
{
	void *other = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *p =
	    mremap(other, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, PAGE);

	return p == MAP_FAILED ? errno : 0;
}

static int
move_beside_page(void)
{
	void *p = mmap((char *)PAGE - 4096, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct sockaddr_in *a = p;

	if (p == MAP_FAILED)
		return errno;
	*a = here;
	return sandboxed_errno(
	    sendto(sandboxed.udp, "x", 1, 0, (void *)a, sizeof here));
}
CALL(read_by_high_bits,
    syscall(SYS_read, 1UL << 32 | (unsigned)sandboxed.udp, &(char){ 0 }, 1))
CALL(unload, syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL))

static int
receive_in_a_vector(void)
{
	char byte;
	struct iovec v = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	int error = sandboxed_errno(readv(sandboxed.udp, &v, 1));

	return error != EPERM ? error :
				sandboxed_errno(recvmsg(sandboxed.udp, &m, 0));
}

/* Processes. */
CALL(fork_one, fork())
CALL(fork_raw, syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0))
CALL(fork_sibling, syscall(SYS_clone, SANDBOX_FORK_FLAGS, 0, 0, 0, 0))
CALL(fork_new, syscall(SYS_clone3, NULL, 0))
CALL(run_program, execl("/bin/true", "true", (char *)NULL))
CALL(run_held, syscall(SYS_execveat, sandboxed.outside, "", NULL, NULL, 0))
CALL(trace_sibling, ptrace(PTRACE_ATTACH, sandboxed.sibling, 0, 0))
CALL(be_traced, ptrace(PTRACE_TRACEME, 0, 0, 0))
CALL(kill_sibling, kill(sandboxed.sibling, SIGKILL))
CALL(kill_parent, kill(sandboxed.parent, SIGKILL))
CALL(kill_all, kill(-1, SIGKILL))
CALL(tkill_sibling, syscall(SYS_tkill, sandboxed.sibling, SIGKILL))
CALL(tgkill_sibling,
    syscall(SYS_tgkill, sandboxed.sibling, sandboxed.sibling, SIGKILL))
CALL(abort_sibling,
    syscall(SYS_tgkill, sandboxed.sibling, sandboxed.sibling, SIGABRT))
CALL(abort_parent,
    syscall(SYS_tgkill, sandboxed.parent, sandboxed.parent, SIGABRT))
CALL(queue_signal, syscall(SYS_rt_sigqueueinfo, sandboxed.sibling, 9, NULL))
CALL(open_sibling, syscall(SYS_pidfd_open, sandboxed.sibling, 0))
CALL(read_sibling, process_vm_readv(sandboxed.sibling, NULL, 0, NULL, 0, 0))
CALL(limit_sibling,
    prlimit(sandboxed.sibling, RLIMIT_CPU, &(struct rlimit){ 0, 0 }, NULL))
CALL(slow_all, setpriority(PRIO_PGRP, 0, 19))
CALL(give_way, setpriority(PRIO_PROCESS, 0, 19))
CALL(slow_sibling, setpriority(PRIO_PROCESS, (id_t)sandboxed.sibling, 19))

/* Users and views. */
CALL(be_root, setresuid(0, 0, 0))
CALL(join_group, syscall(SYS_setgroups, 0, NULL))
CALL(take_caps, syscall(SYS_capset, NULL, NULL))
CALL(new_user_space, unshare(CLONE_NEWUSER))
CALL(other_space, setns(sandboxed.outside, 0))
CALL(change_root, chroot("/"))
CALL(mount_one, syscall(SYS_mount, "none", "/", "tmpfs", 0, NULL))
CALL(load_bpf, syscall(SYS_bpf, 0, NULL, 0))
CALL(make_uring, syscall(SYS_io_uring_setup, 1, NULL))
CALL(ask_keys, syscall(SYS_keyctl, 0, 0, 0))
CALL(count_events, syscall(SYS_perf_event_open, NULL, 0, 0, 0, 0))
CALL(fault_here, syscall(SYS_userfaultfd, 0))
CALL(load_module, syscall(SYS_init_module, NULL, 0, ""))
CALL(unknown_call, syscall(999))
CALL(old_call, syscall(SYS_swapon, "", 0))

/* Memory that runs, and ways out of what prctl has set. */
CALL(be_dumpable, prctl(PR_SET_DUMPABLE, 1))
CALL(outlive_parent, prctl(PR_SET_PDEATHSIG, 0))
CALL(raise_limit, setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 1024, 1024 }))

static int
map_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? errno : 0;
}

static int
make_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return sandboxed_errno(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}

/* Options of sockets. */
static int
attach_filter(void)
{
	struct sock_filter yes = { BPF_RET | BPF_K, 0, 0, 1 };
	struct sock_fprog f = { 1, &yes };

	return sandboxed_errno(setsockopt(
	    sandboxed.tcp, SOL_SOCKET, SO_ATTACH_FILTER, &f, sizeof f));
}

static int
set_route(void)
{
	return sandboxed_errno(
	    setsockopt(sandboxed.tcp, IPPROTO_IP, IP_TOS, &(int){ 1 }, 4));
}

static int
list_interfaces(void)
{
	char space[64];

	return sandboxed_errno(
	    ioctl(sandboxed.tcp, 0x8912 /* SIOCGIFCONF */, space));
}

/* What only another service of the program needs. */
CALL(make_directory, mkdir(sandboxed_path("site/new"), 0700))
CALL(watch_files, syscall(SYS_inotify_init1, 0))
CALL(move_page, rename(sandboxed_path("site/page"), sandboxed_path("site/x")))
CALL(make_page, open(sandboxed_path("site/new"), O_RDWR | O_CREAT, 0600))
CALL(read_page, open(sandboxed_path("site/page"), O_RDONLY))
CALL(make_mail, open(sandboxed_path("mail/new/x"), O_WRONLY | O_CREAT, 0600))
CALL(lock_log,
    fcntl(sandboxed.log, F_SETLK, &(struct flock){ .l_type = F_WRLCK }))
CALL(take_filter_off, syscall(SYS_seccomp, 1, 0, NULL))

/* clang-format off */
static const struct attempt attempts[] = {
	ATTEMPT("a site beside mail and an inbox: mkdir", make_directory, EPERM, .among = true),
	ATTEMPT("a site beside them: rename", move_page, EPERM, .among = true),
	ATTEMPT("a site beside them: open to write", make_page, EPERM, .among = true),
	ATTEMPT("a site beside them: open to read", read_page, 0, .among = true),
	ATTEMPT("a site beside them: inotify", watch_files, ENOSYS, .among = true),
	ATTEMPT("a site beside them: lock", lock_log, ENOSYS, .among = true),
	ATTEMPT("a site beside them: another filter", take_filter_off, -SIGSYS, .among = true),
	ATTEMPT("mail beside them: open to write", make_mail, 0, .among = true, .service = IN_MAIL),
	ATTEMPT("mail beside them: inotify", watch_files, ENOSYS, .among = true, .service = IN_MAIL),
	ATTEMPT("mail beside them: lock", lock_log, ENOSYS, .among = true, .service = IN_MAIL),
	ATTEMPT("an inbox beside them: inotify", watch_files, 0, .among = true, .service = IN_INBOX),
	ATTEMPT("socket", make_socket, -SIGSYS),
	ATTEMPT("socketpair", make_pair, -SIGSYS),
	ATTEMPT("connect", connect_held, -SIGSYS),
	ATTEMPT("bind", bind_held, -SIGSYS),
	ATTEMPT("listen", listen_held, -SIGSYS),
	ATTEMPT("accept", accept_held, -SIGSYS),
	ATTEMPT("accept4", accept4_held, -SIGSYS),
	ATTEMPT("sendto an address", send_elsewhere, EPERM),
	ATTEMPT("receive a datagram", receive_one, 0),
	ATTEMPT("a second one: recv", receive_one, EPERM, .deaf = true),
	ATTEMPT("a second one: read", read_one, EPERM, .deaf = true),
	ATTEMPT("a second one: readv, recvmsg", receive_in_a_vector, EPERM, .deaf = true),
	ATTEMPT("a second one: recvmmsg", receive_many, EPERM, .deaf = true),
	ATTEMPT("a second one: splice", splice_one, EPERM, .deaf = true),
	ATTEMPT("a second one: sendfile", send_one_on, EPERM, .deaf = true),
	ATTEMPT("a second one: dup", copy_socket, EPERM, .deaf = true),
	ATTEMPT("a second one: dup2", copy_to_number, EPERM, .deaf = true),
	ATTEMPT("a second one: F_DUPFD", copy_by_fcntl, EPERM, .deaf = true),
	ATTEMPT("a second one: high bits", read_by_high_bits, EPERM, .deaf = true),
	ATTEMPT("a second one: less strict", unload, -SIGSYS, .deaf = true),
	ATTEMPT("answer a datagram", answer_one, 0, .deaf = true),
	ATTEMPT("shut the lent socket", shut_lent, EPERM, .deaf = true),
	ATTEMPT("shut it by high bits", shut_by_high_bits, EPERM, .deaf = true),
	ATTEMPT("set its buffer", set_lent, EPERM, .deaf = true),
	ATTEMPT("set its time-out", time_lent, EPERM, .deaf = true),
	ATTEMPT("make it block", unblock_lent, EPERM, .deaf = true),
	ATTEMPT("set its flags", flag_lent, EPERM, .deaf = true),
	ATTEMPT("pass it on", pass_lent_on, EPERM, .deaf = true),
	ATTEMPT("send elsewhere", send_far, EPERM, .deaf = true),
	ATTEMPT("send elsewhere, from a place below", move_beside_page, ENOSYS, .deaf = true),
	ATTEMPT("change the address: mprotect", open_page, EPERM, .deaf = true),
	ATTEMPT("change the address: from below", open_pages_from_below, EPERM, .deaf = true),
	ATTEMPT("change the address: munmap", unmap_page, EPERM, .deaf = true),
	ATTEMPT("change the address: munmap from below", unmap_from_below, EPERM, .deaf = true),
	ATTEMPT("change the address: madvise", clear_page, EPERM, .deaf = true),
	ATTEMPT("change the address: mmap", map_over_page, EPERM, .deaf = true, .not_asan = true),
	ATTEMPT("change the address: mremap", move_page_away, EPERM, .deaf = true),
	ATTEMPT("change the address: mremap onto it", move_over_page, EPERM, .deaf = true),
	ATTEMPT("change the address: by the kernel", fill_page, EFAULT, .deaf = true),
	ATTEMPT("fork", fork_one, -SIGSYS),
	ATTEMPT("clone", fork_raw, -SIGSYS),
	ATTEMPT("clone a sibling", fork_sibling, -SIGSYS, .if_born = EAGAIN),
	ATTEMPT("clone3", fork_new, -SIGSYS),
	ATTEMPT("exec", run_program, -SIGSYS),
	ATTEMPT("execveat", run_held, -SIGSYS),
	ATTEMPT("trace a sibling", trace_sibling, -SIGSYS),
	ATTEMPT("be traced", be_traced, -SIGSYS),
	ATTEMPT("kill a sibling", kill_sibling, -SIGSYS),
	ATTEMPT("kill the parent", kill_parent, -SIGSYS),
	ATTEMPT("kill all", kill_all, -SIGSYS),
	ATTEMPT("tkill a sibling", tkill_sibling, -SIGSYS),
	ATTEMPT("tgkill a sibling", tgkill_sibling, -SIGSYS, .abi = 6),
	ATTEMPT("abort a sibling", abort_sibling, EPERM),
	ATTEMPT("abort the parent", abort_parent, EPERM),
	ATTEMPT("queue a signal", queue_signal, -SIGSYS),
	ATTEMPT("pidfd of a sibling", open_sibling, -SIGSYS),
	ATTEMPT("read a sibling's memory", read_sibling, -SIGSYS),
	ATTEMPT("limit a sibling", limit_sibling, -SIGSYS),
	ATTEMPT("slow a sibling down", slow_sibling, ENOSYS),
	ATTEMPT("slow all down", slow_all, ENOSYS),
	ATTEMPT("give way", give_way, 0),
	ATTEMPT("setresuid", be_root, -SIGSYS),
	ATTEMPT("setgroups", join_group, -SIGSYS),
	ATTEMPT("capset", take_caps, -SIGSYS),
	ATTEMPT("unshare", new_user_space, -SIGSYS),
	ATTEMPT("setns", other_space, -SIGSYS),
	ATTEMPT("chroot", change_root, -SIGSYS),
	ATTEMPT("mount", mount_one, -SIGSYS),
	ATTEMPT("bpf", load_bpf, -SIGSYS),
	ATTEMPT("io_uring", make_uring, -SIGSYS),
	ATTEMPT("keyctl", ask_keys, -SIGSYS),
	ATTEMPT("perf_event_open", count_events, -SIGSYS),
	ATTEMPT("userfaultfd", fault_here, -SIGSYS),
	ATTEMPT("init_module", load_module, -SIGSYS),
	ATTEMPT("swapon", old_call, -SIGSYS),
	ATTEMPT("an unknown call", unknown_call, ENOSYS),
	ATTEMPT("be dumpable", be_dumpable, EPERM),
	ATTEMPT("outlive the parent", outlive_parent, EPERM),
	ATTEMPT("raise a limit", raise_limit, EPERM),
	ATTEMPT("map code", map_code, -SIGSYS),
	ATTEMPT("make code", make_code, -SIGSYS),
	ATTEMPT("SO_ATTACH_FILTER", attach_filter, ENOSYS),
	ATTEMPT("IP_TOS", set_route, ENOSYS),
	ATTEMPT("SIOCGIFCONF", list_interfaces, ENOSYS),
};
/* clang-format on */

#define COUNT (sizeof attempts / sizeof *attempts)

Test(sandbox, calls)
{
	cr_assert_eq(sandboxed_try(attempts, COUNT), 0);
}

RIG_MAIN int
main(int argc, char **argv)
{
	return sandboxed_main(argc, argv, attempts, COUNT);
}
