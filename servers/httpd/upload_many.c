/*
 * upload_many.c - the files of a form.
 */
#include "httpd/upload_many.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "grammar/escape.h"
#include "grammar/multipart.h"
#include "grammar/uri.h"
#include "httpd/look.h"
#include "httpd/site.h"
#include "httpd/upload_file.h"
#include "httpd/upload_why.h"

#define IN_MAX   (1 << 20) /* more than one piece of a body and what is left */
#define ROWS_MAX (4 << 20)
#define BROKEN   400 /* no form, or no whole one */

struct form {
	struct multipart m;
	struct buf in; /* came, and was not eaten */
	int dir;

	/* The part that is being read. */
	struct upload_file file;
	char name[NAME_MAX + 1];
	bool taken; /* it is a file, and of interest */
	int error;  /* why it is not written any more: an errno, ... */
	int status; /* ... or what it comes to, with ... */
	const char *why;

	/* All of them. */
	size_t parts, done, failed;
	int first_status; /* of those that failed */
	const char *first_why;
	struct buf rows;
	bool over;
};

static void
add_row(struct form *t, struct slice name, const char *what)
{
	struct buf shown;

	buf_init(&shown, 4 * NAME_MAX + 1);
	look_name(&shown, name);
	buf_addz(&t->rows, "<tr><td>");
	escape_html(&t->rows, buf_slice(&shown));
	buf_addf(&t->rows, "</td><td>%s</td></tr>\n", what);
	buf_free(&shown);
}

/* A part begins.  An empty name is what a form sends without a file. */
static void
begin_part(struct form *t, struct slice file)
{
	bool there;

	t->taken = file.n > 0;
	t->error = t->status = 0;
	t->file = (struct upload_file){ .fd = -1 };
	if (!t->taken)
		return;
	if (multipart_file_name(file, t->name, sizeof(t->name)) >= 0) {
		t->status = upload_why_not(slice_of(t->name), &t->why);
	} else {
		snprintf(t->name, sizeof(t->name), "%.*s", SLICE_FMT(file));
		t->status = 400;
		t->why = "that is no name for a file";
	}
	if (t->status == 0)
		t->error =
		    upload_file_check(t->dir, t->name, site.overwrite, &there);
	if (t->status == 0 && t->error == 0)
		t->error = upload_file_begin(&t->file, t->dir);
}

static void
add_data(struct form *t, struct slice data)
{
	if (!t->taken || t->status != 0 || t->error != 0)
		return;
	t->error = upload_file_add(&t->file, data, site.upload_max);
	if (t->error != 0) /* it needs no room while the rest is heard */
		upload_file_drop(&t->file);
}

static void
end_part(struct form *t)
{
	if (!t->taken)
		return;
	if (t->status == 0 && t->error == 0)
		t->error = upload_file_name(&t->file, t->name, site.overwrite);
	upload_file_drop(&t->file);
	t->taken = false;
	if (t->status == 0 && t->error != 0)
		t->status = upload_why(t->error, &t->why);
	if (t->status == 0) {
		t->done++;
		add_row(t, slice_of(t->name), "uploaded");
		return;
	}
	if (t->failed++ == 0) {
		t->first_status = t->status;
		t->first_why = t->why;
	}
	add_row(t, slice_of(t->name), t->why);
}

/* Take in what came.  Returns 0, or BROKEN. */
static int
take(struct form *t)
{
	struct multipart_news news;
	ssize_t n;

	while ((n = multipart_eat(&t->m, buf_slice(&t->in), &news)) > 0) {
		switch (news.kind) {
		case MULTIPART_HEAD:
			if (++t->parts > UPLOAD_MANY_MAX)
				return BROKEN;
			begin_part(t, news.file);
			break;
		case MULTIPART_DATA:
			add_data(t, news.data);
			break;
		case MULTIPART_END:
			end_part(t);
			break;
		case MULTIPART_OVER:
			t->over = true;
			break;
		case MULTIPART_NOTHING:
			break;
		}
		buf_eat(&t->in, (size_t)n);
	}
	return n < 0 ? BROKEN : 0;
}

/* Read all of it.  Returns 0, BROKEN, or a negative status of the body. */
static int
receive(struct exchange *x, struct form *t)
{
	struct slice piece;
	int status;

	while ((status = web_body_next(x, &piece)) > 0) {
		buf_adds(&t->in, piece);
		if (t->in.failed || take(t) != 0)
			return BROKEN;
	}
	return status < 0 ? status : t->over ? 0 : BROKEN;
}

/* To the folder, where they are to be seen. */
static int
tell_done(struct exchange *x, struct slice path)
{
	struct buf to;

	buf_init(&to, 4 * HTTP_MAX_TARGET);
	uri_encode_path(&to, path);
	web_redirect(x, 303, buf_slice(&to));
	buf_free(&to);
	return 0;
}

static int
tell_failed(struct exchange *x, const struct form *t)
{
	struct buf b;

	buf_init(&b, 2 * ROWS_MAX);
	look_begin(&b, (struct slice)SLICE("Upload"), "");
	buf_addf(&b, "<body>\n<h1>%s</h1>\n<table>\n<tbody>\n",
	    t->done > 0 ? "Not all files were uploaded" :
			  "Nothing was uploaded");
	buf_adds(&b, buf_slice(&t->rows));
	buf_addz(&b,
	    "</tbody>\n</table>\n<p><a href=\"./\">Back to the folder</a></p>\n"
	    "</body>\n</html>\n");
	b.failed = b.failed || t->rows.failed;
	web_made(x, t->first_status, "text/html; charset=utf-8", &b);
	web_fieldz(x, "Cache-Control", "no-store");
	x->why = t->first_why;
	return 0;
}

int
upload_many(struct exchange *x, int dir, struct slice path)
{
	struct form t = { .dir = dir, .file = { .fd = -1 } };
	int status;

	if (multipart_begin(&t.m, web_get(x, "Content-Type")) < 0)
		return web_refuse(
		    x, 415, "a form with files (multipart/form-data) is taken");
	buf_init(&t.in, IN_MAX);
	buf_init(&t.rows, ROWS_MAX);
	status = receive(x, &t);
	if (status == BROKEN)
		web_refuse(x, 400, "it is not a form as browsers send it");
	else if (status == 0 && t.failed > 0)
		tell_failed(x, &t);
	else if (status == 0 && t.done == 0)
		web_page(x, 400, "no file was chosen");
	else if (status == 0)
		tell_done(x, path);
	upload_file_drop(&t.file);
	buf_free(&t.in);
	buf_free(&t.rows);
	return status < 0 ? status : 0;
}
