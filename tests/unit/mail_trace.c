/*
 * mail_trace.c - tests of grammar/mail_trace.h and grammar/mail_folder.h.
 */
#include <criterion/criterion.h>

#include "grammar/mail_folder.h"
#include "grammar/mail_trace.h"

static struct mail_trace
example(struct slice rcpts, size_t count)
{
	return (struct mail_trace){
		.from = slice_of("a@b.example"),
		.rcpts = rcpts,
		.rcpt_count = count,
		.helo = slice_of("client.example"),
		.name = slice_of("localhost"),
		.address = slice_of("127.0.0.1"),
		.host = slice_of("mx.example"),
		.with = slice_of("ESMTP"),
		.id = slice_of("17.M1P2Q3"),
		.date = 784111777,
	};
}

Test(mail_trace, the_block)
{
	struct mail_trace t = example(slice_of("c@d.example\n"), 1);
	struct buf b;

	buf_init(&b, 10000);
	mail_trace_make(&t, &b);
	cr_expect_str_eq(buf_str(&b),
	    "Return-Path: <a@b.example>\r\n"
	    "Delivered-To: c@d.example\r\n"
	    "Received: from client.example (localhost [127.0.0.1])\r\n"
	    "\tby mx.example with ESMTP id 17.M1P2Q3\r\n"
	    "\tfor <c@d.example>;\r\n"
	    "\tSun, 6 Nov 1994 08:49:37 +0000\r\n");
	buf_free(&b);
}

Test(mail_trace, for_only_with_exactly_one_recipient)
{
	struct mail_trace t = example(slice_of("c@d\ne@f\n"), 2);
	struct buf b;

	buf_init(&b, 10000);
	mail_trace_make(&t, &b);
	cr_expect_null(strstr(buf_str(&b), "\tfor"));
	cr_expect_not_null(strstr(buf_str(&b), "id 17.M1P2Q3;\r\n\tSun"));
	cr_expect_not_null(strstr(buf_str(&b), "Delivered-To: c@d\r\n"));
	cr_expect_not_null(strstr(buf_str(&b), "Delivered-To: e@f\r\n"));
	buf_free(&b);
}

/* Row "CR/LF in HELO/addresses reaching trace headers", the last net. */
Test(mail_trace, helo_cannot_leave_its_place)
{
	struct mail_trace t = example(slice_of("c@d\n"), 1);
	struct mail_trace back;
	struct buf b;

	t.helo = slice_of("x\r\nBcc: (y);\xff");
	buf_init(&b, 10000);
	mail_trace_make(&t, &b);
	cr_expect_not_null(strstr(buf_str(&b), "from x?\?Bcc:?\?y?\?? ("));
	cr_expect_eq(mail_trace_read(buf_slice(&b), &back), (int)b.n);
	buf_free(&b);
}

/* What could be mistaken for more of the block. */
static const char *const messages[] = {
	"",
	"\r\n",
	"Subject: x\r\n\r\nbody\r\n",
	"\tfolded into nothing;\r\n\tmore\r\n",
	" x\r\n",
	"Received: from x\r\n\tby y;\r\n\tdate\r\n",
	"Delivered-To: z\r\n",
};

static const char *const lists[] = {
	"c@d\n",
	"c@d\tNOTIFY=NEVER\n",
	"c@d\ne@f\tORCPT=rfc822;x\ng@h\n",
	"\"a;b c\"@d\n",
	"x;@d\n",
	"Postmaster\n",
};

static void
expect_same(const struct mail_trace *back, const struct mail_trace *t)
{
	cr_expect_eq(back->headless, t->headless);
	cr_expect(slice_eq(back->from, t->from));
	cr_expect(slice_eq(back->params, t->params));
	cr_expect(slice_eq(back->user, t->user));
	cr_expect(slice_eq(back->helo, t->helo));
	cr_expect(slice_eq(back->name, t->name));
	cr_expect(slice_eq(back->address, t->address));
	cr_expect(slice_eq(back->host, t->host));
	cr_expect(slice_eq(back->with, t->with));
	cr_expect(slice_eq(back->id, t->id));
}

static void
there_and_back(const char *list, const char *message, bool headless)
{
	struct slice rest = slice_of(list), again, p, q;
	struct mail_trace t, back;
	struct buf b;
	size_t count = 0;
	int n;

	while (rest.n > 0) {
		mail_rcpt_next(&rest, &p);
		count++;
	}
	t = example(slice_of(list), count);
	t.params = slice_of("SIZE=1 ENVID=x");
	t.user = slice_of("me+2B");
	t.headless = headless;
	buf_init(&b, 10000);
	mail_trace_make(&t, &b);
	n = (int)b.n;
	buf_addz(&b, message);
	cr_assert_eq(mail_trace_read(buf_slice(&b), &back), n, "%s", list);
	for (int cut = 0; cut < n; cut++) {
		struct mail_trace part;

		cr_expect_eq(
		    mail_trace_read((struct slice){ b.p, (size_t)cut }, &part),
		    0);
	}
	expect_same(&back, &t);
	cr_expect(slice_is(back.date_text, "Sun, 6 Nov 1994 08:49:37 +0000"));
	cr_expect_eq(back.rcpt_count, count);
	rest = slice_of(list);
	again = back.rcpts;
	for (size_t i = 0; i < count; i++) {
		cr_expect(slice_eq(
		    mail_rcpt_next(&rest, &p), mail_trace_rcpt(&again, &q)));
		cr_expect(slice_eq(p, q));
	}
	cr_expect_eq(again.n, 0);
	buf_free(&b);
}

