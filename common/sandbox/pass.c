/*
 * pass.c - the sandbox of a child that execs itself: what the master knows of
 * it is passed on, so that neither the trial nor the making of the filters is
 * repeated in each child.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "sandbox/sandbox.h"
#include "sandbox/plan.h"
#include "system/io.h"
#include "system/image.h"

/* As it lies in the file; both ends are the same program. */
struct passed {
	int abi;
	bool seccomp;
	struct sandbox_filters filters;
};

int
sandbox_bequeath(const struct sandbox_plan *p)
{
	struct passed all = {
		.abi = p->abi, .seccomp = p->seccomp, .filters = p->filters
	};
	int fd = memfd_create("berth-sandbox", MFD_CLOEXEC);

	if (fd < 0 || io_write_all(fd, &all, sizeof(all)) < 0 ||
	    lseek(fd, 0, SEEK_SET) < 0)
		return -1;
	return dup2(fd, IMAGE_SANDBOX_FD) < 0 ? -1 : 0;
}

bool
sandbox_inherit(struct sandbox_plan *p)
{
	struct passed all;
	ssize_t got = io_read_all(IMAGE_SANDBOX_FD, &all, sizeof(all));

	close(IMAGE_SANDBOX_FD);
	if (got != (ssize_t)sizeof(all) || all.abi > p->abi)
		return false;
	p->abi = all.abi;
	p->seccomp = p->seccomp && all.seccomp;
	p->filters = all.filters;
	return true;
}
