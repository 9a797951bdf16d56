/*
 * site.h - what is served, and how: the options of berth-httpd, finished.
 *
 * Set up before the first fork and only read after that.
 */
#ifndef SITE_H
#define SITE_H

#include <locale.h>
#include <stdbool.h>
#include <stdint.h>

#include "bytes/buf.h"
#include "web/web.h"
#include "system/args.h"
#include "system/path.h"

struct passwords;

/* What an upstream has as its Host, in the order of --proxy-host. */
enum proxy_host { PROXY_HOST_KEEP, PROXY_HOST_SET };

struct site {
	/* As given. */
	const char *dir;
	const char *index; /* the file that stands for its directory */
	bool no_listing;
	const char *spa;       /* the page for navigations to nowhere */
	const char *not_found; /* the page for what is missing */
	bool clean_urls;       /* /a is a.html */
	const char *cors;      /* the origin that may read, or "*" */
	bool isolate;
	const char *auth; /* the file of users */
	bool vhosts;      /* a directory for each host */
	uint64_t throttle;
	bool hidden; /* serve dotfiles */
	bool no_compress;
	bool follow_symlinks;
	struct arg_list mime;
	struct arg_list headers;
	struct arg_list hosts; /* --allow-host */
	bool open;             /* start the browser */
	int64_t cache_ms;      /* -1: not given */
	bool lenient_lf;
	const char *echo;   /* the path of an endpoint, or NULL: echo.h, */
	const char *status; /* status.h, */
	bool live;          /* live.h */
	bool https_redirect;
	const unsigned *secure_port; /* where to; 0: not known */
	struct arg_list live_ignore;
	struct arg_list delays, statuses; /* mock.h */
	const char *upload;               /* the folder, or NULL: upload.h */
	uint64_t upload_max;              /* bytes of one file */
	bool overwrite;
	struct arg_list proxies; /* proxy.h */
	int proxy_host;          /* enum proxy_host */
	int64_t proxy_timeout_ms;

	/* Made of it. */
	const struct passwords *users; /* of auth */
	int root;                      /* dir, opened */
	enum path_links links;
	char cache_control[48];
	locale_t utf8;     /* for names in archives (folder.c), or 0 */
	struct buf fields; /* whole lines for every reply */
	struct web web;
};

extern struct site site;

/*
 * Check the options and make of them what is needed, but for what the service
 * adds (service.c).  dir is the directory to serve.  A fault ends the program.
 */
struct server;
void site_finish(const struct server *, const char *dir);

#endif
