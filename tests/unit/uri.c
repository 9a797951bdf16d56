/*
 * uri.c - targets, hosts and paths: rules 13 to 17 and 49 to 56, 61.
 */
#include "grammar/uri.h"

#include <criterion/criterion.h>

#include "split.h"

struct path_row {
	int rule;
	struct slice in;
	ssize_t status; /* 0: to out */
	struct slice out;
};

/* clang-format off */
static const struct path_row paths[] = {
	{ 0, SLICE("/"), 0, SLICE("/") },
	{ 0, SLICE("/a"), 0, SLICE("/a") },
	{ 0, SLICE("/a/"), 0, SLICE("/a/") },
	{ 0, SLICE("/a/b.c"), 0, SLICE("/a/b.c") },
	{ 0, SLICE("/a%20b"), 0, SLICE("/a b") },
	{ 0, SLICE("/%61%2Fb"), URI_HIDDEN_SLASH, SLICE("") },
	{ 0, SLICE("/...."), 0, SLICE("/....") },
	{ 0, SLICE("/..a/.b/c."), 0, SLICE("/..a/.b/c.") },
	{ 49, SLICE("/\0"), URI_NUL, SLICE("") },
	{ 50, SLICE("/\n"), URI_CONTROL, SLICE("") },
	{ 49, SLICE("/%00"), URI_NUL, SLICE("") },
	{ 49, SLICE("/a.html%00.png"), URI_NUL, SLICE("") },
	{ 50, SLICE("/%0d%0aSet-Cookie:x"), URI_CONTROL, SLICE("") },
	{ 50, SLICE("/a%0A"), URI_CONTROL, SLICE("") },
	{ 51, SLICE("/%"), URI_BAD_ESCAPE, SLICE("") },
	{ 51, SLICE("/%1"), URI_BAD_ESCAPE, SLICE("") },
	{ 51, SLICE("/%1/2"), URI_BAD_ESCAPE, SLICE("") },
	{ 51, SLICE("/%zz"), URI_BAD_ESCAPE, SLICE("") },
	{ 51, SLICE("/%-1"), URI_BAD_ESCAPE, SLICE("") },
	{ 52, SLICE("/a%2fb"), URI_HIDDEN_SLASH, SLICE("") },
	{ 52, SLICE("/..%2fetc"), URI_HIDDEN_SLASH, SLICE("") },
	{ 53, SLICE("/.."), URI_ABOVE_ROOT, SLICE("") },
	{ 53, SLICE("/../etc/passwd"), URI_ABOVE_ROOT, SLICE("") },
	{ 53, SLICE("/a/../.."), URI_ABOVE_ROOT, SLICE("") },
	{ 53, SLICE("/%2e%2e/a"), URI_ABOVE_ROOT, SLICE("") },
	{ 53, SLICE("/.%2E/a"), URI_ABOVE_ROOT, SLICE("") },
	{ 53, SLICE("/a/%2e./b"), 0, SLICE("/b") },
	{ 53, SLICE("/a/b/../c"), 0, SLICE("/a/c") },
	{ 53, SLICE("/a/b/.."), 0, SLICE("/a/") },
	{ 53, SLICE("/a/./b/."), 0, SLICE("/a/b/") },
	{ 53, SLICE("/%2e"), 0, SLICE("/") },
	{ 53, SLICE("//a///b//"), 0, SLICE("/a/b/") },
	{ 53, SLICE("/a//../b"), 0, SLICE("/b") },
	{ 54, SLICE("/%252e%252e/a"), 0, SLICE("/%2e%2e/a") },
	{ 54, SLICE("/%252f"), 0, SLICE("/%2f") },
	{ 55, SLICE("/..%5cetc"), 0, SLICE("/..\\etc") },
	{ 56, SLICE("/%c0%af..%c0%af"), 0, SLICE("/\xc0\xaf..\xc0\xaf") },
	{ 56, SLICE("/%ff"), 0, SLICE("/\xff") },
	{ 61, SLICE("//evil.example/.."), 0, SLICE("/") },
	{ 61, SLICE("//evil.example/a/.."), 0, SLICE("/evil.example/") },
};
/* clang-format on */

