/*
 * upload.h - files that clients may put there: --upload.
 *
 * PUT /FOLDER/NAME writes a file below one folder of the site, whole or not at
 * all, and a form on the folder's listing sends several at once.  A file never
 * gets the name of another unless --overwrite is given.  Pages of other origins
 * cannot, whatever --cors says.  Where nobody asked for it nothing of this is
 * there, and children have no right to write.
 */
#ifndef UPLOAD_H
#define UPLOAD_H

#include "web/web.h"

/*
 * Is there something to be had for this request: a PUT, a form, or its script?
 * And is it one with a body?  Never, without --upload.
 */
bool upload_wants(const struct exchange *);
bool upload_takes(const struct exchange *);

/*
 * What may be done there, as the value of Allow; NULL: nothing of this.
 */
const char *upload_methods(const struct exchange *);

/*
 * Answer it, reading its body.
 */
int upload_answer(struct exchange *);

#endif
