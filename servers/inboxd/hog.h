/*
 * hog.h - MailHog's routes: what its clients ask for, in its shapes.
 *
 * MailHog shows a message as it came: fields and bodies encoded, MIME parts
 * cut but not decoded.  So nothing here comes from the index but the list of
 * messages; the rest is cut from the bytes of the mail file.
 *
 *	hog_content.c	fields and parts of a message (pure)
 *	hog_message.c	one message, from its file to JSON
 *	hog_list.c	many: listed and searched
 *	hog.c		the routes for one message, and the small ones
 *	hog_events.c	new messages, as they come
 */
#ifndef HOG_H
#define HOG_H

#include "grammar/mail_trace.h"
#include "inboxd/inbox.h"

/* hog_list.c; hog_messages is for --api-compat=mailhog. */
int hog_messages(struct exchange *, const char *part);
int hog_messages_v2(struct exchange *, const char *part);
int hog_search(struct exchange *, const char *part);

/* hog.c */
int hog_message(struct exchange *, const char *part);
int hog_delete(struct exchange *, const char *part);
int hog_delete_all(struct exchange *, const char *part);
int hog_download(struct exchange *, const char *part);
int hog_part(struct exchange *, const char *part);
int hog_outgoing(struct exchange *, const char *part);

/*
 * hog.c: an error as MailHog tells it, without a body, which its client would
 * take for JSON.  why, a constant, is in the log and in X-Berth-Error.
 */
int hog_error(struct exchange *, int status, const char *why);

/* hog_events.c */
int hog_events(struct exchange *, const char *part);
int hog_socket(struct exchange *, const char *part);

/* hog_jim.c */
int hog_jim(struct exchange *, const char *part);

/* ---- one message ---- */

#define HOG_DATA_MAX (8 << 20)   /* bytes of a message that are told */
#define HOG_JSON_MAX (256 << 20) /* of it as JSON: parts are told twice */

struct hog_message {
	char id[MAILDIR_ID_MAX];
	int64_t created;
	struct buf file;   /* from its beginning */
	struct slice data; /* as sent */
	struct mail_trace trace;
};

/*
 * Read the message of this row, most bytes of it.  Returns 0, or -1 with
 * errno: it is gone.  hog_close() it afterwards in any case.
 */
int hog_open(struct hog_message *, const struct index_row *, size_t most);
void hog_close(struct hog_message *);

/*
 * Add it as MailHog's Message.
 */
void hog_add(struct buf *, const struct hog_message *);

/*
 * Does it fit a search of this kind?  word is in lower case.
 */
enum hog_kind { HOG_FROM, HOG_TO, HOG_CONTAINING };
bool hog_fits(const struct hog_message *, enum hog_kind, struct slice word);

#endif
