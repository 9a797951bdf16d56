/*
 * upload.c - files that clients may put there.
 */
#include "httpd/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "httpd/headers.h"
#include "httpd/open.h"
#include "httpd/redirects.h"
#include "httpd/root.h"
#include "httpd/site.h"
#include "httpd/target.h"
#include "sandbox/as_user.h"
#include "sandbox/privdrop.h"
#include "service/server.h"
#include "system/io.h"
#include "system/log.h"
#include "system/path.h"

#define MODE 0644

static char below[PATH_MAX]; /* the folder, below the site's: "", "in/" */
static char where[PATH_MAX]; /* the same as a path */

/* A file on its way. */
struct upload {
	int dir, fd;
	char name[NAME_MAX + 1];
	char part[64]; /* what it is called until it is whole */
};

/* ---- at the start ---- */

static int
try_it(const void *context, int fd[AS_USER_FDS_MAX], const char **what)
{
	(void)context;
	fd[0] = -1; /* nothing comes back */
	*what = where;
	return faccessat(AT_FDCWD, where, W_OK | X_OK, AT_EACCESS);
}

/* DIR as a path below the site's folder, or one that lies in it. */
static bool
find_folder(void)
{
	char top[PATH_MAX], real[PATH_MAX], joined[PATH_MAX];
	size_t n;

	if (snprintf(joined, sizeof(joined), "%s/%s", site.dir, site.upload) >=
	    (int)sizeof(joined))
		return false;
	if ((site.upload[0] == '/' || realpath(joined, real) == NULL) &&
	    realpath(site.upload, real) == NULL)
		return false;
	if (realpath(site.dir, top) == NULL)
		return false;
	n = strlen(top);
	if (strncmp(real, top, n) != 0 || (real[n] != '\0' && real[n] != '/')) {
		errno = EXDEV;
		return false;
	}
	snprintf(where, sizeof(where), "%s", real);
	snprintf(below, sizeof(below), "%s%s",
	    real[n] == '\0' ? "" : real + n + 1, real[n] == '\0' ? "" : "/");
	return true;
}

void
upload_prepare(const struct privdrop *user, struct sandbox_path *path)
{
	static const struct privdrop ourselves;
	int fd[AS_USER_FDS_MAX];
	const char *what = "";
	struct stat st;

	if (!find_folder() || stat(where, &st) < 0)
		die(EXIT_CONFIG, "--upload %s: %s", site.upload,
		    errno == EXDEV ? "not a folder of the site" :
				     strerror(errno));
	if (!S_ISDIR(st.st_mode))
		die(EXIT_CONFIG, "--upload %s: not a folder", site.upload);
	if (as_user(user == NULL ? &ourselves : user, try_it, NULL, fd, &what) <
	    0)
		die(EXIT_CONFIG,
		    "--upload %s: the user of the server's processes cannot "
		    "write there: give it to that user (chown)",
		    site.upload);
	*path = (struct sandbox_path){ .path = where, .right = SANDBOX_WRITE };
}

/* ---- a request ---- */

static bool
is_script(const struct exchange *x)
{
	return site.upload != NULL && web_reads(x) && web_is(x, UPLOAD_SCRIPT);
}

bool
upload_is_at(const struct exchange *x)
{
	static char path[HTTP_MAX_TARGET + 2];
	ssize_t n;

	if (site.upload == NULL)
		return false;
	n = uri_path(x->r->uri.path, path, sizeof(path));
	return n > 1 && path[n - 1] != '/' &&
	    strncmp(path + 1, below, strlen(below)) == 0;
}

bool
upload_takes(const struct exchange *x)
{
	return x->r->method == HTTP_PUT && upload_is_at(x);
}

bool
upload_wants(const struct exchange *x)
{
	return is_script(x) || upload_takes(x);
}

/* What the server itself would obey, whatever --hidden shows. */
static bool
is_ours(struct slice name)
{
	return name.n == 0 || name.p[0] == '.' ||
	    slice_is(name, SERVER_CONFIG) || slice_is(name, HEADERS_NAME) ||
	    slice_is(name, REDIRECTS_NAME);
}

/*
 * Open the folder of the file that the request names, and take its name apart.
 * Returns 0, or a status.
 */
static int
find_place(const struct exchange *x, struct upload *u, const char **why)
{
	static struct target t; /* large */
	struct stat st;
	const char *name;
	char *slash;
	int status = target_of(x, &t, why);

	if (status != 0)
		return status;
	if (target_is_hidden(&t)) {
		*why = "nothing is served by that name";
		return 403;
	}
	name = target_name(&t);
	slash = strrchr(t.text + (name - t.text), '/');
	if (slash != NULL)
		*slash++ = '\0';
	if (strlen(slash != NULL ? slash : name) > NAME_MAX) {
		*why = "the name is too long";
		return 414;
	}
	strcpy(u->name, slash != NULL ? slash : name);
	if (is_ours(slice_of(u->name))) {
		*why = "no file of that name can be put";
		return 403;
	}
	u->dir = site_open(slash != NULL ? name : ".", &st);
	*why = "there is no such folder";
	return u->dir < 0 || !S_ISDIR(st.st_mode) ? 409 : 0;
}

