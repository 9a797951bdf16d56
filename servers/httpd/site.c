/*
 * site.c - the options of berth-httpd, checked and made ready.
 */
#include "httpd/site.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "bytes/ascii.h"
#include "httpd/httpd.h"
#include "system/log.h"
#include "system/mime.h"

#define IDLE_MS    15000 /* between two requests, unless --timeout says else */
#define FIELDS_MAX 16384

struct site site = { .index = "index.html", .cache_ms = -1 };

const struct arg site_args[] = {
	{ 0, "index", ARG_TEXT, "FILE",
	    "the file that stands for its directory (index.html)", &site.index,
	    0, 0 },
	{ 0, "no-listing", ARG_FLAG, NULL,
	    "do not list directories without such a file", &site.no_listing, 0,
	    0 },
	{ 0, "spa", ARG_MAYBE, "FILE",
	    "answer navigations to what is missing with this page "
	    "(index.html)",
	    &site.spa, 0, 0 },
	{ 0, "not-found", ARG_TEXT, "FILE",
	    "the page for what is missing (404.html, if there is one)",
	    &site.not_found, 0, 0 },
	{ 0, "clean-urls", ARG_FLAG, NULL, "/about also finds about.html",
	    &site.clean_urls, 0, 0 },
	{ 0, "cors", ARG_MAYBE, "ORIGIN",
	    "let scripts of other origins (any: *) read what is served",
	    &site.cors, 0, 0 },
	{ 0, "isolate", ARG_FLAG, NULL,
	    "isolate pages from other origins (COOP, COEP), for "
	    "SharedArrayBuffer",
	    &site.isolate, 0, 0 },
	{ 0, "header", ARG_LIST, "'NAME: VALUE'",
	    "add a field to every reply; repeatable", &site.headers, 0, 0 },
	{ 0, "cache", ARG_SECONDS, "SECONDS",
	    "let browsers keep files so long without asking (0: ask each "
	    "time)",
	    &site.cache_ms, 0, 31536000 },
	{ 0, "mime", ARG_LIST, "EXT=TYPE",
	    "the type of files with this extension; repeatable", &site.mime, 0,
	    0 },
	{ 0, "hidden", ARG_FLAG, NULL,
	    "serve files whose name begins with a dot", &site.hidden, 0, 0 },
	{ 0, "follow-symlinks", ARG_FLAG, NULL,
	    "follow symbolic links that lead out of the directory",
	    &site.follow_symlinks, 0, 0 },
	{ 0, "vhosts", ARG_FLAG, NULL,
	    "DIR has a directory for each host (and one named default)",
	    &site.vhosts, 0, 0 },
	{ 0, "auth", ARG_TEXT, "FILE",
	    "let in only the users in FILE, lines of USER:HASH as crypt(5) "
	    "makes them",
	    &site.auth, 0, 0 },
	{ 0, "throttle", ARG_SIZE, "BYTES_PER_SECOND",
	    "send no faster than that on each connection", &site.throttle, 1,
	    0 },
	{ 0, "live", ARG_FLAG, NULL,
	    "reload pages in the browser when a file changes", &site.live, 0,
	    0 },
	{ 0, "echo", ARG_TEXT, "PATH",
	    "an endpoint that answers with what it got", &site.echo, 0, 0 },
	{ 0, "status", ARG_TEXT, "PATH", "a page about the server itself",
	    &site.status, 0, 0 },
	{ 0, "open", ARG_FLAG, NULL, "start the browser", &site.open, 0, 0 },
	{ 0, "lenient-lf", ARG_FLAG, NULL, "let LF alone end a line",
	    &site.lenient_lf, 0, 0 },
	{ 0 },
};

