/*
 * smtp_params.c - tests of grammar/smtp_params.h: MAIL and RCPT.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "grammar/smtp_params.h"

#define A100                                                                  \
	"0123456789012345678901234567890123456789012345678901234567890123456" \
	"789012345678901234567890123456789"

/* clang-format off */
static const struct {
	const char *row;
	struct slice args;
	int status;
	const char *what; /* what is at fault, or the address */
} mails[] = {
	{ "MAIL FROM:<>", SLICE("FROM:<>"), SMTP_OK, "" },
	{ "plain", SLICE("FROM:<a@b>"), SMTP_OK, "a@b" },
	{ "plain", SLICE("from:<a@b>"), SMTP_OK, "a@b" },
	{ "space after colon", SLICE("FROM: <a@b>"), SMTP_OK, "a@b" },
	{ "space after colon", SLICE("FROM : <a@b>"), SMTP_OK, "a@b" },
	{ "no <>", SLICE("FROM:a@b"), SMTP_OK, "a@b" },
	{ "no <>", SLICE("FROM: a@b SIZE=5"), SMTP_OK, "a@b" },
	{ "no path", SLICE("FROM"), SMTP_NO_PATH, "FROM" },
	{ "no path", SLICE("FROM:"), SMTP_NO_PATH, "" },
	{ "no path", SLICE("TO:<a@b>"), SMTP_NO_PATH, "TO:<a@b>" },
	{ "no path", SLICE("<a@b>"), SMTP_NO_PATH, "<a@b>" },
	{ "bad path", SLICE("FROM:<a@>"), SMTP_BAD_PATH, "<a@>" },
	{ "source route", SLICE("FROM:<@a,@b:u@c>"), SMTP_OK, "u@c" },
	{ "SIZE=", SLICE("FROM:<a@b> SIZE=0"), SMTP_OK, "a@b" },
	{ "SIZE=", SLICE("FROM:<a@b> size=12345678901234567890"), SMTP_OK, "a@b" },
	{ "SIZE=", SLICE("FROM:<a@b> SIZE=99999999999999999999"), SMTP_OK, "a@b" },
	{ "SIZE=", SLICE("FROM:<a@b> SIZE=123456789012345678901"), SMTP_BAD_VALUE, "SIZE=123456789012345678901" },
	{ "SIZE=", SLICE("FROM:<a@b> SIZE=-1"), SMTP_BAD_VALUE, "SIZE=-1" },
	{ "SIZE=", SLICE("FROM:<a@b> SIZE=1k"), SMTP_BAD_VALUE, "SIZE=1k" },
	{ "duplicate/empty parameter", SLICE("FROM:<a@b> SIZE="), SMTP_BAD_VALUE, "SIZE=" },
	{ "duplicate/empty parameter", SLICE("FROM:<a@b> SIZE"), SMTP_BAD_VALUE, "SIZE" },
	{ "duplicate/empty parameter", SLICE("FROM:<a@b> SIZE=1 size=1"), SMTP_TWICE, "size=1" },
	{ "duplicate/empty parameter", SLICE("FROM:<a@b> =1"), SMTP_BAD_WORD, "=1" },
	{ "unknown MAIL/RCPT parameter", SLICE("FROM:<a@b> FOO=1"), SMTP_UNKNOWN, "FOO=1" },
	{ "unknown MAIL/RCPT parameter", SLICE("FROM:<a@b> NOTIFY=NEVER"), SMTP_UNKNOWN, "NOTIFY=NEVER" },
	{ "unknown MAIL/RCPT parameter", SLICE("FROM:<a@b> F\"O"), SMTP_BAD_WORD, "F\"O" },
	{ "8-bit body", SLICE("FROM:<a@b> BODY=8BITMIME"), SMTP_OK, "a@b" },
	{ "8-bit body", SLICE("FROM:<a@b> BODY=7bit"), SMTP_OK, "a@b" },
	{ "8-bit body", SLICE("FROM:<a@b> BODY=BINARYMIME"), SMTP_OK, "a@b" },
	{ "8-bit body", SLICE("FROM:<a@b> BODY=9BIT"), SMTP_BAD_VALUE, "BODY=9BIT" },
	{ "8-bit in command without SMTPUTF8", SLICE("FROM:<\xc3\xbc@b>"), SMTP_NEEDS_UTF8, "\xc3\xbc@b" },
	{ "8-bit in command without SMTPUTF8", SLICE("FROM:<\xc3\xbc@b> SMTPUTF8"), SMTP_OK, "\xc3\xbc@b" },
	{ "SMTPUTF8 with a value", SLICE("FROM:<a@b> SMTPUTF8=1"), SMTP_BAD_VALUE, "SMTPUTF8=1" },
	{ "SMTPUTF8 with a value", SLICE("FROM:<a@b> SMTPUTF8="), SMTP_BAD_VALUE, "SMTPUTF8=" },
	{ "DSN", SLICE("FROM:<a@b> RET=FULL ENVID=QQ314159"), SMTP_OK, "a@b" },
	{ "DSN", SLICE("FROM:<a@b> RET=hdrs"), SMTP_OK, "a@b" },
	{ "DSN", SLICE("FROM:<a@b> RET=SOME"), SMTP_BAD_VALUE, "RET=SOME" },
	{ "DSN", SLICE("FROM:<a@b> ENVID=a+2Bb"), SMTP_OK, "a@b" },
	{ "DSN", SLICE("FROM:<a@b> ENVID=a+2bb"), SMTP_BAD_VALUE, "ENVID=a+2bb" },
	{ "DSN", SLICE("FROM:<a@b> ENVID=a+"), SMTP_BAD_VALUE, "ENVID=a+" },
	{ "DSN", SLICE("FROM:<a@b> ENVID=" A100), SMTP_OK, "a@b" },
	{ "DSN", SLICE("FROM:<a@b> ENVID=" A100 "x"), SMTP_BAD_VALUE, "ENVID=" A100 "x" },
	{ "AUTH", SLICE("FROM:<a@b> AUTH=<>"), SMTP_OK, "a@b" },
	{ "AUTH", SLICE("FROM:<a@b> AUTH=e+3Dmc2@example.com"), SMTP_OK, "a@b" },
	{ "AUTH", SLICE("FROM:<a@b> AUTH=a=b"), SMTP_BAD_WORD, "AUTH=a=b" },
};

