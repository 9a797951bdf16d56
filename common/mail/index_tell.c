/*
 * index_tell.c - tell those who wait that the index has changed, or cannot.
 *
 * How the indexer is shows in the length of the file, for to lengthen it takes
 * no room: as long as the count, or one byte more for each index_status.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
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
	(void)!ftruncate(fd, (off_t)sizeof(count) - w->behind);
	close(fd);
}

void
index_fall_behind(struct index_writer *w, int status)
{
	if (status == w->behind)
		return;
	w->behind = status;
	index_tell(w);
}

int
index_behind(int root)
{
	struct stat st;
	off_t more;

	if (fstatat(root, INDEX_CHANGED, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? INDEX_ABSENT : 0;
	more = st.st_size - (off_t)sizeof(uint64_t);
	return more > 0 && more <= -INDEX_FAILED ? -(int)more : 0;
}
