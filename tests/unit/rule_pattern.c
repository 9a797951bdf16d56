/*
 * rule_pattern.c - the patterns of _headers and _redirects, and the lines of
 * _redirects.
 */
#include "httpd/rule_pattern.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "httpd/redirects_line.h"

/* What a pattern makes of a path, in "to". */
static const struct {
	const char *pattern, *path, *to, *made; /* made NULL: it does not fit */
} fits[] = {
	{ "/a", "/a", "/b", "/b" },
	{ "/a", "/a/", "/b", "/b" },
	{ "/a/", "/a", "/b", "/b" },
	{ "/a", "/ab", "/b", NULL },
	{ "/a", "/", "/b", NULL },
	{ "/", "/", "/b", "/b" },
	{ "/*", "/", "/x/:splat", "/x/" },
	{ "/*", "/a/b c", "/x/:splat", "/x/a/b%20c" },
	{ "/news/*", "/news/1/2", "/blog/:splat", "/blog/1/2" },
	{ "/news/*", "/news", "/blog/:splat", "/blog/" },
	{ "/news/*", "/news/", "/blog/:splat", "/blog/" },
	{ "/news/*", "/news/a/", "/blog/:splat", "/blog/a/" },
	{ "/news/*", "/newsreel", "/blog/:splat", NULL },
	{ "/*.jpg", "/a/b.jpg", "/:splat.png", "/a/b.png" },
	{ "/*.jpg", "/a/b.gif", "/:splat.png", NULL },
	{ "/:y/:m/:d", "/2026/11/27", "/:d.:m.:y", "/27.11.2026" },
	{ "/:y/:m", "/2026", "/x", NULL },
	{ "/:y", "/2026/11", "/x", NULL },
	{ "/film/:name.html", "/film/heat.html", "/:name", "/heat" },
	{ "/film/:name.html", "/film/.html", "/:name", NULL },
	{ "/a/:b/*", "/a/x/y/z", "/:splat/:b", "/y/z/x" },
	{ "/a", "/a", "/:b/:", "/:b/:" },
	{ "/:a", "/%", "/:a", "/%25" },
	{ "/my%20page", "/my page", "/b", "/b" },
	{ "/my%20page", "/my%20page", "/b", NULL },
	{ "/c%C3%A9line", "/c\xc3\xa9line", "/b", "/b" },
	{ "/%2A", "/*", "/b", "/b" },
	{ "/%2A", "/x", "/b", NULL },
	{ "/%3Aname", "/:name", "/b", "/b" },
	{ "/100%", "/100%", "/b", "/b" },
	{ "/*%20end", "/a b end", "/:splat", "/a%20b" },
	{ "/:a%20b", "/x b", "/:a", "/x" },
	{ "/*", "/a&b=c+d", "/find?q=:splat&p=1", "/find?q=a%26b%3Dc%2Bd&p=1" },
	{ "/:a", "/\r\nX: y", "/:a", "/%0D%0AX:%20y" },
};

Test(rule_pattern, fits)
{
	for (size_t i = 0; i < sizeof(fits) / sizeof(fits[0]); i++) {
		struct rule_match m = { 0 };
		struct slice pattern = slice_of(fits[i].pattern);
		struct buf b;

		cr_expect(rule_pattern_check(pattern) == NULL);
		buf_init(&b, 1000);
		if (rule_pattern_fits(pattern, slice_of(fits[i].path), &m)) {
			rule_match_fill(&b, slice_of(fits[i].to), &m);
			cr_expect(fits[i].made != NULL &&
				slice_is(buf_slice(&b), fits[i].made),
			    "%s on %s: %s", fits[i].pattern, fits[i].path,
			    buf_str(&b));
		} else {
			cr_expect(fits[i].made == NULL, "%s on %s",
			    fits[i].pattern, fits[i].path);
		}
		buf_free(&b);
	}
}

