/*
 * api_message.c - one message: whole, its head, its bytes.
 */
#include <string.h>

#include "bytes/ascii.h"
#include "inboxd/api.h"
#include "inboxd/barrier.h"
#include "inboxd/sent.h"

#define MESSAGE_MAX ((size_t)96 << 20) /* bytes of one as JSON */

/* jansson's text of a value, at the end of out. */
static int
add_json(const char *text, size_t n, void *out)
{
	buf_add(out, text, n);
	return ((struct buf *)out)->failed ? -1 : 0;
}

static int
answer_json(struct exchange *x, const json_t *value)
{
	struct buf out;

	buf_init(&out, MESSAGE_MAX);
	if (json_dump_callback(value, add_json, &out, JSON_COMPACT) < 0)
		out.failed = true;
	return web_json(x, 200, &out);
}

int
api_message(struct exchange *x, const char *part)
{
	struct found f;
	json_t *tags;

	if (api_find(x, part, &f, true) != 0)
		return 0;
	/* To look at it is to read it. */
	if (!f.seen && x->r->method == HTTP_GET &&
	    api_set_seen(&(struct ids){ &f.id, 1, 1 }, NULL, true) == 0)
		barrier_wait();
	tags = json_loadb(f.tags.p, f.tags.n, 0, NULL);
	json_object_set_new(f.document, "ID", json_string(f.id));
	json_object_set_new(f.document, "Read", json_true());
	json_object_set_new(
	    f.document, "Tags", tags != NULL ? tags : json_array());
	answer_json(x, f.document);
	api_found_free(&f);
	return 0;
}

/* "message-id" is "Message-Id": as Go writes the names of fields. */
static void
canonical(char *name)
{
	bool first = true;

	for (char *p = name; *p != '\0'; p++) {
		*p = first ? ascii_upper(*p) : ascii_lower(*p);
		first = *p == '-';
	}
}

static void
add_field(json_t *all, const json_t *pair)
{
	const char *name = json_string_value(json_array_get(pair, 0));
	json_t *value = json_array_get(pair, 1), *values;
	char key[1024];

	if (name == NULL || !json_is_string(value) ||
	    strlen(name) >= sizeof(key))
		return;
	strcpy(key, name);
	canonical(key);
	values = json_object_get(all, key);
	if (values == NULL) {
		values = json_array();
		json_object_set_new(all, key, values);
	}
	json_array_append(values, value);
}

int
api_headers(struct exchange *x, const char *part)
{
	struct found f;
	json_t *all, *pair;
	size_t i;

	if (api_find(x, part, &f, true) != 0)
		return 0;
	all = json_object();
	json_array_foreach(json_object_get(f.document, "Headers"), i, pair)
	    add_field(all, pair);
	answer_json(x, all);
	json_decref(all);
	api_found_free(&f);
	return 0;
}

/* The file from here on, as text to be shown or as one to be kept. */
static int
answer_bytes(struct exchange *x, const char *id, bool sent)
{
	struct found f;
	int64_t offset, size;
	char dl[2];
	int fd;

	if (api_find(x, id, &f, true) != 0)
		return 0;
	fd = api_open(x, &f, &offset, &size);
	if (fd >= 0) {
		if (sent)
			sent_answer(x, fd, offset, size);
		else
			web_file(x, 200, "text/plain; charset=utf-8", fd, 0,
			    (uint64_t)size);
		web_fieldz(x, "X-Content-Type-Options", "nosniff");
		if (web_query(x, "dl", dl, sizeof(dl)) == 1 && dl[0] == '1')
			web_fieldf(x, "Content-Disposition",
			    "attachment; filename=\"%s.eml\"", f.id);
	}
	api_found_free(&f);
	return 0;
}

int
api_raw(struct exchange *x, const char *part)
{
	return answer_bytes(x, part, false);
}

int
api_sent(struct exchange *x, const char *part)
{
	return answer_bytes(x, part, true);
}