Test(mail_trace, read_back_to_the_byte)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (size_t k = 0; k < sizeof(messages) / sizeof(messages[0]);
		     k++) {
			there_and_back(lists[i], messages[k], false);
			there_and_back(lists[i], messages[k], true);
		}
}

/* The same block with LF: it is read alike, and it says so from its first line
 * on. */
Test(mail_trace, stored_with_lf)
{
	struct mail_trace t = example(slice_of("c@d\n"), 1), back, part;
	struct buf b, lf;

	buf_init(&b, 10000);
	buf_init(&lf, 10000);
	mail_trace_make(&t, &b);
	cr_expect_gt(mail_trace_read(buf_slice(&b), &back), 0);
	cr_expect_not(back.lf);
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] != '\r')
			buf_addc(&lf, b.p[i]);
	cr_expect_eq(mail_trace_read(buf_slice(&lf), &back), (int)lf.n);
	cr_expect(back.lf);
	cr_expect(slice_is(back.from, "a@b.example"));
	cr_expect(slice_is(back.date_text, "Sun, 6 Nov 1994 08:49:37 +0000"));
	mail_trace_read((struct slice){ lf.p, 30 }, &part);
	cr_expect(part.lf);
	mail_trace_read((struct slice){ lf.p, 20 }, &part);
	cr_expect_not(part.lf);
	buf_free(&b);
	buf_free(&lf);
}

Test(mail_trace, another_file_is_none)
{
	struct mail_trace t;

	cr_expect_eq(mail_trace_read(slice_of("Subject: x\r\n\r\n"), &t), -1);
	cr_expect_eq(
	    mail_trace_read(slice_of("Return-Path: <a>\r\nSubject: x\r\n"), &t),
	    -1);
	cr_expect_eq(mail_trace_read(slice_of("Return-Path: <a>\r\nReceived: "
					      "from x\r\nSubject: x\r\n"),
			 &t),
	    -1);
	cr_expect_eq(mail_trace_read(slice_of("Return-Path: <a>\r\nReceived: "
					      "from x\r\n\tby y;\r\nnow\r\n"),
			 &t),
	    -1);
}

/* clang-format off */
static const struct {
	const char *path;
	const char *name[4]; /* by enum mail_folder_by */
} folders[] = {
	{ "<Alice@Example.COM>", { NULL, ".alice@example%2Ecom", ".example%2Ecom", ".alice" } },
	{ "<a+tag@b>", { NULL, ".a+tag@b", ".b", ".a" } },
	{ "<+tag@b>", { NULL, ".+tag@b", ".b", ".+tag" } },
	{ "<Postmaster>", { NULL, ".postmaster@localhost", ".localhost", ".postmaster" } },
	{ "<\"../../etc/passwd\"@b>", { NULL, ".%2E%2E%2F%2E%2E%2Fetc%2Fpasswd@b", ".b", ".%2E%2E%2F%2E%2E%2Fetc%2Fpasswd" } },
	{ "<\"\"@b>", { NULL, ".@b", ".b", ".%" } },
	{ "<\"..\"@b>", { NULL, ".%2E%2E@b", ".b", ".%2E%2E" } },
	{ "<\"a\\\"b\"@b>", { NULL, ".a%22b@b", ".b", ".a%22b" } },
	{ "<u@[IPv6:::1]>", { NULL, ".u@%5BIPv6%3A%3A%3A1%5D", ".%5BIPv6%3A%3A%3A1%5D", ".u" } },
	{ "<%@b>", { NULL, ".%25@b", ".b", ".%25" } },
	{ "<\xc3\xbc@b>", { NULL, ".%C3%BC@b", ".b", ".%C3%BC" } },
};
/* clang-format on */

Test(mail_folder, names_are_safe)
{
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		for (int by = MAIL_BY_ADDRESS; by <= MAIL_BY_USER; by++) {
			struct mail_address a;
			struct buf name, text;

			buf_init(&name, 1000);
			buf_init(&text, 1000);
			cr_assert_gt(
			    mail_path(slice_of(folders[i].path), &a), 0);
			mail_folder(&a, (enum mail_folder_by)by, &name);
			cr_expect(
			    slice_iis(buf_slice(&name), folders[i].name[by]),
			    "%s by %d: %s", folders[i].path, by,
			    buf_str(&name));
			cr_expect_eq(
			    mail_folder_text(buf_slice(&name), &text), 0);
			buf_free(&name);
			buf_free(&text);
		}
}

Test(mail_folder, what_is_not_one_of_its_names_is_not_read)
{
	static const char *const bad[] = { "", ".", "a", "cur", ".a/b", ".a%",
		".a%2", ".a%zz", ".a%2z", ".a b" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf text;

		buf_init(&text, 1000);
		cr_expect_eq(mail_folder_text(slice_of(bad[i]), &text), -1,
		    "%s", bad[i]);
		buf_free(&text);
	}
}

Test(mail_folder, long_names_stay_apart)
{
	char one[600], other[600];
	struct mail_address a, b;
	struct buf x, y;

	memset(one, 'a', sizeof(one));
	memcpy(one + 500, "@b", 3);
	memcpy(other, one, sizeof(one));
	other[499] = 'b';
	buf_init(&x, 1000);
	buf_init(&y, 1000);
	cr_assert_gt(mail_path(slice_of(one), &a), 0);
	cr_assert_gt(mail_path(slice_of(other), &b), 0);
	mail_folder(&a, MAIL_BY_ADDRESS, &x);
	mail_folder(&b, MAIL_BY_ADDRESS, &y);
	cr_expect_eq(x.n, MAIL_FOLDER_MAX + 1);
	cr_expect_not(slice_eq(buf_slice(&x), buf_slice(&y)));
	buf_free(&x);
	buf_free(&y);
}
