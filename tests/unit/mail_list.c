/*
 * mail_list.c - tests of grammar/mail_list.h.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "grammar/mail_list.h"

/* clang-format off */
static const struct {
	const char *list;
	const char *found; /* each in [], a name before it with a blank */
	const char *why;   /* NULL: it is good to its end */
	size_t where;
} rows[] = {
	{ "", "", NULL, 0 },
	{ " a@b", "[a@b]", NULL, 0 },
	{ "a@b, c@d\r\n", "[a@b][c@d]", NULL, 0 },
	{ "A B <a@b>,\r\n \"C, D\" <c@d>", "[A B a@b][C, D c@d]", NULL, 0 },
	{ "a@b (A, (nested) one), c@d", "[a@b][c@d]", NULL, 0 },
	{ "a@b (A \\) one, c@d), e@f", "[a@b][e@f]", NULL, 0 },
	{ "friends: a@b, C <c@d>;, e@f", "[a@b][C c@d][e@f]", NULL, 0 },
	{ "undisclosed-recipients:;", "", NULL, 0 },
	{ "A B: ;, c@d", "[c@d]", NULL, 0 },
	{ ", ,", "", NULL, 0 },
	{ ",a@b,,c@d,", "[a@b][c@d]", NULL, 0 },
	{ "b", "[b]", NULL, 0 },
	{ "b,c", "[b][c]", NULL, 0 },
	{ "<b>", "[b]", NULL, 0 },
	{ "Bob <b>", "[Bob b]", NULL, 0 },
	{ "<>", "[]", NULL, 0 },
	{ "A. B. Smith <a@b>", "[A. B. Smith a@b]", NULL, 0 },
	{ "\"a b\"@c", "[\"a b\"@c]", NULL, 0 },
	{ "\"a.b\"@c", "[a.b@c]", NULL, 0 },
	{ "\"a..b\"@c", "[\"a..b\"@c]", NULL, 0 },
	{ "a..b@c, .a@b, a.@b", "[\"a..b\"@c][\".a\"@b][\"a.\"@b]", NULL, 0 },
	{ "\"\"@c", "[\"\"@c]", NULL, 0 },
	{ "<\"a>b\"@c>", "[\"a>b\"@c]", NULL, 0 },
	{ "\"a\\\"b, c\"@d, e@f", "[\"a\\\"b, c\"@d][e@f]", NULL, 0 },
	{ "\"a\".b . \"c\" (x) @ d . (y) e", "[a.b.c@d.e]", NULL, 0 },
	{ "\"a b\".c@d", "[\"a b.c\"@d]", NULL, 0 },
	{ "<@x,@y:a@b>", "[a@b]", NULL, 0 },
	{ "<,@x, ,@y (z) : a@b>", "[a@b]", NULL, 0 },
	{ "a@[192.0.2.1], b@[IPv6:2001:db8::1]", "[a@[192.0.2.1]][b@[IPv6:2001:db8::1]]", NULL, 0 },
	{ "a@[ 192.0.2.1\r\n ]", "[a@[192.0.2.1]]", NULL, 0 },
	{ "j\xc3\xb6@b\xc3\xbc.e", "[j\xc3\xb6@b\xc3\xbc.e]", NULL, 0 },
	{ "c@D <C@d>", "[c@D]", NULL, 0 },
	{ "a@b\r\n ,\r\n\tc@d", "[a@b][c@d]", NULL, 0 },

	{ "a b", "", "two words", 2 },
	{ "a@b, c d@e", "[a@b]", "two words", 7 },
	{ "a@b c@d", "", "does not belong", 4 },
	{ "a@b; c@d", "", "no group", 3 },
	{ "a@", "", "a domain is missing", 2 },
	{ "a@b.", "", "a domain is missing", 4 },
	{ "a@-b", "", "not a domain", 2 },
	{ "@b", "", "an address is missing", 0 },
	{ "<a@b", "", "'<' without", 0 },
	{ "A <a@b> x", "", "does not belong", 8 },
	{ "a@b>", "", "does not belong", 3 },
	{ "a@b <c@d>", "", "two addresses", 4 },
	{ "(", "", "a comment without", 0 },
	{ "a@b ((x)", "", "a comment without", 4 },
	{ "\"", "", "a quoted word without", 0 },
	{ "\"a\\", "", "a quoted word without", 0 },
	{ "a@[1.2.3]", "", "not an address literal", 2 },
	{ "a@[1.2.3.4", "", "an address literal without", 2 },
	{ "g: a@b", "", "a group without its ';'", 6 },
	{ ": a@b;", "", "a group without a name", 0 },
	{ "g: h: a@b;;", "", "does not belong", 4 },
	{ "g: ; a@b", "", "no comma behind a group", 5 },
	{ "<@x a@b>", "", "a route without", 4 },
	{ "a@b\nRSET", "", "a line break", 3 },
	{ "a@b\rRSET", "", "a line break", 3 },
	{ "\"a\nb\"@c", "", "a line break", 2 },
	{ "a@b\x01", "", "does not belong", 3 },
	{ "\"a\x01\"@b", "", "a control character", 2 },
	{ "j\xfc@b", "", "not UTF-8", 0 },
};
/* clang-format on */

Test(mail_list, rows)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct mail_list l;
		struct buf address, name, found;
		int status;

		buf_init(&address, MAIL_LIST_MAX);
		buf_init(&name, MAIL_LIST_MAX);
		buf_init(&found, 4 * MAIL_LIST_MAX);
		mail_list_init(&l, slice_of(rows[i].list));
		while ((status = mail_list_read(&l, &address, &name)) == 1)
			buf_addf(&found, "[%s%s%s]", buf_str(&name),
			    name.n > 0 ? " " : "", buf_str(&address));
		cr_expect_eq(status, rows[i].why == NULL ? 0 : -1, "\"%s\"",
		    rows[i].list);
		if (rows[i].why != NULL && l.why != NULL) {
			cr_expect(strstr(l.why, rows[i].why) != NULL,
			    "\"%s\": %s", rows[i].list, l.why);
			cr_expect_eq(l.where, rows[i].where, "\"%s\": %zu",
			    rows[i].list, l.where);
		}
		/* What was good before the fault has been given. */
		if (rows[i].why == NULL || rows[i].found[0] != '\0')
			cr_expect_str_eq(buf_str(&found), rows[i].found,
			    "\"%s\"", rows[i].list);
		buf_free(&address);
		buf_free(&name);
		buf_free(&found);
	}
}

Test(mail_list, bytes_zero_and_lengths)
{
	struct mail_list l;
	struct buf address, name;
	char text[5000];

	buf_init(&address, MAIL_LIST_MAX);
	buf_init(&name, MAIL_LIST_MAX);
	mail_list_init(&l, (struct slice){ "a\0b@c", 5 });
	cr_expect_eq(mail_list_read(&l, &address, &name), -1);
	cr_expect_eq(l.where, 1);
	memset(text, 'a', sizeof(text));
	memcpy(text + sizeof(text) - 2, "@b", 2);
	mail_list_init(&l, (struct slice){ text, sizeof(text) });
	cr_expect_eq(mail_list_read(&l, &address, &name), -1);
	cr_expect_str_eq(l.why, "too long");
	buf_free(&address);
	buf_free(&name);
}
