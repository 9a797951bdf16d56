/*
 * args.c - the command line: every kind of option, every fault, --help.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "system/args.h"
#include "system/log.h"
#include "unit/args_line.h"
#include "unit/aside.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool quiet;
static int verbose, form;
static const char *text, *maybe;
static uint64_t number, bytes;
static int64_t timeout_ms;
static struct arg_list listens;

static const struct arg first[] = {
	{ "quiet", NULL, "fewer words", .flag = &quiet, .letter = 'q' },
	{ "verbose", NULL, "more words", .count = &verbose, .letter = 'v' },
	{ "text", "TEXT", "what to say", .text = &text },
	{ "spa", "FILE", "one page", .maybe = &maybe },
	{ 0 },
};
static const struct arg second[] = {
	{ "number", "N", "from 5 to 10", .number = &number, .letter = 'n',
	    .min = 5, .max = 10 },
	{ "timeout", "SECONDS", "wait", .seconds = &timeout_ms, .letter = 't',
	    .min = 1, .max = 60 },
	{ "max-size", "BYTES", "at most", .size = &bytes, .min = 1 },
	{ "listen", "ADDRESS", "where", .list = &listens, .letter = 'l' },
	{ "port", "ADDRESS", "the same as --listen", .same_as = "listen",
	    .letter = 'p' },
	{ "a-very-long-option-name", "common|combined|json", "form",
	    .choice = &form },
	{ 0 },
};
static const struct arg_table first_table = { .options = first };
static const struct arg_table second_table = { .title = "More",
	.options = second };
static const struct arg_table *const tables[] = { &first_table, &second_table,
	NULL };
static const struct args args = {
	.program = "berth-test",
	.synopsis = "[options] [DIR]",
	.about = "A program that is not.",
	.examples = "  berth-test -q\n",
	.tables = tables,
};

static void
parse(void *with)
{
	struct line *l = with;

	l->operands = args_parse(&args, l->argc, l->argv);
}

Test(args, every_kind_is_stored)
{
	struct line l = line_of((const char *const[]){ "-qvv", "--text", "hi",
	    "--spa", "-n", "7", "-t1.5", "--max-size=3K", "-l", "80",
	    "--listen=81", "--a-very=json", NULL });

	parse(&l);
	cr_assert_eq(l.operands, l.argc);
	cr_assert(quiet && verbose == 2);
	cr_assert_str_eq(text, "hi");
	cr_assert_str_eq(maybe, "");
	cr_assert_eq(number, 7);
	cr_assert_eq(timeout_ms, 1500);
	cr_assert_eq(bytes, 3072);
	cr_assert_eq(listens.n, 2);
	cr_assert_str_eq(listens.item[0], "80");
	cr_assert_str_eq(listens.item[1], "81");
	cr_assert_eq(form, 2);
}

Test(args, another_name_is_the_same_option)
{
	struct line l = line_of((const char *const[]){
	    "-p", "80", "--port=81", "-l82", "--po", "83", NULL });

	parse(&l);
	cr_assert_eq(listens.n, 4);
	cr_assert_str_eq(listens.item[0], "80");
	cr_assert_str_eq(listens.item[3], "83");
}

Test(args, what_is_not_given_stays)
{
	struct line l = line_of((const char *const[]){ NULL });

	number = 6;
	timeout_ms = 7;
	text = "before";
	parse(&l);
	cr_assert(number == 6 && timeout_ms == 7 && !quiet && verbose == 0);
	cr_assert_str_eq(text, "before");
}

Test(args, operands_stand_last)
{
	struct line l = line_of((const char *const[]){
	    "one", "-q", "two", "--spa=x.html", "--", "-v", NULL });

	parse(&l);
	cr_assert_eq(l.argc - l.operands, 3);
	cr_assert_str_eq(l.argv[l.operands], "one");
	cr_assert_str_eq(l.argv[l.operands + 1], "two");
	cr_assert_str_eq(l.argv[l.operands + 2], "-v");
	cr_assert(quiet && verbose == 0);
	cr_assert_str_eq(maybe, "x.html");
}

Test(args, a_dash_alone_is_an_operand)
{
	struct line l = line_of((const char *const[]){ "-", NULL });

	parse(&l);
	cr_assert_eq(l.operands, 1);
}

Test(args, numbers_at_their_edges)
{
	static const struct {
		const char *word;
		uint64_t number, bytes;
		int64_t ms;
	} table[] = {
		{ "--number=5", 5, 0, 0 },
		{ "--number=10", 10, 0, 0 },
		{ "--timeout=1", 0, 0, 1000 },
		{ "--timeout=60", 0, 0, 60000 },
		{ "--timeout=1.001", 0, 0, 1001 },
		{ "--timeout=2.5", 0, 0, 2500 },
		{ "--timeout=2.05", 0, 0, 2050 },
		{ "--timeout=59.999", 0, 0, 59999 },
		{ "--max-size=1", 0, 1, 0 },
		{ "--max-size=2M", 0, 2 << 20, 0 },
		{ "--max-size=1G", 0, 1 << 30, 0 },
		{ "--max-size=17179869183G", 0, 17179869183ULL << 30, 0 },
		{ "--max-size=18446744073709551615", 0, UINT64_MAX, 0 },
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct line l =
		    line_of((const char *const[]){ table[i].word, NULL });

		number = bytes = 0;
		timeout_ms = 0;
		parse(&l);
		cr_assert_eq(number, table[i].number, "%s", table[i].word);
		cr_assert_eq(bytes, table[i].bytes, "%s", table[i].word);
		cr_assert_eq(timeout_ms, table[i].ms, "%s", table[i].word);
	}
}

Test(args, a_fault_is_one_line_and_64)
{
	static const struct {
		const char *words[4];
		const char *says;
	} table[] = {
		{ { "--nope" }, "--nope: unknown option (--help lists" },
		{ { "--lsiten" },
		    "--lsiten: unknown option; did you mean --listen?\n" },
		{ { "--LISTEN=80" }, "; did you mean --listen?\n" },
		{ { "--verbosity" }, "--verbosity: unknown option (" },
		{ { "--numbr", "7" }, "; did you mean --number?\n" },
		{ { "--ver" },
		    "--ver: short for any of --verbose, --version\n" },
		{ { "--port" }, "--port: wants a value" },
		{ { "-p" }, "-p: wants a value" },
		{ { "--nope=3" }, "--nope=3: unknown option" },
		{ { "-Z" }, "-Z: unknown option" },
		{ { "-qZv" }, "-Z: unknown option" },
		{ { "--quiet", "-Zv" }, "-Z: unknown option" },
		{ { "--listen" }, "--listen: wants a value" },
		{ { "-l" }, "-l: wants a value" },
		{ { "--quiet", "-vl" }, "-l: wants a value" },
		{ { "--quiet=yes" }, "--quiet=yes: takes no value" },
		{ { "-n", "4" }, "--number 4: not a number from 5 to 10" },
		{ { "-n", "11" }, "--number 11: not a number from 5 to 10" },
		{ { "-n", "x" }, "--number x: not a number" },
		{ { "-n", "" }, "--number : not a number" },
		{ { "-n", "-5" }, "--number -5: not a number" },
		{ { "-n", "7x" }, "--number 7x: not a number" },
		{ { "-t", "0.999" }, "--timeout 0.999: not a number from 1" },
		{ { "-t", "60.001" }, "--timeout 60.001: not a number" },
		{ { "-t", "61" }, "--timeout 61: not a number" },
		{ { "-t", "1." }, "--timeout 1.: not a number" },
		{ { "-t", ".5" }, "--timeout .5: not a number" },
		{ { "-t", "1.0001" }, "--timeout 1.0001: not a number" },
		{ { "-t", "1.2.3" }, "--timeout 1.2.3: not a number" },
		{ { "-t", "2,5" }, "--timeout 2,5: not a number" },
		{ { "--max-size=0" }, "--max-size 0: not a number of at" },
		{ { "--max-size=K" }, "--max-size K: not a number" },
		{ { "--max-size=1KB" }, "--max-size 1KB: not a number" },
		{ { "--max-size=1k" }, "--max-size 1k: not a number" },
		{ { "--max-size=17179869184G" }, "17179869184G: not a number" },
		{ { "--max-size=" }, "--max-size : not a number" },
		{ { "--a-very=xml" }, "not one of those that --help lists" },
		{ { "--a-very=" }, "not one of those that --help lists" },
		{ { "--a-very=common|json" }, "not one of those" },
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct line l = line_of(table[i].words);
		struct aside a;

		log_init("berth-test", SAY_INFO);
		a = aside(parse, &l);
		cr_assert_eq(a.status, 64, "row %zu: %d", i, a.status);
		cr_assert(strstr(a.said, table[i].says) != NULL, "row %zu: %s",
		    i, a.said);
		cr_assert(strncmp(a.said, "berth-test: ", 12) == 0);
		cr_assert(strchr(a.said, '\n') == a.said + strlen(a.said) - 1,
		    "row %zu: one line: %s", i, a.said);
		cr_assert_str_eq(a.wrote, "");
	}
}

static void
give_too_many(void *unused)
{
	char *argv[ARG_LIST_MAX + 3] = { (char *)"berth-test" };

	(void)unused;
	for (int i = 1; i <= ARG_LIST_MAX + 1; i++)
		argv[i] = (char *)"-l80";
	args_parse(&args, ARG_LIST_MAX + 2, argv);
}

Test(args, a_list_has_an_end)
{
	struct aside a = aside(give_too_many, NULL);

	cr_assert_eq(a.status, 64);
	cr_assert(strstr(a.said, "--listen 80: given too often") != NULL);
}

Test(args, help_lists_all_and_exits_0)
{
	static const char *const has[] = {
		"Usage: berth-test [options] [DIR]\n",
		"A program that is not.",
		"\n  -q, --quiet               fewer words\n",
		"\n      --text TEXT           what to say\n",
		"\n      --spa[=FILE]          one page\n",
		"\n      --a-very-long-option-name common|combined|json\n",
		"json\n                            form\n",
		"\n  -h, --help ",
		"\n      --version ",
		"\nExamples:\n  berth-test -q\n",
	};
	struct line l = line_of((const char *const[]){ "--help", NULL });
	struct aside a = aside(parse, &l);

	cr_assert_eq(a.status, 0);
	cr_assert_str_eq(a.said, "");
	for (size_t i = 0; i < COUNT(has); i++)
		cr_assert(strstr(a.wrote, has[i]) != NULL, "%s in:\n%s", has[i],
		    a.wrote);
}

Test(args, version)
{
	struct line l = line_of((const char *const[]){ "--version", NULL });
	struct aside a = aside(parse, &l);

	cr_assert_eq(a.status, 0);
	cr_assert_str_eq(a.wrote, "berth-test (Berth) " BERTH_VERSION "\n");
}
