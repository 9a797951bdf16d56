/*
 * sandbox.h - what a child may still do: next to nothing.
 *
 * The master makes one plan, before the first fork: the user to become, the
 * kernel's Landlock rulesets, the seccomp program.  Each child then enters in
 * two steps, which are system calls and nothing else:
 *
 *	sandbox_enter()	 while idle: groups and ids dropped for ever, death
 *			 with the master, no_new_privs, not dumpable, limits,
 *			 system calls (seccomp.h)
 *	sandbox_enter_for()	 when its connection has come and before a byte of it
 *			 is read: only the directories of its service
 *			 (landlock.h), no TCP, no signals to others; none of
 *			 the calls that only other services need
 *
 * Only that must wait for the connection, because one pool of children
 * serves all services of a program.  What a kernel cannot give is left out
 * and said in sandbox_summary(): an older kernel serves too.
 *
 * What services have to know of it:
 *  - Directories come from service.paths.  Open or load all else in prepare().
 *  - No new socket, no process, no program: getaddrinfo(3), syslog(3) and
 *    popen(3) end the child by SIGSYS.
 *  - O_NONBLOCK is set with ioctl(FIONBIO) or SOCK_NONBLOCK: F_SETFL is
 *    refused, for the flags of the log are everybody's.
 *  - An unknown system call is ENOSYS; a forbidden change of a file EPERM by
 *    seccomp or EACCES by Landlock.
 *  - There is no limit on file sizes: it would stop the access log.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A stream of HTTP/2 may have a file open, and there are 100. */
#define SANDBOX_CPU_S     60                /* of CPU time for one connection */
#define SANDBOX_OPEN_MAX  256               /* descriptors in a child */
#define SANDBOX_DATA_MAX  ((size_t)1 << 29) /* bytes of memory */
#define SANDBOX_STACK_MAX ((size_t)8 << 20)

struct addr;
struct privdrop;
struct sandbox_plan;
struct service;

struct sandbox_wish {
	const struct privdrop *user; /* NULL: as root nobody, otherwise as we
				      * are */
	bool bare;      /* --no-sandbox: only user and death with the master */
	bool shared;    /* a child serves more than one connection: its
			   * directories are those of all services */
	bool restore;   /* shared, but put back after each (restored.h) */
	bool datagrams; /* some service answers datagrams */
	struct service *const *services; /* prepared */
	size_t service_count;            /* SERVICE_MAX at most */
	unsigned cpu_s;                  /* 0: SANDBOX_CPU_S */
	bool tried;   /* by the master that exec'd us: take its word */
	bool at_work; /* a reload: if no process can be forked to try it, do
		       * without the trial, which the old image has made */
};

/*
 * Make the plan, in the master.  Tries it in a process of its own, so that
 * what it says is what children get.  Limits on memory and stack are set here,
 * for the master too: children inherit them at no cost.
 *
 * Returns NULL with *why in words (a static string, or of this call) when
 * children could not live: a user not ours to become, a directory that cannot
 * be opened.  The plan is never freed.
 */
struct sandbox_plan *sandbox_plan_new(
    const struct sandbox_wish *, const char **why);

/*
 * In the master: the paths of this service mean other directories now.  Those
 * children that enter it from now on may use these, too.  Returns 0, or -1
 * with errno.
 */
int sandbox_allow(
    const struct sandbox_plan *, size_t index, const struct service *);

/*
 * The same, but these are all that they may use: what was allowed before is
 * forgotten, and costs nobody anything any more.  That holds for children of
 * processes that are forked from now on.
 */
int sandbox_allow_only(const struct sandbox_plan *, size_t index,
    struct service *const *services, size_t count);

/*
 * For a helper that was just forked and uses none of them: let go of what they
 * may use.  A directory that is replaced and removed keeps its place on the
 * disk as long as anybody holds on to that.
 */
void sandbox_allow_none(const struct sandbox_plan *);

/*
 * Have children that wait for a client entered it already, so that they may use
 * what they might at their birth, and no more?
 */
bool sandbox_is_settled(const struct sandbox_plan *);

/*
 * In a child that is about to exec itself: pass on what the trial has shown
 * and the filters, so that it need not be repeated, on IMAGE_SANDBOX_FD.  Returns
 * 0, or -1 with errno.
 */
int sandbox_bequeath(const struct sandbox_plan *);

/*
 * What children get and what was not to be had, in a line:
 * "user nobody, no_new_privs, landlock abi 7, seccomp".
 */
const char *sandbox_summary(const struct sandbox_plan *);

/*
 * Enter it, in a child.  master is who getppid() must still name; 0 when there
 * is no master (started by inetd).  Descriptors below IO_PRIVATE_FD that the
 * plan holds must still be open, also for sandbox_enter_for().  Returns 0, or -1
 * with errno: the child must then leave.  Leaves by itself when the master is
 * gone.
 */
int sandbox_enter(const struct sandbox_plan *, pid_t master);

/*
 * The same in two parts, for children that are forked by a zygote
 * (zygote.h): what it enters once, and what is left for each child, which
 * is little.  sandbox_has_zygote tells whether that is worth it: not with
 * --no-sandbox.  The zygote of children that are restored keeps its user, for
 * they must open their own memory before they give it up (restored.h).
 */
bool sandbox_has_zygote(const struct sandbox_plan *);
int sandbox_enter_zygote(const struct sandbox_plan *, pid_t master);
int sandbox_enter_born(const struct sandbox_plan *, pid_t master);

/*
 * In a process that is about to exec a helper program: become the user that
 * children are, without new privileges, and die with the master.  Returns as
 * sandbox_enter().
 */
int sandbox_become_user(const struct sandbox_plan *, pid_t master);

/*
 * In the logger (child/logger.h): become the user that children are, and be
 * able to read messages and write what is open, and next to nothing else.
 * Returns as sandbox_enter().
 */
int sandbox_enter_logger(const struct sandbox_plan *);

/*
 * From now on only what this service needs.  Called for each connection; a
 * child that is not shared must not be given a second one.  Returns as
 * sandbox_enter().
 */
int sandbox_enter_for(const struct sandbox_plan *, size_t service);

/*
 * The one datagram that this child was born for has been received: take away
 * all that could receive another, which may be meant for somebody else, and
 * all that changes the socket, which is everybody's.  It can be answered and
 * nothing else: *peer becomes a copy of it in memory that cannot be changed
 * any more, and from there alone the kernel takes an address to send to.
 * *fd, the socket, gets another number.  A child that serves many can still
 * receive, and change the copy for the next one.  Returns as sandbox_enter().
 */
int sandbox_deafen(
    const struct sandbox_plan *, int *fd, const struct addr **peer);

#endif
