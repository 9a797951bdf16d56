/*
 * search_query.c - cutting a query into terms, and what each of them means.
 */
#include "mail/search_query.h"

#include "bytes/ascii.h"
#include "bytes/num.h"
#include "mail/fold.h"

enum value { TEXT, DATE, BYTES };

static const struct filter {
	const char *name;
	enum search_kind kind;
	enum value value;
} filters[] = {
	{ "from:", SEARCH_FROM, TEXT },
	{ "to:", SEARCH_TO, TEXT },
	{ "cc:", SEARCH_CC, TEXT },
	{ "bcc:", SEARCH_BCC, TEXT },
	{ "reply-to:", SEARCH_REPLY_TO, TEXT },
	{ "addressed:", SEARCH_ADDRESSED, TEXT },
	{ "subject:", SEARCH_SUBJECT, TEXT },
	{ "message-id:", SEARCH_MESSAGE_ID, TEXT },
	{ "tag:", SEARCH_TAG, TEXT },
	{ "mailbox:", SEARCH_MAILBOX, TEXT },
	{ "before:", SEARCH_BEFORE, DATE },
	{ "after:", SEARCH_AFTER, DATE },
	{ "larger:", SEARCH_LARGER, BYTES },
	{ "smaller:", SEARCH_SMALLER, BYTES },
};

