/*
 * rows.h - how rows of a table of system calls (calls.h) are written.
 *
 * No code, and short names: included only by files that hold such a table.
 */
#ifndef ROWS_H
#define ROWS_H

#include "sandbox/calls.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif

/* clang-format off */

/* Conditions on arguments, counted from 0: compared with a value; some bits
 * of it. */
#define ARG(n, how, value)    { (n), SCMP_CMP_##how, (value), 0 }
#define BITS(n, mask, value)  { (n), SCMP_CMP_MASKED_EQ, (mask), (value) }
#define IF(...)               .args = COUNT(__VA_ARGS__), .arg = { __VA_ARGS__ }
#define COUNT(...)            (sizeof (struct scmp_arg_cmp[]){ __VA_ARGS__ } / \
				  sizeof (struct scmp_arg_cmp))

/* Rows. */
#define YES(call)     { SYS_##call, CALL_YES, 0, 0, 0, { { 0 } } }
#define NO(call)      { SYS_##call, CALL_NO, 0, 0, 0, { { 0 } } }
#define DENIED(call)  { SYS_##call, CALL_DENIED, 0, 0, 0, { { 0 } } }
#define FATAL(call)   { SYS_##call, CALL_FATAL, 0, 0, 0, { { 0 } } }
#define SUCH(call, ...)  { SYS_##call, CALL_YES, IF(__VA_ARGS__) }
#define OPTION(level, option)  \
	SUCH(setsockopt, ARG(1, EQ, (level)), ARG(2, EQ, (option)))

/* clang-format on */

#endif
