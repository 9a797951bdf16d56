/*
 * target.c - from the path of a request to a name below the root.
 */
#include "httpd/target.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "bytes/ascii.h"
#include "httpd/headers.h"
#include "httpd/redirects.h"
#include "httpd/site.h"
#include "service/server.h"

#define OTHER_HOSTS "default" /* the directory for hosts that have none */
#define HOST_MAX    255

/*
 * A host that may name a directory: letters, digits, "-", "_", "." inside, and
 * ":" of an IPv6 address.
 */
static bool
is_plain(struct slice host)
{
	for (size_t i = 0; i < host.n; i++)
		if (!ascii_is(host.p[i], ASCII_ALPHA | ASCII_DIGIT) &&
		    host.p[i] != '-' && host.p[i] != '_' && host.p[i] != ':' &&
		    !(host.p[i] == '.' && i > 0))
			return false;
	return host.n > 0 && host.n <= HOST_MAX;
}

static bool
is_here(const char *name)
{
	struct stat st;

	return fstatat(site.root, name, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

/* Write the directory that is the host's own to p.  Is there one? */
static bool
find_own(const struct exchange *x, struct target *p)
{
	struct slice host = x->r->host;

	if (host.n > 0 && host.p[host.n - 1] == '.')
		host.n--;
	if (!is_plain(host))
		return false;
	for (size_t i = 0; i < host.n; i++)
		p->text[i] = ascii_lower(host.p[i]);
	p->text[host.n] = '\0';
	p->host = host.n;
	return is_here(p->text);
}

bool
target_knows_host(const struct exchange *x)
{
	static struct target scratch; /* large */

	return site.vhosts && find_own(x, &scratch);
}

static bool
find_host(const struct exchange *x, struct target *p)
{
	if (find_own(x, p))
		return true;
	strcpy(p->text, OTHER_HOSTS);
	p->host = strlen(OTHER_HOSTS);
	return is_here(p->text);
}

const char *
target_name(const struct target *p)
{
	if (p->host > 0)
		return p->text;
	return p->text[1] == '\0' ? "." : p->text + 1;
}

/*
 * Line ends in a path are an attack, or the name of a file: names may hold
 * them.  Returns the length, or URI_CONTROL if there is none.
 */
static ssize_t
find_odd(const struct exchange *x, struct target *p)
{
	struct stat st;
	ssize_t n = uri_path_with_lines(
	    x->r->uri.path, p->text + p->host, HTTP_MAX_TARGET + 2);

	if (n < 0)
		return n;
	return fstatat(site.root, target_name(p), &st, 0) == 0 ? n :
								 URI_CONTROL;
}

int
target_of(const struct exchange *x, struct target *p, const char **why)
{
	ssize_t n;

	p->host = 0;
	if (site.vhosts && !find_host(x, p)) {
		*why = "no such host here";
		return 421;
	}
	n = uri_path(x->r->uri.path, p->text + p->host, HTTP_MAX_TARGET + 2);
	if (n == URI_CONTROL)
		n = find_odd(x, p);
	if (n < 0) {
		*why = uri_why((int)n);
		return n == URI_HIDDEN_SLASH || n == URI_TOO_LONG ? 404 : 400;
	}
	p->n = p->host + (size_t)n;
	return 0;
}

struct slice
target_path(const struct target *p)
{
	return (struct slice){ p->text + p->host, p->n - p->host };
}

bool
target_is_directory(const struct target *p)
{
	return p->text[p->n - 1] == '/';
}

/* The rules of the site are its own, at its top. */
static bool
may_show(struct slice name, bool at_top)
{
	return site.hidden ||
	    (name.n > 0 && name.p[0] != '.' && name.p[name.n - 1] != '~' &&
		!slice_is(name, SERVER_CONFIG) &&
		!(at_top &&
		    (slice_is(name, HEADERS_NAME) ||
			slice_is(name, REDIRECTS_NAME))));
}

bool
target_may_show(const char *dir, struct slice name)
{
	struct slice rest = slice_of(dir);

	if (site.vhosts)
		slice_cut(&rest, '/');
	return may_show(name, rest.n == 0 || slice_is(rest, "."));
}

bool
target_is_hidden(const struct target *p)
{
	struct slice rest = slice_from(target_path(p), 1);
	bool first = true;

	while (rest.p != NULL) {
		struct slice name = slice_cut(&rest, '/');

		if (name.n > 0 && !may_show(name, first) &&
		    !(first && slice_is(name, ".well-known")))
			return true;
		first = false;
	}
	return false;
}

static const char *
put(struct target *p, size_t at, const char *file)
{
	size_t n = strlen(file);

	if (at + n >= sizeof(p->text)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	memcpy(p->text + at, file, n + 1);
	return target_name(p);
}

const char *
target_with(struct target *p, const char *file)
{
	return put(p, p->n, file);
}

const char *
target_at_top(struct target *p, const char *file)
{
	p->n = p->host + 1;
	return put(p, p->n, file);
}
