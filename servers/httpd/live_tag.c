/*
 * live_tag.c - which replies get the tag of --live, and with what in it.
 */
#include "httpd/live_tag.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "httpd/live.h"
#include "httpd/live_wide.h"
#include "httpd/site.h"
#include "system/clock.h"

#define TAG_MAX 256

/* A document while it is sent: what stands before the tag, it, the rest. */
struct document {
	struct cached_file *file;
	uint64_t place;
	struct buf tag;
	int step;
};

uint64_t
live_folder(void)
{
	struct stat st;

	return fstat(site.root, &st) < 0 || st.st_nlink == 0 ?
	    0 :
	    st.st_ino ^ ((uint64_t)st.st_dev << 40);
}

/* Of the places a browser loads for (the Fetch standard, 2.2.5). */
static bool
is_shown(struct slice dest)
{
	static const char *const shown[] = { "document", "iframe", "frame",
		"object", "embed", "fencedframe" };

	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		if (slice_is(dest, shown[i]))
			return true;
	return false;
}

/*
 * Does somebody look at it?  Over plain HTTP to another machine browsers do
 * not say; then those who go to a page ask for HTML by name, and scripts do
 * not.
 */
static bool
is_for_eyes(const struct exchange *x)
{
	struct slice dest = web_get(x, "Sec-Fetch-Dest"), member, rest;
	struct http_list l = { 0 };

	if (dest.p != NULL)
		return is_shown(dest);
	while (http_next(&x->r->fields, "Accept", &l, &member)) {
		struct slice type = http_before_params(member, &rest);

		if (slice_iis(type, "text/html") ||
		    slice_iis(type, "application/xhtml+xml"))
			return true;
	}
	return false;
}

/* Good in HTML, XHTML and SVG; async, so that it holds nothing up. */
static void
add_tag(const struct exchange *x, struct buf *b, enum live_kind kind,
    enum live_width width)
{
	int64_t ago_ms = (clock_us() - x->began_us) / 1000;
	struct buf tag;

	buf_init(&tag, TAG_MAX);
	buf_addf(&tag,
	    "<script%s src=\"" LIVE_SCRIPT "\" data-since=\"%" PRId64
	    "\" data-folder=\"%" PRIx64 "\" async=\"\"></script>",
	    kind == LIVE_XML ? " xmlns=\"http://www.w3.org/1999/xhtml\"" : "",
	    clock_file_ms() - ago_ms, live_folder());
	live_wide_add(b, buf_slice(&tag), width);
	b->failed = b->failed || tag.failed;
	buf_free(&tag);
}

void
live_head(const struct exchange *x, struct buf *b)
{
	if (!site.live || !is_for_eyes(x))
		return;
	add_tag(x, b, LIVE_HTML, LIVE_BYTES);
	buf_addc(b, '\n');
}

static ssize_t
find_place(
    const struct cached_file *f, enum live_kind kind, enum live_width *width)
{
	static char begin[LIVE_LOOK_AT]; /* on the stack it is cleared */
	struct slice s = buf_slice(&f->bytes);
	ssize_t n;

	if (f->fd >= 0) {
		n = pread(f->fd, begin, sizeof(begin), 0);
		s = (struct slice){ begin, n < 0 ? 0 : (size_t)n };
	}
	*width = live_wide(s);
	return live_wide_place(s, kind, s.n == f->content.length);
}

static void
give(const struct document *d, uint64_t from, uint64_t to, struct piece *p)
{
	const struct web_content *c = &d->file->content;

	if (d->file->fd < 0) {
		p->bytes =
		    (struct slice){ c->bytes.p + from, (size_t)(to - from) };
		return;
	}
	p->file = d->file->fd;
	p->offset = (off_t)from;
	p->n = to - from;
}

static enum piece_status
next_piece(void *own, struct piece *p)
{
	struct document *d = own;
	uint64_t length = d->file->content.length;

	if (d->step == 0 && d->place == 0)
		d->step++;
	if (d->step == 2 && d->place == length)
		d->step++;
	switch (d->step++) {
	case 0:
		give(d, 0, d->place, p);
		return PIECE_MORE;
	case 1:
		p->bytes = buf_slice(&d->tag);
		return PIECE_MORE;
	case 2:
		give(d, d->place, length, p);
		return PIECE_MORE;
	default:
		return PIECE_END;
	}
}

static void
done(void *own)
{
	struct document *d = own;

	cached_file_release(d->file);
	buf_free(&d->tag);
	free(d);
}

bool
live_document(struct exchange *x, int status, struct cached_file *f)
{
	enum live_kind kind = live_kind_of(f->content.type);
	enum live_width width;
	struct document *d;
	ssize_t place;

	if (!site.live || kind == LIVE_NO_DOCUMENT || f->coding != NULL ||
	    !is_for_eyes(x))
		return false;
	place = find_place(f, kind, &width);
	d = place < 0 ? NULL : calloc(1, sizeof(*d));
	if (d == NULL)
		return false;
	d->file = f;
	d->place = (uint64_t)place;
	buf_init(&d->tag, 2 * TAG_MAX);
	add_tag(x, &d->tag, kind, width);
	if (d->tag.failed) {
		buf_free(&d->tag);
		free(d);
		return false;
	}
	web_pieces(x, status, f->content.type, f->content.length + d->tag.n,
	    next_piece, done, d);
	web_fieldz(x, "Cache-Control", "no-store");
	if (f->guessed)
		web_fieldz(x, "X-Content-Type-Options", "nosniff");
	return true;
}
