/*
 * upload_many.h - the files of a form (POST, multipart/form-data).
 */
#ifndef UPLOAD_MANY_H
#define UPLOAD_MANY_H

#include "web/web.h"

#define UPLOAD_MANY_MAX 1000 /* parts of one form */

/*
 * Put them into an open folder, which has this path: each is judged by itself.
 * Answers with the folder's listing (303), or with a page that tells what became
 * of which.
 */
int upload_many(struct exchange *, int dir, struct slice path);

#endif
