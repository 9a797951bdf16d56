/*
 * store.c - what keeping mails costs at the very least, for tests/bench/mail.py.
 *
 * So many processes, each doing for each file what a Maildir wants and nothing
 * else: write it in tmp/, fsync, rename it into new/, fsync the folder.
 *
 * usage: store FOLDER PROCESSES FILES SIZE
 *
 * Prints: FIGURES files microseconds
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system/clock.h"

#define MOST_PROCESSES 256
#define MOST_BYTES     (1 << 20)

static _Noreturn void
fail(const char *what)
{
	fprintf(stderr, "store: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static void
keep(int folder, const char *name, const char *bytes, size_t size)
{
	char in_tmp[64], in_new[64];
	int fd;

	snprintf(in_tmp, sizeof(in_tmp), "tmp/%s", name);
	snprintf(in_new, sizeof(in_new), "new/%s", name);
	fd = open(in_tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size ||
	    fsync(fd) != 0 || close(fd) != 0 || rename(in_tmp, in_new) != 0 ||
	    fsync(folder) != 0)
		fail(in_tmp);
}

static _Noreturn void
work(int files, const char *bytes, size_t size)
{
	int folder = open("new", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char name[32];

	if (folder < 0)
		fail("new");
	for (int i = 0; i < files; i++) {
		snprintf(name, sizeof(name), "%d.%d", (int)getpid(), i);
		keep(folder, name, bytes, size);
	}
	_exit(EXIT_SUCCESS);
}

int
main(int argc, char **argv)
{
	static char bytes[MOST_BYTES];
	int processes = argc == 5 ? atoi(argv[2]) : 0;
	int files = argc == 5 ? atoi(argv[3]) : 0;
	long size = argc == 5 ? atol(argv[4]) : 0;
	int status, bad = 0;
	int64_t begin;

	if (processes < 1 || processes > MOST_PROCESSES || files < processes ||
	    size < 1 || size > MOST_BYTES) {
		fprintf(stderr, "usage: store FOLDER PROCESSES FILES SIZE\n");
		return 64;
	}
	if (chdir(argv[1]) != 0 ||
	    (mkdir("tmp", 0700) != 0 && errno != EEXIST) ||
	    (mkdir("new", 0700) != 0 && errno != EEXIST))
		fail(argv[1]);
	memset(bytes, 'x', sizeof(bytes));
	begin = clock_us();
	for (int i = 0; i < processes; i++) {
		pid_t pid = fork();

		if (pid < 0)
			fail("fork");
		if (pid == 0)
			work(files / processes, bytes, (size_t)size);
	}
	while (wait(&status) > 0)
		bad += status != 0;
	printf("FIGURES %d %lld\n", files / processes * processes,
	    (long long)(clock_us() - begin));
	return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
