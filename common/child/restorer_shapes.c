/*
 * restorer_shapes.c - pages that children have in common.
 */
#include "child/restorer_shapes.h"

#include <stdlib.h>
#include <string.h>

#include "child/pristine.h"

#define NEAR    ((size_t)32) /* words in which a page may differ */
#define ONE     4            /* shapes of one address */
#define MOST    2048         /* of all: 8 MiB */
#define BUCKETS 1024

struct shape {
	uint64_t at;
	uint64_t kept; /* where children find it, or 0: not yet, or never */
	bool alone;    /* one child's: never kept */
	struct shape *next;
	uint64_t word[SHAPES_WORDS];
};

static struct pristine *store;
static struct shape *known[BUCKETS]; /* never freed */
static size_t count;

static struct shape **
bucket(uint64_t at)
{
	return &known[at / SHAPES_PAGE % BUCKETS];
}

/* In how many words they differ, if not in more than most. */
static size_t
distance(const uint64_t *a, const uint64_t *b, size_t most)
{
	size_t n = 0;

	if (memcmp(a, b, SHAPES_PAGE) == 0)
		return 0;
	for (size_t i = 0; i < SHAPES_WORDS && n <= most; i++)
		n += a[i] != b[i];
	return n;
}

/*
 * The shape that this page is nearest to, and how near; *same becomes how many
 * there are of this address.
 */
static struct shape *
nearest(uint64_t at, const uint64_t *page, size_t *near, size_t *same)
{
	static const uint64_t zeros[SHAPES_WORDS];
	struct shape *found = NULL;

	*near = *same = 0;
	for (struct shape *s = *bucket(at); s != NULL; s = s->next)
		if (s->at == at && memcmp(page, s->word, SHAPES_PAGE) == 0)
			return s; /* mostly */
	*near = distance(page, zeros, NEAR);
	for (struct shape *s = *bucket(at); s != NULL && *near > 0;
	     s = s->next) {
		size_t n;

		if (s->at != at)
			continue;
		++*same;
		n = distance(page, s->word, *near);
		if (n < *near) {
			*near = n;
			found = s;
		}
	}
	return found;
}

static struct shape *
new_shape(uint64_t at, const uint64_t *page, bool alone)
{
	struct shape *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->at = at;
	s->alone = alone;
	memcpy(s->word, page, SHAPES_PAGE);
	if (alone)
		return s;
	s->next = *bucket(at);
	*bucket(at) = s;
	count++;
	return s;
}

static int
note_words(struct shaped *p, uint64_t at, const uint64_t *page, size_t words)
{
	if (words == 0)
		return 0;
	p->word = calloc(words, sizeof(*p->word));
	if (p->word == NULL)
		return -1;
	for (size_t i = 0; i < SHAPES_WORDS; i++)
		if (page[i] != (p->shape != NULL ? p->shape->word[i] : 0))
			p->word[p->words++] = (struct restore_copy){
				(at + i * sizeof(*page)) | RESTORE_WORD, page[i]
			};
	return 0;
}

void
shapes_keep_in(struct pristine *s)
{
	store = s;
}

int
shapes_learn(struct shaped *p, uint64_t at, const uint64_t page[SHAPES_WORDS])
{
	size_t near, same;

	*p = (struct shaped){ .shape = nearest(at, page, &near, &same) };
	if (near <= NEAR)
		return note_words(p, at, page, near);
	p->shape = new_shape(at, page, same >= ONE || count >= MOST);
	return p->shape != NULL ? 0 : -1;
}

bool
shapes_has(const struct shaped *p)
{
	return p->shape != NULL || p->words > 0;
}

void
shapes_write(const struct shaped *p, uint64_t page[SHAPES_WORDS])
{
	if (p->shape != NULL)
		memcpy(page, p->shape->word, SHAPES_PAGE);
	else
		memset(page, 0, SHAPES_PAGE);
	for (size_t i = 0; i < p->words; i++)
		page[p->word[i].to % SHAPES_PAGE / sizeof(*page)] =
		    p->word[i].from;
}

size_t
shapes_list(
    const struct shaped *p, uint64_t at, struct restore_copy *list, size_t room)
{
	struct shape *s = p->shape;

	if (room < 1 + p->words || (s != NULL && s->alone))
		return 0;
	if (s != NULL && s->kept == 0 && store != NULL)
		s->kept = pristine_add(store, (const char *)s->word);
	if (s != NULL && s->kept == 0)
		return 0;
	list[0] = (struct restore_copy){ at, s != NULL ? s->kept : 0 };
	if (p->words > 0)
		memcpy(list + 1, p->word, p->words * sizeof(*list));
	return 1 + p->words;
}

void
shapes_forget(struct shaped *p)
{
	if (p->shape != NULL && p->shape->alone)
		free(p->shape);
	free(p->word);
	*p = (struct shaped){ 0 };
}
