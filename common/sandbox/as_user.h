/*
 * as_user.h - work on a user's files, with that user's rights and no others.
 *
 * Root who makes, opens or removes what lies in somebody's directory can be
 * led astray: the owner puts a link in the way, and root follows.  So a
 * process that has become the user does such work, and what it opened comes
 * back as descriptors.  Nothing that exists changes its owner, ever.  Called
 * by prepare() of services that write.
 */
#ifndef AS_USER_H
#define AS_USER_H

#define AS_USER_FDS_MAX 8
#define AS_USER_WAIT_MS 10000 /* then that process is ended */

struct privdrop;

/*
 * The work: put what is to come back into fd.  Returns how many, or -1 with
 * errno, and in *what which part of the work it was.
 */
typedef int as_user_work(
    const void *context, int fd[AS_USER_FDS_MAX], const char **what);

/*
 * Do it: in a process of its own when the user is another one than we are, or
 * has fewer rights; otherwise right here.  Returns how many descriptors are in
 * fd, close-on-exec, or -1 with errno and *what (of this call; "" when it was
 * no part of the work: ETIMEDOUT, EAGAIN).
 */
int as_user(const struct privdrop *u, as_user_work *work, const void *context,
    int fd[AS_USER_FDS_MAX], const char **what);

/*
 * For a directory that the user cannot find or make, because of what lies
 * above it: find it with our rights, without following any link, and only
 * find it, for the descriptor (O_PATH) gives no right to anything.  When it
 * is missing it is made and given to the user, but only in a directory that
 * is root's and in which nobody else can change anything.  Returns it, or -1
 * with errno: ELOOP for a link on the way.
 */
int as_user_find(const struct privdrop *, const char *path);

#endif
