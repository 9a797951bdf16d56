/*
 * login_file.c - tests of system/login_file.h.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rig/rig.h"
#include "system/login_file.h"

static const struct {
	const char *text, *line; /* NULL: there is none */
} rows[] = {
	{ "ann:secret\n", "ann:secret" },
	{ "ann:secret", "ann:secret" },
	{ "ann:secret\r\nand more\n", "ann:secret" },
	{ "ann: a:b \n", "ann: a:b " },
	{ "", NULL },
	{ "\nann:secret\n", NULL },
	{ "ann\n", NULL },
	{ ":secret\n", NULL },
	{ "ann:\n", NULL },
};

static int
open_file(const char *text)
{
	int fd = open(rig_file(rig_place(), "login", text), O_RDONLY);

	cr_assert_geq(fd, 0);
	return fd;
}

Test(login_file, lines)
{
	char line[LOGIN_FILE_MAX];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int fd = open_file(rows[i].text);

		/* Twice: the second reader begins at its beginning, too. */
		for (int turn = 0; turn < 2; turn++) {
			int status = login_file_read(fd, line);

			cr_expect_eq(status, rows[i].line == NULL ? -1 : 0,
			    "%s", rows[i].text);
			if (rows[i].line != NULL)
				cr_expect_str_eq(line, rows[i].line);
			else
				cr_expect_eq(errno, EINVAL);
		}
		close(fd);
	}
}

Test(login_file, lengths)
{
	char text[2 * LOGIN_FILE_MAX + 1], line[LOGIN_FILE_MAX];
	int fd;

	for (size_t n = LOGIN_FILE_MAX - 2; n < 2 * LOGIN_FILE_MAX; n++) {
		memset(text, 'x', n);
		text[1] = ':';
		text[n] = '\0';
		fd = open_file(text);
		cr_expect_eq(login_file_read(fd, line),
		    n < LOGIN_FILE_MAX ? 0 : -1, "%zu", n);
		close(fd);
		if (n == LOGIN_FILE_MAX + 2)
			n = 2 * LOGIN_FILE_MAX - 2;
	}
}

Test(login_file, a_pipe_and_nothing)
{
	char line[LOGIN_FILE_MAX];
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(write(ends[1], "a:b\n", 4), 4);
	cr_expect_eq(login_file_read(ends[0], line), 0);
	cr_expect_str_eq(line, "a:b");
	close(ends[0]);
	close(ends[1]);
	cr_expect_eq(login_file_read(ends[0], line), -1);
	cr_expect_eq(errno, EBADF);
}
