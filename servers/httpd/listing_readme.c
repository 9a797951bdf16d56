/*
 * listing_readme.c - what a folder says of itself.
 */
#include "httpd/listing_readme.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "grammar/escape.h"
#include "grammar/uri.h"
#include "httpd/open.h"
#include "httpd/target.h"

/* The first that there is. */
static const char *const names[] = { "README.md", "README", "README.txt",
	"README.rst", "README.markdown", "README.adoc" };

static const char *
find(const struct listing *l)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (size_t k = 0; k < l->n; k++) {
			const char *name = listing_name(l, &l->entry[k]);

			if (!l->entry[k].directory &&
			    strcasecmp(name, names[i]) == 0)
				return name;
		}
	return NULL;
}

/* Read the beginning of it.  Returns how much; *more: there is more. */
static size_t
read_some(
    const char *dir, const char *name, char to[LISTING_README_MAX], bool *more)
{
	char path[TARGET_MAX];
	struct stat st;
	ssize_t n;
	int fd;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >=
	    (int)sizeof(path))
		return 0;
	fd = site_open(path, &st);
	if (fd < 0)
		return 0;
	n = S_ISREG(st.st_mode) ? pread(fd, to, LISTING_README_MAX, 0) : 0;
	close(fd);
	*more = n > 0 && st.st_size > n;
	return n < 0 ? 0 : (size_t)n;
}

/* Line ends as they are shown: without CR.  Returns what is left of n. */
static size_t
without_cr(char *text, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (text[i] != '\r')
			text[kept++] = text[i];
	return kept;
}

void
listing_readme(struct buf *b, const struct listing *l, const char *dir)
{
	static char text[LISTING_README_MAX]; /* on the stack it is cleared */
	const char *name = find(l);
	bool more = false;
	size_t n;

	if (name == NULL)
		return;
	n = read_some(dir, name, text, &more);
	if (n == 0 || memchr(text, '\0', n) != NULL)
		return;
	buf_addz(b, "<section>\n<h2><a href=\"./");
	uri_encode_path(b, slice_of(name));
	buf_addz(b, "\">");
	escape_html(b, slice_of(name));
	buf_addz(b, "</a></h2>\n<pre>");
	escape_html(b, (struct slice){ text, without_cr(text, n) });
	buf_addf(b, "</pre>\n%s</section>\n",
	    more ? "<p>There is more in the file.</p>\n" : "");
}
