/*
 * landlock.c - Landlock rulesets.
 */
#include "sandbox/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "service/service.h"

/* What linux/landlock.h of Debian 12 does not know yet, by ABI. */
#define FS_TRUNCATE   (1ULL << 14) /* 3 */
#define NET_BIND_TCP  (1ULL << 0)  /* 4 */
#define NET_CONN_TCP  (1ULL << 1)  /* 4 */
#define FS_IOCTL_DEV  (1ULL << 15) /* 5 */
#define SCOPE_SOCKETS (1ULL << 0)  /* 6: abstract unix sockets */
#define SCOPE_SIGNALS (1ULL << 1)  /* 6 */

#define FS_ABI1 ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

#define READING (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)

/* To make, link, rename and remove plain files and directories; a directory can
 * be listed, but what lies in it cannot be read. */
#define WRITING                                                              \
	(LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_WRITE_FILE |       \
	    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR |      \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | \
	    LANDLOCK_ACCESS_FS_REFER)

/* Files, and what is in them stays as it is; directories stay where they are. */
#define MOVING                                                       \
	(LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REFER)

/* All that can be done to plain files and directories. */
#define OWNING (READING | WRITING | FS_TRUNCATE)

/* struct landlock_ruleset_attr as of ABI 6. */
struct ruleset {
	uint64_t files, net, scopes;
};

/* struct landlock_net_port_attr, and its kind, as of ABI 4. */
struct port_rule {
	uint64_t allowed, port;
};
#define RULE_NET_PORT 2

int
landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);

	return abi > 0 ? (int)abi : 0;
}

int
landlock_keeps_signals(int abi)
{
	return abi >= 6;
}

/*
 * All that this kernel can refuse.
 */
static struct ruleset
everything(int abi, size_t *size)
{
	struct ruleset r = { .files = FS_ABI1 };

	*size = sizeof r.files;
	if (abi >= 2)
		r.files |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		r.files |= FS_TRUNCATE;
	if (abi >= 4) {
		r.net = NET_BIND_TCP | NET_CONN_TCP;
		*size += sizeof r.net;
	}
	if (abi >= 5)
		r.files |= FS_IOCTL_DEV;
	if (abi >= 6) {
		r.scopes = SCOPE_SOCKETS | SCOPE_SIGNALS;
		*size += sizeof r.scopes;
	}
	return r;
}

static uint64_t
rights(enum sandbox_right right)
{
	switch (right) {
	case SANDBOX_WRITE:
		return WRITING;
	case SANDBOX_MOVE:
		return MOVING;
	case SANDBOX_OWN:
		return OWNING;
	case SANDBOX_RUN:
		return READING | LANDLOCK_ACCESS_FS_EXECUTE;
	default:
		return READING;
	}
}

static int
leave_open(int ruleset, const struct sandbox_path *path, uint64_t known)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = known & rights(path->right),
		.parent_fd = path->fd > 0 ?
		    path->fd :
		    open(path->path, O_PATH | O_DIRECTORY | O_CLOEXEC),
	};
	long done;

	if (rule.parent_fd < 0)
		return -1;
	done = syscall(SYS_landlock_add_rule, ruleset,
	    LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	if (rule.parent_fd != path->fd)
		close(rule.parent_fd);
	return (int)done;
}

int
landlock_make(
    int abi, const struct sandbox_path *paths, size_t count, const char **which)
{
	size_t size;
	struct ruleset r = everything(abi, &size);
	int fd = (int)syscall(SYS_landlock_create_ruleset, &r, size, 0);

	*which = NULL;
	for (size_t i = 0; fd >= 0 && i < count; i++) {
		if (leave_open(fd, &paths[i], r.files) == 0)
			continue;
		*which = paths[i].path;
		close(fd);
		return -1;
	}
	return fd;
}

int
landlock_add(
    int ruleset, int abi, const struct sandbox_path *paths, size_t count)
{
	size_t size;
	struct ruleset r = everything(abi, &size);

	for (size_t i = 0; i < count; i++)
		if (leave_open(ruleset, &paths[i], r.files) < 0)
			return -1;
	return 0;
}

int
landlock_add_ports(int ruleset, int abi, const uint16_t *ports, size_t count)
{
	if (abi < 4)
		return 0;
	for (size_t i = 0; i < count; i++) {
		struct port_rule rule = { NET_CONN_TCP, ports[i] };

		if (syscall(SYS_landlock_add_rule, ruleset, RULE_NET_PORT,
			&rule, 0) < 0)
			return -1;
	}
	return 0;
}

int
landlock_enter(int ruleset)
{
	return (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
}
