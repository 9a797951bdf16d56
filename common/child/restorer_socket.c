/*
 * restorer_socket.c - the master's side of its restorer.
 */
#include <errno.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "child/restore_point.h"
#include "child/restorer.h"
#include "sandbox/restored.h"

#ifndef PR_GET_MEMORY_MERGE
#define PR_GET_MEMORY_MERGE 68 /* Linux 6.4 */
#endif

bool
restorer_possible(const char **why)
{
	/* Pages that several processes share because they are alike may have
	 * been written. */
	if (prctl(PR_GET_MEMORY_MERGE, 0, 0, 0, 0) > 0)
		*why = "this process's equal pages are merged (KSM)";
	else if (!restore_point_possible())
		*why = "not on this processor, or in this build";
	else if (!restored_possible())
		*why = "the kernel is older than Linux 5.19, or has no seccomp";
	else
		return true;
	return false;
}

int
restorer_hear(struct restorer *r, struct restorer_news news[RESTORER_NEWS])
{
	const size_t most = RESTORER_NEWS * sizeof(*news);
	ssize_t got = recv(r->control, news, most, MSG_DONTWAIT | MSG_TRUNC);

	if (got > 0 && (size_t)got <= most && (size_t)got % sizeof(*news) == 0)
		return (int)((size_t)got / sizeof(*news));
	return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

void
restorer_close(struct restorer *r)
{
	if (r->control >= 0)
		close(r->control);
	if (r->introduction >= 0)
		close(r->introduction);
	pristine_close(&r->store);
	*r = (struct restorer){ .control = -1, .introduction = -1 };
}
