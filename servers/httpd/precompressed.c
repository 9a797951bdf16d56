/*
 * precompressed.c - compressed copies.
 *
 * That a copy is missing, or of no use, is remembered for a moment, so that a
 * busy connection does not look for it again at each request.
 */
#include "httpd/precompressed.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "grammar/http_accept.h"
#include "httpd/file_cache.h"
#include "httpd/site.h"
#include "httpd/target.h"
#include "system/clock.h"
#include "system/mime.h"

#define BELIEVE_MS 1000 /* how long "missing" is believed */
#define LOOK_AT    16   /* bytes that tell a copy from what is none */

struct coding {
	const char *name, *suffix;
	enum content_coding bit;
	struct slice magic; /* how such a file begins, if that can be said */
};

/* The best first; the client's weights come before that. */
static const struct coding codings[] = {
	{ "br", ".br", CODING_BR, { NULL, 0 } },
	{ "zstd", ".zst", CODING_ZSTD, SLICE("\x28\xb5\x2f\xfd") },
	{ "gzip", ".gz", CODING_GZIP, SLICE("\x1f\x8b\x08") },
};

#define CODINGS (sizeof(codings) / sizeof(codings[0]))

/* The first bytes of a file. */
static struct slice
first_of(const struct cached_file *f, char to[LOOK_AT])
{
	ssize_t n;

	if (f->fd < 0)
		return (struct slice){ f->bytes.p,
			f->bytes.n < LOOK_AT ? f->bytes.n : LOOK_AT };
	n = pread(f->fd, to, LOOK_AT, 0);
	return (struct slice){ to, n < 0 ? 0 : (size_t)n };
}

/* Does it begin as its coding has it?  Brotli has no mark. */
static bool
has_magic(const struct cached_file *f, const struct coding *c)
{
	char of_file[LOOK_AT];
	struct slice first = first_of(f, of_file);

	return first.n > 0 && first.n >= c->magic.n &&
	    (c->magic.n == 0 || memcmp(first.p, c->magic.p, c->magic.n) == 0);
}

/*
 * Is it what its name says?  What begins as the file itself does is no
 * compressed copy of it.
 */
static bool
is_sound(struct cached_file *f, const struct cached_file *plain,
    const struct coding *c)
{
	char of_copy[LOOK_AT], of_plain[LOOK_AT];
	struct slice other;

	if (f->sound == 0) {
		other = first_of(plain, of_plain);
		f->sound = has_magic(f, c) &&
			(other.n == 0 ||
			    !slice_eq(first_of(f, of_copy), other)) ?
		    1 :
		    -1;
	}
	return f->sound > 0;
}

static bool
is_older(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec :
					a->tv_nsec < b->tv_nsec;
}

static struct cached_file *
get(struct cached_file *plain, const struct coding *c)
{
	struct cached_file_manner m = { .cache_control = site.cache_control,
		.type = plain->content.type,
		.coding = c->name };
	struct cached_file *f = NULL;
	char name[TARGET_MAX];
	int n;

	if (clock_ms() >= plain->until) {
		plain->missing = 0;
		plain->until = clock_ms() + BELIEVE_MS;
	}
	if ((plain->missing & c->bit) != 0)
		return NULL;
	n = snprintf(name, sizeof(name), "%s%s", plain->name, c->suffix);
	if (n > 0 && (size_t)n < sizeof(name))
		f = file_cache_get(name, &m);
	/* One that is older than the file is of what the file once was. */
	if (f != NULL &&
	    (is_older(&f->st.st_mtim, &plain->st.st_mtim) ||
		!is_sound(f, plain, c))) {
		cached_file_release(f);
		f = NULL;
	}
	if (f == NULL)
		plain->missing |= c->bit;
	return f;
}

/* What a browser loads for a page, and not what people download. */
static bool
is_for_a_page(const char *type)
{
	static const char *const types[] = { "text/html", "text/css",
		"text/javascript", "application/wasm", "application/json",
		"image/svg+xml" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (type != NULL && slice_starts(slice_of(type), types[i]))
			return true;
	return false;
}

/* The type that a compressed file has inside: of app.js in app.js.gz. */
static const char *
inner_type(struct slice name, const struct coding *c)
{
	const char *type;

	if (c->bit == CODING_GZIP && slice_ends(name, ".svgz"))
		return mime_of_name(name);
	if (!slice_ends(name, c->suffix))
		return NULL;
	name.n -= strlen(c->suffix);
	type = mime_of_name(name);
	return is_for_a_page(type) ? type : NULL;
}

struct cached_file *
precompressed_choose(const struct exchange *x, struct cached_file *plain)
{
	int plain_weight = http_accepts_coding(&x->r->fields, "identity");
	int weight[CODINGS];

	for (size_t i = 0; i < CODINGS; i++)
		weight[i] = http_accepts_coding(&x->r->fields, codings[i].name);
	for (;;) {
		struct cached_file *f;
		size_t best = 0;

		for (size_t i = 1; i < CODINGS; i++)
			if (weight[i] > weight[best])
				best = i;
		if (weight[best] == 0 || weight[best] < plain_weight)
			return NULL;
		f = get(plain, &codings[best]);
		if (f != NULL)
			return f;
		weight[best] = 0;
	}
}

struct cached_file *
precompressed_unfold(const struct exchange *x, const struct cached_file *f)
{
	struct slice name = slice_of(f->name);

	for (size_t i = 0; i < CODINGS; i++) {
		struct cached_file_manner m = { .cache_control =
						    site.cache_control,
			.type = inner_type(name, &codings[i]),
			.coding = codings[i].name };

		if (m.type != NULL && has_magic(f, &codings[i]) &&
		    http_accepts_coding(&x->r->fields, m.coding) > 0)
			return file_cache_get(f->name, &m);
	}
	return NULL;
}
