/*
 * api.h - the routes of the API: what each file answers.  part is the segment
 * of the path that "*" stands for in route.c's table.
 */
#ifndef API_H
#define API_H

#include <jansson.h>

#include "inboxd/ids.h"
#include "inboxd/inbox.h"
#include "inboxd/scope.h"

/* api_list.c: many messages, listed, marked, deleted. */
int api_messages(struct exchange *, const char *part);
int api_search(struct exchange *, const char *part);
int api_mark(struct exchange *, const char *part);
int api_delete(struct exchange *, const char *part);
int api_delete_found(struct exchange *, const char *part);

/* api_message.c: one message, whole or its head or its bytes. */
int api_message(struct exchange *, const char *part);
int api_headers(struct exchange *, const char *part);
int api_raw(struct exchange *, const char *part);
int api_sent(struct exchange *, const char *part);

/* api_part.c: a part of one, decoded; its HTML and text as documents. */
int api_part(struct exchange *, const char *part);
int api_view(struct exchange *, const char *part);

/* api_tags.c, and api_tag.c for one: tags and mailboxes. */
int api_tags(struct exchange *, const char *part);
int api_tag_messages(struct exchange *, const char *part);
int api_tag_rename(struct exchange *, const char *part);
int api_tag_delete(struct exchange *, const char *part);
int api_mailboxes(struct exchange *, const char *part);

/*
 * Add the names of all tags in a folder (NULL: of all) as a list.  Returns 0 or
 * an index_status.
 */
int api_add_tags(struct buf *, const char *folder);

/*
 * The letters of these tags (a list) in a folder, made if need be.  Returns 0,
 * or -1 with errno.
 */
int api_tag_flags(
    const char *folder, const json_t *tags, char flags[MAILDIR_KEYWORDS + 1]);

/*
 * Tags could not be changed: an index_status (below 0), or errno, as a reply.
 */
int api_tag_fault(struct exchange *, int status);

/* api_info.c: about the inbox itself. */
int api_info(struct exchange *, const char *part);
int api_webui(struct exchange *, const char *part);
int api_alive(struct exchange *, const char *part);
int api_metrics(struct exchange *, const char *part);

/* api_wait.c, api_sessions.c, events.c, events_socket.c */
int api_wait(struct exchange *, const char *part);
int api_sessions(struct exchange *, const char *part);
int api_events(struct exchange *, const char *part);
int api_events_socket(struct exchange *, const char *part);

/* api_rules.c, api_chaos.c */
int api_rules(struct exchange *, const char *part);
int api_chaos(struct exchange *, const char *part);

/* api_send.c */
int api_send(struct exchange *, const char *part);

/* api_release.c; and as MailHog's clients ask for it. */
int api_release(struct exchange *, const char *part);
int hog_release(struct exchange *, const char *part);

struct rules_scope;

/*
 * api_rules.c: whose rules a request is about; name is where the mailbox's
 * stands.  Returns 0, or 1 when a reply about a fault has been made.  And an
 * errno of rules_file_change() in words.
 */
int api_rules_scope(
    struct exchange *, char name[MAILDIR_NAME_MAX], struct rules_scope *);
const char *api_rules_fault(int why);

/* A message that was found: what the index says of it, copied. */
struct found {
	int64_t n;
	char id[MAILDIR_ID_MAX];
	struct maildir_file file;
	bool seen;
	int64_t created, size;
	struct buf tags, summary;
	json_t *document; /* or NULL */
};

/*
 * api_find.c: find the message of this ID ("latest" with the query of the
 * request).  Returns 0, with the message in f, to be freed; or 1 when a reply
 * has been made (404, or the index failed).  With document, that is there.
 */
int api_find(struct exchange *, const char *id, struct found *, bool document);
void api_found_free(struct found *);

/*
 * Open its file, wherever it is now.  Returns the descriptor, or -1 when a 404
 * has been made.  *offset becomes where the bytes that were sent begin.
 */
int api_open(struct exchange *, struct found *, int64_t *offset, int64_t *size);

/*
 * Mark all places of messages read or unread, or delete them: those in
 * folder, or everywhere (NULL).  Returns what ids_places() does.
 */
int api_set_seen(const struct ids *, const char *folder, bool seen);
int api_remove(const struct ids *, const char *folder);

#endif
