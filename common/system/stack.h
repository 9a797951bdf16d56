/*
 * stack.h - what the stack looks like to processes that are forked.
 */
#ifndef STACK_H
#define STACK_H

/*
 * Before a fork: nothing is left of what functions that have returned had
 * there, a client's address for one.  Those pages are given back, so that a
 * child has fewer.
 */
void stack_forget(void);

#endif