static const struct {
	const char *row;
	struct slice args;
	bool utf8;
	int status;
	const char *what;
	unsigned notify;
} rcpts[] = {
	{ "RCPT TO:<>", SLICE("TO:<>"), false, SMTP_NULL_PATH, "<>", 0 },
	{ "<Postmaster> no domain", SLICE("TO:<pOSTmaster>"), false, SMTP_OK, "pOSTmaster", 0 },
	{ "no path", SLICE("TO"), false, SMTP_NO_PATH, "TO", 0 },
	{ "address literals", SLICE("TO:<a@[300.1.1.1]>"), false, SMTP_BAD_PATH, "<a@[300.1.1.1]>", 0 },
	{ "address literals", SLICE("TO:<a@[IPv6:1:2:3:4:5:6:1.2.3.300]>"), false, SMTP_BAD_PATH, "<a@[IPv6:1:2:3:4:5:6:1.2.3.300]>", 0 },
	{ "address literals", SLICE("TO:<a@[IPv6:1:2:3:4:5:6:1.2.3.30]>"), false, SMTP_OK, "a@[IPv6:1:2:3:4:5:6:1.2.3.30]", 0 },
	{ "unknown MAIL/RCPT parameter", SLICE("TO:<a@b> SIZE=1"), false, SMTP_UNKNOWN, "SIZE=1", 0 },
	{ "8-bit in command without SMTPUTF8", SLICE("TO:<\xc3\xbc@b>"), false, SMTP_NEEDS_UTF8, "\xc3\xbc@b", 0 },
	{ "8-bit in command without SMTPUTF8", SLICE("TO:<\xc3\xbc@b>"), true, SMTP_OK, "\xc3\xbc@b", 0 },
	{ "DSN", SLICE("TO:<a@b> NOTIFY=NEVER"), false, SMTP_OK, "a@b", SMTP_NOTIFY_NEVER },
	{ "DSN", SLICE("TO:<a@b> NOTIFY=success,DELAY"), false, SMTP_OK, "a@b", SMTP_NOTIFY_SUCCESS | SMTP_NOTIFY_DELAY },
	{ "DSN", SLICE("TO:<a@b> NOTIFY=NEVER,FAILURE"), false, SMTP_BAD_VALUE, "NOTIFY=NEVER,FAILURE", 0 },
	{ "DSN", SLICE("TO:<a@b> NOTIFY=FAILURE,FAILURE"), false, SMTP_BAD_VALUE, "NOTIFY=FAILURE,FAILURE", 0 },
	{ "DSN", SLICE("TO:<a@b> NOTIFY=FAILURE,"), false, SMTP_BAD_VALUE, "NOTIFY=FAILURE,", 0 },
	{ "DSN", SLICE("TO:<a@b> NOTIFY="), false, SMTP_BAD_VALUE, "NOTIFY=", 0 },
	{ "DSN", SLICE("TO:<a@b> NOTIFY"), false, SMTP_BAD_VALUE, "NOTIFY", 0 },
	{ "DSN", SLICE("TO:<a@b> ORCPT=rfc822;a+2Bb@c"), false, SMTP_OK, "a@b", 0 },
	{ "DSN", SLICE("TO:<a@b> ORCPT=utf-8;\xc3\xbc@b"), true, SMTP_OK, "a@b", 0 },
	{ "DSN", SLICE("TO:<a@b> ORCPT=a@b"), false, SMTP_BAD_VALUE, "ORCPT=a@b", 0 },
	{ "DSN", SLICE("TO:<a@b> ORCPT=rfc(c;a@b"), false, SMTP_BAD_VALUE, "ORCPT=rfc(c;a@b", 0 },
	{ "DSN", SLICE("TO:<a@b> ORCPT=rfc822;a+2b@c"), false, SMTP_BAD_VALUE, "ORCPT=rfc822;a+2b@c", 0 },
	{ "DSN", SLICE("TO:<a@b> ORCPT=rfc822;"), false, SMTP_BAD_VALUE, "ORCPT=rfc822;", 0 },
	{ "DSN", SLICE("TO:<a@b> ORCPT=rfc822;" A100 A100 A100 A100 A100), false, SMTP_BAD_VALUE, "ORCPT=rfc822;" A100 A100 A100 A100 A100, 0 },
	{ "duplicate/empty parameter", SLICE("TO:<a@b> ORCPT=x;y ORCPT=x;y"), false, SMTP_TWICE, "ORCPT=x;y", 0 },
};
/* clang-format on */

