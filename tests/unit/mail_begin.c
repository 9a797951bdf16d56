/*
 * mail_begin.c - tests of grammar/mail_begin.h.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "grammar/mail_begin.h"

#define HEADER MAIL_BEGIN_HEADER
#define TEXT   MAIL_BEGIN_TEXT
#define MORE   MAIL_BEGIN_UNKNOWN

/* clang-format off */
static const struct {
	const char *bytes;
	enum mail_beginning how;
} rows[] = {
	{ "", MORE }, { "S", MORE }, { "Subject", MORE }, { "Subject:", HEADER },
	{ "Subject: x\r\n\r\nhi", HEADER }, { "Subject :", HEADER },
	{ "Subject \t: x", HEADER }, { "Subject ", MORE }, { "x:", HEADER },
	{ "\r", MORE }, { "\r\n", HEADER }, { "\n", HEADER }, { "\r\r\n", TEXT },
	{ "\r\nSubject: x", HEADER },
	{ ":", TEXT }, { " folded: x", TEXT }, { "\tx", TEXT }, { "hi\r\n", TEXT },
	{ "hi there", TEXT }, { "From me@x Thu Jan  1", TEXT },
	{ "\xef\xbb\xbfSubject: x", TEXT }, { "gr\xc3\xbc\xc3\x9f:", TEXT },
	{ "\x01:", TEXT },
};
/* clang-format on */

Test(mail_begin, rows)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct slice s = slice_of(rows[i].bytes);

		cr_expect_eq(mail_begin(s), rows[i].how, "row %zu", i);
		/* Fed byte by byte it says the same, once it says a thing. */
		for (size_t n = 0; n < s.n; n++) {
			enum mail_beginning how =
			    mail_begin((struct slice){ s.p, n });

			cr_expect(how == MORE || how == rows[i].how,
			    "row %zu, %zu bytes", i, n);
		}
	}
}

Test(mail_begin, a_name_has_an_end)
{
	char name[MAIL_FIELD_NAME_MAX + 8];

	memset(name, 'x', sizeof(name));
	cr_expect_eq(
	    mail_begin((struct slice){ name, MAIL_FIELD_NAME_MAX }), MORE);
	cr_expect_eq(
	    mail_begin((struct slice){ name, MAIL_FIELD_NAME_MAX + 2 }), TEXT);
	name[MAIL_FIELD_NAME_MAX] = ':';
	cr_expect_eq(mail_begin((struct slice){ name, sizeof(name) }), HEADER);
	memset(name + 1, ' ', sizeof(name) - 1);
	cr_expect_eq(
	    mail_begin((struct slice){ name, MAIL_FIELD_NAME_MAX + 2 }), TEXT);
}
