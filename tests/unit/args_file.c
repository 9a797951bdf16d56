/*
 * args_file.c - options from a file: what is read, every fault with file and
 * line, who wins; and what --print-config shows, which is such a file again.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include "system/args.h"
#include "system/log.h"
#include "unit/aside.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool quiet, only_here;
static int verbose, form;
static const char *text, *maybe;
static uint64_t number, bytes;
static int64_t timeout_ms;
static struct arg_list listens;

static const struct arg options[] = {
	{ "quiet", NULL, "fewer words", .flag = &quiet, .letter = 'q' },
	{ "verbose", NULL, "more words", .count = &verbose, .letter = 'v' },
	{ "text", "TEXT", "what to say", .text = &text },
	{ "spa", "FILE", "one page", .maybe = &maybe },
	{ "number", "N", "5 to 10", .number = &number, .min = 5, .max = 10 },
	{ "timeout", "SECONDS", "wait", .seconds = &timeout_ms, .max = 60 },
	{ "max-size", "BYTES", "at most", .size = &bytes },
	{ "listen", "ADDRESS", "where", .list = &listens, .letter = 'l' },
	{ "port", "ADDRESS", "where", .same_as = "listen", .letter = 'p' },
	{ "form", "common|json", "form", .choice = &form },
	{ "config", NULL, "not in a file", .flag = &only_here,
	    .line_only = true },
	{ 0 },
};
static const struct arg_table table = { "Options", "part", options };
static const struct arg_table *const tables[] = { &table, NULL };
static const struct args args = {
	.program = "berth-test", .synopsis = "", .about = "", .tables = tables
};

static char path[64]; /* tests run side by side */

static const char *words[8];
static bool named = true;

static void
write_file(const char *what, size_t n)
{
	FILE *f;

	snprintf(path, sizeof(path), "/tmp/berth-args-%d", (int)getpid());
	f = fopen(path, "w");

	cr_assert_not_null(f);
	cr_assert_eq(fwrite(what, 1, n, f), n);
	cr_assert_eq(fclose(f), 0);
}

static void
read_file(void *unused)
{
	char *argv[9] = { (char *)"berth-test" };
	int n = 1;

	(void)unused;
	while (words[n - 1] != NULL) {
		argv[n] = (char *)words[n - 1];
		n++;
	}
	args_parse(&args, n, argv);
	cr_assert(args_file(path, named));
}

static void
read_and_show(void *unused)
{
	read_file(unused);
	args_show();
}

static void
read_text(const char *what)
{
	write_file(what, strlen(what));
	read_file(NULL);
	unlink(path);
}

Test(args_file, every_kind_and_every_way_to_write_it)
{
	read_text("\xef\xbb\xbf# a comment\n"
		  "\n"
		  "   \t \r\n"
		  "quiet\r\n"
		  "--verbose\n"
		  "-v   # again\n"
		  "text  'a # b'  # not that\n"
		  "spa\n"
		  "number = 7\n"
		  "--part-timeout=1.5\n"
		  "max-size\t3K\n"
		  "listen 80\n"
		  "-l 81\n"
		  "port *:82\n"
		  "form json");
	cr_expect(quiet && verbose == 2);
	cr_expect_str_eq(text, "a # b");
	cr_expect_str_eq(maybe, "");
	cr_expect_eq(number, 7);
	cr_expect_eq(timeout_ms, 1500);
	cr_expect_eq(bytes, 3072);
	cr_assert_eq(listens.n, 3);
	cr_expect_str_eq(listens.item[0], "80");
	cr_expect_str_eq(listens.item[1], "81");
	cr_expect_str_eq(listens.item[2], "*:82");
	cr_expect_eq(form, 1);
}

