/*
 * live_warn.c - what --live will not see, said at the start.
 */
#include "httpd/live_warn.h"

#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>

#include "httpd/live_walk.h"
#include "httpd/site.h"
#include "sandbox/as_user.h"
#include "sandbox/privdrop.h"
#include "system/log.h"

bool live_warned_cut;

/* Where others write through another machine, the kernel hears nothing. */
static const char *
find_deaf(void)
{
	static const struct {
		unsigned long magic;
		const char *name;
	} deaf[] = { { NFS_SUPER_MAGIC, "NFS" }, { SMB_SUPER_MAGIC, "SMB" },
		{ SMB2_SUPER_MAGIC, "SMB" }, { CIFS_SUPER_MAGIC, "SMB" },
		{ V9FS_MAGIC, "9P" }, { FUSE_SUPER_MAGIC, "FUSE" },
		{ CEPH_SUPER_MAGIC, "Ceph" }, { AFS_SUPER_MAGIC, "AFS" },
		{ 0x786f4256, "vboxsf" } };
	struct statfs fs;

	if (fstatfs(site.root, &fs) < 0)
		return NULL;
	for (size_t i = 0; i < sizeof(deaf) / sizeof(deaf[0]); i++)
		if ((unsigned long)fs.f_type == deaf[i].magic)
			return deaf[i].name;
	return NULL;
}

/* As the user of the children: nothing comes back but words. */
static int
warn_of_shut(const void *dir, int fd[AS_USER_FDS_MAX], const char **what)
{
	struct live_walk walk = { 0 };

	fd[0] = -1;
	*what = "";
	live_walk(&walk);
	if (walk.shut == 1)
		log_warn("--live: %s/%s cannot be read by the server's "
			 "processes; changes in it are not seen",
		    (const char *)dir, walk.first_shut);
	else if (walk.shut > 1)
		log_warn("--live: %s/%s and %zu more cannot be read by the "
			 "server's processes; changes in them are not seen",
		    (const char *)dir, walk.first_shut, walk.shut - 1);
	return 0;
}

void
live_warn(const char *dir, const struct privdrop *user)
{
	static const struct privdrop ourselves;
	struct live_walk walk = { 0 };
	const char *deaf = find_deaf(), *what;
	int fd[AS_USER_FDS_MAX];

	if (deaf != NULL)
		log_warn("--live: %s lies on %s, which does not tell of "
			 "changes that are made elsewhere",
		    dir, deaf);
	live_walk(&walk);
	if (walk.cut)
		log_warn("--live: %s has more than %d folders; changes in the "
			 "others are not seen (--live-ignore leaves some out)",
		    dir, LIVE_WALK_DIRS);
	live_warned_cut = walk.cut;
	if (as_user(user == NULL ? &ourselves : user, warn_of_shut, dir, fd,
		&what) < 0)
		log_warn("--live: %s: cannot tell what is seen in it: %s", dir,
		    strerror(errno));
}