/* How a failure of the file system is told. */
static int
tell_error(struct exchange *x, int error)
{
	x->close = true; /* there may be more of the body */
	switch (error) {
	case EEXIST:
		return web_page(
		    x, 409, "there is one already (see --overwrite)");
	case EISDIR:
	case ENOTEMPTY:
		return web_page(x, 409, "there is a folder of that name");
	case EACCES:
	case EPERM:
	case EROFS:
		return web_page(x, 403, "no permission to write there");
	case ENOSPC:
	case EDQUOT:
		return web_page(x, 507, "there is no room left");
	default:
		log_error("--upload: %s", strerror(error));
		return web_page(x, 500, "cannot write the file");
	}
}

/* Take the body.  Returns 0, an errno, or a negative status of the body. */
static int
take(struct exchange *x, int fd)
{
	struct slice piece;
	uint64_t n = 0;
	int status;

	while ((status = web_body_next(x, &piece)) > 0) {
		n += piece.n;
		if (n > site.upload_max)
			return EFBIG;
		if (io_write_all(fd, piece.p, piece.n) < 0)
			return errno;
	}
	if (status < 0)
		return status;
	return fsync(fd) < 0 ? errno : 0;
}

/* Give it its name.  Returns 0 or an errno. */
static int
give_name(const struct upload *u)
{
	int done = site.overwrite ?
	    renameat(u->dir, u->part, u->dir, u->name) :
	    renameat2(u->dir, u->part, u->dir, u->name, RENAME_NOREPLACE);

	return done < 0 || fsync(u->dir) < 0 ? errno : 0;
}

static bool
is_there(const struct upload *u, struct stat *st)
{
	return fstatat(u->dir, u->name, st, AT_SYMLINK_NOFOLLOW) == 0;
}

static int
tell_done(struct exchange *x, bool replaced)
{
	if (replaced) {
		web_begin(x, 204);
		return 0;
	}
	web_text(x, 201, "created\n");
	web_field(x, "Location", x->r->uri.path);
	return 0;
}

/* The folder is open. */
static int
receive(struct exchange *x, struct upload *u)
{
	struct stat st;
	bool there = is_there(u, &st);
	int status;

	if (there && (!site.overwrite || !S_ISREG(st.st_mode)))
		return tell_error(x, S_ISDIR(st.st_mode) ? EISDIR : EEXIST);
	snprintf(u->part, sizeof(u->part), ".berth-upload-%d-%ju",
	    (int)getpid(), (uintmax_t)x->began_us);
	u->fd = openat(u->dir, u->part,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, MODE);
	if (u->fd < 0)
		return tell_error(x, errno);
	status = take(x, u->fd);
	close(u->fd);
	if (status == 0)
		status = give_name(u);
	if (status == 0)
		return tell_done(x, there);
	unlinkat(u->dir, u->part, 0);
	if (status < 0)
		return status;
	return status == EFBIG ?
	    web_refuse(x, 413, "more than --upload-max allows") :
	    tell_error(x, status);
}

static const char script[] =
    "// Added by berth-httpd --upload: send files to this folder.\n"
    "(function () {\n"
    "  'use strict';\n"
    "  var form = document.getElementById('upload');\n"
    "  var said = form.querySelector('output');\n"
    "\n"
    "  async function send(file) {\n"
    "    said.textContent = file.name + ' ...';\n"
    "    var url = './' + encodeURIComponent(file.name);\n"
    "    var reply = await fetch(url, { method: 'PUT', body: file });\n"
    "    if (reply.ok) return;\n"
    "    throw reply.status === 409 ? 'there is one already' :\n"
    "          reply.status === 413 ? 'it is too large' :\n"
    "          reply.status === 507 ? 'there is no room left' :\n"
    "          'the server says ' + reply.status;\n"
    "  }\n"
    "\n"
    "  form.addEventListener('submit', async function (e) {\n"
    "    e.preventDefault();\n"
    "    for (var file of form.file.files) {\n"
    "      try { await send(file); }\n"
    "      catch (why) {\n"
    "        said.textContent = file.name + ': ' + why;\n"
    "        return;\n"
    "      }\n"
    "    }\n"
    "    location.reload();\n"
    "  });\n"
    "}());\n";

void
upload_form(struct buf *b, struct slice path)
{
	if (site.upload == NULL || !slice_starts(slice_from(path, 1), below))
		return;
	buf_addz(b,
	    "<form id=\"upload\"><p><input type=\"file\" name=\"file\" "
	    "multiple required aria-label=\"Files\"> "
	    "<button>Upload</button> <output></output></p></form>\n"
	    "<script src=\"" UPLOAD_SCRIPT "\"></script>\n");
}

static int
answer_script(struct exchange *x)
{
	web_bytes(x, 200, "text/javascript; charset=utf-8", slice_of(script));
	web_fieldz(x, "Cache-Control", "no-cache");
	return 0;
}

int
upload_answer(struct exchange *x)
{
	struct upload u = { .dir = -1, .fd = -1 };
	const char *why;
	int status;

	if (is_script(x))
		return answer_script(x);
	if (!web_is_same_origin(x))
		return web_refuse(x, 403, "a page of another origin asks");
	if (web_get(x, "Content-Range").p != NULL)
		return web_refuse(x, 400, "a part cannot be put");
	if (x->r->body.kind == HTTP_BODY_LENGTH &&
	    x->r->body.length > site.upload_max)
		return web_refuse(x, 413, "more than --upload-max allows");
	if (!root_is_there(x)) {
		x->close = true;
		return 0;
	}
	status = find_place(x, &u, &why);
	if (status == 0)
		status = receive(x, &u);
	else
		web_refuse(x, status, why);
	if (u.dir >= 0)
		close(u.dir);
	return status > 0 ? 0 : status;
}
