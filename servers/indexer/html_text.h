/*
 * html_text.h - what a reader of HTML sees, as plain text: tags taken out,
 * entities decoded, blanks run together.  And where its links lead.
 *
 * For searching and for a first line in a list; nothing here decides what is
 * safe to show.  It never fails, whatever the HTML, and takes time in
 * proportion to it.  Pure.
 */
#ifndef HTML_TEXT_H
#define HTML_TEXT_H

#include <stdbool.h>

#include "bytes/buf.h"
#include "bytes/slice.h"

/*
 * Add the text of html, which must be valid UTF-8, to text: so the text is.  A
 * block begins a line.  Scripts, styles, comments and the title are left out.
 *
 * The targets of <a> and <area> are added to links (NULL: not wanted), each
 * followed by an LF: they hold no byte below 33.
 *
 * What does not fit is left out, without a failure of the buf: returns false
 * then.
 */
bool html_text(struct slice html, struct buf *text, struct buf *links);

/*
 * Add the character that begins html with "&" to out, decoded.  Returns the
 * bytes it took, or 0 when it is no entity (nothing is added).
 */
size_t html_entity(struct slice html, struct buf *out);

/*
 * What an entity of HTML stands for, in UTF-8, or NULL.  The name comes without
 * "&" and ";".
 */
const char *html_entity_named(struct slice name);

#endif
