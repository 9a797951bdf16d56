/*
 * rule.c - tests of mail/rule.h: lines that are rules, and lines that are not.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "mail/rule.h"

static int
parse(const char *text, struct rule *r, const char **why)
{
	static char line[1000];

	strcpy(line, text);
	return rules_parse(line, r, why);
}

Test(rule, whole)
{
	const char *why = "";
	struct rule r;

	cr_assert_eq(parse("rcpt mailbox=a@b to=*@c percent=25 per=to "
			   "label=mine delay 2.5 reply 450 4.2.1 later",
			 &r, &why),
	    1);
	cr_expect_eq(r.stage, RULES_RCPT);
	cr_expect_str_eq(r.mailbox, "a@b");
	cr_expect_str_eq(r.to, "*@c");
	cr_expect_str_eq(r.label, "mine");
	cr_expect_str_eq(r.reply, "450 4.2.1 later");
	cr_expect_eq(r.percent, 25);
	cr_expect_eq(r.per, 't');
	cr_expect_eq(r.delay_ms, 2500);
	cr_expect_eq(parse("data drop 1000", &r, &why), 1);
	cr_expect(r.drop && r.drop_after == 1000);
}

Test(rule, none)
{
	static const char *const empty[] = { "", "  \t", "# a comment" };
	static const char *const bad[] = {
		"nonsense",
		"rcpt",
		"rcpt to=x",
		"rcpt reply",
		"rcpt reply 45 x",
		"rcpt reply 650 x",
		"rcpt what=x reply 450 x",
		"rcpt percent=0 reply 450 x",
		"rcpt percent=101 reply 450 x",
		"rcpt percent=x reply 450 x",
		"rcpt first=0 reply 450 x",
		"rcpt rate=1 reply 450 x",
		"rcpt per=x reply 450 x",
		"rcpt drop 5",
		"rcpt delay x",
		"rcpt delay 3601",
		"connect mailbox=x drop",
		"ehlo mailbox=x drop",
		"auth mailbox=x drop",
		"mail mailbox=x drop",
	};
	/* The word at fault, and what could stand there. */
	static const char *const told[][2] = {
		{ "rcpt percent=101 drop",
		    "\"101\": expected a number from 1 to 100" },
		{ "rcpt per=x drop", "\"x\": expected client, from, to or" },
		{ "rcpt what=x drop",
		    "mailbox=, label=, first=, after=, nth=, "
		    "every=, percent=, rate= or per=" },
		{ "rcpt delay x drop", "\"x\": expected seconds" },
		{ "rcpt delay 3601", "\"3601\": expected seconds" },
	};
	struct rule r;

	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		const char *why = "";

		cr_expect_eq(parse(told[i][0], &r, &why), -1);
		cr_expect_not_null(strstr(why, told[i][1]), "%s", why);
	}
	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
		const char *why = "";

		cr_expect_eq(parse(empty[i], &r, &why), 0, "\"%s\"", empty[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *why = NULL;

		cr_expect_eq(parse(bad[i], &r, &why), -1, "\"%s\"", bad[i]);
		cr_expect(why != NULL && why[0] != '\0', "\"%s\"", bad[i]);
	}
}

/* A fault says what was found, and what that very place expects. */
Test(rule, says_what_was_expected)
{
	static const struct {
		const char *line, *why;
	} all[] = {
		{ "nowhere drop", "\"nowhere\": expected connect, ehlo" },
		{ "rcpt percent=101 drop",
		    "\"101\": expected a number from 1 to 100 behind "
		    "percent=" },
		{ "rcpt rate=5 drop", "\"5\": expected COUNT/SECONDS" },
		{ "rcpt per=day drop", "\"day\": expected client, from" },
		{ "rcpt nth=0 drop", "\"0\": expected a number of 1 or more" },
		{ "rcpt size=1 drop", "\"size\": expected client=, helo=" },
		{ "rcpt size=1 drop", "mailbox=, label=, first=" },
		{ "rcpt size=1 drop", "percent=, rate= or per=" },
		{ "rcpt reply 45", "\"45\": expected a code and a text" },
		{ "rcpt drop 5", "\"5\": expected nothing behind drop" },
		{ "rcpt to=x", "the line ends: expected reply" },
	};
	struct rule r;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const char *why = "";

		cr_expect_eq(parse(all[i].line, &r, &why), -1);
		cr_expect(strstr(why, all[i].why) != NULL, "%s: %s",
		    all[i].line, why);
	}
}
