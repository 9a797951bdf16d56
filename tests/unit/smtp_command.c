/*
 * smtp_command.c - tests of grammar/smtp_command.h.
 */
#include <criterion/criterion.h>

#include "grammar/smtp_command.h"

/* clang-format off */
static const struct {
	struct slice line;
	enum smtp_verb verb;
	const char *args;
} lines[] = {
	{ SLICE("EHLO x"), SMTP_V_EHLO, "x" },
	{ SLICE("ehlo x"), SMTP_V_EHLO, "x" },
	{ SLICE("eHlO\tx "), SMTP_V_EHLO, "x" },
	{ SLICE("HELO"), SMTP_V_HELO, "" },
	{ SLICE("LHLO x"), SMTP_V_LHLO, "x" },
	{ SLICE("MAIL FROM:<a@b> SIZE=1"), SMTP_V_MAIL, "FROM:<a@b> SIZE=1" },
	{ SLICE("RCPT TO:<a@b>"), SMTP_V_RCPT, "TO:<a@b>" },
	{ SLICE("DATA"), SMTP_V_DATA, "" },
	{ SLICE("DATA   "), SMTP_V_DATA, "" },
	{ SLICE("BDAT 1 LAST"), SMTP_V_BDAT, "1 LAST" },
	{ SLICE("RSET"), SMTP_V_RSET, "" },
	{ SLICE("NOOP what ever"), SMTP_V_NOOP, "what ever" },
	{ SLICE("QUIT"), SMTP_V_QUIT, "" },
	{ SLICE("VRFY a"), SMTP_V_VRFY, "a" },
	{ SLICE("HELP"), SMTP_V_HELP, "" },
	{ SLICE("AUTH PLAIN ="), SMTP_V_AUTH, "PLAIN =" },
	{ SLICE("STARTTLS"), SMTP_V_STARTTLS, "" },
	{ SLICE("EXPN list"), SMTP_V_OTHER, "list" },
	{ SLICE("TURN"), SMTP_V_OTHER, "" },
	{ SLICE("GET / HTTP/1.1"), SMTP_V_HTTP, "/ HTTP/1.1" },
	{ SLICE("POST / HTTP/1.1"), SMTP_V_HTTP, "/ HTTP/1.1" },
	{ SLICE("CONNECT a:25 HTTP/1.1"), SMTP_V_HTTP, "a:25 HTTP/1.1" },
	{ SLICE("Host: 127.0.0.1:1025"), SMTP_V_HTTP, "127.0.0.1:1025" },
	{ SLICE("Content-Type: a/b"), SMTP_V_HTTP, "a/b" },
	{ SLICE("Host(a): b"), SMTP_V_UNKNOWN, "b" },
	{ SLICE(":"), SMTP_V_UNKNOWN, "" },
	{ SLICE("EHLOx"), SMTP_V_UNKNOWN, "" },
	{ SLICE("EHL"), SMTP_V_UNKNOWN, "" },
	{ SLICE("DATA\0"), SMTP_V_UNKNOWN, "" },
	{ SLICE(""), SMTP_V_UNKNOWN, "" },
	{ SLICE("   "), SMTP_V_UNKNOWN, "" },
};
/* clang-format on */

Test(smtp_command, words_and_arguments)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct smtp_command c;

		smtp_command_parse(lines[i].line, &c);
		cr_expect_eq(
		    c.row->verb, lines[i].verb, "\"%s\"", lines[i].line.p);
		cr_expect(
		    slice_is(c.args, lines[i].args), "\"%s\"", lines[i].line.p);
	}
}

Test(smtp_command, every_verb_has_its_row)
{
	for (int v = 0; v < SMTP_VERBS; v++)
		cr_expect_eq((int)smtp_row((enum smtp_verb)v)->verb, v);
	cr_expect_eq(
	    (int)smtp_row((enum smtp_verb)SMTP_VERBS)->verb, SMTP_V_UNKNOWN);
}

