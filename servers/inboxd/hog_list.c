/*
 * hog_list.c - many messages as MailHog tells them: listed and searched,
 * newest first, each read when it is its turn to be sent.
 */
#include <stdlib.h>
#include <string.h>

#include "bytes/ascii.h"
#include "inboxd/barrier.h"
#include "inboxd/hog.h"
#include "inboxd/scope.h"

#define LIMIT_MAX 250 /* messages in a list of version 2 */
#define KINDS     "kind: from, to or containing"
#define WORD_MAX  1024    /* bytes that are searched for */
#define HEAD_MAX  262144  /* of a message that is searched by address */
#define SEEK_MAX  8388608 /* of one that is searched by text */

/* Where a message is. */
struct place {
	char id[MAILDIR_ID_MAX];
	struct maildir_file file;
	int64_t created;
};

struct listing {
	struct place *at;
	size_t n, room, next;
	bool array; /* version 1: nothing but the messages */
	bool begun, any, ended;
	long long total, start;
	struct buf out;
};

static int
add(struct listing *l, const struct index_row *row)
{
	struct place *p;

	if (l->n == l->room) {
		size_t room = l->room == 0 ? 256 : l->room * 2;
		void *more = reallocarray(l->at, room, sizeof(*l->at));

		if (more == NULL)
			return INDEX_FAILED;
		l->at = more;
		l->room = room;
	}
	p = &l->at[l->n++];
	memset(p, 0, sizeof(*p));
	memcpy(p->id, row->id, strnlen(row->id, sizeof(p->id) - 1));
	p->file = row->file;
	p->created = row->created;
	return 0;
}

static int
add_row(void *with, const struct index_row *row)
{
	return add(with, row);
}

static int
open_place(struct hog_message *m, const struct place *p, size_t most)
{
	struct index_row row = {
		.id = p->id, .file = p->file, .created = p->created
	};

	return hog_open(m, &row, most);
}

/* ---- sending ---- */

static void
add_one(struct listing *l, const struct place *p)
{
	struct hog_message m;
	struct buf one;

	buf_init(&one, HOG_JSON_MAX);
	if (open_place(&m, p, HOG_DATA_MAX) == 0) {
		hog_add(&one, &m);
		if (l->any)
			buf_addc(&l->out, ',');
		buf_adds(&l->out, buf_slice(&one));
		l->any = true;
	}
	hog_close(&m);
	buf_free(&one);
}

static void
begin(struct listing *l)
{
	if (l->array)
		buf_addc(&l->out, '[');
	else
		buf_addf(&l->out,
		    "{\"total\":%lld,\"count\":%zu,\"start\":%lld,\"items\":[",
		    l->total, l->n, l->start);
	l->begun = true;
}

static enum piece_status
next(void *own, struct piece *p)
{
	struct listing *l = own;

	buf_clear(&l->out);
	if (l->ended)
		return PIECE_END;
	if (!l->begun) {
		begin(l);
	} else if (l->next < l->n) {
		/* One that has just been deleted is left out. */
		while (l->next < l->n && l->out.n == 0)
			add_one(l, &l->at[l->next++]);
	}
	if (l->out.n == 0) {
		buf_addz(&l->out, l->array ? "]" : "]}");
		l->ended = true;
	}
	if (l->out.failed)
		return PIECE_BROKEN;
	p->bytes = buf_slice(&l->out);
	return PIECE_MORE;
}

static void
done(void *own)
{
	struct listing *l = own;

	free(l->at);
	buf_free(&l->out);
	free(l);
}

static struct listing *
listing_new(void)
{
	struct listing *l = calloc(1, sizeof(*l));

	if (l != NULL)
		buf_init(&l->out, HOG_JSON_MAX);
	return l;
}

static int
answer(struct exchange *x, struct listing *l, int status)
{
	if (status < 0) {
		done(l);
		return inbox_failed(x, status);
	}
	return web_pieces(x, 200, "text/json", REPLY_OPEN_END, next, done, l);
}

/* ---- listing ---- */

