/*
 * log.c - what the program says about itself: levels, hostile words, ends.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>

#include "grammar/log_line.h"
#include "system/log.h"
#include "unit/aside.h"

static void
say_all(void *level)
{
	log_init("prog", *(enum log_level *)level);
	log_error("e");
	log_warn("w");
	log_info("i %d", 5);
	log_debug("d");
}

Test(log, levels)
{
	static const char *const want[] = {
		[SAY_ERROR] = "prog: e\n",
		[SAY_WARN] = "prog: e\nprog: w\n",
		[SAY_INFO] = "prog: e\nprog: w\nprog: i 5\n",
		[SAY_DEBUG] = "prog: e\nprog: w\nprog: i 5\nprog: d\n",
	};

	for (enum log_level most = SAY_ERROR; most <= SAY_DEBUG; most++) {
		struct aside a = aside(say_all, &most);

		cr_assert_str_eq(a.said, want[most]);
		cr_assert_str_eq(a.wrote, "");
	}
}

static void
say_hostile(void *words)
{
	log_init("prog", SAY_INFO);
	log_info("%s", (const char *)words);
}

Test(log, control_bytes_are_shown)
{
	static const struct {
		const char *words, *line;
	} table[] = {
		{ "", "prog: \n" },
		{ "a\nprog: forged", "prog: a\\x0aprog: forged\n" },
		{ "\r\x1b[2J\x7f\t", "prog: \\x0d\\x1b[2J\\x7f\\x09\n" },
		{ "gr\xc3\xbc\xc3\x9f", "prog: gr\xc3\xbc\xc3\x9f\n" },
		{ ("\xc2\x9b"
		   "31m"),
		    "prog: \\xc2\\x9b31m\n" },
		{ "\xff\xe2\x80\xae\xe2\x80\xacx",
		    "prog: \\xff\\xe2\\x80\\xae\\xe2\\x80\\xacx\n" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct aside a = aside(say_hostile, (void *)table[i].words);

		cr_assert_str_eq(a.said, table[i].line);
	}
}

Test(log, a_long_line_is_cut_and_still_ends)
{
	static const char fill[] = { 'x', '\n' };

	for (size_t i = 0; i < 2; i++) {
		char words[3 * LOG_MAX_LINE];
		struct aside a;
		size_t n;

		memset(words, fill[i], sizeof(words));
		words[sizeof(words) - 1] = '\0';
		a = aside(say_hostile, words);
		n = strlen(a.said);
		cr_assert(n > LOG_MAX_LINE - 10 && n <= LOG_LINE_MAX, "%zu", n);
		cr_assert(strchr(a.said, '\n') == a.said + n - 1);
	}
}

static void
say_pid(void *pid)
{
	log_init("prog", SAY_INFO);
	log_pid();
	log_info("hi");
	(void)pid;
	printf("prog[%d]: hi\n", (int)getpid());
}

Test(log, a_child_names_itself)
{
	struct aside a = aside(say_pid, NULL);

	cr_assert_str_eq(a.said, a.wrote);
}

static void
say_errno(void *unused)
{
	(void)unused;
	errno = EADDRINUSE;
	log_info("x");
	close(STDERR_FILENO);
	log_info("nowhere to go");
	printf("%d", errno == EADDRINUSE);
}

Test(log, errno_is_left_alone)
{
	struct aside a = aside(say_errno, NULL);

	cr_assert_str_eq(a.wrote, "1");
}

static void
do_die(void *unused)
{
	(void)unused;
	log_init("prog", SAY_ERROR);
	die(EXIT_UNAVAILABLE, "port %d is taken", 80);
}

static void
do_bug(void *unused)
{
	(void)unused;
	log_init("prog", SAY_ERROR);
	bug("two plus two is %d", 5);
}

Test(log, die_exits_and_bug_aborts)
{
	struct aside a = aside(do_die, NULL);

	cr_assert_eq(a.status, 69);
	cr_assert_str_eq(a.said, "prog: port 80 is taken\n");
	a = aside(do_bug, NULL);
	cr_assert_eq(a.status, 128 + SIGABRT);
	cr_assert(strncmp(a.said, "prog: two plus two is 5\n", 24) == 0);
}
