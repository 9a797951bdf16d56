/*
 * compressed.c - files that are compressed while they are asked for.
 */
#include "httpd/compressed.h"

#include <unistd.h>

#include "grammar/http_accept.h"
#include "httpd/cached_tell.h"
#include "httpd/compress.h"
#include "httpd/compressed_stream.h"
#include "httpd/file_cache.h"
#include "httpd/site.h"
#include "system/clock.h"
#include "system/mime.h"

#define STREAM_RATE 32768 /* bytes in a millisecond, at least */

struct way {
	const char *name;
	enum content_coding coding;
};

/* Where the client does not care: the fastest of those that gain most. */
static const struct way ways[] = {
	{ "zstd", CODING_ZSTD },
	{ "br", CODING_BR },
	{ "gzip", CODING_GZIP },
};

/*
 * The time that a process may spend on all of this: it may go far ahead of a
 * quarter of the time that passes, but not for ever (there is a limit of CPU
 * time, and who serves many connections should serve the next one too).
 */
static bool
may_spend(int64_t ms)
{
	static int64_t spent_ms, seen_ms;
	int64_t now = clock_ms();

	spent_ms -= (now - seen_ms) / 4;
	if (spent_ms < 0)
		spent_ms = 0;
	seen_ms = now;
	spent_ms += ms;
	return spent_ms < COMPRESSED_ALL_MS;
}

/* How the client would rather have it; NULL: as it is. */
static const struct way *
choose(const struct http_fields *f)
{
	const struct way *best = NULL;
	int weight = http_accepts_coding(f, "identity");

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		int w = http_accepts_coding(f, ways[i].name);

		if (w > 0 && (best == NULL ? w >= weight : w > weight)) {
			best = &ways[i];
			weight = w;
		}
	}
	return best;
}

/* Has it been compressed already, whatever it is called? */
static bool
is_compressed(const struct cached_file *f)
{
	static const struct slice begin[] = { SLICE("\x1f\x8b"),
		SLICE("\x28\xb5\x2f\xfd"),
		SLICE("\xfd"
		      "7zXZ"),
		SLICE("BZh"), SLICE("PK\x03\x04"), SLICE("wOF") };
	char of_file[8];
	struct slice s = buf_slice(&f->bytes);

	if (f->fd >= 0) {
		ssize_t n = pread(f->fd, of_file, sizeof(of_file), 0);

		s = (struct slice){ of_file, n < 0 ? 0 : (size_t)n };
	}
	for (size_t i = 0; i < sizeof(begin) / sizeof(begin[0]); i++)
		if (s.n >= begin[i].n &&
		    slice_eq((struct slice){ s.p, begin[i].n }, begin[i]))
			return true;
	return false;
}

static bool
is_worth_it(struct cached_file *f)
{
	if (f->dense || f->coding != NULL ||
	    f->content.length < COMPRESSED_MIN ||
	    f->content.length > COMPRESSED_MAX ||
	    !mime_is_squeezable(f->content.type))
		return false;
	f->dense = is_compressed(f);
	return !f->dense;
}

static bool
compress_all(struct compressor *c, const struct cached_file *f, struct buf *out)
{
	const int64_t until = clock_ms() + COMPRESSED_MS;
	const size_t length = (size_t)f->content.length;

	for (size_t at = 0; at < length;) {
		struct slice piece = compressed_piece(f, at);

		at += piece.n;
		if (piece.n == 0 || clock_left_ms(until) == 0 ||
		    !compress_add(c, piece, at == length, out))
			return false;
	}
	return true;
}

/* Make it.  Returns NULL if it is no gain, or took too long. */
static struct cached_file *
make(const struct cached_file *plain, const struct way *way)
{
	size_t length = (size_t)plain->content.length;
	struct compressor *c = compress_begin(way->coding, length);
	struct cached_file *f = NULL;
	struct buf out;

	/* Less than an eighth off is no gain. */
	buf_init(&out, length - length / 8);
	if (c != NULL && compress_all(c, plain, &out))
		f = cached_file_of_compressed(plain, way->name, &out);
	compress_end(c);
	buf_free(&out);
	return f;
}

static struct cached_file *
get(struct cached_file *plain, const struct way *way)
{
	struct cached_file *f = file_cache_get_made(plain->name, way->name);
	int64_t began;

	if (f != NULL)
		return f;
	began = clock_ms();
	f = make(plain, way);
	may_spend(clock_ms() - began);
	if (f != NULL)
		file_cache_keep_made(f);
	else
		plain->dense = true;
	return f;
}

/*
 * Does the client have it, or want it only otherwise?  That can be said without
 * making it.
 */
static bool
is_current(
    struct exchange *x, const struct cached_file *plain, const struct way *way)
{
	char etag[CACHED_FILE_ETAG_MAX];
	struct http_validators v = plain->content.validators;

	cached_tell_compressed_etag(plain, way->name, etag);
	v.etag = slice_of(etag);
	if (!web_is_current(x, &v, (struct slice){ NULL, 0 }))
		return false;
	if (x->reply.status == 304) {
		web_fieldz(x, "ETag", etag);
		web_fieldz(x, "Cache-Control", site.cache_control);
		web_fieldz(x, "Vary", "Accept-Encoding");
	}
	return true;
}

const char *
compressed_choose(const struct http_fields *f, enum content_coding *coding)
{
	const struct way *way = may_spend(0) ? choose(f) : NULL;

	if (way == NULL)
		return NULL;
	*coding = way->coding;
	return way->name;
}

void
compressed_spent(uint64_t bytes)
{
	may_spend((int64_t)(bytes / STREAM_RATE));
}

/*
 * A part is always of the file itself, and so is what If-Match asks for: only
 * then do parts that were got one after another fit together.
 */
bool
compressed_answer(struct exchange *x, struct cached_file *plain)
{
	const struct way *way;
	struct cached_file *f;

	if (site.no_compress || web_get(x, "Range").p != NULL ||
	    web_get(x, "If-Match").p != NULL || !is_worth_it(plain) ||
	    !may_spend(0))
		return false;
	way = choose(&x->r->fields);
	if (way == NULL)
		return false;
	if (is_current(x, plain, way))
		return true;
	if (plain->content.length > COMPRESSED_KEPT &&
	    may_spend((int64_t)(plain->content.length / STREAM_RATE)))
		return compressed_stream(x, plain, way->coding, way->name);
	f = get(plain, way);
	if (f == NULL)
		return false;
	web_content(x, &f->content);
	return true;
}
