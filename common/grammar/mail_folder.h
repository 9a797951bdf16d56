/*
 * mail_folder.h - which folder a recipient's mail goes to, and what that
 * folder is called in a Maildir++ (".NAME").
 *
 * A name is made of an address that anybody may have sent, so it is escaped:
 * letters, digits and @ + - = _ stand for themselves (letters in lower case),
 * everything else, dots and slashes too, is %HH.  Pure.
 */
#ifndef MAIL_FOLDER_H
#define MAIL_FOLDER_H

#include "bytes/buf.h"
#include "grammar/mail_address.h"

#define MAIL_FOLDER_MAX 200 /* bytes of a name; longer ones end in a hash */

enum mail_folder_by {
	MAIL_BY_NONE,    /* one Maildir for all; there is no name */
	MAIL_BY_ADDRESS, /* local@domain */
	MAIL_BY_DOMAIN,
	MAIL_BY_USER, /* the local part, up to a "+" */
};

/*
 * Add the name of the folder, with its leading dot, to out.  An address
 * without a domain is at "localhost".
 */
void mail_folder(
    const struct mail_address *, enum mail_folder_by, struct buf *out);

/*
 * Add what a folder's name stands for to out: the reverse, but for the case
 * of letters and what a hash has replaced.  Returns 0, or -1 if name is not
 * one that mail_folder makes.
 */
int mail_folder_text(struct slice name, struct buf *out);

#endif
