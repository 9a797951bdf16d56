/*
 * args_parts.c - a command line of two parts that share a name: whose an option
 * is, and what --help and faults call it.
 */
#include <criterion/criterion.h>
#include <stdbool.h>
#include <string.h>

#include "system/args.h"
#include "unit/args_line.h"
#include "unit/aside.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The first has it, the other says whose. */
static const char *site_auth, *mail_auth;
static bool lmtp, letter;
static const struct arg site[] = {
	{ "auth", "FILE", "who may see it", .text = &site_auth },
	{ 0 },
};
static const struct arg mail[] = {
	{ "auth", "off|FILE", "who may send", .text = &mail_auth },
	{ "lmtp", NULL, "speak LMTP", .flag = &lmtp },
	{ "once", NULL, "one only", .flag = &letter, .letter = 'o' },
	{ 0 },
};
static const struct arg_table site_table = { "Site", "http", site };
static const struct arg_table mail_table = { "Mail", "smtp", mail };
static const struct arg_table *const parts[] = { &site_table, &mail_table,
	NULL };
static const struct args suite = { .program = "berth-test",
	.synopsis = "",
	.about = "Two parts.",
	.tables = parts };

static void
parse_suite(void *with)
{
	struct line *l = with;

	l->operands = args_parse(&suite, l->argc, l->argv);
}

Test(args_parts, a_part_may_be_named_and_must_where_two_share_a_name)
{
	static const struct {
		const char *words[4];
		const char *site, *mail;
		bool lmtp, letter;
	} table[] = {
		{ { "--auth=a" }, "a", NULL, false, false },
		{ { "--http-auth=a" }, "a", NULL, false, false },
		{ { "--smtp-auth", "b" }, NULL, "b", false, false },
		{ { "--smtp-auth=b", "--auth=a" }, "a", "b", false, false },
		{ { "--lmtp" }, NULL, NULL, true, false },
		{ { "--smtp-lmtp", "-o" }, NULL, NULL, true, true },
		{ { "--lm" }, NULL, NULL, true, false },
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct line l = line_of(table[i].words);

		site_auth = mail_auth = NULL;
		lmtp = letter = false;
		parse_suite(&l);
		cr_assert_str_eq(site_auth != NULL ? site_auth : "-",
		    table[i].site != NULL ? table[i].site : "-", "row %zu", i);
		cr_assert_str_eq(mail_auth != NULL ? mail_auth : "-",
		    table[i].mail != NULL ? table[i].mail : "-", "row %zu", i);
		cr_assert_eq(lmtp, table[i].lmtp, "row %zu", i);
		cr_assert_eq(letter, table[i].letter, "row %zu", i);
	}
}

Test(args_parts, help_shows_parts_and_the_name_that_works)
{
	static const char *const has[] = {
		"\nSite:\n      --auth FILE           who may see it\n",
		"\nMail:\n      --smtp-auth off|FILE  who may send\n",
		"\n      --lmtp                speak LMTP\n",
		"--http-NAME, --smtp-NAME",
	};
	struct line l = line_of((const char *const[]){ "--help", NULL });
	struct aside a = aside(parse_suite, &l);

	cr_assert_eq(a.status, 0);
	for (size_t i = 0; i < COUNT(has); i++)
		cr_assert(strstr(a.wrote, has[i]) != NULL, "%s in:\n%s", has[i],
		    a.wrote);
}

Test(args_parts, a_fault_names_the_option_as_it_is_shown)
{
	struct line l = line_of((const char *const[]){ "--http-lmtp", NULL });
	struct aside a = aside(parse_suite, &l);

	cr_assert_eq(a.status, 64);
	cr_assert(strstr(a.said, "--http-lmtp: unknown option") != NULL);
}
