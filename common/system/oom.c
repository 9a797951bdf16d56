/*
 * oom.c - whom the kernel takes when memory runs out.
 */
#include "system/oom.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define OOM_MAX 1000

void
oom_volunteer(void)
{
	int fd = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
	char text[16] = "";
	long score;
	int n;

	if (fd < 0)
		return;
	if (pread(fd, text, sizeof(text) - 1, 0) > 0) {
		score = strtol(text, NULL, 10) + OOM_FIRST;
		n = snprintf(text, sizeof(text), "%ld",
		    score < OOM_MAX ? score : OOM_MAX);
		if (pwrite(fd, text, (size_t)n, 0) < 0) {
			/* Then it is as likely to be taken as we are. */
		}
	}
	close(fd);
}
