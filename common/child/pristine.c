/*
 * pristine.c - sealed memory with pristine pages.
 */
#include "child/pristine.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE  ((size_t)4096)
#define PAGES ((size_t)1024)
#define SIZE  (PAGES * PAGE)

int
pristine_open(struct pristine *s)
{
	int fd =
	    memfd_create("berth-pristine", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	void *write = MAP_FAILED, *read = MAP_FAILED;
	int error;

	*s = (struct pristine){ 0 };
	if (fd < 0)
		return -1;
	if (ftruncate(fd, SIZE) == 0)
		write =
		    mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (write != MAP_FAILED &&
	    fcntl(fd, F_ADD_SEALS,
		F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE |
		    F_SEAL_SEAL) == 0)
		read = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);
	error = errno;
	close(fd);
	if (read == MAP_FAILED) {
		if (write != MAP_FAILED)
			munmap(write, SIZE);
		errno = error;
		return -1;
	}
	s->write = write;
	s->read = read;
	return 0;
}

void
pristine_only_read(struct pristine *s)
{
	if (s->write != NULL)
		munmap(s->write, SIZE);
	s->write = NULL;
}

void
pristine_close(struct pristine *s)
{
	pristine_only_read(s);
	if (s->read != NULL)
		munmap((void *)s->read, SIZE);
	*s = (struct pristine){ 0 };
}

uint64_t
pristine_add(struct pristine *s, const char *page)
{
	size_t at = s->used * PAGE;

	if (s->write == NULL || s->used == PAGES)
		return 0;
	memcpy(s->write + at, page, PAGE);
	s->used++;
	return (uint64_t)(uintptr_t)s->read + at;
}