Test(uri, paths)
{
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		const struct path_row *row = &paths[i];
		char *in = split_copy(row->in);
		char to[64];
		ssize_t n =
		    uri_path((struct slice){ in, row->in.n }, to, sizeof(to));

		if (row->status < 0)
			cr_expect(n == row->status, "rule %d: %s: %zd (%s)",
			    row->rule, row->in.p, n, uri_why((int)n));
		else
			cr_expect(n == (ssize_t)row->out.n &&
				memcmp(to, row->out.p, row->out.n + 1) == 0,
			    "rule %d: %s: %zd, %s", row->rule, row->in.p, n,
			    to);
		free(in);
	}
}

Test(uri, path_fits_or_not)
{
	char to[8];

	cr_expect(uri_path((struct slice)SLICE("/abcdef"), to, 8) == 7);
	cr_expect(
	    uri_path((struct slice)SLICE("/abcdefg"), to, 8) == URI_TOO_LONG);
	cr_expect(
	    uri_path((struct slice)SLICE("/abcdef/"), to, 8) == URI_TOO_LONG);
	cr_expect(uri_path((struct slice)SLICE("/abcde/"), to, 8) == 7);
	cr_expect(uri_path((struct slice)SLICE("/"), to, 2) == 1);
	cr_expect(uri_path((struct slice)SLICE("/"), to, 1) == URI_TOO_LONG);
}

struct uri_row {
	int rule;
	const char *in;
	int status;
	enum uri_form form;
	const char *host, *port, *path, *query;
};

static const struct uri_row uris[] = {
	{ 0, "/", 0, URI_ORIGIN, "", "", "/", NULL },
	{ 0, "/a?b?c", 0, URI_ORIGIN, "", "", "/a", "b?c" },
	{ 0, "/a?", 0, URI_ORIGIN, "", "", "/a", "" },
	{ 0, "*", 0, URI_ASTERISK, "", "", "/", NULL },
	{ 0, "a:80", 0, URI_AUTHORITY, "a", "80", "/", NULL },
	{ 15, "http://a", 0, URI_ABSOLUTE, "a", "", "/", NULL },
	{ 15, "https://a:1/b?c", 0, URI_ABSOLUTE, "a", "1", "/b", "c" },
	{ 15, "hTTp://[::1]:/?", 0, URI_ABSOLUTE, "::1", "", "/", "" },
	{ 15, "http://a?b", 0, URI_ABSOLUTE, "a", "", "/", "b" },
	{ 13, "/a#b", URI_BAD, 0, NULL, NULL, NULL, NULL },
	{ 13, "/a b", URI_BAD, 0, NULL, NULL, NULL, NULL },
	{ 13, "/a\\b", URI_BAD, 0, NULL, NULL, NULL, NULL },
	{ 13, "http://a/\\", URI_BAD, 0, NULL, NULL, NULL, NULL },
	{ 16, "http://u:p@a/", URI_BAD_HOST, 0, NULL, NULL, NULL, NULL },
	{ 16, "http://", URI_BAD_HOST, 0, NULL, NULL, NULL, NULL },
	{ 16, "http://a:b/", URI_BAD_HOST, 0, NULL, NULL, NULL, NULL },
	{ 16, "gopher://a/", URI_BAD_SCHEME, 0, NULL, NULL, NULL, NULL },
	{ 16, "http:/a", URI_BAD, 0, NULL, NULL, NULL, NULL },
	{ 16, "1http://a/", URI_BAD, 0, NULL, NULL, NULL, NULL },
	{ 16, "a", URI_BAD, 0, NULL, NULL, NULL, NULL },
	{ 16, "a:", URI_BAD, 0, NULL, NULL, NULL, NULL },
	{ 16, "", URI_BAD, 0, NULL, NULL, NULL, NULL },
};

