/*
 * listing.c - what is in a directory: read at once, sent bit by bit.
 */
#include "httpd/listing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grammar/http_accept.h"
#include "httpd/compressed_reply.h"
#include "httpd/folder.h"
#include "httpd/listing_readme.h"
#include "httpd/listing_show.h"
#include "httpd/live_tag.h"
#include "httpd/open.h"
#include "httpd/site.h"

#define PIECE_SIZE 16384 /* so much is made at once, and then sent ... */
#define PIECE_MAX  (4 * PIECE_SIZE + 8 * TARGET_MAX + 8 * LISTING_README_MAX)

/* A listing that is being sent. */
struct sending {
	struct listing_show show;
	const struct listing_form *form;
};

/* Its word is what can be said: one that is too long is in no name. */
static void
read_wish(const struct exchange *x, struct listing_show *s)
{
	struct slice v;

	if (uri_query(x->r->uri.query, "sort", &v))
		s->wish.key = slice_is(v, "size") ? BY_SIZE :
		    slice_is(v, "date")           ? BY_DATE :
						    BY_NAME;
	if (uri_query(x->r->uri.query, "order", &v))
		s->wish.descending = slice_is(v, "desc");
	if (web_query(x, "q", s->word, sizeof(s->word)) == -2)
		strcpy(s->word, "/");
	s->wish.has = s->word[0] == '\0' ? NULL : s->word;
}

static bool
wants_json(const struct exchange *x)
{
	return http_accepts_type(&x->r->fields, "application/json") >
	    http_accepts_type(&x->r->fields, "text/html");
}

static enum piece_status
next_piece(void *own, struct piece *p)
{
	struct sending *t = own;
	struct listing_show *s = &t->show;

	if (s->ended)
		return PIECE_END;
	buf_clear(&s->piece);
	if (!s->begun)
		t->form->begin(s);
	s->begun = true;
	for (; s->at < s->list.n && s->piece.n < PIECE_SIZE; s->at++)
		t->form->entry(s, &s->list.entry[s->at]);
	s->ended = s->at == s->list.n;
	if (s->ended)
		t->form->end(s);
	if (s->piece.failed || s->name.failed)
		return PIECE_BROKEN;
	p->bytes = buf_slice(&s->piece);
	return PIECE_MORE;
}

static void
done(void *own)
{
	struct sending *t = own;

	listing_free(&t->show.list);
	buf_free(&t->show.piece);
	buf_free(&t->show.path);
	buf_free(&t->show.name);
	buf_free(&t->show.live);
	free(t);
}

static struct sending *
sending_new(const struct exchange *x, const struct target *p)
{
	struct sending *t = calloc(1, sizeof(*t));
	struct listing_show *s;

	if (t == NULL)
		return NULL;
	s = &t->show;
	t->form = wants_json(x) ? &listing_json : &listing_html;
	read_wish(x, s);
	buf_init(&s->piece, PIECE_MAX);
	buf_init(&s->path, TARGET_MAX);
	buf_init(&s->name, 4 * TARGET_MAX);
	buf_init(&s->live, TARGET_MAX);
	live_head(x, &s->live);
	buf_adds(&s->path, target_path(p));
	strcpy(s->dir, target_name(p));
	return t;
}

static int
answer(struct exchange *x, const struct target *p, int dir)
{
	struct sending *t = sending_new(x, p);
	int error;

	if (t == NULL) {
		close(dir);
		return ENOMEM;
	}
	if (listing_read(&t->show.list, dir, t->show.dir, &t->show.wish) < 0) {
		error = errno;
		done(t);
		return error;
	}
	web_pieces(x, 200, t->form->type, REPLY_OPEN_END, next_piece, done, t);
	web_fieldz(x, "Cache-Control", "no-cache");
	web_fieldz(x, "Vary", "Accept");
	compressed_reply(x);
	return 0;
}

int
listing_answer(struct exchange *x, const struct target *p)
{
	struct slice archive;
	struct stat st;
	int dir = site_open(target_name(p), &st);

	if (dir < 0)
		return errno;
	if (site.no_listing || !S_ISDIR(st.st_mode)) {
		close(dir);
		return S_ISDIR(st.st_mode) ? EACCES : ENOTDIR;
	}
	if (!uri_query(x->r->uri.query, "archive", &archive))
		return answer(x, p, dir);
	close(dir);
	return folder_answer(x, p, archive);
}