int
hog_messages(struct exchange *x, const char *part)
{
	struct listing *l = listing_new();
	struct scope s;
	int status;

	(void)part;
	if (l == NULL)
		return hog_error(x, 500, "no memory");
	l->array = true;
	barrier_wait();
	if (scope_read(x, &s) == 0) {
		s.index.query = NULL;
		status = index_list(inbox.index, &s.index, 0, -1, add_row, l);
		answer(x, l, status);
	} else {
		done(l);
	}
	scope_free(&s);
	return 0;
}

static int
list(struct listing *l, const struct scope *s)
{
	struct index_counts c;
	int status = index_hold(inbox.index);

	if (status < 0)
		return status;
	status = index_count(inbox.index, &s->index, &c);
	if (status == 0) {
		l->total = c.total;
		status = index_list(inbox.index, &s->index, s->start,
		    s->limit < LIMIT_MAX ? s->limit : LIMIT_MAX, add_row, l);
	}
	index_let(inbox.index);
	return status;
}

int
hog_messages_v2(struct exchange *x, const char *part)
{
	struct listing *l = listing_new();
	struct scope s;

	(void)part;
	if (l == NULL)
		return hog_error(x, 500, "no memory");
	barrier_wait();
	if (scope_read(x, &s) == 0) {
		s.index.query = NULL;
		l->start = s.start;
		answer(x, l, list(l, &s));
	} else {
		done(l);
	}
	scope_free(&s);
	return 0;
}

/* ---- searching ---- */

struct seeking {
	enum hog_kind kind;
	char word[WORD_MAX];
	size_t n;
};

/* Returns whether it could be read; if not, a reply says why. */
static bool
read_search(struct exchange *x, struct seeking *s)
{
	static const char *const kinds[] = { "from", "to", "containing" };
	char kind[16];
	ssize_t n;

	if (web_query(x, "kind", kind, sizeof(kind)) < 0)
		return hog_error(x, 400, KINDS) != 0;
	s->kind = HOG_FROM;
	while (s->kind <= HOG_CONTAINING && strcmp(kind, kinds[s->kind]) != 0)
		s->kind++;
	if (s->kind > HOG_CONTAINING)
		return hog_error(x, 400, KINDS) != 0;
	n = web_query(x, "query", s->word, sizeof(s->word));
	if (n <= 0)
		return hog_error(x, 400, "query: what to look for") != 0;
	s->n = (size_t)n;
	for (size_t i = 0; i < s->n; i++)
		s->word[i] = ascii_lower(s->word[i]);
	return true;
}

/* Keep those that fit, and of them the page that was asked for. */
static void
sift(struct listing *l, const struct seeking *seek, const struct scope *s)
{
	size_t kept = 0,
	       limit = (size_t)(s->limit < LIMIT_MAX ? s->limit : LIMIT_MAX);

	for (size_t i = 0; i < l->n; i++) {
		struct hog_message m;
		bool fits = open_place(&m, &l->at[i],
				seek->kind == HOG_CONTAINING ? SEEK_MAX :
							       HEAD_MAX) == 0 &&
		    hog_fits(
			&m, seek->kind, (struct slice){ seek->word, seek->n });

		hog_close(&m);
		if (!fits)
			continue;
		if (l->total++ >= l->start && kept < limit)
			l->at[kept++] = l->at[i];
	}
	l->n = kept;
}

int
hog_search(struct exchange *x, const char *part)
{
	struct listing *l;
	struct seeking seek = { .kind = HOG_FROM };
	struct scope s;
	int status;

	(void)part;
	if (!read_search(x, &seek))
		return 0;
	l = listing_new();
	if (l == NULL)
		return hog_error(x, 500, "no memory");
	barrier_wait();
	if (scope_read(x, &s) == 0) {
		s.index.query = NULL;
		l->start = s.start;
		status = index_list(inbox.index, &s.index, 0, -1, add_row, l);
		if (status == 0)
			sift(l, &seek, &s);
		answer(x, l, status);
	} else {
		done(l);
	}
	scope_free(&s);
	return 0;
}
