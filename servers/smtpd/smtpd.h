/*
 * smtpd.h - the mail service: what berth-smtpd and the suite need of it.
 *
 * Receives mail over SMTP (RFC 5321) or LMTP (RFC 2033) into a Maildir.
 * Options go into smtpd_options through smtpd_args, smtpd_configure() checks
 * them, and mail_service is then ready to be offered.
 */
#ifndef SMTPD_H
#define SMTPD_H

#include <stdbool.h>
#include <stdint.h>

#include "service/service.h"
#include "system/args.h"

enum smtpd_durability { STORE_FULL, STORE_FILE, STORE_NONE };
enum smtpd_line_ends { SMTPD_CRLF, SMTPD_LF };

struct smtpd_options {
	const char *maildir;
	const char *hostname;    /* how we call ourselves; NULL: ask */
	uint64_t max_size;       /* bytes of a message; 0: no end */
	uint64_t max_recipients; /* of a message */
	const char *auth;        /* "off", "any", or a file of users */
	const char *rules;       /* a file of faults, or NULL */
	int durability;          /* enum smtpd_durability */
	int mailbox_by;          /* enum mail_folder_by */
	int bare_newline;        /* 0 reject, 1 accept */
	int line_ends;           /* enum smtpd_line_ends: in the Maildir */
	bool lmtp;
	bool strict;        /* refuse names in HELO that are none */
	bool require_tls;   /* no mail without TLS */
	int64_t timeout_ms; /* between two commands */
	int log_format;     /* enum log_format */
};

extern struct smtpd_options smtpd_options;
extern const struct arg_table smtpd_args;
extern struct service mail_service;

/*
 * Check and complete the options: where the mail goes (created if need be by
 * the service's prepare), and what every server's options said of the time
 * allowed (0: 300 s) and the log.  A fault is die(EXIT_USAGE or
 * EXIT_CONFIG).
 */
void smtpd_configure(const char *maildir, int64_t timeout_ms, int log_format);

#endif
