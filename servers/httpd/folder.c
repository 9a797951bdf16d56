/*
 * folder.c - all that lies below a directory, as one file, by libarchive.
 *
 * The library is linked in: a process that packs nothing touches nothing of it.
 */
#include "httpd/folder.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "httpd/folder_walk.h"
#include "httpd/look.h"
#include "httpd/site.h"
#include "system/log.h"
#include "system/mime.h"

#define PIECE     65536
#define OUT_MAX   (8 * PIECE)
#define NAMES_MAX ((size_t)1 << 28) /* a .zip names all again at its end */

/* An archive that is being sent. */
struct packing {
	struct archive *a;
	struct archive_entry *e;
	struct folder_walk *walk;
	bool zip;
	struct buf out;
	struct buf name; /* of the folder; scratch behind it */
	size_t top;      /* bytes of the folder's */
	int fd;          /* of the file that is in work, or -1 */
	uint64_t left;   /* bytes of it */
	bool ended;
};

/*
 * Formats that are never written here.  libarchive has one table of all, and
 * their libraries (XML, LZMA and more) would have to be linked for it.
 */
#define NEVER(format)                                            \
	int archive_write_set_format_##format(struct archive *a) \
	{                                                        \
		(void)a;                                         \
		return ARCHIVE_FATAL;                            \
	}
NEVER(7zip)
NEVER(xar)
NEVER(iso9660)
NEVER(mtree)
NEVER(mtree_classic)
NEVER(warc)

/* Takes what libarchive has made. */
static la_ssize_t
take(struct archive *a, void *own, const void *bytes, size_t n)
{
	struct packing *k = own;

	buf_add(&k->out, bytes, n);
	if (!k->out.failed)
		return (la_ssize_t)n;
	archive_set_error(a, ENOMEM, "out of memory");
	return ARCHIVE_FATAL;
}

/* ---- the entries ---- */

static bool
went(struct packing *k, int status)
{
	if (status >= ARCHIVE_WARN)
		return true;
	log_error("archive: %s", archive_error_string(k->a));
	return false;
}

/* What gets no smaller need not be tried. */
static void
choose_compression(struct packing *k, const char *name)
{
	const char *type = mime_of_name(slice_of(name));

	if (!k->zip)
		return;
	if (type == NULL || mime_is_squeezable(type))
		archive_write_zip_set_compression_deflate(k->a);
	else
		archive_write_zip_set_compression_store(k->a);
}

static bool
add_head(struct packing *k, const char *name, const struct stat *st)
{
	struct archive_entry *e = archive_entry_clear(k->e);
	bool directory = S_ISDIR(st->st_mode);

	k->name.n = k->top;
	buf_addc(&k->name, '/');
	if (k->zip) /* whose names are UTF-8, says a flag */
		look_name(&k->name, slice_of(name));
	else
		buf_addz(&k->name, name);
	if (directory)
		buf_addc(&k->name, '/');
	choose_compression(k, name);
	archive_entry_set_pathname(e, buf_str(&k->name));
	archive_entry_set_filetype(e, directory ? AE_IFDIR : AE_IFREG);
	archive_entry_set_perm(
	    e, directory || (st->st_mode & 0100) ? 0755 : 0644);
	archive_entry_set_mtime(e, st->st_mtim.tv_sec, 0);
	archive_entry_set_size(e, directory ? 0 : st->st_size);
	return !k->name.failed && went(k, archive_write_header(k->a, e));
}

/* The next bytes of the file in work; one that has shrunk cannot be had. */
static bool
add_bytes(struct packing *k)
{
	static char block[PIECE]; /* on the stack it is cleared */
	size_t n = k->left < PIECE ? (size_t)k->left : PIECE;
	ssize_t got = n == 0 ? 0 : read(k->fd, block, n);

	if (got < 0 || (got == 0 && n > 0)) {
		log_error("archive: a file has changed meanwhile");
		return false;
	}
	k->left -= (uint64_t)got;
	if (got > 0 && archive_write_data(k->a, block, (size_t)got) != got)
		return went(k, ARCHIVE_FATAL);
	if (k->left > 0)
		return true;
	close(k->fd);
	k->fd = -1;
	return went(k, archive_write_finish_entry(k->a));
}

