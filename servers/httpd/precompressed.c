/*
 * precompressed.c - compressed copies.
 *
 * That a copy is missing is remembered for a moment, so that a busy connection
 * does not look for it again at each request.
 */
#include "httpd/precompressed.h"

#include <stdio.h>

#include "grammar/http_accept.h"
#include "httpd/site.h"
#include "httpd/target.h"
#include "system/clock.h"
#include "system/mime.h"

#define BELIEVE_MS 1000 /* how long "missing" is believed */

struct coding {
	const char *name, *suffix;
	enum content_coding bit;
};

/* The best first; the client's weights come before that. */
static const struct coding codings[] = {
	{ "br", ".br", CODING_BR },
	{ "zstd", ".zst", CODING_ZSTD },
	{ "gzip", ".gz", CODING_GZIP },
};

#define CODINGS (sizeof(codings) / sizeof(codings[0]))

static struct cached_file *
get(struct cached_file *plain, const struct coding *c)
{
	struct file_cache_manner m = { .links = site.links,
		.cache_control = site.cache_control,
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
		f = file_cache_get(plain->root, name, &m);
	if (f == NULL)
		plain->missing |= c->bit;
	return f;
}

/* The copy that the client would rather have, or NULL for none. */
static struct cached_file *
choose(const struct exchange *x, struct cached_file *plain)
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

int
precompressed_answer(struct exchange *x, struct cached_file *plain)
{
	struct cached_file *f = NULL;

	if (!site.live && /* a copy has no tag in it */
	    http_get(&x->r->fields, "Accept-Encoding").p != NULL &&
	    mime_is_squeezable(plain->content.type))
		f = choose(x, plain);
	if (f != NULL)
		file_cache_release(plain);
	return web_content(x, f != NULL ? &f->content : &plain->content);
}
