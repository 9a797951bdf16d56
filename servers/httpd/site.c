/*
 * site.c - the options of berth-httpd, checked and made ready.
 */
#include "httpd/site.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "bytes/ascii.h"
#include "httpd/httpd.h"
#include "httpd/proxy.h"
#include "system/log.h"
#include "system/mime.h"

#define IDLE_MS    15000 /* between two requests, unless --timeout says else */
#define FIELDS_MAX 16384
#define UPLOAD_MAX (UINT64_C(100) << 20) /* bytes, unless --upload-max */

struct site site = { .index = "index.html",
	.cache_ms = -1,
	.upload_max = UPLOAD_MAX,
	.proxy_timeout_ms = PROXY_TIMEOUT_MS };

static const struct arg options[] = {
	{ "index", "FILE",
	    "the file that stands for its directory (index.html)",
	    .text = &site.index },
	{ "no-listing", NULL, "do not list directories without such a file",
	    .flag = &site.no_listing },
	{ "spa", "FILE",
	    "answer navigations to what is missing with this page (index.html)",
	    .maybe = &site.spa },
	{ "not-found", "FILE",
	    "the page for what is missing (404.html, if there is one)",
	    .text = &site.not_found },
	{ "clean-urls", NULL, "/about also finds about.html",
	    .flag = &site.clean_urls },
	{ "cors", "ORIGIN",
	    "let scripts of other origins (any: *) read what is served",
	    .maybe = &site.cors },
	{ "isolate", NULL,
	    "isolate pages from other origins (COOP, COEP), for "
	    "SharedArrayBuffer",
	    .flag = &site.isolate },
	{ "header", "'NAME: VALUE'", "add a field to every reply; repeatable",
	    .list = &site.headers },
	{ "cache", "SECONDS",
	    "let browsers keep files so long without asking (0: ask each time)",
	    .seconds = &site.cache_ms, .max = 31536000 },
	{ "mime", "EXT=TYPE",
	    "the type of files with this extension; repeatable",
	    .list = &site.mime },
	{ "no-compress", NULL,
	    "send files as they are, or as their compressed copies",
	    .flag = &site.no_compress },
	{ "hidden", NULL, "serve files whose name begins with a dot",
	    .flag = &site.hidden },
	{ "follow-symlinks", NULL,
	    "follow symbolic links that lead out of the directory",
	    .flag = &site.follow_symlinks },
	{ "vhosts", NULL,
	    "DIR has a directory for each host (and one named default)",
	    .flag = &site.vhosts },
	{ "auth", "FILE",
	    "let in only the users in FILE, lines of USER:HASH as crypt(5) "
	    "makes them",
	    .text = &site.auth },
	{ "throttle", "BYTES_PER_SECOND",
	    "send no faster than that on each connection",
	    .size = &site.throttle, .min = 1 },
	{ "live", NULL, "reload pages in the browser when a file changes",
	    .flag = &site.live },
	{ "live-ignore", "GLOB",
	    "changes of files and folders with such a name do not matter; "
	    "repeatable",
	    .list = &site.live_ignore },
	{ "upload", "DIR",
	    "let clients put files into this folder of the site (PUT, and a "
	    "form on its listing)",
	    .text = &site.upload },
	{ "upload-max", "BYTES", "the largest of them (104857600)",
	    .size = &site.upload_max },
	{ "overwrite", NULL, "let --upload replace files that are there",
	    .flag = &site.overwrite },
	{ "proxy", "PREFIX=URL",
	    "have what is asked for at this path and below it answered by "
	    "another server (http://HOST:PORT); repeatable",
	    .list = &site.proxies },
	{ "proxy-host", "keep|set",
	    "the Host that such a server sees: the client's, or its own name "
	    "(keep)",
	    .choice = &site.proxy_host },
	{ "proxy-timeout", "SECONDS",
	    "how long such a server may be silent before it is given up (60)",
	    .seconds = &site.proxy_timeout_ms, .min = 1, .max = 86400 },
	{ "delay", "[PATH=]MS",
	    "answer so much later, what is asked for at this path (a glob); "
	    "repeatable",
	    .list = &site.delays },
	{ "status-for", "PATH=CODE",
	    "answer what is asked for at this path (a glob) with this error; "
	    "repeatable",
	    .list = &site.statuses },
	{ "echo", "PATH", "an endpoint that answers with what it got",
	    .text = &site.echo },
	{ "status", "PATH", "a page about the server itself",
	    .text = &site.status },
	{ "https-redirect", NULL,
	    "send everybody who comes without TLS to where there is TLS",
	    .flag = &site.https_redirect },
	{ "open", NULL, "start the browser", .flag = &site.open },
	{ "lenient-lf", NULL, "let LF alone end a line",
	    .flag = &site.lenient_lf },
	{ 0 },
};

const struct arg_table site_args = { "Site", "http", options };

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
		args_refuse("--header", text, EXIT_USAGE, "not NAME: VALUE");
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
			args_refuse(
			    "--cors", site.cors, EXIT_USAGE, "not an origin");
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
		args_refuse(
		    option, path, EXIT_USAGE, "not a path such as /name");
}

/* A file at the top of the directory, by name. */
static const char *
top_file(const char *option, const char *given)
{
	const char *name = given + strspn(given, "/");

	if (name[0] == '\0' || strlen(name) > NAME_MAX)
		args_refuse(
		    option, given, EXIT_USAGE, "not the name of a file");
	return name;
}

void
site_finish(const struct server *s, const char *dir)
{
	site.dir = dir;
	site.links = site.follow_symlinks ? PATH_ANYWHERE : PATH_BENEATH;
	site.web.idle_ms =
	    s->options.timeout_ms > 0 ? s->options.timeout_ms : IDLE_MS;
	site.hosts = s->options.allow_host;
	site.web.hosts = &site.hosts;
	site.web.log_format = s->options.log_format;
	site.web.rules.lenient_lf = site.lenient_lf;
	site.web.bytes_a_second = site.throttle;
	if (strchr(top_file("--index", site.index), '/') != NULL)
		args_refuse("--index", site.index, EXIT_USAGE,
		    "not the name of a file");
	site.index = top_file("--index", site.index);
	if (site.spa != NULL)
		site.spa = top_file(
		    "--spa", site.spa[0] == '\0' ? site.index : site.spa);
	if (site.not_found != NULL)
		site.not_found = top_file("--not-found", site.not_found);
	check_endpoint("--echo", site.echo);
	check_endpoint("--status", site.status);
	for (size_t i = 0; i < site.mime.n; i++)
		if (mime_add(site.mime.item[i]) < 0)
			args_refuse("--mime", site.mime.item[i], EXIT_USAGE,
			    "not EXT=TYPE");
	if (site.upload != NULL && site.vhosts)
		die(EXIT_USAGE, "--upload: not with --vhosts");
	make_fields();
}
