/*
 * proxy_place.c - prefixes, targets, and what leads out of them.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "httpd/proxy_place.h"

Test(proxy_place, reads_what_an_option_says)
{
	static const struct {
		const char *text, *prefix, *dial, *host, *base;
		bool below;
	} rows[] = {
		{ "/api=http://localhost:3000", "/api", "localhost:3000",
		    "localhost:3000", NULL, false },
		{ "/api/=http://localhost:3000", "/api", "localhost:3000",
		    "localhost:3000", NULL, true },
		{ "/=http://app.test", "", "app.test:80", "app.test", NULL,
		    false },
		{ "/a/b=http://127.0.0.1:80/", "/a/b", "127.0.0.1:80",
		    "127.0.0.1", "", false },
		{ "/a=http://[::1]:8000/v1/", "/a", "[::1]:8000", "[::1]:8000",
		    "/v1", false },
		{ "/a=http://h:1/v1=2", "/a", "h:1", "h:1", "/v1=2", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proxy_place p;
		const char *why;

		cr_assert_eq(proxy_place_read(rows[i].text, &p, &why), 0, "%s",
		    rows[i].text);
		cr_expect(
		    slice_is(p.prefix, rows[i].prefix), "%s", rows[i].text);
		cr_expect_str_eq(p.dial, rows[i].dial);
		cr_expect_str_eq(p.host, rows[i].host);
		cr_expect_eq(p.below, rows[i].below, "%s", rows[i].text);
		cr_expect_eq(
		    p.base.p != NULL, rows[i].base != NULL, "%s", rows[i].text);
		if (rows[i].base != NULL)
			cr_expect(
			    slice_is(p.base, rows[i].base), "%s", rows[i].text);
	}
}

Test(proxy_place, says_why_it_takes_no_other)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "", "not PREFIX=" },
		{ "/api", "not PREFIX=" },
		{ "=http://h", "not PREFIX=" },
		{ "api=http://h", "a prefix is" },
		{ "/a//b=http://h", "a prefix is" },
		{ "/a/../b=http://h", "a prefix is" },
		{ "/a b=http://h", "a prefix is" },
		{ "/a?b=http://h", "a prefix is" },
		{ "/a=https://h", "https:// is not spoken" },
		{ "/a=h:3000", "not PREFIX=" },
		{ "/a=ftp://h", "not PREFIX=" },
		{ "/a=http://", "not PREFIX=" },
		{ "/a=http://h:0", "not PREFIX=" },
		{ "/a=http://h:99999", "not PREFIX=" },
		{ "/a=http://h/#x", "not PREFIX=" },
		{ "/a=http://u:p@h", "a user," },
		{ "/a=http://h/?q", "a user," },
		{ "/a=http://h/x/../y", "a path there" },
		{ "/a=http://h/x y", "a path there" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proxy_place p;
		const char *why = NULL;

		cr_expect_eq(proxy_place_read(rows[i].text, &p, &why), -1, "%s",
		    rows[i].text);
		cr_expect(why != NULL &&
			strncmp(why, rows[i].why, strlen(rows[i].why)) == 0,
		    "%s: %s", rows[i].text, why);
	}
}

static struct proxy_place
place(const char *text)
{
	struct proxy_place p;
	const char *why;

	cr_assert_eq(proxy_place_read(text, &p, &why), 0, "%s: %s", text, why);
	return p;
}

Test(proxy_place, the_longest_prefix_of_whole_segments_wins)
{
	const struct proxy_place all[] = { place("/api=http://a"),
		place("/=http://b"), place("/api/v2=http://c"),
		place("/only/=http://d") };
	static const struct {
		const char *path;
		int of_all, of_first;
	} rows[] = {
		{ "/api", 0, 0 },
		{ "/api/", 0, 0 },
		{ "/api/x", 0, 0 },
		{ "/api//x", 0, 0 },
		{ "/apis", 1, -1 },
		{ "/api/v2", 2, 0 },
		{ "/api/v2/x", 2, 0 },
		{ "/api/v22", 0, 0 },
		{ "/", 1, -1 },
		{ "//api", 1, -1 },
		{ "/API", 1, -1 },
		{ "/%61pi", 1, -1 },
		{ "/only", 1, -1 },
		{ "/only/", 3, -1 },
		{ "/only/x", 3, -1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct slice path = slice_of(rows[i].path);

		cr_expect_eq(proxy_place_find(all, 4, path), rows[i].of_all,
		    "%s", rows[i].path);
		cr_expect_eq(proxy_place_find(all, 1, path), rows[i].of_first,
		    "%s", rows[i].path);
	}
	cr_expect_eq(proxy_place_find(all, 0, slice_of("/")), -1);
}

Test(proxy_place, no_segment_may_lead_out)
{
	static const char *const stay[] = { "/", "/a", "/a/b.c", "/...", "/a..",
		"/..a", "/a/.b", "/%2e%2e%2e", "/a%2eb", "/%2", "/%zz", "/a;b",
		"/.well-known", "/a%20." };
	static const char *const leave[] = { "/.", "/..", "/a/..", "/a/../b",
		"/%2e%2e", "/a/%2E%2e/b", "/.%2e", "/%2e", "/a/./b",
		"/a/..%2fb", "/a%2f..", "/a/..%5cb", "/a%5c..%5cb", "/..;/b",
		"/..;x=y/b", "/a/..%00" };

	for (size_t i = 0; i < sizeof(stay) / sizeof(stay[0]); i++)
		cr_expect(proxy_path_stays(slice_of(stay[i])), "%s", stay[i]);
	for (size_t i = 0; i < sizeof(leave) / sizeof(leave[0]); i++)
		cr_expect(
		    !proxy_path_stays(slice_of(leave[i])), "%s", leave[i]);
}

Test(proxy_place, a_target_is_passed_on_or_has_its_prefix_replaced)
{
	static const struct {
		const char *option, *path, *query, *target;
	} rows[] = {
		{ "/api=http://h", "/api/a", "b=c", "/api/a?b=c" },
		{ "/api=http://h", "/api", NULL, "/api" },
		{ "/api=http://h", "/api/%41//", "", "/api/%41//?" },
		{ "/api=http://h/", "/api/a", "b", "/a?b" },
		{ "/api=http://h/", "/api/", NULL, "/" },
		{ "/api=http://h/", "/api", "b", "/?b" },
		{ "/api=http://h/v1", "/api/a", NULL, "/v1/a" },
		{ "/api=http://h/v1/", "/api/a", NULL, "/v1/a" },
		{ "/api=http://h/v1", "/api", NULL, "/v1" },
		{ "/=http://h", "/x", NULL, "/x" },
		{ "/=http://h/v1", "/x", NULL, "/v1/x" },
		{ "/=http://h/v1", "/", NULL, "/v1/" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proxy_place p = place(rows[i].option);
		struct slice query = { NULL, 0 };
		struct buf b;

		if (rows[i].query != NULL)
			query = slice_of(rows[i].query);
		buf_init(&b, 1000);
		proxy_target(&b, &p, slice_of(rows[i].path), query);
		cr_expect_str_eq(
		    buf_str(&b), rows[i].target, "%s", rows[i].option);
		buf_free(&b);
	}
}

Test(proxy_place, a_location_comes_back_as_the_client_knows_it)
{
	static const struct {
		const char *option, *location, *path;
	} rows[] = {
		{ "/api=http://h:1", "http://h:1/api/a?b#c", "/api/a?b#c" },
		{ "/api=http://h:1", "http://H:1/", "/" },
		{ "/api=http://h:1/", "http://h:1/a", "/api/a" },
		{ "/api=http://h:1/v1", "http://h:1/v1/a", "/api/a" },
		{ "/api=http://h:1/v1", "http://h:1/v1", "/api" },
		{ "/api=http://h:1/v1", "http://h:1/v1?x", "/api?x" },
		{ "/=http://h:1/v1", "http://h:1/v1", "/" },
		{ "/=http://h:1/v1", "http://h:1/v1?x", "/?x" },
		{ "/=http://h", "http://h/a", "/a" },
		/* Not led back: elsewhere, or to what is not reached here. */
		{ "/api=http://h:1/v1", "http://h:1/v12", NULL },
		{ "/api=http://h:1/v1", "http://h:1/a", NULL },
		{ "/api=http://h:1", "http://h:12/", NULL },
		{ "/api=http://h:1", "http://h:1", NULL },
		{ "/api=http://h:1", "http://h:1@evil/", NULL },
		{ "/api=http://h:1", "https://h:1/", NULL },
		{ "/api=http://h:1", "/a", NULL },
		{ "/api=http://h:1", "//h:1/a", NULL },
		{ "/api=http://h:1", "http://h:1//evil/", NULL },
		{ "/=http://h:1/v1", "http://h:1/v1//evil/", NULL },
		{ "/api=http://h:1", "", NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proxy_place p = place(rows[i].option);
		struct buf b;
		bool led;

		buf_init(&b, 1000);
		led = proxy_location(&p, slice_of(rows[i].location), &b);
		cr_expect_eq(led, rows[i].path != NULL, "%s", rows[i].location);
		if (led && rows[i].path != NULL)
			cr_expect_str_eq(
			    buf_str(&b), rows[i].path, "%s", rows[i].option);
		buf_free(&b);
	}
}
