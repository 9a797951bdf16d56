/*
 * listing_json.c - a listing for programs.
 *
 * A name that is no text cannot be said in JSON: it is shown, and href, which
 * every entry has, is the address of the very file.
 */
#include "bytes/date.h"
#include "grammar/escape.h"
#include "grammar/uri.h"
#include "httpd/listing_show.h"
#include "httpd/look.h"

static void
begin(struct listing_show *s)
{
	struct buf *b = &s->piece;

	buf_clear(&s->name);
	look_name(&s->name, buf_slice(&s->path));
	buf_addz(b, "{\"path\":\"");
	escape_json(b, buf_slice(&s->name));
	buf_addz(b, "\",\"complete\":true,\"entries\":[");
}

static void
entry(struct listing_show *s, const struct listing_entry *e)
{
	struct slice name = slice_of(listing_name(&s->list, e));
	struct buf *b = &s->piece;
	char date[DATE_MAX_TEXT];

	buf_clear(&s->name);
	look_name(&s->name, name);
	buf_addf(b, "%s\n{\"name\":\"", s->at == 0 ? "" : ",");
	escape_json(b, buf_slice(&s->name));
	buf_addf(b, "\",\"type\":\"%s\"", e->directory ? "directory" : "file");
	if (!e->directory)
		buf_addf(b, ",\"size\":%ju", (uintmax_t)e->size);
	date_iso(e->modified, date);
	buf_addf(b, ",\"modified\":\"%s\",\"href\":\"./", date);
	uri_encode_path(b, name);
	buf_addf(b, "%s\"}", e->directory ? "/" : "");
}

static void
end(struct listing_show *s)
{
	const struct listing *l = &s->list;

	buf_addf(&s->piece,
	    "],\"directories\":%zu,\"files\":%zu,\"bytes\":%ju}\n",
	    l->directories, l->n - l->directories, (uintmax_t)l->bytes);
}

const struct listing_form listing_json = { "application/json", begin, entry,
	end };
