/*
 * io.c - reading and writing in full, interrupted or not; descriptors.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/clock.h"
#include "system/io.h"
#include "system/image.h"

#define MUCH 300000 /* more than a pipe holds */

static char sent[MUCH], got[MUCH];

static void
ignore(int sig)
{
	(void)sig;
}

/* A slow and rude partner: short pieces, and a signal before each. */
struct partner {
	pthread_t whom;
	int fd;
	size_t piece;
};

static void *
write_in_pieces(void *with)
{
	struct partner *p = with;

	for (size_t at = 0; at < MUCH; at += p->piece) {
		size_t n = MUCH - at < p->piece ? MUCH - at : p->piece;

		pthread_kill(p->whom, SIGUSR1);
		io_write_all(p->fd, sent + at, n);
	}
	close(p->fd);
	return NULL;
}

static void *
read_in_pieces(void *with)
{
	struct partner *p = with;
	size_t at = 0;

	while (at < MUCH) {
		ssize_t n = read(p->fd, got + at,
		    MUCH - at < p->piece ? MUCH - at : p->piece);

		if (n <= 0)
			break;
		at += (size_t)n;
		pthread_kill(p->whom, SIGUSR1);
	}
	return NULL;
}

static void
prepare(int pipe_ends[2])
{
	struct sigaction act = { .sa_handler = ignore }; /* no SA_RESTART */

	cr_assert_eq(sigaction(SIGUSR1, &act, NULL), 0);
	cr_assert_eq(pipe2(pipe_ends, O_CLOEXEC), 0);
	for (size_t i = 0; i < MUCH; i++)
		sent[i] = (char)(i * 7 + i / 251);
}

Test(io, read_all_gathers_pieces_across_signals)
{
	int ends[2];
	struct partner p = { .whom = pthread_self(), .piece = 977 };
	pthread_t thread;

	prepare(ends);
	p.fd = ends[1];
	cr_assert_eq(pthread_create(&thread, NULL, write_in_pieces, &p), 0);
	cr_assert_eq(io_read_all(ends[0], got, MUCH), MUCH);
	pthread_join(thread, NULL);
	cr_assert(memcmp(sent, got, MUCH) == 0);
	cr_assert_eq(io_read_all(ends[0], got, 1), 0, "then it is at its end");
}

Test(io, write_all_goes_on_across_signals)
{
	int ends[2];
	struct partner p = { .whom = pthread_self(), .piece = 1013 };
	pthread_t thread;

	prepare(ends);
	p.fd = ends[0];
	cr_assert_eq(pthread_create(&thread, NULL, read_in_pieces, &p), 0);
	cr_assert_eq(io_write_all(ends[1], sent, MUCH), MUCH);
	pthread_join(thread, NULL);
	cr_assert(memcmp(sent, got, MUCH) == 0);
}

Test(io, read_all_is_short_at_the_end)
{
	int ends[2];
	char to[10];

	prepare(ends);
	cr_assert_eq(io_write_all(ends[1], "abc", 3), 3);
	close(ends[1]);
	cr_assert_eq(io_read_all(ends[0], to, sizeof(to)), 3);
	cr_assert(memcmp(to, "abc", 3) == 0);
	cr_assert_eq(io_read_all(ends[0], to, 0), 0);
}

Test(io, faults_are_told)
{
	int ends[2];
	char to[4];

	prepare(ends);
	signal(SIGPIPE, SIG_IGN);
	close(ends[0]);
	cr_assert_eq(io_write_all(ends[1], "abc", 3), -1);
	cr_assert_eq(errno, EPIPE);
	cr_assert_eq(io_read_all(-1, to, 4), -1);
	cr_assert_eq(errno, EBADF);
}

