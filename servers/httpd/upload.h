/*
 * upload.h - files that clients may put there: --upload.
 *
 * PUT /FOLDER/NAME writes a file below one folder of the site, whole or not at
 * all: it gets its name when all of it is on the disk, and never that of
 * another file unless --overwrite is given.  Pages of other origins cannot,
 * whatever --cors says.  Where nobody asked for it nothing of this is there,
 * and children have no right to write.
 */
#ifndef UPLOAD_H
#define UPLOAD_H

#include "service/service.h"
#include "web/web.h"

#define UPLOAD_MAX     (UINT64_C(100) << 20) /* bytes, unless --upload-max */
#define UPLOAD_METHODS "GET, HEAD, PUT, OPTIONS"
#define UPLOAD_SCRIPT  "/.berth/upload.js"

/*
 * Before the first fork: find the folder, which the children (user; NULL: we)
 * must be able to write to, and name it as a path that the sandbox leaves
 * open.  A fault ends the program.
 */
struct privdrop;
void upload_prepare(const struct privdrop *user, struct sandbox_path *);

/*
 * Is there something to be had for this request, a PUT or the form's script?
 * Never, without --upload.  upload_is_at: may something be put there?
 */
bool upload_wants(const struct exchange *);
bool upload_takes(const struct exchange *);
bool upload_is_at(const struct exchange *);

/*
 * Answer it, reading its body.
 */
int upload_answer(struct exchange *);

/*
 * The form, for the listing of the folder with this path: "/", "/in/".
 * Nothing is added where nothing can be put.
 */
void upload_form(struct buf *, struct slice path);

#endif
