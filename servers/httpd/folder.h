/*
 * folder.h - all that lies below a directory, as one file: .tar or .zip.
 *
 * It is made while it is sent, and holds what listings show: nothing hidden, no
 * Maildir, no link that leads out.  Links to folders are left out, for they may
 * lead in a circle; links to files stand for the files.
 */
#ifndef FOLDER_H
#define FOLDER_H

#include "httpd/target.h"
#include "web/web.h"

#define FOLDER_DEPTH 64 /* what lies deeper is left out, which is logged */

/*
 * Answer with the archive of that form ("tar", "zip"; others are a 400).
 * Returns 0, or, with nothing answered, an errno.
 */
int folder_answer(struct exchange *, const struct target *, struct slice form);

#endif
