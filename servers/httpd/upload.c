/*
 * upload.c - files that clients may put there: which request is one, and PUT.
 */
#include "httpd/upload.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "httpd/open.h"
#include "httpd/root.h"
#include "httpd/site.h"
#include "httpd/target.h"
#include "httpd/upload_file.h"
#include "httpd/upload_folder.h"
#include "httpd/upload_form.h"
#include "httpd/upload_many.h"
#include "httpd/upload_why.h"

static bool
is_script(const struct exchange *x)
{
	return site.upload != NULL && web_reads(x) && web_is(x, UPLOAD_SCRIPT);
}

/* The method that is for what has this path; HTTP_UNKNOWN: none. */
static enum http_method
method_for(const struct exchange *x)
{
	static char path[HTTP_MAX_TARGET + 2];
	ssize_t n;

	if (site.upload == NULL)
		return HTTP_UNKNOWN;
	n = uri_path(x->r->uri.path, path, sizeof(path));
	if (n <= 0 || !upload_folder_holds((struct slice){ path, (size_t)n }))
		return HTTP_UNKNOWN;
	return path[n - 1] == '/' ? HTTP_POST : HTTP_PUT;
}

const char *
upload_methods(const struct exchange *x)
{
	switch (method_for(x)) {
	case HTTP_POST:
		return "GET, HEAD, POST, OPTIONS";
	case HTTP_PUT:
		return "GET, HEAD, PUT, OPTIONS";
	default:
		return NULL;
	}
}

bool
upload_takes(const struct exchange *x)
{
	return (x->r->method == HTTP_PUT || x->r->method == HTTP_POST) &&
	    method_for(x) == x->r->method;
}

bool
upload_wants(const struct exchange *x)
{
	return is_script(x) || upload_takes(x);
}

/*
 * Open the folder that the request names, or that its file is to be in, whose
 * name is cut off then.  Returns 0, or a status.
 */
static int
open_folder(const struct exchange *x, struct target *t, const char **name,
    int *dir, const char **why)
{
	struct stat st;
	char *slash;
	int status = target_of(x, t, why);

	if (status != 0)
		return status;
	if (target_is_hidden(t)) {
		*why = "nothing is served by that name";
		return 403;
	}
	*name = target_name(t);
	slash = strrchr(t->text + (*name - t->text), '/');
	if (x->r->method == HTTP_PUT) {
		if (slash != NULL)
			*slash = '\0';
		*dir = site_open(slash != NULL ? *name : ".", &st);
		*name = slash != NULL ? slash + 1 : *name;
	} else {
		*dir = site_open(*name, &st);
	}
	*why = "there is no such folder";
	return *dir < 0 || !S_ISDIR(st.st_mode) ? 409 : 0;
}

/* Take the body.  Returns 0, an errno, or a negative status of the body. */
static int
take(struct exchange *x, struct upload_file *f)
{
	struct slice piece;
	int status, error;

	while ((status = web_body_next(x, &piece)) > 0) {
		error = upload_file_add(f, piece, site.upload_max);
		if (error != 0)
			return error;
	}
	return status;
}

static int
tell_error(struct exchange *x, int error)
{
	const char *why;
	int status = upload_why(error, &why);

	return web_refuse(x, status, why); /* there may be more of the body */
}

static int
tell_done(struct exchange *x, bool replaced)
{
	if (replaced)
		return web_begin(x, 204);
	web_text(x, 201, "created\n");
	web_field(x, "Location", x->r->uri.path);
	return 0;
}

/* PUT: the folder is open. */
static int
put(struct exchange *x, int dir, const char *name)
{
	struct upload_file f;
	bool there;
	int status;

	status = upload_file_check(dir, name, site.overwrite, &there);
	if (status == 0)
		status = upload_file_begin(&f, dir);
	if (status != 0)
		return tell_error(x, status);
	status = take(x, &f);
	if (status == 0)
		status = upload_file_name(&f, name, site.overwrite);
	upload_file_drop(&f);
	if (status < 0)
		return status;
	return status == 0 ? tell_done(x, there) : tell_error(x, status);
}

/* Is it one that can be taken at all?  Returns 0, or a status. */
static int
judge(const struct exchange *x, const char **why)
{
	if (!web_is_same_origin(x)) {
		*why = "a page of another origin asks";
		return 403;
	}
	if (x->r->method != HTTP_PUT)
		return 0;
	if (web_get(x, "Content-Range").p != NULL) {
		*why = "a part cannot be put";
		return 400;
	}
	if (x->r->body.kind == HTTP_BODY_LENGTH &&
	    x->r->body.length > site.upload_max)
		return upload_why(EFBIG, why);
	return 0;
}

int
upload_answer(struct exchange *x)
{
	static struct target t; /* large */
	const char *why, *name;
	int status, dir = -1;

	if (is_script(x))
		return upload_form_script(x);
	status = judge(x, &why);
	if (status != 0)
		return web_refuse(x, status, why);
	if (!root_is_there(x, &status)) {
		x->close = true;
		return status;
	}
	status = open_folder(x, &t, &name, &dir, &why);
	if (status == 0 && x->r->method == HTTP_PUT)
		status = upload_why_not(slice_of(name), &why);
	if (status != 0)
		status = web_refuse(x, status, why);
	else if (x->r->method == HTTP_PUT)
		status = put(x, dir, name);
	else
		status = upload_many(x, dir, target_path(&t));
	if (dir >= 0)
		close(dir);
	return status;
}