Test(io, standard_descriptors_are_filled)
{
	int kept[3], fd, high;

	for (int i = 0; i < 3; i++)
		kept[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
	high = open("/", O_RDONLY | O_CLOEXEC);
	close(0);
	close(2);
	cr_assert_eq(io_fill_standard(), 0);
	fd = open("/", O_RDONLY | O_CLOEXEC);
	for (int i = 0; i < 3; i++)
		cr_assert_geq(fcntl(i, F_GETFD), 0, "%d is open", i);
	cr_assert_gt(fd, high, "and what is opened next lands behind");
	cr_assert_eq(read(0, got, 1), 0, "0 reads nothing");
	for (int i = 0; i < 3; i++)
		dup2(kept[i], i);
}

Test(io, a_line_is_drawn_above_all_that_is_open)
{
	int low = open("/", O_RDONLY | O_CLOEXEC);
	int at = fcntl(low, F_DUPFD_CLOEXEC, 40);
	int line, next;

	cr_assert(low >= 0 && at >= 40);
	line = io_draw_line();
	cr_assert_eq(line, at + 1);
	for (int i = 0; i < line; i++)
		cr_assert_geq(fcntl(i, F_GETFD), 0, "%d is filled", i);
	next = open("/", O_RDONLY | O_CLOEXEC);
	cr_assert_geq(next, line);
	cr_assert_eq(io_draw_line(), next + 1, "and again, later");
}

Test(io, a_descriptor_of_a_path_is_below_the_line_too)
{
	int fd = open("/", O_PATH | O_CLOEXEC);

	cr_assert_geq(fd, 0);
	cr_assert_gt(io_draw_line(), fd);
}

/* Which file is on a descriptor; 0: none, or another than a and b. */
static int
which(int fd, const struct stat *a, const struct stat *b)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return 0;
	if (st.st_dev == a->st_dev && st.st_ino == a->st_ino)
		return 1;
	return st.st_dev == b->st_dev && st.st_ino == b->st_ino ? 2 : 0;
}

Test(io, a_row_is_made_and_undone)
{
	struct stat a, b;
	struct io_row row;
	int fds[3], free_at;

	/* What is to be moved stands in the way of its own row. */
	fds[0] = fcntl(open("/", O_RDONLY | O_CLOEXEC), F_DUPFD_CLOEXEC, 101);
	fds[1] =
	    fcntl(open("/dev", O_RDONLY | O_CLOEXEC), F_DUPFD_CLOEXEC, 100);
	fds[2] = fds[0];
	free_at = 102;
	cr_assert_eq(fds[0], 101);
	cr_assert_eq(fds[1], 100);
	cr_assert_eq(fstat(101, &a), 0);
	cr_assert_eq(fstat(100, &b), 0);
	cr_assert_eq(io_row_make(&row, 100, fds, 3), 0);
	cr_expect_eq(which(100, &a, &b), 1);
	cr_expect_eq(which(101, &a, &b), 2);
	cr_expect_eq(which(102, &a, &b), 1);
	for (int i = 100; i < 103; i++)
		cr_expect_eq(fcntl(i, F_GETFD), 0, "%d survives exec", i);
	io_row_undo(&row);
	cr_expect_eq(which(101, &a, &b), 1);
	cr_expect_eq(which(100, &a, &b), 2);
	cr_expect_eq(fcntl(free_at, F_GETFD), -1);
	cr_expect_eq(fcntl(100, F_GETFD), FD_CLOEXEC);
	cr_expect_eq(fcntl(IMAGE_HIGH_FD, F_GETFD), -1, "nothing is left");
}

Test(io, a_row_that_cannot_be_made_changes_nothing)
{
	int fd = fcntl(open("/", O_RDONLY | O_CLOEXEC), F_DUPFD_CLOEXEC, 100);
	int many[IO_ROW_MAX + 1], fds[] = { fd, -1 };
	struct io_row row;

	cr_assert_eq(io_row_make(&row, 100, fds, 2), -1);
	cr_expect_eq(errno, EBADF);
	cr_expect_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	for (int i = 0; i <= IO_ROW_MAX; i++)
		many[i] = fd;
	cr_assert_eq(io_row_make(&row, 100, many, IO_ROW_MAX + 1), -1);
	cr_expect_eq(errno, EMFILE);
	cr_expect_eq(fcntl(IMAGE_HIGH_FD, F_GETFD), -1, "nothing is left");
}
