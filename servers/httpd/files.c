/*
 * files.c - GET and HEAD for what lies in the directory: from a place to a
 * file, or to the reason why there is none.
 *
 * The order, whatever is asked for: a rule of _redirects with "!"; the very
 * file; NAME.html (--clean-urls); the folder's index; the other rules; its
 * listing; the page of an application, for navigations
 * (--spa); 404.  NAME and NAME/ agree: one of them leads to the other.
 */
#include "httpd/files.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "httpd/headers.h"
#include "httpd/redirects.h"
#include "httpd/represent.h"
#include "httpd/root.h"
#include "httpd/listing.h"
#include "httpd/live.h"
#include "httpd/live_tag.h"
#include "httpd/navigation.h"
#include "httpd/target.h"
#include "httpd/site.h"
#include "httpd/file_cache.h"
#include "httpd/vary.h"
#include "system/log.h"
#include "system/pages.h"

#define OWN_404 "404.html" /* shown for what is missing, if it is there */

static struct cached_file *
get(const char *name)
{
	const struct cached_file_manner m = {
		.cache_control = site.cache_control,
	};

	return name == NULL ? NULL : file_cache_get(name, &m);
}

static int
answer_file(struct exchange *x, struct cached_file *f)
{
	return live_document(x, 200, f) ? 0 : represent_answer(x, f);
}

static int
answer_file_as(struct exchange *x, int status, struct cached_file *f)
{
	return live_document(x, status, f) ?
	    0 :
	    web_content_as(x, status, &f->content);
}

/*
 * To the same place with "/" behind it or without, RFC 9110 15.4.2.  Not to be
 * kept: tomorrow the folder may be a file.
 */
static int
answer_moved(struct exchange *x, struct slice path, const char *end)
{
	struct buf location;

	buf_init(&location, 4 * TARGET_MAX);
	uri_encode_path(&location, path);
	buf_addz(&location, end);
	if (x->r->uri.query.p != NULL) {
		buf_addc(&location, '?');
		buf_adds(&location, x->r->uri.query);
	}
	if (location.failed) {
		web_page(x, 500, "out of memory");
	} else {
		web_redirect(x, 301, buf_slice(&location));
		web_fieldz(x, "Cache-Control", "no-cache");
	}
	buf_free(&location);
	return 0;
}

/* The page of an application, for who goes to what it draws by itself. */
static struct cached_file *
get_app(struct exchange *x, struct target *p)
{
	return site.spa != NULL && navigation_is(x) ?
	    get(target_at_top(p, site.spa)) :
	    NULL;
}

/* NAME.html for NAME and NAME/, with --clean-urls. */
static struct cached_file *
get_clean(struct target *p, size_t n)
{
	size_t whole = p->n;
	struct cached_file *f;
	char last = p->text[n];

	if (!site.clean_urls || n <= p->host || p->text[n - 1] == '/')
		return NULL;
	p->n = n;
	f = get(target_with(p, ".html"));
	p->n = whole;
	p->text[n] = last;
	p->text[p->n] = '\0';
	return f;
}

static int
answer_404(struct exchange *x, struct target *p)
{
	struct cached_file *f = get(target_at_top(
	    p, site.not_found != NULL ? site.not_found : OWN_404));
	return f != NULL ? answer_file_as(x, 404, f) : web_page(x, 404, NULL);
}

/* A rule of _redirects has led to another place; none leads on from there. */
static int
answer_inside(struct exchange *x, struct target *p, int status)
{
	struct cached_file *f = NULL;

	if (!target_is_hidden(p)) {
		f = get(target_name(p));
		if (f == NULL && errno == EISDIR &&
		    (target_is_directory(p) || target_with(p, "/") != NULL)) {
			p->n = p->host + strlen(p->text + p->host);
			f = get(target_with(p, site.index));
		}
	}
	if (f == NULL)
		f = get_clean(p, p->n);
	if (f == NULL || target_is_hidden(p))
		return answer_404(x, p);
	return status == 200 ? answer_file(x, f) : answer_file_as(x, status, f);
}