Test(args_file, values)
{
	static const struct {
		const char *line, *text;
	} rows[] = {
		{ "text a b  c", "a b  c" },
		{ "text a#b", "a#b" },
		{ "text a #b", "a" },
		{ "text \"it's\"", "it's" },
		{ "text ' '", " " },
		{ "text ''", "" },
		{ "text a'b'", "a'b'" },
		{ "text==", "=" },
		{ "text = = ", "=" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		read_text(rows[i].line);
		cr_expect_str_eq(
		    text, rows[i].text, "%s: %s", rows[i].line, text);
	}
}

Test(args_file, the_command_line_wins)
{
	words[0] = "--number=9";
	words[1] = "-l1";
	words[2] = "-v";
	read_text("number 5\nlisten 80\nport 81\nverbose\nverbose\ntext t\n");
	cr_expect_eq(number, 9);
	cr_assert_eq(listens.n, 1);
	cr_expect_str_eq(listens.item[0], "1");
	cr_expect_eq(verbose, 1);
	cr_expect_str_eq(text, "t");
}

Test(args_file, a_fault_names_file_and_line)
{
	static const struct {
		const char *what, *says;
	} rows[] = {
		{ "quiet\n\nlsiten 80\n",
		    ":3: lsiten: unknown option; did you mean listen?\n" },
		{ "zzzzzz", ":1: zzzzzz: unknown option\n" },
		{ "--Quiet\n", ":1: --Quiet: unknown option; did you mean" },
		{ "-Z\n", ":1: -Z: unknown option\n" },
		{ "=\n", ":1: : unknown option\n" },
		{ "part-\n", ":1: part-: unknown option" },
		{ "number 4\n", ":1: number 4: not a number from 5 to 10\n" },
		{ "# x\nform xml\n", ":2: form xml: not one of those" },
		{ "quiet yes\n", ":1: quiet: takes no value\n" },
		{ "text\n", ":1: text: wants a value\n" },
		{ "text # a\n", ":1: text: wants a value\n" },
		{ "text 'a\n", ": 'a: the quote is not closed\n" },
		{ "text 'a' b\n", "something stands behind the quotes\n" },
		{ "config\n", ":1: config: only for the command line\n" },
		{ "help\n", ":1: help: only for the command line\n" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct aside a;

		write_file(rows[i].what, strlen(rows[i].what));
		log_init("berth-test", SAY_INFO);
		a = aside(read_file, NULL);
		cr_expect_eq(a.status, 78, "row %zu: %d", i, a.status);
		cr_expect(strstr(a.said, rows[i].says) != NULL, "row %zu: %s",
		    i, a.said);
		cr_expect(
		    strncmp(a.said, "berth-test: /tmp/berth-args", 27) == 0);
		cr_expect(strchr(a.said, '\n') == a.said + strlen(a.said) - 1,
		    "row %zu: one line: %s", i, a.said);
	}
	unlink(path);
}

Test(args_file, bytes_that_do_not_belong)
{
	static char much[ARGS_FILE_MAX + 1];
	struct aside a;

	write_file("text a\0b\n", 9);
	a = aside(read_file, NULL);
	cr_expect_eq(a.status, 78);
	cr_expect(strstr(a.said, "byte of value 0") != NULL, "%s", a.said);
	memset(much, '\n', sizeof(much));
	write_file(much, sizeof(much));
	a = aside(read_file, NULL);
	cr_expect_eq(a.status, 78);
	cr_expect(strstr(a.said, "more than 65536 bytes") != NULL);
	unlink(path);
}

/* A list has an end in a file, too. */
Test(args_file, a_list_has_an_end)
{
	char what[(ARG_LIST_MAX + 1) * 5 + 1] = "";
	struct aside a;

	for (int i = 0; i <= ARG_LIST_MAX; i++)
		strcat(what, "-l 1\n");
	write_file(what, strlen(what));
	a = aside(read_file, NULL);
	cr_expect_eq(a.status, 78);
	cr_expect(strstr(a.said, ":65: listen 1: given too often") != NULL,
	    "%s", a.said);
	unlink(path);
}

Test(args_file, a_file_that_lies_there_must_be_ours)
{
	struct aside a;

	write_file("quiet\n", 6);
	cr_assert_eq(chmod(path, 0666), 0);
	named = false;
	a = aside(read_file, NULL);
	cr_expect_eq(a.status, 78);
	cr_expect(strstr(a.said, "can be written by everybody") != NULL);
	named = true;
	read_file(NULL);
	cr_expect(quiet);
	unlink(path);
	cr_expect(!args_file(path, false));
}

/* What is shown is a file that gives the same again. */
Test(args_file, what_is_shown_can_be_read)
{
	static const char *const has[] = {
		"quiet                                   # /tmp/berth-args-",
		"#verbose\n",
		"text 'a # b'                            # command line\n",
		"spa x                                   # command line\n",
		"number 5                                # default\n",
		"timeout 1.25                            # /tmp/berth-args-",
		"#max-size BYTES\n",
		"listen 80                               # /tmp/berth-args-",
		"listen 81                               # /tmp/berth-args-",
		"form common                             # default\n",
	};
	static const char given[] = "quiet\ntimeout 1.250\nport 80\n-p 81\n";
	struct aside a, again;

	number = 5;
	words[0] = "--text=a # b";
	words[1] = "--spa=x";
	write_file(given, strlen(given));
	a = aside(read_and_show, NULL);
	cr_assert_eq(a.status, 0, "%s", a.said);
	for (size_t i = 0; i < COUNT(has); i++)
		cr_expect(strstr(a.wrote, has[i]) != NULL, "%s in:\n%s", has[i],
		    a.wrote);
	cr_expect(strstr(a.wrote, "port") == NULL);
	words[0] = NULL;
	write_file(a.wrote, strlen(a.wrote));
	again = aside(read_and_show, NULL);
	cr_assert_eq(again.status, 0, "%s", again.said);
	cr_expect(
	    strstr(again.wrote, "text 'a # b'  ") != NULL, "%s", again.wrote);
	cr_expect(strstr(again.wrote, "timeout 1.25 ") != NULL);
	cr_expect(strstr(again.wrote, "listen 81 ") != NULL);
	unlink(path);
}
