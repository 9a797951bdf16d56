/*
 * root_find.c - see root_find.h.
 */
#include "httpd/root_find.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/as_user.h"
#include "sandbox/privdrop.h"
#include "system/path.h"

struct sought {
	const char *where, *name;
};

/* It, and once more if it is found by its name. */
static int
open_it(const void *context, int fd[AS_USER_FDS_MAX], const char **what)
{
	const struct sought *s = context;
	struct stat st;

	*what = s->where;
	fd[0] = path_root(s->where);
	if (fd[0] < 0)
		return -1;
	if (s->name == NULL ||
	    (s->name[0] != '\0' && stat(s->name, &st) < 0 && errno == EACCES))
		return 1;
	fd[1] = fcntl(fd[0], F_DUPFD_CLOEXEC, 0);
	return fd[1] < 0 ? 1 : 2;
}

int
root_find(const struct privdrop *user, const char *where, const char *name,
    bool *found)
{
	static const struct privdrop ourselves;
	struct sought s = { where, name };
	int fd[AS_USER_FDS_MAX];
	const char *what;
	int n =
	    as_user(user == NULL ? &ourselves : user, open_it, &s, fd, &what);

	if (found != NULL)
		*found = n == 2;
	if (n == 2)
		close(fd[1]);
	if (n > 0)
		return fd[0];
	return errno != EACCES ?
	    -1 :
	    path_open_trusted(where, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
}
