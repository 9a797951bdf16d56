/*
 * faulty_master.c - what the server with planted faults says to its master.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "child/child.h"
#include "rig/faulty_inside.h"

/*
 * Which of its descriptors leads to the master a child that was taken over
 * would soon find out.
 */
int
faulty_find_control(void)
{
	for (int fd = STDERR_FILENO + 1; fd < 1024; fd++) {
		socklen_t len = sizeof(int);
		int type;

		if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
		    type == SOCK_SEQPACKET)
			return fd;
	}
	return -1;
}

_Noreturn void
faulty_wait_for_ever(void)
{
	for (;;)
		poll(NULL, 0, -1);
}

void
faulty_say(const char *words)
{
	for (; *words > ' '; words++)
		send(faulty_find_control(), words, 1, MSG_NOSIGNAL);
}

/* As introduce.c does, but for the answer, which stays where it is. */
const char *
faulty_name_client(void)
{
	struct child_client say = { .word = WORD_CLIENT,
		.client = { .len = sizeof(say.client.in),
		    .in = { .sin_family = AF_INET,
			.sin_addr.s_addr = htonl(0xc0000209) } } };

	return send(faulty_find_control(), &say, sizeof(say), MSG_NOSIGNAL) ==
		sizeof(say) ?
	    "named\n" :
	    "refused\n";
}

/*
 * No signal and no alarm ends this process but SIGKILL.
 */
void
faulty_hold_on(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	alarm(0);
}