Test(smtp_params, mail_rows)
{
	for (size_t i = 0; i < sizeof(mails) / sizeof(mails[0]); i++) {
		struct smtp_mail m;
		struct smtp_why why;
		int status = smtp_mail(mails[i].args, &m, &why);

		cr_expect_eq(status, mails[i].status, "row %zu (%s) \"%s\": %d",
		    i, mails[i].row, mails[i].args.p, status);
		cr_expect(slice_is(status == SMTP_OK ? m.from.text : why.what,
			      mails[i].what),
		    "row %zu (%s) \"%s\": what", i, mails[i].row,
		    mails[i].args.p);
	}
}

Test(smtp_params, rcpt_rows)
{
	for (size_t i = 0; i < sizeof(rcpts) / sizeof(rcpts[0]); i++) {
		struct smtp_rcpt r;
		struct smtp_why why;
		int status = smtp_rcpt(rcpts[i].args, rcpts[i].utf8, &r, &why);

		cr_expect_eq(status, rcpts[i].status, "row %zu (%s) \"%s\": %d",
		    i, rcpts[i].row, rcpts[i].args.p, status);
		cr_expect(slice_is(status == SMTP_OK ? r.to.text : why.what,
			      rcpts[i].what),
		    "row %zu (%s) \"%s\": what", i, rcpts[i].row,
		    rcpts[i].args.p);
		if (status == SMTP_OK)
			cr_expect_eq(r.notify, rcpts[i].notify, "row %zu", i);
	}
}

Test(smtp_params, values_are_kept)
{
	struct smtp_mail m;
	struct smtp_why why;

	cr_assert_eq(smtp_mail(slice_of("FROM:<a@b> SIZE=77 BODY=BINARYMIME "
					"SMTPUTF8 RET=HDRS ENVID=e AUTH=<>"),
			 &m, &why),
	    SMTP_OK);
	cr_expect_eq(m.size, 77);
	cr_expect_eq(m.body, SMTP_BINARYMIME);
	cr_expect(m.utf8);
	cr_expect_eq(m.ret, SMTP_RET_HDRS);
	cr_expect(slice_is(m.envid, "e"));
	cr_expect(slice_is(m.auth, "<>"));
	cr_assert_eq(
	    smtp_mail(slice_of("FROM:<> SIZE=99999999999999999999"), &m, &why),
	    SMTP_OK);
	cr_expect_eq(m.size, UINT64_MAX, "an overflow is not a small number");
}

Test(smtp_params, xtext_there_and_back)
{
	struct buf x;
	char all[256];
	struct slice left;

	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	buf_init(&x, 1000);
	smtp_xtext_make((struct slice){ all, 256 }, &x);
	cr_expect(smtp_is_xtext(buf_slice(&x)));
	left = buf_slice(&x);
	for (int i = 0; i < 256; i++) {
		int n = left.p[0] == '+' ? 3 : 1;
		char hex[3] = { left.p[1], left.p[2], '\0' };
		int byte = n == 3 ? (int)strtol(hex, NULL, 16) : (int)left.p[0];

		cr_expect_eq(byte, i);
		left = slice_from(left, (size_t)n);
	}
	cr_expect_eq(left.n, 0);
	buf_free(&x);
}
