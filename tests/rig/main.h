/*
 * main.h - for a test program with a main() of its own.
 *
 * Criterion runs each test in another process of the same program, and has it
 * begin by writing a jump over the first bytes of main().  One that only calls
 * another function is shorter than that jump, which then spoils whatever comes
 * next.  Room is made by instructions that do nothing:
 *
 *	RIG_MAIN int
 *	main(int argc, char **argv)
 */
#ifndef RIG_MAIN_H
#define RIG_MAIN_H

#define RIG_MAIN __attribute__((patchable_function_entry(64)))

#endif
