/*
 * files.c - GET and HEAD for what lies in the directory: from a path to a
 * file, or to the reason why there is none.
 */
#include "httpd/files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "httpd/live.h"
#include "httpd/send.h"
#include "httpd/site.h"
#include "httpd/stock.h"
#include "system/log.h"

/* A decoded path and room for the name of an index file behind it. */
struct place {
	char text[HTTP_MAX_TARGET + 512]; /* begins with "/" */
	size_t n;
};

static struct stock_manner
manner(void)
{
	return (struct stock_manner){ .links = site.links,
		.cache_control = site.cache_control,
		.tag = live_tag() };
}

/* Is there a segment that is nobody's business? */
static bool
is_hidden(const struct place *p)
{
	struct slice rest = { p->text + 1, p->n - 1 };
	bool first = true;

	while (rest.p != NULL) {
		struct slice name = slice_cut(&rest, '/');

		if (name.n > 0 &&
		    ((name.p[0] == '.' &&
			 !(first && slice_is(name, ".well-known"))) ||
			name.p[name.n - 1] == '~'))
			return true;
		first = false;
	}
	return false;
}

static int
answer_bad_path(struct exchange *x, int status)
{
	int code =
	    status == URI_HIDDEN_SLASH || status == URI_TOO_LONG ? 404 : 400;

	return web_page(x, code, uri_why(status));
}

/* To the same place with "/" behind it, RFC 9110 15.4.2. */
static int
answer_add_slash(struct exchange *x, const struct place *p)
{
	struct buf location;
	int status;

	buf_init(&location, 4 * HTTP_MAX_TARGET);
	uri_encode_path(&location, (struct slice){ p->text, p->n });
	buf_addc(&location, '/');
	if (x->r->uri.query.p != NULL) {
		buf_addc(&location, '?');
		buf_adds(&location, x->r->uri.query);
	}
	status = location.failed ? web_page(x, 500, "out of memory") :
				   web_redirect(x, 301, buf_slice(&location));
	buf_free(&location);
	return status;
}

/* Why could it not be opened? */
static int
answer_error(struct exchange *x, int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case ENAMETOOLONG:
	case EISDIR:
		return web_page(x, 404, NULL);
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
answer_directory(struct exchange *x, struct place *p)
{
	struct stock_manner m = manner();
	struct stock_file *f;

	if (p->n + strlen(site.index) + 1 > sizeof(p->text))
		return answer_error(x, ENAMETOOLONG);
	strcpy(p->text + p->n, site.index);
	f = stock_get(site.root, p->text + 1, &m);
	p->text[p->n] = '\0';
	if (f != NULL)
		return send_file(x, f);
	return answer_error(x, errno);
}

int
files_answer(struct exchange *x)
{
	struct stock_manner m = manner();
	struct stock_file *f;
	struct place p;
	ssize_t n = uri_path(x->r->uri.path, p.text, HTTP_MAX_TARGET + 2);

	if (n < 0)
		return answer_bad_path(x, (int)n);
	p.n = (size_t)n;
	if (!site.hidden && is_hidden(&p))
		return web_page(x, 404, NULL);
	if (p.text[p.n - 1] == '/')
		return answer_directory(x, &p);
	f = stock_get(site.root, p.text + 1, &m);
	if (f != NULL)
		return send_file(x, f);
	if (errno == EISDIR)
		return answer_add_slash(x, &p);
	return answer_error(x, errno);
}
