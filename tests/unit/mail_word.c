/*
 * mail_word.c - tests of grammar/mail_word.h.
 */
#include <criterion/criterion.h>

#include "grammar/mail_word.h"

/* clang-format off */
static const struct {
	const char *text, *value;
} words[] = {
	{ "", "" },
	{ "plain text", "plain text" },
	{ "=?not a word?=", "=?UTF-8?B?PT9ub3QgYSB3b3JkPz0=?=" },
	{ "Gr\xc3\xbc\xc3\x9f" "e", "=?UTF-8?B?R3LDvMOfZQ==?=" },
	{ "Gr\xfc\xdf" "e", "=?UTF-8?B?R3LDvMOfZQ==?=" },
	{ "a\r\nBcc: x", "=?UTF-8?B?YSAgQmNjOiB4?=" },
	/* 44 letters and an umlaut of two bytes: the cut is before it. */
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\xc3\xbc", "=?UTF-8?B?YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=?=\r\n =?UTF-8?B?w7w=?=" },
};

static const struct {
	const char *text, *value;
} parameters[] = {
	{ "a.txt", "filename=\"a.txt\"" },
	{ "a \"b\".txt", "filename=\"a \\\"b\\\".txt\"" },
	{ "gr\xc3\xbcn.txt", "filename*=UTF-8''gr%C3%BCn.txt" },
	{ "a\nb", "filename*=UTF-8''a%20b" },
};

/* clang-format on */

Test(mail_word, words)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct buf b;

		buf_init(&b, 1000);
		mail_word(slice_of(words[i].text), &b);
		cr_expect(slice_is(buf_slice(&b), words[i].value), "%zu: %s", i,
		    buf_str(&b));
		buf_free(&b);
	}
}

Test(mail_word, parameters)
{
	for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]);
	     i++) {
		struct buf b;

		buf_init(&b, 1000);
		mail_parameter("filename", slice_of(parameters[i].text), &b);
		cr_expect(slice_is(buf_slice(&b), parameters[i].value),
		    "%zu: %s", i, buf_str(&b));
		buf_free(&b);
	}
}
