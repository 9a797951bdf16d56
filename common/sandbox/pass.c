/*
 * pass.c - the sandbox of a child that execs itself: what the master knows of
 * it is passed on, so that neither the trial nor the making of the filters is
 * repeated in each child.
 */
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
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

static void
take(struct seccomp_filter *to, const struct seccomp_filter *from)
{
	if (from->length == 0)
		return;
	to->length = from->length;
	memcpy(to->code, from->code, from->length * sizeof(*from->code));
}

void
sandbox_take_filters(struct sandbox_plan *p, const struct sandbox_filters *f)
{
	take(&p->filters.child, &f->child);
	take(&p->filters.zygote, &f->zygote);
	take(&p->filters.logger, &f->logger);
	take(&p->filters.deaf, &f->deaf);
	take(&p->filters.restored, &f->restored);
	take(&p->filters.restorer, &f->restorer);
	for (size_t i = 0; i < SERVICE_MAX; i++) {
		take(&p->filters.less[i], &f->less[i]);
		p->lessens[i] = f->less[i].length > 0;
	}
}

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
	struct stat st = { 0 };
	struct passed *all = MAP_FAILED;
	bool good;

	/* A stack that it was read to would be every child's. */
	if (fstat(IMAGE_SANDBOX_FD, &st) == 0 && st.st_size == sizeof(*all))
		all = mmap(NULL, sizeof(*all), PROT_READ, MAP_PRIVATE,
		    IMAGE_SANDBOX_FD, 0);
	close(IMAGE_SANDBOX_FD);
	if (all == MAP_FAILED)
		return false;
	good = all->abi <= p->abi;
	if (good) {
		p->abi = all->abi;
		p->seccomp = p->seccomp && all->seccomp;
		sandbox_take_filters(p, &all->filters);
	}
	munmap(all, sizeof(*all));
	return good;
}
