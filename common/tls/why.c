/*
 * why.c - OpenSSL's faults in words.
 */
#include <openssl/err.h>
#include <stdio.h>

#include "tls/session.h"

void
tls_why(char why[SECURE_WHY_MAX], const char *what)
{
	unsigned long error = ERR_peek_last_error();
	const char *reason = error == 0 ? NULL : ERR_reason_error_string(error);

	snprintf(why, SECURE_WHY_MAX, "%s%s%s", what == NULL ? "" : what,
	    what == NULL ? "" : ": ", reason != NULL ? reason : "no reason");
	ERR_clear_error();
}
