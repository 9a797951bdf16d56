/*
 * upload_why.c - why a file could not be put there.
 */
#include "httpd/upload_why.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "httpd/headers.h"
#include "httpd/redirects.h"
#include "service/server.h"
#include "system/log.h"

int
upload_why(int error, const char **why)
{
	switch (error) {
	case EEXIST:
		*why = "there is one already (see --overwrite)";
		return 409;
	case EISDIR:
	case ENOTEMPTY:
		*why = "there is a folder of that name";
		return 409;
	case EFBIG:
		*why = "more than --upload-max allows";
		return 413;
	case EACCES:
	case EPERM:
		*why = "no permission to write there";
		return 403;
	case EROFS:
		*why = "the folder is on a file system that is read-only";
		return 403;
	case ENOENT:
	case ESTALE:
		*why = "there is no such folder any more";
		return 409;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		*why = "too much is open at present";
		return 503;
	case ENAMETOOLONG:
		*why = "the name is too long";
		return 414;
	case ENOSPC:
	case EDQUOT:
		*why = "there is no room left";
		return 507;
	default:
		log_error("--upload: %s", strerror(error));
		*why = "cannot write the file";
		return 500;
	}
}

/* What the server itself would obey, whatever --hidden shows. */
static bool
is_ours(struct slice name)
{
	return name.n == 0 || name.p[0] == '.' || name.p[name.n - 1] == '~' ||
	    slice_is(name, SERVER_CONFIG) || slice_is(name, HEADERS_NAME) ||
	    slice_is(name, REDIRECTS_NAME);
}

int
upload_why_not(struct slice name, const char **why)
{
	if (name.n > NAME_MAX)
		return upload_why(ENAMETOOLONG, why);
	if (!is_ours(name))
		return 0;
	*why = "no file of that name can be put";
	return 403;
}
