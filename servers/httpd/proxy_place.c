/*
 * proxy_place.c - where a path of the site is somebody else's.
 */
#include "httpd/proxy_place.h"

#include <stdio.h>
#include <string.h>

#include "bytes/ascii.h"
#include "grammar/uri.h"
#include "grammar/url.h"

static bool
may_stand(struct slice path)
{
	for (size_t i = 0; i < path.n; i++)
		if (!uri_may_hold(path.p[i]) || path.p[i] == '\\' ||
		    path.p[i] == '?')
			return false;
	return path.n > 0 && path.p[0] == '/' && proxy_path_stays(path);
}

static struct slice
without_slash(struct slice path)
{
	if (path.n > 0 && path.p[path.n - 1] == '/')
		path.n--;
	return path;
}

static int
read_url(struct slice text, struct proxy_place *p, const char **why)
{
	struct url u;
	bool six;

	*why = "https:// is not spoken to upstreams; "
	       "http:// with a TLS proxy between would do";
	if (slice_starts(text, "https://"))
		return -1;
	*why = "not PREFIX=http://HOST[:PORT][/PATH]";
	if (!slice_starts(text, "http://") || url_parse(text, &u) != 0 ||
	    u.host.n == 0 || u.port == 0 || slice_find(text, '#') != NULL)
		return -1;
	*why = "a user, a password or a query has no place there";
	if (u.user.p != NULL || u.query.p != NULL)
		return -1;
	*why = "a path there may hold no blanks and no . or .. segments";
	if (u.path.n > 0 && !may_stand(u.path))
		return -1;
	*why = "the name of the host is too long";
	six = slice_find(u.host, ':') != NULL;
	if (snprintf(p->dial, sizeof(p->dial), "%s%.*s%s:%u", six ? "[" : "",
		SLICE_FMT(u.host), six ? "]" : "",
		u.port) >= (int)sizeof(p->dial))
		return -1;
	strcpy(p->host, p->dial);
	if (u.port == 80)
		*strrchr(p->host, ':') = '\0';
	if (u.path.n > 0)
		p->base = without_slash(u.path);
	return 0;
}

int
proxy_place_read(const char *text, struct proxy_place *p, const char **why)
{
	struct slice url = slice_of(text), prefix = slice_cut(&url, '=');

	*p = (struct proxy_place){ .base = { NULL, 0 } };
	*why = "not PREFIX=http://HOST[:PORT][/PATH]";
	if (url.p == NULL || prefix.n == 0)
		return -1;
	*why = "a prefix is a path such as /api";
	if (!may_stand(prefix) || memmem(prefix.p, prefix.n, "//", 2) != NULL)
		return -1;
	p->below = prefix.n > 1 && prefix.p[prefix.n - 1] == '/';
	p->prefix = without_slash(prefix);
	return read_url(url, p, why);
}

static bool
is_below(const struct proxy_place *p, struct slice path)
{
	if (path.n < p->prefix.n ||
	    !slice_eq((struct slice){ path.p, p->prefix.n }, p->prefix))
		return false;
	path = slice_from(path, p->prefix.n);
	return path.n > 0 ? path.p[0] == '/' : !p->below;
}

int
proxy_place_find(const struct proxy_place *p, size_t count, struct slice path)
{
	int found = -1;

	for (size_t i = 0; i < count; i++)
		if (is_below(&p[i], path) &&
		    (found < 0 || p[i].prefix.n > p[found].prefix.n))
			found = (int)i;
	return found;
}

/* The next byte, "%2e" being one.  What is no escape stands for itself. */
static char
next_byte(struct slice *rest)
{
	char c = rest->p[0], to[3];
	size_t n = 1;

	if (c == '%' && rest->n >= 3) {
		size_t got =
		    uri_decode((struct slice){ rest->p, 3 }, false, to);

		if (got == 1) {
			c = to[0];
			n = 3;
		}
	}
	*rest = slice_from(*rest, n);
	return c;
}

/* Those after us may take more for a slash than we do, or cut off what stands
 * behind a semicolon. */
static bool
ends_segment(char c)
{
	return c == '/' || c == '\\' || c == ';' || c == '\0';
}

bool
proxy_path_stays(struct slice path)
{
	size_t dots = 0;
	bool only = true;

	while (path.n > 0) {
		char c = next_byte(&path);

		if (ends_segment(c)) {
			if (only && (dots == 1 || dots == 2))
				return false;
			dots = 0;
			only = true;
		} else if (c == '.') {
			dots++;
		} else {
			only = false;
		}
	}
	return !only || (dots != 1 && dots != 2);
}

void
proxy_target(struct buf *b, const struct proxy_place *p, struct slice path,
    struct slice query)
{
	struct slice rest = slice_from(path, p->prefix.n);

	if (p->base.p == NULL) {
		buf_adds(b, path);
	} else {
		buf_adds(b, p->base);
		buf_adds(b, rest);
		if (p->base.n == 0 && rest.n == 0)
			buf_addc(b, '/');
	}
	if (query.p != NULL) {
		buf_addc(b, '?');
		buf_adds(b, query);
	}
}

bool
proxy_location(
    const struct proxy_place *p, struct slice location, struct buf *path)
{
	struct slice rest = location, host = slice_of(p->host);

	if (!slice_starts(rest, "http://"))
		return false;
	rest = slice_from(rest, strlen("http://"));
	if (rest.n < host.n ||
	    !slice_ieq((struct slice){ rest.p, host.n }, host))
		return false;
	rest = slice_from(rest, host.n);
	if (rest.n == 0 || rest.p[0] != '/')
		return false;
	if (p->base.p != NULL) {
		if (rest.n < p->base.n ||
		    !slice_eq((struct slice){ rest.p, p->base.n }, p->base))
			return false;
		rest = slice_from(rest, p->base.n);
		if (rest.n > 0 && rest.p[0] != '/' && rest.p[0] != '?')
			return false;
		buf_adds(path, p->prefix);
	}
	if (path->n == 0 && (rest.n == 0 || rest.p[0] != '/'))
		buf_addc(path, '/');
	buf_adds(path, rest);
	/* "//" would name another host. */
	return !path->failed && (path->n < 2 || path->p[1] != '/');
}
