/*
 * index_tell.c - tell those who wait that the index has changed.
 */
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "mail/index_writer.h"

void
index_tell(const struct index_writer *w)
{
	uint64_t count = (uint64_t)w->generation;
	int fd = openat(w->dir, "changed",
	    O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return;
	(void)!pwrite(fd, &count, sizeof(count), 0);
	close(fd);
}
