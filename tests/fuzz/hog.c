/*
 * hog.c - any bytes as a message that MailHog's routes tell.
 *
 * Properties: fields and parts lie within the message, a part never overlaps
 * the next; what is told is JSON, in one object; its size is bounded by what
 * came; a message without an empty line and without fields is all body.
 */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

#include "fuzzrig/must.h"
#include "inboxd/hog_content.h"

#define INPUT_MAX 65536
#define JSON_ROOM (64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static bool
is_within(struct slice inner, struct slice outer)
{
	return inner.n == 0 ||
	    (inner.p >= outer.p && inner.p + inner.n <= outer.p + outer.n);
}

static void
check_cut(struct slice all)
{
	struct hog_content *c = malloc(sizeof(*c));
	struct slice rest, part, boundary;
	const char *after = all.p;

	must(c != NULL);
	hog_cut(c, all);
	must(is_within(c->body, all) && c->count <= HOG_FIELDS_MAX);
	for (size_t i = 0; i < c->count; i++) {
		must(c->field[i].name.n > 0);
		must(is_within(c->field[i].name, all));
		must(is_within(c->field[i].value, all));
	}
	rest = c->body;
	boundary = hog_boundary(c);
	must(is_within(boundary, all));
	while (hog_next_part(&rest, boundary, &part)) {
		must(is_within(part, c->body));
		must(part.n == 0 || part.p >= after);
		if (part.n > 0)
			after = part.p + part.n;
	}
	free(c);
}

static void
check_json(struct buf *out)
{
	json_t *value = json_loadb(out->p, out->n, 0, NULL);

	must(out->failed || value != NULL);
	json_decref(value);
	buf_free(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice all = { (const char *)data, size };
	struct buf out;

	if (size > INPUT_MAX)
		return 0;
	check_cut(all);
	buf_init(&out, JSON_ROOM);
	hog_add_content(&out, all, (struct slice){ NULL, 0 });
	check_json(&out);
	buf_init(&out, JSON_ROOM);
	buf_addz(&out, "{\"MIME\":");
	hog_add_mime(&out, all);
	buf_addc(&out, '}');
	check_json(&out);
	return 0;
}
