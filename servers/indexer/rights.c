/*
 * rights.c - with whose rights the indexer works.
 */
#include "indexer/rights.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "system/log.h"

static void
drop_capabilities(void)
{
	struct __user_cap_header_struct h = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0, 0,
	    0 } };

	if (syscall(SYS_capset, &h, none) < 0)
		die(EXIT_OSERR, "capabilities cannot be dropped: %s",
		    strerror(errno));
}

static void
become(const char *name, uid_t uid, gid_t gid)
{
	if ((name != NULL ? initgroups(name, gid) : setgroups(0, NULL)) < 0 ||
	    setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
		die(EXIT_OSERR, "cannot become user %u: %s", (unsigned)uid,
		    strerror(errno));
}

/* Looked at and not opened; a link on the way might lead anywhere. */
static void
become_owner(const char *path, int root)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	const struct passwd *pw;
	struct stat st;
	int fd = root >= 0 ?
	    dup(root) :
	    (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));

	if (fd < 0 && errno == ELOOP)
		die(EXIT_CONFIG, "%s: a link leads there; as root, say -u USER",
		    path);
	if (fd < 0 || fstat(fd, &st) < 0)
		die(EXIT_CONFIG, "%s: %s", path, strerror(errno));
	close(fd);
	if (st.st_uid == 0)
		return;
	pw = getpwuid(st.st_uid);
	become(pw != NULL ? pw->pw_name : NULL, st.st_uid,
	    pw != NULL ? pw->pw_gid : st.st_gid);
}

static void
become_user(const char *user)
{
	const struct passwd *pw = getpwnam(user);

	if (pw == NULL)
		die(EXIT_CONFIG, "--user %s: no such user", user);
	if (geteuid() == 0)
		become(user, pw->pw_uid, pw->pw_gid);
	else if (pw->pw_uid != geteuid())
		die(EXIT_CONFIG, "--user %s: only root can become another user",
		    user);
}

void
rights_take(const char *user, const char *path, int fd)
{
	if (user != NULL)
		become_user(user);
	else if (geteuid() == 0)
		become_owner(path, fd);
	drop_capabilities();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		die(EXIT_OSERR, "no_new_privs: %s", strerror(errno));
}
