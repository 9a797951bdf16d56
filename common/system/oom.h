/*
 * oom.h - whom the kernel takes when memory runs out.
 */
#ifndef OOM_H
#define OOM_H

/* Added to what this process has; the kernel's scale ends at 1000. */
#define OOM_FIRST 300

/*
 * Be taken before the process that forked us.  Called in a child that has not
 * changed its user yet; without /proc nothing happens.
 */
void oom_volunteer(void);

#endif
