/*
 * rules_file.h - the rules that the mail server obeys while it runs
 * (mail/rule.h), as the inbox reads and changes them: text, a rule a line.
 *
 * A rule is of a mailbox (mailbox=NAME in it) or of all of them, and who made
 * it may have left a label.  Those of a mailbox come first.
 */
#ifndef RULES_FILE_H
#define RULES_FILE_H

#include <stdbool.h>

#include "bytes/buf.h"
#include "bytes/slice.h"
#include "mail/rule.h"

/* Which lines? */
struct rules_scope {
	const char *mailbox; /* rules of this one; NULL: of none, or, without
			      * a label either, all there are */
	const char *label;   /* whose label begins so; NULL: no matter */
};

/*
 * Call each for the rules of the scope, with the line as it stands there.
 */
typedef void rules_each(void *with, const struct rule *, struct slice line);
void rules_file_each(
    struct slice text, const struct rules_scope *, rules_each *, void *with);

/*
 * Add the text of the file, which is empty when there is none.  Returns 0, or
 * -1 with errno.
 */
int rules_file_read(struct buf *text);

/*
 * Is every line a rule, a comment or empty, and may each be of this mailbox
 * (or NULL)?  If not, why gets a sentence that says which and why.
 */
bool rules_file_check(struct slice text, const char *mailbox, struct buf *why);

/*
 * Put text, which has been checked, in place of the rules of the scope; it
 * becomes the mailbox's, if there is one in the scope.  Whoever does the same
 * at that moment comes before or after.  Returns 0, or -1 with errno (EFBIG: too many
 * rules, EBUSY: somebody else would not stop).
 */
int rules_file_change(const struct rules_scope *, struct slice text);

/*
 * Add a line without its mailbox= condition.
 */
void rules_file_plain(struct buf *, struct slice line);

#endif
