/*
 * service.c - berth-httpd as a service: what the other files of this folder
 * make when put together.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "httpd/echo.h"
#include "httpd/headers.h"
#include "httpd/httpd.h"
#include "httpd/live.h"
#include "httpd/live_feed.h"
#include "httpd/live_tag.h"
#include "httpd/live_warn.h"
#include "httpd/mock.h"
#include "httpd/proxy.h"
#include "httpd/redirects.h"
#include "httpd/root.h"
#include "httpd/root_name.h"
#include "httpd/route.h"
#include "httpd/site.h"
#include "httpd/target.h"
#include "httpd/upload.h"
#include "httpd/upload_folder.h"
#include "httpd/vhosts.h"
#include "system/log.h"
#include "system/mime.h"
#include "system/passwords.h"
#include "system/path.h"
#include "web/busy.h"

static bool
wants_body(const struct exchange *x)
{
	return echo_wants(x) || proxy_wants(x) || upload_takes(x);
}

void
site_configure(struct server *s, const char *dir)
{
	s->folder = root_name_choose(dir, s->follows);
	site_finish(s, s->folder);
	if (site.vhosts)
		s->hosts = vhosts_list(s->folder, &s->host_count);
	mock_prepare();
	site_service.dials = proxy_prepare();
	site.web.answer = site_answer;
	site.web.wants_body = wants_body;
	site.web.knows_host = target_knows_host;
	site.web.page_head = live_head;
	site_service.open = site.open;
	site.secure_port = &site_service.secure_port;
	if (!site.https_redirect)
		return;
	for (size_t i = 0; i < s->offer_count; i++)
		if (s->offers[i].service == &site_service &&
		    s->offers[i].secure.n > 0)
			return;
	die(EXIT_USAGE, "--https-redirect: without --tls-listen");
}

static void
prepare_live(const struct service *s)
{
	live_names_ignore(&site.live_ignore);
	/* For one connection nobody looks at all of the site. */
	if (s->single)
		live_warned_cut = true;
	else if (s->path_count > 0)
		live_warn(site.dir, s->user);
	live_feed_prepare();
}

/*
 * A slip of the pen would be seen only when a page is missing; a build that is
 * yet to come may make the file.
 */
static void
warn_of_missing(const char *option, const char *name)
{
	struct stat st = { .st_mode = 0 };
	int fd;

	if (name == NULL)
		return;
	fd = path_open(site.root, name, site.links, &st);
	if (fd < 0)
		log_warn("%s %s: %s/%s: %s; until there is one, what is "
			 "missing is a plain 404",
		    option, name, site.dir, name, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		log_warn("%s %s: %s/%s is no file; what is missing is a plain "
			 "404",
		    option, name, site.dir, name);
	if (fd >= 0)
		close(fd);
}

/* Once, and not for each connection that has a program of its own. */
static void
warn(const struct service *s)
{
	if (s->single || s->path_count == 0 || site.vhosts)
		return;
	warn_of_missing("--spa", site.spa);
	warn_of_missing("--not-found", site.not_found);
}

/* What children may reach; nothing, while there is nothing. */
static void
find_paths(struct service *s)
{
	s->path_count = 0;
	s->guided = true;
	if (!root_open(s->user, s->follows))
		return;
	s->guided = !root_is_found();
	s->paths[s->path_count++] = (struct sandbox_path){
		.path = site.follow_symlinks ? "/" : site.dir,
		.right = site.live ? SANDBOX_WATCH : SANDBOX_READ,
		/* The one that is open, whatever has its name by then. */
		.fd = site.follow_symlinks ? 0 : site.root,
	};
	if (site.upload != NULL)
		upload_folder_prepare(s);
}

static void
prepare(struct service *s)
{
	find_paths(s);
	warn(s);
	if (site.auth != NULL)
		site.users = passwords_load(site.auth);
	redirects_prepare(s->single);
	s->rests_ms = site.web.idle_ms;
	headers_prepare(s->single);
	mime_prepare(s->single ? MIME_LATER : MIME_FORKED);
	/* Children could not read these any more. */
	tzset();
	site.utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (site.live)
		prepare_live(s);
	s->locks = site.live; /* one of the live pages watches for all */
}

struct service site_service = {
	.name = "http",
	.title = "Site",
	.scheme = "http",
	.secure_name = "https",
	.alpn = SLICE("\x02h2\x08http/1.1"),
	.prepare = prepare,
	.watch = root_watch,
	.moved = root_moved,
	.serve = web_serve,
	.context = &site.web,
	.busy = WEB_BUSY,
	.yields = true,
};
