/*
 * files.c - GET and HEAD for what lies in the directory: from a place to a
 * file, or to the reason why there is none.
 */
#include "httpd/files.h"

#include <errno.h>
#include <string.h>

#include "grammar/http_accept.h"
#include "httpd/precompressed.h"
#include "httpd/listing.h"
#include "httpd/live.h"
#include "httpd/target.h"
#include "httpd/site.h"
#include "httpd/file_cache.h"
#include "system/log.h"

#define OWN_404 "404.html" /* shown for what is missing, if it is there */

static struct cached_file *
get(const char *name)
{
	const struct file_cache_manner m = { .links = site.links,
		.cache_control = site.cache_control,
		.tag = live_tag() };

	return name == NULL ? NULL : file_cache_get(site.root, name, &m);
}

/* To the same place with "/" behind it, RFC 9110 15.4.2. */
static int
answer_add_slash(struct exchange *x, const struct target *p)
{
	struct buf location;

	buf_init(&location, 4 * TARGET_MAX);
	uri_encode_path(&location, target_path(p));
	buf_addc(&location, '/');
	if (x->r->uri.query.p != NULL) {
		buf_addc(&location, '?');
		buf_adds(&location, x->r->uri.query);
	}
	if (location.failed)
		web_page(x, 500, "out of memory");
	else
		web_redirect(x, 301, buf_slice(&location));
	buf_free(&location);
	return 0;
}

/*
 * Is this someone who goes to a page, and not a script that fetches a file?
 * Browsers say so; of others, one who asks for HTML by name.
 */
static bool
is_navigation(const struct exchange *x)
{
	struct slice mode = http_get(&x->r->fields, "Sec-Fetch-Mode"), member;
	struct http_list l = { 0 };

	if (mode.p != NULL)
		return slice_is(mode, "navigate");
	while (http_next(&x->r->fields, "Accept", &l, &member)) {
		struct slice rest;

		if (slice_iis(http_before_params(member, &rest), "text/html"))
			return http_accepts_type(&x->r->fields, "text/html") >
			    0;
	}
	return false;
}

/* There is nothing.  The place is no longer of use after this. */
static int
answer_missing(struct exchange *x, struct target *p)
{
	struct cached_file *f;

	if (site.spa != NULL && is_navigation(x)) {
		f = get(target_at_top(p, site.spa));
		if (f != NULL)
			return precompressed_answer(x, f);
	}
	f = get(target_at_top(
	    p, site.not_found != NULL ? site.not_found : OWN_404));
	return f != NULL ? web_content_as(x, 404, &f->content) :
			   web_page(x, 404, NULL);
}

/* Why could it not be opened? */
static int
answer_error(struct exchange *x, struct target *p, int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case ENAMETOOLONG:
	case EISDIR:
		return answer_missing(x, p);
	case EACCES:
	case EPERM:
		return web_page(x, 403, "no permission to read it");
	case EXDEV:
	case ELOOP:
		return web_page(x, 403, "link leads out of the directory");
	case ENXIO:
		return web_page(x, 403, "not a regular file");
	default:
		log_error("cannot open a file: %s", strerror(error));
		return web_page(x, 500, "cannot open the file");
	}
}

static int
answer_directory(struct exchange *x, struct target *p)
{
	struct cached_file *f = get(target_with(p, site.index));
	int error = errno;

	if (f != NULL)
		return precompressed_answer(x, f);
	p->text[p->n] = '\0';
	if (error != ENOENT)
		return answer_error(x, p, error);
	error = listing_answer(x, p);
	return error > 0 ? answer_error(x, p, error) : 0;
}

int
files_answer(struct exchange *x)
{
	static struct target p; /* large, and no reply points into it */
	struct cached_file *f;
	const char *why;
	int status = target_of(x, &p, &why);

	if (status != 0)
		return web_page(x, status, why);
	if (target_is_hidden(&p))
		return answer_missing(x, &p);
	if (target_is_directory(&p))
		return answer_directory(x, &p);
	f = get(target_name(&p));
	if (f != NULL)
		return precompressed_answer(x, f);
	if (errno == EISDIR)
		return answer_add_slash(x, &p);
	status = errno;
	if (site.clean_urls && status == ENOENT) {
		f = get(target_with(&p, ".html"));
		if (f != NULL)
			return precompressed_answer(x, f);
		p.text[p.n] = '\0';
	}
	return answer_error(x, &p, status);
}
