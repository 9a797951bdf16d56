/*
 * beside.h - files that were installed with a program: other programs of ours,
 * and the module with OpenSSL.
 *
 * They lie beside it, or below lib/berth beside its bin.  A helper of a server
 * is another user than who started it, and may have no way to them: a build
 * below root's home, which is closed to others.  Then the master leaves it the
 * folder, open (IMAGE_BESIDE_FD), and it leaves that to what it runs.
 */
#ifndef BESIDE_H
#define BESIDE_H

#include <stddef.h>

/*
 * The file that this process runs, and the one that people start: of a whole
 * image (whole.h) the plain one's.  Both return 0, or -1 with errno.
 */
int beside_image(char *path, size_t size);
int beside_program(char *path, size_t size);

/*
 * Where such a file lies.  Returns 0, or -1 with errno: ENOENT, or why this
 * program does not know where itself lies.
 */
int beside_find(const char *name, char *path, size_t size);

/*
 * The folder of a program, opened (O_PATH) while one has a way to it; its
 * number is out of the way of others.  Returns it, or -1 with errno.
 */
int beside_open(const char *program);

/*
 * Just before exec: leave it to the program that comes.  Returns 0, or -1 with
 * errno.
 */
int beside_leave(int folder);

/*
 * close_range(2) from first on, but not what was left to us.  Returns 0, or -1
 * with errno.
 */
int beside_close_from(int first, unsigned flags);

#endif
