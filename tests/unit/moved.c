/*
 * moved.c - what has been going on over a connection, asked by its peer.
 */
#include "system/moved.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig/wait.h"
#include "rig/wire.h"
#include "system/addr.h"

struct asked {
	struct addr peer;
	uint64_t before;
};

static bool
has_moved(void *arg)
{
	struct asked *a = arg;

	return moved_bytes(&a->peer) > a->before;
}

Test(moved, bytes_of_either_direction)
{
	struct asked a = { 0 };
	int ends[2];

	rig_tcp_pair(ends);
	cr_assert_eq(addr_of_peer(ends[1], &a.peer), 0);
	a.before = moved_bytes(&a.peer);
	cr_assert(rig_send(ends[0], "from the client"));
	cr_assert(rig_until("it has sent", has_moved, &a));
	a.before = moved_bytes(&a.peer);
	cr_assert_eq(moved_bytes(&a.peer), a.before, "nothing has moved");
	cr_assert(rig_send(ends[1], "to the client"));
	cr_assert(rig_until("it has taken", has_moved, &a));
	close(ends[0]);
	close(ends[1]);
}

Test(moved, nobody_and_others)
{
	struct addr none = { 0 }, unix_peer = { 0 };

	cr_expect_eq(moved_bytes(&none), 0);
	unix_peer.sa.sa_family = AF_UNIX;
	unix_peer.len = sizeof(unix_peer.sa.sa_family);
	cr_expect_eq(moved_bytes(&unix_peer), 0);
	none.in.sin_family = AF_INET;
	none.in.sin_port = 0xffff;
	memset(&none.in.sin_addr, 0xe0, sizeof(none.in.sin_addr));
	none.len = sizeof(none.in);
	cr_expect_eq(moved_bytes(&none), 0);
}