static const struct state {
	const char *name;
	enum search_kind kind;
} states[] = {
	{ "is:read", SEARCH_READ },
	{ "is:unread", SEARCH_UNREAD },
	{ "is:tagged", SEARCH_TAGGED },
	{ "has:attachment", SEARCH_ATTACHMENT },
	{ "has:attachments", SEARCH_ATTACHMENT },
	{ "has:inline", SEARCH_INLINE },
	{ "has:inlines", SEARCH_INLINE },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/*
 * Cut the next word off *rest into word, without its quotes; blanks between
 * quotes are part of it.  A quote that is not closed ends with the query.
 */
static bool
cut_word(struct slice *rest, struct buf *word)
{
	bool quoted = false, any = false;
	size_t i = 0;

	buf_clear(word);
	while (i < rest->n && is_blank(rest->p[i]))
		i++;
	for (; i < rest->n && (quoted || !is_blank(rest->p[i])); i++) {
		any = true;
		if (rest->p[i] == '"')
			quoted = !quoted;
		else
			buf_addc(word, rest->p[i]);
	}
	*rest = slice_from(*rest, i);
	return any;
}

static void
wrong(struct search_query *q, struct slice word, const char *why)
{
	buf_addf(&q->wrong, "%.*s: %s\n", (int)(word.n < 200 ? word.n : 200),
	    word.p, why);
}

static bool
starts_with(struct slice s, const char *name)
{
	struct slice n = slice_of(name);

	return s.n >= n.n && slice_ieq((struct slice){ s.p, n.n }, n);
}

/* Where a text is in the buf is known at the end only, for the buf moves. */
static void
fold_in(struct search_query *q, struct search_term *t, struct slice text)
{
	size_t start = q->text.n;

	fold_text(text, &q->text);
	t->text.n = q->text.n - start;
}

static void
read_value(struct search_query *q, struct search_term *t, enum value kind,
    struct slice word, struct slice value)
{
	if (kind == TEXT) {
		fold_in(q, t, value);
	} else if (kind == DATE) {
		if (search_date(value, &t->number, &t->local) == 0)
			return;
		wrong(q, word, "is no date, such as 2024-01-31");
		t->kind = SEARCH_NOTHING;
	} else {
		if (search_size(value, &t->number) == 0)
			return;
		wrong(q, word, "is no size, such as 10K or 2M");
		t->kind = SEARCH_NOTHING;
	}
}

/* Returns false when the word is no filter. */
static bool
read_filter(struct search_query *q, struct search_term *t, struct slice word)
{
	for (size_t i = 0; i < COUNT(filters); i++) {
		const struct filter *f = &filters[i];

		if (!starts_with(word, f->name))
			continue;
		t->kind = f->kind;
		read_value(q, t, f->value, word,
		    slice_trim(slice_from(word, slice_of(f->name).n)));
		return true;
	}
	for (size_t i = 0; i < COUNT(states); i++) {
		if (!slice_iis(word, states[i].name))
			continue;
		t->kind = states[i].kind;
		return true;
	}
	if (!starts_with(word, "is:") && !starts_with(word, "has:"))
		return false;
	wrong(q, word,
	    "is not known; is:read is:unread is:tagged "
	    "has:attachment has:inline are");
	t->kind = SEARCH_NOTHING;
	return true;
}

static bool
is_empty(struct slice word)
{
	if (word.n == 0)
		return true;
	for (size_t i = 0; i < COUNT(filters); i++)
		if (slice_iis(slice_trim(word), filters[i].name))
			return true;
	return slice_iis(word, "is:") || slice_iis(word, "has:");
}

static void
read_term(struct search_query *q, struct slice word)
{
	struct search_term t = { .kind = SEARCH_TEXT };

	if (word.n > 1 && (word.p[0] == '-' || word.p[0] == '!')) {
		t.not = true;
		word = slice_from(word, 1);
	}
	if (is_empty(word)) {
		if (word.n > 0)
			wrong(q, word, "says nothing, and is left out");
		return;
	}
	if (!read_filter(q, &t, word))
		fold_in(q, &t, word);
	if (t.kind <= SEARCH_MAILBOX && t.kind != SEARCH_NOTHING &&
	    t.text.n == 0) {
		wrong(q, word, "has no text in it");
		t.kind = SEARCH_NOTHING;
	}
	if (t.kind == SEARCH_NOTHING) /* not nothing would be everything */
		t.not = false;
	q->term[q->count++] = t;
}

/* Nothing matches, for a reason. */
static void
refuse(struct search_query *q, const char *why)
{
	wrong(q, slice_of("query"), why);
	q->term[0] = (struct search_term){ .kind = SEARCH_NOTHING };
	q->count = 1;
}

void
search_query_read(struct search_query *q, struct slice text)
{
	const char *at;
	struct buf word;

	q->count = 0;
	/* Folding makes three bytes of one that is no UTF-8. */
	buf_init(&q->text, (size_t)3 * SEARCH_QUERY_MAX);
	buf_init(&q->wrong, (size_t)64 * SEARCH_QUERY_MAX);
	if (text.n > SEARCH_QUERY_MAX) {
		refuse(q, "is too long (8192 bytes at most)");
		return;
	}
	buf_init(&word, SEARCH_QUERY_MAX);
	while (cut_word(&text, &word)) {
		if (q->count == SEARCH_TERMS_MAX) {
			refuse(q, "has too many terms (64 at most)");
			break;
		}
		read_term(q, buf_slice(&word));
	}
	if (word.failed || q->text.failed)
		refuse(q, "does not fit into memory");
	buf_free(&word);
	at = q->text.p;
	for (size_t i = 0; i < q->count; i++) {
		q->term[i].text.p = at;
		at = q->text.p == NULL ? NULL : at + q->term[i].text.n;
	}
}

void
search_query_free(struct search_query *q)
{
	buf_free(&q->text);
	buf_free(&q->wrong);
	q->count = 0;
}

void
search_query_zone(struct search_query *q,
    int64_t (*to_utc)(void *with, int64_t local_us), void *with)
{
	for (size_t i = 0; i < q->count; i++) {
		struct search_term *t = &q->term[i];

		if (t->local)
			t->number = to_utc(with, t->number);
		t->local = false;
	}
}

int
search_size(struct slice s, int64_t *bytes)
{
	unsigned shift = 0;
	uint64_t n;

	if (s.n > 0 && ascii_lower(s.p[s.n - 1]) == 'b')
		s.n--;
	if (s.n > 0) {
		char unit = ascii_lower(s.p[s.n - 1]);

		shift = unit == 'k' ? 10 :
		    unit == 'm'     ? 20 :
		    unit == 'g'     ? 30 :
				      0;
		if (shift > 0)
			s.n--;
	}
	if (num_within(slice_trim(s), 0, (uint64_t)INT64_MAX >> shift, &n) !=
	    NUM_OK)
		return -1;
	*bytes = (int64_t)(n << shift);
	return 0;
}
