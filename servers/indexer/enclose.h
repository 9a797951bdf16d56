/*
 * enclose.h - the sandbox of the indexer itself.
 *
 * It reads and watches the Maildir, removes messages from it (retention), and
 * writes nowhere but in the index's directory.  It starts no program, has no
 * network, and signals nobody but its readers.  A process of its own that reads
 * messages has less still (confine.h).
 */
#ifndef ENCLOSE_H
#define ENCLOSE_H

/*
 * Enter it, for ever, with the Maildir open as root and the index's directory
 * made; path is its name, for words.  What this system does not know is gone
 * without, and that is said.
 */
void enclose(int root, const char *path);

#endif