/* clang-format off */
static const struct {
	enum smtp_verb verb;
	unsigned states;
	bool ends_group; /* RFC 2920 3.1 */
} when[] = {
	{ SMTP_V_MAIL, SMTP_READY, false },
	{ SMTP_V_RCPT, SMTP_MAIL | SMTP_RCPT, false },
	{ SMTP_V_DATA, SMTP_RCPT, true },
	{ SMTP_V_BDAT, SMTP_RCPT | SMTP_CHUNK, false },
	{ SMTP_V_RSET, SMTP_ANY, false },
	{ SMTP_V_EHLO, SMTP_ANY, true },
	{ SMTP_V_VRFY, SMTP_ANY, true },
	{ SMTP_V_NOOP, SMTP_ANY, true },
	{ SMTP_V_QUIT, SMTP_ANY, true },
	{ SMTP_V_AUTH, SMTP_READY, true },
};
/* clang-format on */

Test(smtp_command, when_each_may_be_said)
{
	for (size_t i = 0; i < sizeof(when) / sizeof(when[0]); i++) {
		const struct smtp_row *row = smtp_row(when[i].verb);

		cr_expect_eq(row->states, when[i].states, "%s", row->name);
		cr_expect_eq(
		    row->ends_group, when[i].ends_group, "%s", row->name);
	}
}

/* clang-format off */
static const struct {
	const char *row;
	struct slice line;
	int status;
} checks[] = {
	{ "plain", SLICE("MAIL FROM:<a@b>\t"), 0 },
	{ "NUL in command", SLICE("NOOP \0"), SMTP_LINE_CONTROL },
	{ "CR in addresses", SLICE("EHLO a\rb"), SMTP_LINE_CONTROL },
	{ "control bytes", SLICE("NOOP \x1b[A"), SMTP_LINE_CONTROL },
	{ "control bytes", SLICE("NOOP \x7f"), SMTP_LINE_CONTROL },
	{ "8-bit in command", SLICE("MAIL FROM:<\xc3\xbc@b>"), 1 },
	{ "invalid UTF-8", SLICE("MAIL FROM:<\xfc@b>"), SMTP_LINE_UTF8 },
};

static const struct {
	const char *row;
	struct slice args;
	int status;
	uint64_t size;
	bool last;
} bdats[] = {
	{ "BDAT size", SLICE("0"), 0, 0, false },
	{ "BDAT size", SLICE("0 LAST"), 0, 0, true },
	{ "BDAT size", SLICE("86 last"), 0, 86, true },
	{ "BDAT size", SLICE("86  LAST"), 0, 86, true },
	{ "BDAT size", SLICE("18446744073709551615"), 0, UINT64_MAX, false },
	{ "BDAT size", SLICE("18446744073709551616"), 0, UINT64_MAX, false },
	{ "BDAT size", SLICE("99999999999999999999999999"), 0, UINT64_MAX, false },
	{ "BDAT size", SLICE("-1"), -1, 0, false },
	{ "BDAT size", SLICE("+1"), -1, 0, false },
	{ "BDAT size", SLICE("1x"), -1, 0, false },
	{ "BDAT size", SLICE("0x10"), -1, 0, false },
	{ "BDAT size", SLICE("LAST"), -1, 0, false },
	{ "BDAT size", SLICE("1 FIRST"), -1, 0, false },
	{ "BDAT size", SLICE("1 LAST 2"), -1, 0, false },
	{ "BDAT size", SLICE(""), -1, 0, false },
};
/* clang-format on */

Test(smtp_command, bytes_of_a_line)
{
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		cr_expect_eq(smtp_line_check(checks[i].line), checks[i].status,
		    "row %zu (%s)", i, checks[i].row);
}

Test(smtp_command, bdat)
{
	for (size_t i = 0; i < sizeof(bdats) / sizeof(bdats[0]); i++) {
		uint64_t size = 0;
		bool last = false;
		int status = smtp_bdat(bdats[i].args, &size, &last);

		cr_expect_eq(
		    status, bdats[i].status, "\"%s\"", bdats[i].args.p);
		if (status < 0 || bdats[i].status < 0)
			continue;
		cr_expect_eq(size, bdats[i].size, "\"%s\"", bdats[i].args.p);
		cr_expect_eq(last, bdats[i].last, "\"%s\"", bdats[i].args.p);
	}
}