static bool
add_next(struct packing *k)
{
	const char *name;
	struct stat st;

	if (k->fd >= 0)
		return add_bytes(k);
	if (!folder_walk_next(k->walk, &name, &st, &k->fd)) {
		k->ended = true;
		return went(k, archive_write_close(k->a));
	}
	k->left = k->fd < 0 ? 0 : (uint64_t)st.st_size;
	return add_head(k, name, &st);
}

/* Names are UTF-8 to it, and nothing to anybody else. */
static enum piece_status
next_piece(void *own, struct piece *p)
{
	struct packing *k = own;
	locale_t before = (locale_t)0;
	bool good = true;

	buf_clear(&k->out);
	if (site.utf8 != (locale_t)0)
		before = uselocale(site.utf8);
	while (good && !k->ended && k->out.n < PIECE)
		good = add_next(k);
	if (before != (locale_t)0)
		uselocale(before);
	if (!good)
		return PIECE_BROKEN;
	p->bytes = buf_slice(&k->out);
	return k->out.n > 0 ? PIECE_MORE : PIECE_END;
}

/* ---- beginning and end ---- */

static void
done(void *own)
{
	struct packing *k = own;

	if (k->a != NULL) {
		archive_write_fail(k->a); /* nothing more is to be said */
		archive_write_free(k->a);
	}
	archive_entry_free(k->e);
	if (k->walk != NULL)
		folder_walk_end(k->walk);
	if (k->fd >= 0)
		close(k->fd);
	buf_free(&k->out);
	buf_free(&k->name);
	free(k);
}

/* The folder's name: its own, or that of the site. */
static void
add_name(struct buf *b, const struct target *p)
{
	struct slice path = target_path(p), last;
	const char *slash;

	path.n--; /* it ends in "/" */
	if (path.n == 0)
		path = slice_of(site.dir);
	while (slice_ends(path, "/"))
		path.n--;
	slash = slice_rfind(path, '/');
	last = slash == NULL ? path : slice_between(slash + 1, path.p + path.n);
	if (last.n == 0 || slice_is(last, ".") || slice_is(last, ".."))
		last = (struct slice)SLICE("files");
	buf_adds(b, last);
}

static bool
open_archive(struct packing *k)
{
	k->a = archive_write_new();
	k->e = archive_entry_new();
	if (k->a == NULL || k->e == NULL)
		return false;
	if (k->zip) {
		archive_write_set_format_zip(k->a);
		archive_write_set_format_option(
		    k->a, "zip", "compression-level", "1");
	} else {
		archive_write_set_format_gnutar(k->a);
	}
	archive_write_set_bytes_per_block(k->a, 0);
	return archive_write_open2(k->a, k, NULL, take, NULL, NULL) ==
	    ARCHIVE_OK;
}

static struct packing *
packing_new(const struct target *p, bool zip)
{
	struct packing *k = calloc(1, sizeof(*k));
	int error;

	if (k == NULL)
		return NULL;
	k->fd = -1;
	k->zip = zip;
	buf_init(&k->out, zip ? NAMES_MAX : OUT_MAX);
	buf_init(&k->name, 8 * TARGET_MAX);
	add_name(&k->name, p);
	k->top = k->name.n;
	errno = ENOMEM;
	if (open_archive(k) &&
	    (k->walk = folder_walk_begin(target_name(p))) != NULL)
		return k;
	error = errno;
	done(k);
	errno = error;
	return NULL;
}

int
folder_answer(struct exchange *x, const struct target *p, struct slice form)
{
	bool zip = slice_is(form, "zip");
	struct packing *k;
	struct buf name;

	if (!zip && !slice_is(form, "tar"))
		return web_page(x, 400, "?archive= takes tar or zip");
	k = packing_new(p, zip);
	if (k == NULL)
		return errno;
	buf_init(&name, 4 * TARGET_MAX);
	uri_encode(&name, buf_slice(&k->name));
	web_pieces(x, 200, zip ? "application/zip" : "application/x-tar",
	    REPLY_OPEN_END, next_piece, done, k);
	web_fieldf(x, "Content-Disposition",
	    "attachment; filename*=UTF-8''%.*s.%s", SLICE_FMT(buf_slice(&name)),
	    zip ? "zip" : "tar");
	web_fieldz(x, "Cache-Control", "no-cache");
	buf_free(&name);
	return 0;
}
