/*
 * hog_content.h - fields and MIME parts as MailHog tells them: cut from the
 * bytes of a message, and not decoded.  Pure.
 *
 * Of fields of one name the last counts, names are as sent, folded lines are
 * joined, blanks and all.  A part has no line ends around it.  What comes
 * before the first boundary and behind the last is nobody's.
 */
#ifndef HOG_CONTENT_H
#define HOG_CONTENT_H

#include "bytes/buf.h"
#include "bytes/slice.h"

#define HOG_FIELDS_MAX 500  /* of one head; the rest is left out */
#define HOG_PARTS_MAX  1000 /* of one multipart, likewise */
#define HOG_DEPTH_MAX  16   /* parts within parts */

struct hog_field {
	struct slice name;
	struct slice value; /* with its line ends, if it is folded */
};

/* A head and what is behind it; without an empty line all is body. */
struct hog_content {
	struct slice all, body;
	struct hog_field field[HOG_FIELDS_MAX];
	size_t count;
};

/*
 * Cut them.
 */
void hog_cut(struct hog_content *, struct slice);

/*
 * The last field of this name, in any case; p is NULL without one.
 */
struct slice hog_field(const struct hog_content *, const char *name);

/*
 * Cut the next part off *rest, which is the body of a multipart at first:
 * returns false at the end.
 */
bool hog_next_part(
    struct slice *rest, struct slice boundary, struct slice *part);

/*
 * The boundary of a multipart; p is NULL if it is none.
 */
struct slice hog_boundary(const struct hog_content *);

/*
 * Add {"Headers":{...},"Body":...,"Size":...,"MIME":...}.  more is what else
 * stands in Headers: ,"NAME":["VALUE"] for each.
 */
void hog_add_content(struct buf *, struct slice all, struct slice more);

/*
 * Add {"Parts":[...]} of a multipart, or null.
 */
void hog_add_mime(struct buf *, struct slice all);

#endif
