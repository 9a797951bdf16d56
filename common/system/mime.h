/*
 * mime.h - what kind of file is it?
 *
 * By its extension first, from a table; then by its bytes: the common kinds
 * (grammar/sniff.h), and what libmagic knows of the others.  Its database is
 * loaded once, before the first fork, and shared by all children.
 */
#ifndef MIME_H
#define MIME_H

#include <stdbool.h>

#include "bytes/slice.h"

#define MIME_MAX_TYPE 128  /* bytes of a type, with charset and NUL */
#define MIME_LOOK_AT  8192 /* bytes of a file that mime_guess() wants */

enum mime_when {
	MIME_LATER,  /* mapped now, loaded when it is first needed: a process
		      * that serves one connection may never need it, and says
		      * nothing of what its master has said */
	MIME_NOW,    /* loaded */
	MIME_FORKED, /* and made ready to be used by children: before a fork */
};

/*
 * Find libmagic's database, which knows more kinds than the common ones.
 * Without it mime_guess() knows those; that is said once in the log.
 */
void mime_prepare(enum mime_when);

/*
 * Add "EXT=TYPE" to the table, before its own entries.  Returns 0, or -1 if it
 * has not that form, is too long, or the table is full (64).
 */
int mime_add(const char *text);

/*
 * The type for a file's name, by its extension, or NULL if it has none or none
 * that is known.  Text types come with a charset, UTF-8: see mime_judge().
 */
const char *mime_of_name(struct slice name);

/*
 * The same for a browser: text that people read is text/plain there, for what
 * has a more exact type (YAML, TOML, CSV, Markdown ...) is saved and not shown.
 * Types of mime_add() stay as they were given.
 */
const char *mime_to_show(struct slice name);

/*
 * What is said of a file of that type (one of the above), whose first bytes are
 * these: a charset only where they agree with it, and ".ts" is a video only if
 * it looks like one.  Returns type, or another, written to `to` or a constant.
 */
const char *mime_judge(
    const char *type, struct slice first, bool cut, char to[MIME_MAX_TYPE]);

/*
 * The type for the first bytes of a file: MIME_LOOK_AT of them, or all, if it
 * has fewer; text types come with the charset that the bytes are in, if that can
 * be said.  Writes to type and returns it.
 */
const char *mime_guess(struct slice first, char type[MIME_MAX_TYPE]);

/*
 * Is it worth looking for a compressed copy of such a file, and worth
 * offering its parts as text?  True for text, scripts, SVG, wasm and the like.
 */
bool mime_is_squeezable(const char *type);

#endif
