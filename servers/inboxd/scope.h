/*
 * scope.h - what a request asks about: parameters of its query and of its
 * JSON body, as all routes understand them.
 *
 *	mailbox=NAME	one folder, by what it stands for or by its own name
 *	query=TEXT	Mailpit's search syntax (mail/search_query.h)
 *	tz=ZONE		the time zone of dates in it, such as Europe/Berlin
 *	start=N limit=N	which of the messages, newest first
 *	before=TIME	received before; as in the query language
 */
#ifndef SCOPE_H
#define SCOPE_H

#include <jansson.h>

#include "inboxd/inbox.h"

#define SCOPE_LIMIT     50         /* messages in a list, unless asked */
#define SCOPE_BODY_MAX  (64 << 20) /* bytes of a JSON body */
#define SCOPE_QUERY_MAX 4096

struct scope {
	struct index_scope index;
	struct search_query query;
	char text[SCOPE_QUERY_MAX]; /* of the query; "" without one */
	char folder[MAILDIR_NAME_MAX];
	char mailbox[MAILDIR_NAME_MAX]; /* whose folder is not there yet */
	int64_t start, limit;
};

/*
 * Read the parameters.  Returns 0, or 1 when a reply about a fault in them has
 * been made.  scope_free() it in any case.
 */
int scope_read(struct exchange *, struct scope *);
void scope_free(struct scope *);

/*
 * For who waits: the mailbox that was asked for may have got its first message
 * since, and with it the folder.  Returns 0 or an index_status.
 */
int scope_renew(struct scope *);

/*
 * The query of the scope becomes this text.
 */
void scope_search(struct exchange *, struct scope *, const char *text);

/*
 * A number of the query string: *n is left alone when it is not there.
 * Returns 0 or -1.
 */
int scope_number(struct exchange *, const char *name, int64_t *n);

/*
 * Read the body as a JSON object; an empty body is an empty object.  *json is
 * the caller's.  Returns 0; 1 when a reply about a fault has been made; or a
 * negative status for answer() to return.
 */
int scope_body(struct exchange *, json_t **json);

#endif
