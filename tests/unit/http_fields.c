/*
 * http_fields.c - field lines and the lists inside them.
 */
#include "grammar/http_fields.h"

#include <criterion/criterion.h>

#include "grammar/http_fault.h"
#include "split.h"

static const struct http_rules strict = { false, false };
static const struct http_rules client = { true, true };

static long
parse_client(struct slice s, void *f)
{
	return http_fields_parse(s, &client, f);
}

Test(http_fields, lookup)
{
	static const struct slice text = SLICE(
	    "Accept: a, b;q=\"x,y\",,\r\nX:\r\naccept:\t c \r\nZ: 1\r\n\r\nq");
	struct http_fields f;
	struct http_list l = { 0 };
	struct slice m;

	cr_assert(http_fields_parse(text, &strict, &f) == (long)text.n - 1);
	cr_expect(f.n == 4);
	cr_expect(http_count(&f, "ACCEPT") == 2);
	cr_expect(http_count(&f, "none") == 0);
	cr_expect(slice_is(http_get(&f, "z"), "1"));
	cr_expect(http_get(&f, "X").p != NULL && http_get(&f, "X").n == 0);
	cr_expect(http_get(&f, "Y").p == NULL);
	cr_expect(http_next(&f, "Accept", &l, &m) && slice_is(m, "a"));
	cr_expect(
	    http_next(&f, "Accept", &l, &m) && slice_is(m, "b;q=\"x,y\""));
	cr_expect(http_next(&f, "Accept", &l, &m) && slice_is(m, "c"));
	cr_expect(!http_next(&f, "Accept", &l, &m));
	cr_expect(http_has(&f, "accept", "C"));
	cr_expect(!http_has(&f, "accept", "b"));
}

Test(http_fields, clients_join_folded_lines)
{
	static const struct slice text =
	    SLICE("A: b\r\n  c\n\td\r\nE: f\n\r\n");
	struct http_fields f;

	cr_expect(split_feed(text, parse_client, &f) == (long)text.n);
	cr_assert(parse_client(text, &f) == (long)text.n);
	cr_expect(f.n == 2);
	cr_expect(slice_is(f.at[0].value, "b\r\n  c\n\td"));
	cr_expect(
	    parse_client((struct slice)SLICE("A: b\rc"), &f) == HTTP_BARE_CR);
}

Test(http_fields, quotes_that_never_end)
{
	struct slice rest = SLICE("a, \"b, c\\"), m;

	cr_expect(http_next_member(&rest, &m) && slice_is(m, "a"));
	cr_expect(http_next_member(&rest, &m) && slice_is(m, "\"b, c\\"));
	cr_expect(!http_next_member(&rest, &m));
}

Test(http_fields, parameters)
{
	struct slice member = SLICE("text/html ;level=1; ;Q=\"0;5\";x");
	struct slice rest, name, value;

	cr_expect(slice_is(http_before_params(member, &rest), "text/html"));
	cr_expect(http_next_param(&rest, &name, &value));
	cr_expect(slice_is(name, "level") && slice_is(value, "1"));
	cr_expect(http_next_param(&rest, &name, &value));
	cr_expect(slice_is(name, "Q") && slice_is(value, "0;5"));
	cr_expect(http_next_param(&rest, &name, &value));
	cr_expect(slice_is(name, "x") && value.n == 0);
	cr_expect(!http_next_param(&rest, &name, &value));
	rest = (struct slice)SLICE("a b=c");
	cr_expect(!http_next_param(&rest, &name, &value));
}

Test(http_fields, weights)
{
	static const struct {
		const char *text;
		int weight;
	} rows[] = {
		{ "1", 1000 },
		{ "1.", 1000 },
		{ "1.000", 1000 },
		{ "0", 0 },
		{ "0.5", 500 },
		{ "0.05", 50 },
		{ "0.123", 123 },
		{ "", -1 },
		{ "2", -1 },
		{ "1.1", -1 },
		{ "0.1234", -1 },
		{ "0,5", -1 },
		{ "-1", -1 },
		{ "0.x", -1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect(http_weight(slice_of(rows[i].text)) == rows[i].weight,
		    "%s", rows[i].text);
}

Test(http_fields, tokens)
{
	cr_expect(http_is_token(slice_of("a-b!")));
	cr_expect(!http_is_token(slice_of("")));
	cr_expect(!http_is_token(slice_of("a b")));
}
