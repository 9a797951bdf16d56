/*
 * url.c - URLs as the client takes them.
 */
#include "grammar/url.h"

#include <criterion/criterion.h>

struct row {
	const char *in;
	int status;
	bool secure;
	unsigned port;
	const char *host_field, *target, *user;
};

static const struct row rows[] = {
	{ "http://a/", 0, false, 80, "a", "/", NULL },
	{ "a", 0, false, 80, "a", "/", NULL },
	{ "a:8080/b?c#d", 0, false, 8080, "a:8080", "/b?c", NULL },
	{ "HTTPS://a", 0, true, 443, "a", "/", NULL },
	{ "https://a:443/", 0, true, 443, "a", "/", NULL },
	{ "http://a:/b", 0, false, 80, "a", "/b", NULL }, /* RFC 3986 3.2.3 */
	{ "https://a:", 0, true, 443, "a", "/", NULL },
	{ "https://[::1]:/", 0, true, 443, "[::1]", "/", NULL },
	{ "http://a:99999/", URI_BAD_HOST, false, 0, NULL, NULL, NULL },
	{ "http://a:80 /", URI_BAD_HOST, false, 0, NULL, NULL, NULL },
	{ " http://a/", URI_BAD_HOST, false, 0, NULL, NULL, NULL },
	{ "http://a:443/", 0, false, 443, "a:443", "/", NULL },
	{ "http://u:p@a/", 0, false, 80, "a", "/", "u:p" },
	{ "[::1]:81/x y\\\xc3\xa4", 0, false, 81, "[::1]:81", "/x%20y%5C%C3%A4",
	    NULL },
	{ "http://a?b c", 0, false, 80, "a", "/?b%20c", NULL },
	{ "http://a/?", 0, false, 80, "a", "/?", NULL },
	{ "http://a#b", 0, false, 80, "a", "/", NULL },
	{ "//a/b", URI_BAD_SCHEME, false, 0, NULL, NULL, NULL },
	{ "ftp://a/", URI_BAD_SCHEME, false, 0, NULL, NULL, NULL },
	{ "http:///", URI_BAD_HOST, false, 0, NULL, NULL, NULL },
	{ "http://a:x/", URI_BAD_HOST, false, 0, NULL, NULL, NULL },
	{ "http://a b/", URI_BAD_HOST, false, 0, NULL, NULL, NULL },
	{ "", URI_BAD_HOST, false, 0, NULL, NULL, NULL },
	{ "http://a/\n", URI_BAD, false, 0, NULL, NULL, NULL },
};

Test(url, parse)
{
	struct buf b;

	buf_init(&b, 4096);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct url u;
		int status = url_parse(slice_of(row->in), &u);

		cr_expect(status == row->status, "%s: %d", row->in, status);
		if (status != 0 || row->status != 0)
			continue;
		cr_expect(u.secure == row->secure, "%s", row->in);
		cr_expect(u.port == row->port, "%s: %u", row->in, u.port);
		cr_expect(slice_is(u.user, row->user), "%s", row->in);
		buf_clear(&b);
		url_host(&b, &u);
		cr_expect_str_eq(buf_str(&b), row->host_field);
		buf_clear(&b);
		url_target(&b, &u);
		cr_expect_str_eq(buf_str(&b), row->target);
	}
	buf_free(&b);
}

/* The examples of RFC 3986 5.4 that are about hierarchy, and some more. */
static const char *const references[][2] = {
	{ "g", "http://a/b/c/g" },
	{ "./g", "http://a/b/c/g" },
	{ "g/", "http://a/b/c/g/" },
	{ "/g", "http://a/g" },
	{ "//g", "http://g" },
	{ "?y", "http://a/b/c/d;p?y" },
	{ "g?y", "http://a/b/c/g?y" },
	{ "g?y#s", "http://a/b/c/g?y" },
	{ "#s", "http://a/b/c/d;p?q" },
	{ "", "http://a/b/c/d;p?q" },
	{ ";x", "http://a/b/c/;x" },
	{ ".", "http://a/b/c/" },
	{ "./", "http://a/b/c/" },
	{ "..", "http://a/b/" },
	{ "../", "http://a/b/" },
	{ "../g", "http://a/b/g" },
	{ "../..", "http://a/" },
	{ "../../g", "http://a/g" },
	{ "../../../g", "http://a/g" },
	{ "/./g", "http://a/g" },
	{ "/../g", "http://a/g" },
	{ "g.", "http://a/b/c/g." },
	{ "..g", "http://a/b/c/..g" },
	{ "./g/.", "http://a/b/c/g/" },
	{ "g/../h", "http://a/b/c/h" },
	{ "g?y/../x", "http://a/b/c/g?y/../x" },
	{ "/a b\xc3", "http://a/a%20b%C3" },
	{ "https://x:1/y", "https://x:1/y" },
	{ "mailto:a@b", "mailto:a@b" },
};

Test(url, resolve)
{
	struct url base;
	struct buf b;

	cr_assert(url_parse(slice_of("http://a/b/c/d;p?q"), &base) == 0);
	buf_init(&b, 4096);
	for (size_t i = 0; i < sizeof(references) / sizeof(references[0]);
	     i++) {
		buf_clear(&b);
		cr_expect(
		    url_resolve(&b, &base, slice_of(references[i][0])) == 0);
		cr_expect_str_eq(buf_str(&b), references[i][1], "%s: %s",
		    references[i][0], buf_str(&b));
	}
	cr_expect(url_resolve(&b, &base, slice_of("/a\r\nb")) == URI_BAD);
	cr_assert(url_parse(slice_of("http://a"), &base) == 0);
	buf_clear(&b);
	url_resolve(&b, &base, slice_of("g"));
	cr_expect_str_eq(buf_str(&b), "http://a/g");
	buf_clear(&b);
	url_resolve(&b, &base, slice_of(""));
	cr_expect_str_eq(buf_str(&b), "http://a/");
	buf_free(&b);
}
