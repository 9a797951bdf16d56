/*
 * reach.c - can the user that children are use the directories of the services?
 *
 * Root opens them, so a start succeeds; then every page is 403 and every mail
 * is refused, and nobody has said why.  What matters is the directory itself:
 * children have it open, so the way to it may be barred.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/plan.h"
#include "sandbox/sandbox.h"
#include "system/log.h"

void
sandbox_reach_open(struct sandbox_reach *r, const struct sandbox_wish *wish)
{
	r->n = 0;
	for (size_t i = 0; i < wish->service_count; i++) {
		const struct service *s = wish->services[i];

		for (size_t k = 0; k < s->path_count; k++) {
			r->at[r->n] = s->paths[k];
			r->fd[r->n++] = s->paths[k].fd > 0 ?
			    s->paths[k].fd :
			    open(s->paths[k].path,
				O_PATH | O_DIRECTORY | O_CLOEXEC);
		}
	}
}

static bool
is_usable(int fd, enum sandbox_right right)
{
	int how = right == SANDBOX_WRITE ? W_OK | X_OK : X_OK;

	return fd >= 0 && faccessat(fd, ".", how, AT_EACCESS) == 0;
}

void
sandbox_reach_tell(const struct sandbox_reach *r, const struct privdrop *u)
{
	for (size_t i = 0; i < r->n; i++)
		if (!is_usable(r->fd[i], r->at[i].right))
			log_warn("user %s cannot %s %s: %s (give it the right, "
				 "or choose another with --user)",
			    u->name,
			    r->at[i].right == SANDBOX_WRITE ? "write to" :
							      "read",
			    r->at[i].path, strerror(errno));
}
