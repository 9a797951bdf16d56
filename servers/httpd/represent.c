/*
 * represent.c - the form in which a file is sent.
 */
#include "httpd/represent.h"

#include "httpd/compressed.h"
#include "httpd/precompressed.h"
#include "httpd/site.h"
#include "system/mime.h"

/*
 * What has only been guessed to be text is the script or style sheet that a
 * page of ours loads it as; browsers refuse it under another type.
 */
static void
suit(struct exchange *x, const struct cached_file *f)
{
	static const char *const scripts[] = { "script", "worker",
		"sharedworker", "serviceworker", "audioworklet",
		"paintworklet" };
	struct slice dest = web_get(x, "Sec-Fetch-Dest");

	if (!slice_starts(slice_of(f->content.type), "text/"))
		return;
	web_fieldz(x, "Vary", "Sec-Fetch-Dest");
	if (x->reply.status != 200)
		return;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
		if (slice_is(dest, scripts[i]))
			x->reply.type = slice_of("text/javascript");
	if (slice_is(dest, "style"))
		x->reply.type = slice_of("text/css");
}

static struct cached_file *
find_copy(const struct exchange *x, struct cached_file *plain)
{
	struct cached_file *f = precompressed_unfold(x, plain);

	if (f != NULL || site.live || /* a copy has no tag in it */
	    !mime_is_squeezable(plain->content.type))
		return f;
	return precompressed_choose(x, plain);
}

int
represent_answer(struct exchange *x, struct cached_file *plain)
{
	bool asks = web_get(x, "Accept-Encoding").p != NULL;
	struct cached_file *copy = asks ? find_copy(x, plain) : NULL;
	struct cached_file *f = copy != NULL ? copy : plain;
	bool own = copy == NULL && !(asks && compressed_answer(x, plain));

	if (own || copy != NULL)
		web_content(x, &f->content);
	if (f->guessed)
		suit(x, f);
	if (!own)
		cached_file_release(plain);
	return 0;
}
