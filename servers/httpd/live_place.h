/*
 * live_place.h - where in a document does the tag of --live go?
 *
 * Early in its head: behind what says how the document is to be read (its
 * doctype, the start of its root and head, its charset), and before anything
 * that could keep a script from running: an open comment, another script, a
 * policy.  Bytes in, an offset out; knows nothing of files or requests.
 */
#ifndef LIVE_PLACE_H
#define LIVE_PLACE_H

#include <stdbool.h>
#include <sys/types.h>

#include "bytes/slice.h"

#define LIVE_LOOK_AT 65536 /* bytes of a document that are looked at */

enum live_kind { LIVE_NO_DOCUMENT, LIVE_HTML, LIVE_XML };

/*
 * What is a document of this type?  text/html; or XHTML or SVG.
 */
enum live_kind live_kind_of(const char *type);

/*
 * The offset in a document that begins so; whole: that is all of it.  -1: it
 * gets none, for it is not written in bytes of ASCII (UTF-16: live_wide.h), is not what its
 * type says, or what comes first does not end.
 */
ssize_t live_place(struct slice begin, enum live_kind kind, bool whole);

#endif
