/*
 * privdrop.c - users and capabilities.
 */
#include "sandbox/privdrop.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];

static int
caps_call(long call, caps c)
{
	struct __user_cap_header_struct h = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};

	return (int)syscall(call, &h, c);
}

static bool
has_caps(void)
{
	caps c;

	if (caps_call(SYS_capget, c) < 0)
		return false;
	return (c[0].permitted | c[1].permitted) != 0;
}

int
privdrop_find(struct privdrop *u, const char *name, const char **why)
{
	const struct passwd *pw;
	bool root = geteuid() == 0;

	*u = (struct privdrop){
		.uid = geteuid(), .gid = getegid(), .caps = !root && has_caps()
	};
	if (name == NULL && !root) {
		snprintf(u->name, sizeof u->name, "%u", (unsigned)u->uid);
		return 0;
	}
	if (name == NULL)
		name = PRIVDROP_DEFAULT;
	pw = getpwnam(name);
	if (pw == NULL)
		*why = "no such user";
	else if (pw->pw_uid == 0)
		*why = "children must not be root";
	else if (!root && pw->pw_uid != u->uid)
		*why = "only root can become another user";
	else {
		snprintf(u->name, sizeof u->name, "%s", name);
		u->drop = root;
		u->uid = pw->pw_uid;
		u->gid = pw->pw_gid;
		return 0;
	}
	return -1;
}

int
privdrop_become(const struct privdrop *u)
{
	caps none = { { 0 }, { 0 } };

	if (u->drop &&
	    (setgroups(0, NULL) < 0 || setresgid(u->gid, u->gid, u->gid) < 0 ||
		setresuid(u->uid, u->uid, u->uid) < 0))
		return -1;
	return u->caps ? caps_call(SYS_capset, none) : 0;
}
