/*
 * login_file.h - a file with the one user that we log in as elsewhere: its
 * first line, USER:PASSWORD.
 *
 * A password on a command line can be seen by all who may see processes; one
 * in a file cannot.
 */
#ifndef LOGIN_FILE_H
#define LOGIN_FILE_H

#define LOGIN_FILE_MAX 1024 /* bytes of the line, and a NUL */

/*
 * Read it from its beginning, whatever was read of it before.  Returns 0, or
 * -1 with errno: EINVAL when there is no such line.
 */
int login_file_read(int fd, char line[LOGIN_FILE_MAX]);

#endif
