/*
 * index_tables.c - the tables of the index.  INDEX_VERSION is another one with
 * each change.
 */
#include "mail/index_writer.h"

const char index_tables[] =
    "BEGIN;"
    "CREATE TABLE state (generation INTEGER, complete INTEGER, boot TEXT);"
    "INSERT INTO state VALUES (0, 0, '');"
    /* first: of the rows with this ID, the one that is listed when folders
     * do not matter.  All of it is short, for it is looked through. */
    "CREATE TABLE message (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT, "
    "folder BLOB, base BLOB, name BLOB, part INTEGER, first INTEGER, "
    "seen INTEGER, created INTEGER, size INTEGER, written INTEGER, "
    "attachments INTEGER, "
    "inlines INTEGER, mailbox TEXT, tags TEXT, message_id TEXT, from_ TEXT, "
    "to_ TEXT, cc TEXT, bcc TEXT, reply_to TEXT, subject TEXT);"
    "CREATE UNIQUE INDEX message_by_file ON message (folder, base);"
    "CREATE INDEX message_by_id ON message (id);"
    /* What lists and searches look through: each holds all that they ask
     * of a message, so that its row is not fetched. */
    "CREATE INDEX message_by_date ON message (first, created, n, seen, "
    "size, attachments);"
    "CREATE INDEX message_in_folder ON message (folder, created, n, seen, "
    "size, attachments);"
    /* How many there are, in each folder and in 'all' (those that are
     * first), so that nobody has to count. */
    "CREATE TABLE tally (folder BLOB PRIMARY KEY, total INTEGER, "
    "unread INTEGER) WITHOUT ROWID;"
    "INSERT INTO tally VALUES ('all', 0, 0);"
    "CREATE TRIGGER message_comes AFTER INSERT ON message BEGIN "
    "INSERT INTO tally VALUES (new.folder, 1, new.seen = 0) "
    "ON CONFLICT DO UPDATE SET total = total + 1, "
    "unread = unread + (new.seen = 0); "
    "UPDATE tally SET total = total + 1, unread = unread + (new.seen = 0) "
    "WHERE folder = 'all' AND new.first = 1; END;"
    "CREATE TRIGGER message_goes AFTER DELETE ON message BEGIN "
    "UPDATE tally SET total = total - 1, unread = unread - (old.seen = 0) "
    "WHERE folder = old.folder; "
    "DELETE FROM tally WHERE folder = old.folder AND total = 0; "
    "UPDATE tally SET total = total - 1, unread = unread - (old.seen = 0) "
    "WHERE folder = 'all' AND old.first = 1; END;"
    "CREATE TRIGGER message_changes AFTER UPDATE OF seen, first ON message "
    "BEGIN "
    "UPDATE tally SET unread = unread + (new.seen = 0) - (old.seen = 0) "
    "WHERE folder = new.folder; "
    "UPDATE tally SET total = total + new.first - old.first, "
    "unread = unread + (new.first = 1 AND new.seen = 0) - "
    "(old.first = 1 AND old.seen = 0) WHERE folder = 'all'; END;"
    "CREATE TABLE tag (n INTEGER, name TEXT, folded TEXT, "
    "PRIMARY KEY (n, name)) WITHOUT ROWID;"
    "CREATE INDEX tag_by_name ON tag (folded, n);"
    "CREATE TABLE document (n INTEGER PRIMARY KEY, summary TEXT, "
    "json TEXT);"
    "CREATE TABLE body (n INTEGER PRIMARY KEY, text TEXT);"
    "CREATE VIRTUAL TABLE words USING fts5 (text, content = 'body', "
    "content_rowid = 'n', tokenize = 'trigram');"
    "CREATE VIRTUAL TABLE pieces USING fts5vocab (words, instance);"
    "CREATE TABLE gone (n INTEGER PRIMARY KEY);"
    "COMMIT;";
