/*
 * privdrop.c - users and capabilities.
 */
#include "sandbox/privdrop.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
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

/*
 * No id and no program brings back what was given up, for good.  Not everybody
 * has the right to say so; nobody needs it who has no right at all.
 */
static void
lock_caps(void)
{
	prctl(PR_SET_SECUREBITS,
	    SECBIT_NOROOT | SECBIT_NOROOT_LOCKED |
		SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
		SECBIT_NO_CAP_AMBIENT_RAISE |
		SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED,
	    0, 0, 0);
}

int
privdrop_find(struct privdrop *u, const char *name, const char **why)
{
	const struct passwd *pw;
	bool root = geteuid() == 0;

	*u = (struct privdrop){ .uid = geteuid(), .gid = getegid() };
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

bool
privdrop_has_caps(void)
{
	caps now = { { 0 }, { 0 } };

	return caps_call(SYS_capget, now) == 0 &&
	    (now[0].effective != 0 || now[1].effective != 0);
}

/*
 * The capabilities go by themselves with the ids, unless whoever started us
 * has set SECBIT_NO_SETUID_FIXUP; so they are given up by name, whoever we are.
 */
int
privdrop_become(const struct privdrop *u)
{
	caps none = { { 0 }, { 0 } };

	lock_caps();
	if (u->drop &&
	    (setgroups(0, NULL) < 0 || setresgid(u->gid, u->gid, u->gid) < 0 ||
		setresuid(u->uid, u->uid, u->uid) < 0))
		return -1;
	return caps_call(SYS_capset, none);
}

int
privdrop_keep(uint64_t needed)
{
	/* Does exec(2) give root all of them again?  Then what is not needed
	 * can be given up, else only laid aside for the next image. */
	bool back =
	    geteuid() == 0 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0;
	caps c;

	if (caps_call(SYS_capget, c) < 0)
		return -1;
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		uint32_t mask = (uint32_t)(needed >> (32 * i));

		c[i].effective = geteuid() == 0 ? c[i].permitted & mask : 0;
		if (back) {
			c[i].permitted &= mask;
			c[i].inheritable = 0;
		}
	}
	return caps_call(SYS_capset, c);
}