Test(rule_pattern, what_is_none)
{
	static const char *const bad[] = { "", "a", "*", "/a*b*", "/*/:a",
		"/:a/:b/:c/:d/:e/:f/:g/:h/:i/:j/:k" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect(
		    rule_pattern_check(slice_of(bad[i])) != NULL, "%s", bad[i]);
}

/* However long, a path that almost fits is soon refused. */
Test(rule_pattern, takes_no_step_back)
{
	size_t n = 8000;
	char *path = malloc(n);
	struct rule_match m = { 0 };

	memset(path, 'a', n);
	path[0] = '/';
	cr_expect(
	    !rule_pattern_fits((struct slice)SLICE("/:a:b:c:d:e:f:g:h:ix"),
		(struct slice){ path, n }, &m));
	free(path);
}

static const struct {
	const char *line, *why; /* a part of it; NULL: it is good; "": none */
	const char *from, *to;
	int status;
	bool forced;
} lines[] = {
	{ "/a /b", NULL, "/a", "/b", 301, false },
	{ "\t/a\t /b  302 ", NULL, "/a", "/b", 302, false },
	{ "/a /b 200!", NULL, "/a", "/b", 200, true },
	{ "/a id=:id k=v /b/:id 301 # so", NULL, "/a", "/b/:id", 301, false },
	{ "/a https://x.example/:splat 308", NULL, "/a",
	    "https://x.example/:splat", 308, false },
	{ "https://old.example/* /n/:splat", NULL, "/*", "/n/:splat", 301,
	    false },
	{ "/a /b 302 Language=de,fr", NULL, "/a", "/b", 302, false },
	{ "/a /b Language=de", NULL, "/a", "/b", 301, false },
	{ "/a https://x.example:8080/b", NULL, "/a", "https://x.example:8080/b",
	    301, false },
	{ "", "", NULL, NULL, 0, false },
	{ "  # /a /b", "", NULL, NULL, 0, false },
	{ "/a", "where does it lead", NULL, NULL, 0, false },
	{ "a /b", "begins with /", NULL, NULL, 0, false },
	{ "/a b", "neither a path", NULL, NULL, 0, false },
	{ "/a /b 299", "status is none of", NULL, NULL, 0, false },
	{ "/a /b 301x", "status is none of", NULL, NULL, 0, false },
	{ "/a /b 301 Country=de", "Language=", NULL, NULL, 0, false },
	{ "/a Language=de /b", "/from /to 302 Language=de", NULL, NULL, 0,
	    false },
	{ "/a id=:id Language=de /b", "at the end", NULL, NULL, 0, false },
	{ "/a Country=de /b", "not Country=", NULL, NULL, 0, false },
	{ "/a https://x.example/ 200", "inside the site", NULL, NULL, 0,
	    false },
	{ "/a https://x.example/ 404", "inside the site", NULL, NULL, 0,
	    false },
	{ "/:h https://:h.example/", "in the host", NULL, NULL, 0, false },
	{ "/a https:///x", "no host", NULL, NULL, 0, false },
	{ "/a /b\x01", "percent-encode", NULL, NULL, 0, false },
	{ "/*/* /b", "behind *", NULL, NULL, 0, false },
};

Test(rule_pattern, lines_of_redirects)
{
	struct redirect *rules = NULL;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		size_t n = 0;
		const char *why =
		    redirects_line(slice_of(lines[i].line), &rules, &n);

		if (lines[i].why != NULL) {
			cr_expect_eq(n, 0, "%s", lines[i].line);
			cr_expect(lines[i].why[0] == '\0' ?
				why == NULL :
				why != NULL && strstr(why, lines[i].why),
			    "%s: %s", lines[i].line, why);
			continue;
		}
		cr_assert(why == NULL && n == 1, "%s: %s", lines[i].line, why);
		cr_expect(slice_is(rules[0].from, lines[i].from));
		cr_expect(slice_is(rules[0].to, lines[i].to));
		cr_expect_eq(rules[0].status, lines[i].status);
		cr_expect_eq(rules[0].forced, lines[i].forced);
	}
	free(rules);
}