/* "Name: value" as a whole line. */
static void
add_header(const char *text)
{
	static const struct http_rules strict = { false, false };
	struct http_fields f;
	struct buf line;
	long n;

	buf_init(&line, FIELDS_MAX);
	buf_addf(&line, "%s\r\n\r\n", text);
	n = http_fields_parse(buf_slice(&line), &strict, &f);
	if (line.failed || n != (long)line.n || f.n != 1)
		die(EXIT_USAGE, "--header %s: not NAME: VALUE", text);
	buf_add(&site.fields, line.p, line.n - 2);
	buf_free(&line);
}

static void
add_cors(void)
{
	if (site.cors == NULL)
		return;
	if (site.cors[0] == '\0')
		site.cors = "*";
	for (const char *p = site.cors; *p != '\0'; p++)
		if (ascii_is(*p, ASCII_CTL) || *p == ' ')
			die(EXIT_USAGE, "--cors %s: not an origin", site.cors);
	buf_addf(&site.fields,
	    "Access-Control-Allow-Origin: %s\r\n"
	    "Access-Control-Expose-Headers: *\r\n",
	    site.cors);
	if (site.cors[0] != '*')
		buf_addz(&site.fields, "Vary: Origin\r\n");
}

static void
make_fields(void)
{
	buf_init(&site.fields, FIELDS_MAX);
	add_cors();
	if (site.isolate)
		buf_addz(&site.fields,
		    "Cross-Origin-Opener-Policy: same-origin\r\n"
		    "Cross-Origin-Embedder-Policy: require-corp\r\n"
		    "Cross-Origin-Resource-Policy: same-origin\r\n");
	for (size_t i = 0; i < site.headers.n; i++)
		add_header(site.headers.item[i]);
	if (site.fields.failed)
		die(EXIT_USAGE, "--header: too much in all");
	site.web.fields = buf_slice(&site.fields);
	if (site.cache_ms <= 0)
		snprintf(
		    site.cache_control, sizeof(site.cache_control), "no-cache");
	else
		snprintf(site.cache_control, sizeof(site.cache_control),
		    "max-age=%jd", (intmax_t)(site.cache_ms / 1000));
}

/* The path of an endpoint, or NULL for none. */
static void
check_endpoint(const char *option, const char *path)
{
	char decoded[HTTP_MAX_TARGET];

	if (path == NULL)
		return;
	if (path[0] != '/' || path[1] == '\0' ||
	    uri_path(slice_of(path), decoded, sizeof(decoded)) < 0 ||
	    strcmp(path, decoded) != 0 || path[strlen(path) - 1] == '/')
		die(EXIT_USAGE, "%s %s: not a path such as /name", option,
		    path);
}

/* A file at the top of the directory, by name. */
static const char *
top_file(const char *option, const char *name)
{
	while (name[0] == '/')
		name++;
	if (name[0] == '\0' || strlen(name) > NAME_MAX)
		die(EXIT_USAGE, "%s %s: not the name of a file", option, name);
	return name;
}

void
site_finish(const struct server *s, const char *dir)
{
	site.dir = dir;
	site.links = site.follow_symlinks ? PATH_ANYWHERE : PATH_BENEATH;
	site.web.idle_ms =
	    s->options.timeout_ms > 0 ? s->options.timeout_ms : IDLE_MS;
	site.web.log_format = s->options.log_format;
	site.web.rules.lenient_lf = site.lenient_lf;
	site.web.bytes_a_second = site.throttle;
	site.index = top_file("--index", site.index);
	if (strchr(site.index, '/') != NULL)
		die(EXIT_USAGE, "--index %s: not the name of a file",
		    site.index);
	if (site.spa != NULL)
		site.spa = top_file(
		    "--spa", site.spa[0] == '\0' ? site.index : site.spa);
	if (site.not_found != NULL)
		site.not_found = top_file("--not-found", site.not_found);
	check_endpoint("--echo", site.echo);
	check_endpoint("--status", site.status);
	for (size_t i = 0; i < site.mime.n; i++)
		if (mime_add(site.mime.item[i]) < 0)
			die(EXIT_USAGE, "--mime %s: not EXT=TYPE",
			    site.mime.item[i]);
	make_fields();
}
