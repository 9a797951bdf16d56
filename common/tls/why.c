/*
 * why.c - OpenSSL's faults in words.
 */
#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

#include "tls/session.h"

/*
 * The last fault says what failed; where that is "system lib", a call to the
 * system, the first one says how: "no such file".
 */
static const char *
reason_of(unsigned long first, unsigned long last)
{
	if (ERR_GET_REASON(last) == ERR_R_SYS_LIB && ERR_SYSTEM_ERROR(first))
		return strerror(ERR_GET_REASON(first));
	return last == 0 ? NULL : ERR_reason_error_string(last);
}

void
tls_why(char why[SECURE_WHY_MAX], const char *what)
{
	const char *reason = reason_of(ERR_peek_error(), ERR_peek_last_error());

	snprintf(why, SECURE_WHY_MAX, "%s%s%s", what == NULL ? "" : what,
	    what == NULL ? "" : ": ", reason != NULL ? reason : "no reason");
	ERR_clear_error();
}
