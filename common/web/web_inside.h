/*
 * web_inside.h - what the files of web.h share among themselves.
 */
#ifndef WEB_INSIDE_H
#define WEB_INSIDE_H

#include "web/web.h"

/*
 * Begin to read the body of x->r.
 */
void web_body_begin(struct exchange *);

/*
 * Get an unwanted body out of the way.  Returns 0 (x->close is set if there is
 * more than we care to read), or negative as web_body_next().
 */
int web_body_drain(struct exchange *);

/*
 * Has all of the body been read?
 */
bool web_body_is_done(const struct exchange *);

/*
 * Write the line of the access log; line is scratch.  client is the address in
 * words.
 */
void web_log(const struct exchange *, const char *client, struct buf *line);

#endif
