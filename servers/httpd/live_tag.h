/*
 * live_tag.h - which replies get the tag of --live, and with what in it.
 *
 * The tag loads our script (live.h) and carries the moment the page was served
 * and the folder it is of, so that no change is missed between that and the
 * opening of the page's stream.  It goes to documents that a browser shows,
 * never to what a script fetches, nor to programs.
 */
#ifndef LIVE_TAG_H
#define LIVE_TAG_H

#include <stdbool.h>
#include <stdint.h>

#include "httpd/cached_file.h"
#include "web/web.h"

/*
 * A page that is made for this request: its tag, for the head, is added to
 * the buf if it is to get one.
 */
void live_head(const struct exchange *, struct buf *);

/*
 * A file: if it is a document that is to get a tag, make the reply of it, as
 * whole and new each time (what it says of the moment is never twice true),
 * and take the file over.  Else false, and nothing has been done.
 */
bool live_document(struct exchange *, int status, struct cached_file *);

/*
 * The folder that has the name of the site, now; another one after a build
 * that makes it anew.
 */
uint64_t live_folder(void);

#endif