/* Does a rule of _redirects answer? */
static bool
try_rules(struct exchange *x, struct target *p, bool forced)
{
	int status;

	switch (redirects_ask(x, p, forced, &status)) {
	case REDIRECTS_INSIDE:
		answer_inside(x, p, status);
		return true;
	case REDIRECTS_DONE:
		return true;
	case REDIRECTS_NOTHING:
		break;
	}
	return false;
}

/* There is nothing.  The place is no longer of use after this. */
static int
answer_missing(struct exchange *x, struct target *p)
{
	struct cached_file *f;
	int done;

	if (root_is_gone(x, &done))
		return done;
	if (try_rules(x, p, false))
		return 0;
	f = get_app(x, p);
	return f != NULL ? answer_file(x, f) : answer_404(x, p);
}

/* Why could it not be opened? */
static int
answer_error(struct exchange *x, struct target *p, int error)
{
	int done;

	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case ENAMETOOLONG:
	case EISDIR:
		return answer_missing(x, p);
	case EACCES:
	case EPERM:
		if (!root_is_ours(x, &done))
			return done;
		return web_page(x, 403, "no permission to read it");
	case EXDEV:
		return web_page(x, 403, "link leads out of the directory");
	case ELOOP:
		return web_page(x, 403, "links lead in a circle");
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
	struct cached_file *f = get_clean(p, p->n - 1);
	int error;

	if (f != NULL) {
		struct slice path = target_path(p);

		cached_file_release(f);
		return answer_moved(
		    x, (struct slice){ path.p, path.n - 1 }, "");
	}
	f = get(target_with(p, site.index));
	if (f != NULL)
		return answer_file(x, f);
	error = errno;
	p->text[p->n] = '\0';
	if (error != ENOENT)
		return answer_error(x, p, error);
	if (root_is_gone(x, &error))
		return error;
	if (try_rules(x, p, false))
		return 0;
	error = listing_answer(x, p);
	if (error == EACCES && site.no_listing) {
		f = get_app(x, p);
		return f != NULL ?
		    answer_file(x, f) :
		    web_page(x, 403, "directories are not listed");
	}
	return error > 0 ? answer_error(x, p, error) : 0;
}

/* Has the directory, named without its slash, an index? */
static bool
has_index(struct target *p)
{
	char name[NAME_MAX + 2];
	struct cached_file *f;

	name[0] = '/';
	strcpy(name + 1, site.index);
	f = get(target_with(p, name));
	p->text[p->n] = '\0';
	if (f != NULL)
		cached_file_release(f);
	return f != NULL;
}

static int
answer(struct exchange *x, struct target *p)
{
	struct cached_file *f;
	int status;

	if (try_rules(x, p, true))
		return 0;
	if (target_is_hidden(p))
		return answer_missing(x, p);
	if (target_is_directory(p))
		return answer_directory(x, p);
	f = get(target_name(p));
	if (f != NULL)
		return answer_file(x, f);
	status = errno;
	if (status == ENOENT || status == EISDIR)
		f = get_clean(p, p->n);
	if (f != NULL)
		return answer_file(x, f);
	if (status == EISDIR && (has_index(p) || !try_rules(x, p, false)))
		return answer_moved(x, target_path(p), "/");
	return status == EISDIR ? 0 : answer_error(x, p, status);
}

int
files_answer(struct exchange *x)
{
	static PAGES_LARGE struct target p; /* no reply points into it */
	const char *why;
	int status;

	if (!root_is_there(x, &status))
		return status;
	status = target_of(x, &p, &why);
	if (status != 0)
		return web_page(x, status, why);
	if (answer(x, &p) == WEB_LATER)
		return WEB_LATER;
	vary_tell(x);
	headers_apply(x, &p);
	return 0;
}
