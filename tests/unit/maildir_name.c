/*
 * maildir_name.c - tests of mail/maildir.h: what the name of a message says.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "mail/maildir.h"

/* clang-format off */
static const struct {
	const char *name, *base, *flags;
} names[] = {
	{ "1.a", "1.a", "" },
	{ "1.a:2,", "1.a", "" },
	{ "1.a:2,RS", "1.a", "RS" },
	{ "1.a:2,Sab", "1.a", "Sab" },
	{ "1.a:1,exp", "1.a", "" },
	{ "1.a,S=12:2,S", "1.a,S=12", "S" },
	{ "1:a:2,S", "1", "" },
	{ "\xff\x01 odd:2,S", "\xff\x01 odd", "S" },
	{ ":2,S", "", "S" },
};

static const struct {
	const char *base, *id;
	long long us;
} ids[] = {
	{ "1700000000.M12P34Q5.host", "1700000000.M12P34Q5", 1700000000000012 },
	{ "1700000000.M999999P1Q1.a.b.c", "1700000000.M999999P1Q1", 1700000000999999 },
	{ "1700000000.M12P34Q5", NULL, -1 },
	{ "1700000000.M1000000P34Q5.host", NULL, -1 },
	{ "1700000000.M12P34Q.host", NULL, -1 },
	{ "1700000000.12_3.host", NULL, -1 },
	{ "x1700000000.M12P34Q5.host", NULL, -1 },
	{ "\xff/\x01", NULL, -1 },
	{ "", NULL, -1 },
};
/* clang-format on */

Test(maildir_name, names)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		cr_expect(slice_is(maildir_base(names[i].name), names[i].base),
		    "%s", names[i].name);
		cr_expect(
		    slice_is(maildir_flags(names[i].name), names[i].flags),
		    "%s", names[i].name);
	}
	cr_expect(maildir_has_flag("a:2,RS", 'S'));
	cr_expect_not(maildir_has_flag("S:2,R", 'S'));
	cr_expect_not(maildir_is_message(".hidden"));
	cr_expect_not(maildir_is_message(":2,S"));
	cr_expect(maildir_is_message("a"));
}

Test(maildir_name, ids)
{
	char id[MAILDIR_ID_MAX], other[MAILDIR_ID_MAX];

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		maildir_id(slice_of(ids[i].base), id);
		if (ids[i].us >= 0) {
			cr_expect_str_eq(id, ids[i].id);
		} else {
			cr_expect_eq(strlen(id), 22, "%s", ids[i].base);
			cr_expect_eq(strspn(id,
					 "0123456789abcdefghijklmnopqrstuvwxyz"
					 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
			    22, "%s", id);
		}
		cr_expect_eq(maildir_name_us(slice_of(ids[i].base)), ids[i].us,
		    "%s", ids[i].base);
	}
	maildir_id(slice_of("a"), id);
	maildir_id(slice_of("b"), other);
	cr_expect_str_neq(id, other);
	maildir_id(slice_of("a"), other);
	cr_expect_str_eq(id, other);
}
