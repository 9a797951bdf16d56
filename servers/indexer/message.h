/*
 * message.h - one message file as a JSON document: what the inbox shows of it.
 *
 * The document is Mailpit's Message (without ID, Read and Tags) and what ours
 * has beside it; see message_read().  All text is valid UTF-8 without NUL.
 * Whatever the file holds, there is a document: what cannot be made sense of is
 * shown as it is, what is too much is left out, and Error says so.
 *
 * GMime does the parsing, so this runs in a process of its own that a broken
 * message may end (reader.h).  The file is read through its descriptor and
 * never held in memory: of an attachment a few kilobytes at a time.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "bytes/buf.h"

#define MESSAGE_BODY_MAX   ((size_t)4 << 20)  /* bytes of Text, and of HTML */
#define MESSAGE_SEARCH_MAX ((size_t)1 << 20)  /* bytes of SearchText */
#define MESSAGE_HEAD_MAX   ((size_t)2 << 20)  /* bytes of trace and header */
#define MESSAGE_JSON_MAX   ((size_t)32 << 20) /* bytes of the document */
#define MESSAGE_PARTS_MAX  10000
#define MESSAGE_DEPTH_MAX  100 /* multiparts in each other */
#define MESSAGE_LINKS_MAX  1000
#define MESSAGE_SNIPPET    250 /* characters */

/*
 * Load what message_read() needs of the system: GMime, charsets, libmagic's
 * database.  Before the process enters its sandbox; once is enough.
 */
void message_prepare(void);

/*
 * Read the file and add its document to json, whose maximum must be
 * MESSAGE_JSON_MAX or more:
 *
 *	MessageID From To[] Cc[] Bcc[] ReplyTo[] ReturnPath Subject Date
 *	Username Size ListUnsubscribe{Header,Links[],Errors,HeaderPost}
 *	Text HTML Inline[] Attachments[]
 *
 * are Mailpit's: addresses {Name,Address}, From may be null; recipients of
 * the envelope that the header does not name are in Bcc; Size is the file's;
 * Text is made of HTML where there is no other; attachments {PartID, FileName,
 * ContentType, ContentID, Size, Checksums{MD5,SHA1,SHA256}}.
 *
 *	Snippet Links[] SearchText Headers[[name,value]...] SentOffset
 *	Envelope{From,To[],ToParams[],Helo,Address,Name,With,User,Params,Date}
 *	Parts[{PartID,Offset,Length,Encoding,ContentType,Charset,FileName,
 *	    ContentID,Disposition,Size,Detected}]
 *	Error
 *
 * are ours: SentOffset is where the message as sent begins in the file;
 * Envelope is null when no server of ours stored it; Parts are all parts that
 * are not multiparts, Offset and Length being their encoded bytes in the file,
 * for transfer.h, and Detected what libmagic says; the part of a message that
 * has only one is "0".  Error is absent when all went well.
 *
 * Returns 0, or -1 with errno: fd is no regular file, cannot be read, or
 * memory ran out.
 */
int message_read(int fd, struct buf *json);

#endif
