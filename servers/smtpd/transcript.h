/*
 * transcript.h - the dialogue of a session, kept for people who look at it
 * later in the inbox.
 *
 * One JSON file for each session, in .berth/sessions of the Maildir, written
 * whole under a hidden name and then renamed, so that a reader sees all of it
 * or none.  It is written when a message was judged and again when the session
 * ends.  A transcript is a convenience: what cannot be kept is left out, and
 * no message waits for it or fails by it.
 *
 *	{"ID":"...","Client":"127.0.0.1","Helo":"host","User":"",
 *	 "Started":"2026-...Z","Ended":"" while it lasts,"Code":250,
 *	 "Messages":["id", ...],"Mailboxes":["name", ...],"Cut":false,
 *	 "Lines":[{"At":ms since the start,"From":"C" or "S","Text":"..."}]}
 *
 * Messages are those that were accepted, by the id in their 250; mailboxes
 * those of the recipients that were named, refused or not.  Secrets of
 * AUTH are shown as "****", and of a message itself only how long it was.
 * One session in a process.  Knows nothing of sockets.
 */
#ifndef TRANSCRIPT_H
#define TRANSCRIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes/slice.h"

#define TRANSCRIPT_LINES_MAX 65536 /* bytes of all lines as JSON; then cut */
#define TRANSCRIPT_LINE_MAX  512   /* bytes shown of one line */

#define TRANSCRIPT_EACH_MS 1000 /* between two times that one is written */

/*
 * A session begins.  root is the Maildir; if nobody has made the directory for
 * dialogues in it, this and all below do nothing.
 */
void transcript_begin(int root, struct slice client);

/*
 * A line went by; who is 'C' or 'S'.
 */
void transcript_line(char who, struct slice line);

/*
 * The bytes of a message went by, as "(1234 bytes)".
 */
void transcript_bytes(uint64_t n);

/*
 * A message was accepted, with this id.
 */
void transcript_message(struct slice id);

/*
 * A recipient was named, to whose mailbox mail goes; an empty name is none.
 */
void transcript_mailbox(struct slice name);

/*
 * Is there a message that is not written down yet, and is it time to?  The
 * first one is at once, others not with each message.
 */
bool transcript_is_due(void);

/*
 * Write down what there is.  helo and user are how the client calls itself and
 * who logged in; code is of the last reply; over says that the session ends,
 * and frees the memory.
 */
void transcript_keep(struct slice helo, struct slice user, int code, bool over);

#endif