Test(uri, targets)
{
	for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++) {
		const struct uri_row *row = &uris[i];
		struct uri u;
		int status = uri_parse(slice_of(row->in), &u);

		cr_expect(status == row->status, "rule %d: %s: %d", row->rule,
		    row->in, status);
		if (status != 0 || row->status != 0)
			continue;
		cr_expect(u.form == row->form, "%s", row->in);
		cr_expect(slice_is(u.host, row->host), "%s", row->in);
		cr_expect(slice_is(u.port, row->port), "%s", row->in);
		cr_expect(slice_is(u.path, row->path), "%s", row->in);
		cr_expect((u.query.p == NULL) == (row->query == NULL) &&
			slice_is(u.query, row->query),
		    "%s", row->in);
	}
}

/* Rule 17: addresses in brackets, and what only looks like one. */
Test(uri, hosts)
{
	static const char *const good[] = { "[::]", "[::1]", "[1::]", "[1::2]",
		"[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:1.2.3.4]",
		"[::ffff:1.2.3.4]", "[fe80::ABCD]:1", "[1:2:3:4:5:6:7::]",
		"[::2:3:4:5:6:7:8]", "a", "a.b-c_d~", "a:65535", "1.2.3.4.",
		"1.2.a", "1.0xg", "x0", "a.1b", "10.in-addr.arpa",
		"255.255.255.255" };
	static const char *const bad[] = { "[]", "[:]", "[:::]", "[1]",
		"[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:9]", "[::1::]",
		"[1::2::3]", "[1:]", "[:1]", "[::1:]", "[12345::]", "[g::]",
		"[::1.2.3]", "[::1.2.3.256]", "[::1.2.3.4.5]", "[1.2.3.4::]",
		"[::1%25lo]", "[v1.x]", "::1", "a b", "a:-1", "a:1:2", "1",
		"127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1",
		"1.2.3.256", "01.2.3.4", "1.2.3.0x4", "a.1", "a.0x", "1.",
		"a.99999999999999999999999", "[::01.2.3.4]", "0x", "0x.",
		"4." };
	struct slice host, port;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		cr_expect(uri_host(slice_of(good[i]), &host, &port) == 0, "%s",
		    good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect(
		    uri_host(slice_of(bad[i]), &host, &port) == URI_BAD_HOST,
		    "%s", bad[i]);
}

Test(uri, reasons)
{
	for (int code = -1; code >= URI_TOO_LONG; code--)
		cr_expect(uri_why(code) != NULL);
	cr_expect_str_eq(uri_why(0), "bad URI");
	cr_expect_str_eq(uri_why(-99), "bad URI");
}

Test(uri, decode)
{
	char to[16];
	struct slice s = SLICE("a+b%20c%2%zz");

	cr_expect(slice_is(
	    (struct slice){ to, uri_decode(s, true, to) }, "a b c%2%zz"));
	cr_expect(slice_is(
	    (struct slice){ to, uri_decode(s, false, to) }, "a+b c%2%zz"));
}

Test(uri, query)
{
	struct slice q = SLICE("a=1&b&=x&c=d=e"), v;

	cr_expect(uri_query(q, "a", &v) && slice_is(v, "1"));
	cr_expect(uri_query(q, "b", &v) && v.n == 0);
	cr_expect(uri_query(q, "c", &v) && slice_is(v, "d=e"));
	cr_expect(!uri_query(q, "d", &v));
	cr_expect(!uri_query((struct slice){ NULL, 0 }, "a", &v));
}

/* Rule 62, and: what we print, we read back. */
Test(uri, encoding)
{
	char all[256], back[256];
	struct buf b;

	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	buf_init(&b, 4096);
	uri_encode(&b, (struct slice){ all, 256 });
	cr_expect(uri_decode(buf_slice(&b), true, back) == 256);
	cr_expect(memcmp(all, back, 256) == 0);
	buf_clear(&b);
	uri_encode_path(&b, (struct slice)SLICE("/a b/<\"&'>%?#:\n\xc3"));
	cr_expect_str_eq(buf_str(&b), "/a%20b/%3C%22%26%27%3E%25%3F%23:%0A%C3");
	buf_free(&b);
}
