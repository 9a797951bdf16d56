/*
 * server.h - a server as a whole: the services that a program offers, where
 * they listen, and the options that all servers take.
 *
 * A program's main() fills in a struct server and calls server_main()
 * (program/program.h); everybody else only reads it.
 */
#ifndef SERVER_H
#define SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "service/helper.h"
#include "service/service.h"
#include "system/args.h"
#include "system/network.h"

/* One service and where it listens when nobody says otherwise. */
struct offer {
	struct service *service;
	struct arg_list listen; /* ADDRESSes; filled from the options */
	const char *option;     /* the option that fills it, for error lines */
	const char *otherwise;  /* the ADDRESS when the list is empty; NULL:
				 * do not offer it */
	bool datagrams;         /* listen for datagrams on the same addresses */
	struct arg_list secure; /* ADDRESSes where it is offered over TLS */
	const char *secure_option;
	uint64_t reserve; /* children that other services cannot take, or
				 * SERVICE_SHARE */
};

#define SERVER_CONFIG "berth.conf" /* in the current directory */

/* How each client gets its process, in the order of --isolation. */
enum isolation {
	ISOLATION_FORK,    /* a child forked for it */
	ISOLATION_RESTORE, /* one that was put back as it was forked */
	ISOLATION_EXEC,    /* a fresh exec of the program */
	ISOLATION_REUSE,   /* one that has served others */
};

/* The options of every server, as parsed. */
struct server_options {
	int isolation;  /* enum isolation */
	uint64_t reuse; /* connections of a child; 0: no end; else than with
			 * ISOLATION_REUSE 1 */
	uint64_t max_children, min_idle, max_idle;
	uint64_t per_client; /* 0: not given */
	int64_t timeout_ms;  /* 0: not given, the service knows its own */
	int64_t grace_ms;
	int64_t rest_ms; /* 0: no connection rests */
	int64_t drain_delay_ms;
	struct arg_list health; /* ADDRESSes where health is told */
	const char *user;
	/* Proxies that say whose connections they pass on. */
	struct arg_list proxy_from;
	struct networks proxies;    /* the same, parsed */
	struct arg_list allow_host; /* names of this server, over loopback */
	bool no_sandbox;
	/* Certificates and their keys, PEM, in pairs; see server_tls.h. */
	struct arg_list tls_cert, tls_key;
	const char *access_log;
	int log_format; /* enum log_format, logfile.h */
	int quiet, verbose;
	bool any_port; /* where one is busy, take the next free one */
	const char
	    *config; /* a file of options; NULL: SERVER_CONFIG, if there */
	bool print_config;
};

struct server {
	const char *program;
	const char *synopsis, *about, *examples; /* for --help */
	/* Its own options: any number of tables, ended by NULL; or NULL. */
	const struct arg_table *const *tables;
	struct offer *offers;
	size_t offer_count;
	/* Socket to the key keeper (program/server_tls.h), or -1: no TLS. */
	int keeper;
	int dialler; /* the same for the dialler (program/server_dial.h) */
	/* The certificate should be made anew after so long; 0: never. */
	int64_t renew_ms;
	/* Hosts that are to have a certificate each, if it is one of ours;
	 * and an option that is senseless without TLS, or NULL. */
	const char *const *hosts;
	size_t host_count;
	const char *needs_tls;
	const struct helper_offer *helpers; /* programs that run beside */
	size_t helper_count;
	bool one_listen_option; /* -l fills the first offer (the usual case) */
	int most_operands;
	bool plain_words; /* children may use log_plain() (system/log.h) */
	bool follows; /* set before configure(): another image of this server,
		       * or its master, has gone before and found all that it
		       * needs: what is missing now may come back */
	const char *folder; /* what is served, for the start card, or NULL */
	uint64_t serve_at_most; /* connections in all, then exit; 0: no end */

	/*
	 * Called after the options are parsed and before anything is opened,
	 * with the operands: check and finish what the options mean.  May be
	 * NULL.  A fault is die(EXIT_USAGE or EXIT_CONFIG, ...).
	 */
	void (*configure)(struct server *, int operands, char **operand);
	void *context;

	struct server_options options; /* filled in by server_main() */
};

#endif
