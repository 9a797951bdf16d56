/*
 * search_query.c - tests of mail/search_query.h.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "mail/search_query.h"

/* A query as it was understood: kind, "!" for not, text or number. */
static void
show(const struct search_query *q, char *text, size_t size)
{
	static const char *const names[] = { "nothing", "text", "from", "to",
		"cc", "bcc", "reply-to", "addressed", "subject", "message-id",
		"tag", "mailbox", "read", "unread", "tagged", "attachment",
		"inline", "before", "after", "larger", "smaller" };
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < q->count && n < size; i++) {
		const struct search_term *t = &q->term[i];

		n += (size_t)snprintf(text + n, size - n, "%s%s%s",
		    i > 0 ? " " : "", t->not ? "!" : "", names[t->kind]);
		if (t->text.n > 0)
			n += (size_t)snprintf(
			    text + n, size - n, "[%.*s]", SLICE_FMT(t->text));
		else if (t->kind >= SEARCH_BEFORE)
			n += (size_t)snprintf(text + n, size - n, "[%lld%s]",
			    (long long)t->number, t->local ? " local" : "");
	}
}

/* clang-format off */
static const struct {
	const char *query, *means;
	const char *wrong; /* a part of it; NULL: nothing is */
} queries[] = {
	{ "", "", NULL },
	{ "  \t ", "", NULL },
	{ "word", "text[word]", NULL },
	{ "Two WORDS", "text[two] text[words]", NULL },
	{ "\"a phrase\"", "text[a phrase]", NULL },
	{ "\"a   phrase\n here\"", "text[a phrase here]", NULL },
	{ "\"never closed is all", "text[never closed is all]", NULL },
	{ "-no !nor -\"not this\" !\"nor that\"", "!text[no] !text[nor] !text[not this] !text[nor that]", NULL },
	{ "- !", "text[-] text[!]", NULL },
	{ "a-b a!b", "text[a-b] text[a!b]", NULL },
	{ "from:ANN@x.org", "from[ann@x.org]", NULL },
	{ "FROM:a to:b cc:c bcc:d reply-to:e addressed:f", "from[a] to[b] cc[c] bcc[d] reply-to[e] addressed[f]", NULL },
	{ "subject:\"your Order\" message-id:1@2", "subject[your order] message-id[1@2]", NULL },
	{ "-subject:\"a b\" \"subject:a b\"", "!subject[a b] subject[a b]", NULL },
	{ "tag:\"later on\" !tag:x mailbox:Ann@x", "tag[later on] !tag[x] mailbox[ann@x]", NULL },
	{ "is:read is:unread is:tagged -is:tagged", "read unread tagged !tagged", NULL },
	{ "has:attachment has:attachments has:inline", "attachment attachment inline", NULL },
	{ "IS:Read", "read", NULL },
	{ "larger:10 larger:10K smaller:2M larger:1g larger:3kb", "larger[10] larger[10240] smaller[2097152] larger[1073741824] larger[3072]", NULL },
	{ "after:2024-01-31", "after[1706659200000000 local]", NULL },
	{ "before:\"2024-01-31 10:30 +01:00\"", "before[1706693400000000]", NULL },
	{ "http://x.org a:b", "text[http://x.org] text[a:b]", NULL },
	{ "\xc3\x84RGER", "text[\xc3\xa4rger]", NULL },
	{ "\xff\xfe", "text[\xef\xbf\xbd\xef\xbf\xbd]", NULL },
	/* What says nothing matches nothing, whatever stands before it. */
	{ "is:green", "nothing", "is:green: is not known" },
	{ "-is:green", "nothing", "is:green: is not known" },
	{ "has:legs", "nothing", "has:legs: is not known" },
	{ "larger:much", "nothing", "is no size" },
	{ "!larger:much word", "nothing text[word]", "is no size" },
	{ "larger:-1", "nothing", "is no size" },
	{ "larger:99999999999999999999", "nothing", "is no size" },
	{ "larger:9999999999G", "nothing", "is no size" },
	{ "before:yesterday", "nothing", "is no date" },
	{ "after:2024-02-30", "nothing", "is no date" },
	{ "from:\x01\x02", "nothing", "has no text" },
	/* A filter without a value is left out. */
	{ "from: word", "text[word]", "from:: says nothing" },
	{ "-tag:", "", "tag:: says nothing" },
	{ "is: has:", "", "says nothing" },
	{ "subject:\"\"", "", "says nothing" },
	{ "\"\"", "", NULL },
};

static const struct {
	const char *text;
	long long us; /* -1: none */
	bool local;
} dates[] = {
	{ "1970-01-01", 0, true },
	{ "1970/1/2", 86400000000, true },
	{ "1.2.1970", -1, false },
	{ "1970.1.2", 86400000000, true },
	{ "1/2/1970", 86400000000, true },
	{ "19700102", 86400000000, true },
	{ "1970-02", 2678400000000, true },
	{ "1971", 31536000000000, true },
	{ "2 Jan 1970", 86400000000, true },
	{ "2-January-1970", 86400000000, true },
	{ "Jan 2, 1970", 86400000000, true },
	{ "january 2 1970", 86400000000, true },
	{ "1970-01-01T00:00:01", 1000000, true },
	{ "1970-01-01 00:01", 60000000, true },
	{ "1970-01-01 0:01", 60000000, true },
	{ "1970-01-01T00:00:01.5Z", 1500000, false },
	{ "1970-01-01T00:00:01.123456789Z", 1123456, false },
	{ "1970-01-01T01:00:00+01:00", 0, false },
	{ "1970-01-01T01:00:00+0100", 0, false },
	{ "1970-01-01 00:00 -01", 3600000000, false },
	{ "1970-01-01 00:00 UTC", 0, false },
	{ " 1970-01-01 ", 0, true },
	{ "1700000000", 1700000000000000, false },
	{ "1700000000123", 1700000000123000, false },
	{ "", -1, false },
	{ "x", -1, false },
	{ "Jan", -1, false },
	{ "Foo 2 1970", -1, false },
	{ "2 Ja 1970", -1, false },
	{ "1970-13-01", -1, false },
	{ "1970-00-01", -1, false },
	{ "1970-01-32", -1, false },
	{ "1970-", -1, false },
	{ "1970-01-01T", -1, false },
	{ "1970-01-01T24:00", -1, false },
	{ "1970-01-01T00", -1, false },
	{ "1970-01-01T00:00:00.", -1, false },
	{ "1970-01-01x", -1, false },
	{ "1970-01-01 00:00 +99:00", -1, false },
	{ "1970-01-01 00:00 EST", -1, false },
	{ "170000000", -1, false },
	{ "17000000001234567", -1, false },
	{ "1/2/70", -1, false },
};
/* clang-format on */

Test(search_query, queries)
{
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		struct search_query q;
		char means[1024];
		const char *wrong;

		search_query_read(&q, slice_of(queries[i].query));
		show(&q, means, sizeof(means));
		cr_expect_str_eq(
		    means, queries[i].means, "%s: %s", queries[i].query, means);
		wrong = buf_str(&q.wrong);
		if (queries[i].wrong == NULL)
			cr_expect_str_empty(wrong, "%s", queries[i].query);
		else
			cr_expect_not_null(strstr(wrong, queries[i].wrong),
			    "%s: %s", queries[i].query, wrong);
		search_query_free(&q);
	}
}

Test(search_query, dates)
{
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		int64_t us = -1;
		bool local = false;
		int status = search_date(slice_of(dates[i].text), &us, &local);

		cr_expect_eq(
		    status, dates[i].us == -1 ? -1 : 0, "%s", dates[i].text);
		cr_expect_eq(
		    us, dates[i].us, "%s: %lld", dates[i].text, (long long)us);
		cr_expect_eq(local, dates[i].local, "%s", dates[i].text);
	}
}

Test(search_query, too_much)
{
	struct search_query q;
	struct buf b;

	buf_init(&b, 100000);
	for (int i = 0; i <= SEARCH_TERMS_MAX; i++)
		buf_addz(&b, "x ");
	search_query_read(&q, buf_slice(&b));
	cr_expect_eq(q.count, 1);
	cr_expect_eq(q.term[0].kind, SEARCH_NOTHING);
	cr_expect_not_null(strstr(buf_str(&q.wrong), "too many terms"));
	search_query_free(&q);
	b.n -= 2; /* as many as there may be */
	search_query_read(&q, buf_slice(&b));
	cr_expect_eq(q.count, SEARCH_TERMS_MAX);
	search_query_free(&q);
	while (b.n <= SEARCH_QUERY_MAX)
		buf_addc(&b, 'x');
	search_query_read(&q, buf_slice(&b));
	cr_expect_eq(q.count, 1);
	cr_expect_eq(q.term[0].kind, SEARCH_NOTHING);
	search_query_free(&q);
	/* Each byte of it becomes three. */
	buf_clear(&b);
	while (b.n < SEARCH_QUERY_MAX)
		buf_addc(&b, '\xff');
	search_query_read(&q, buf_slice(&b));
	cr_expect_eq(q.count, 1);
	cr_expect_eq(q.term[0].text.n, 3 * (size_t)SEARCH_QUERY_MAX);
	search_query_free(&q);
	buf_free(&b);
}

static int64_t
an_hour_east(void *with, int64_t local)
{
	(*(int *)with)++;
	return local - 3600000000;
}

Test(search_query, other_zones)
{
	struct search_query q;
	int asked = 0;

	search_query_read(
	    &q, slice_of("after:1970-01-02 before:1970-01-02T00:00Z x"));
	search_query_zone(&q, an_hour_east, &asked);
	cr_expect_eq(asked, 1);
	cr_expect_eq(q.term[0].number, 82800000000);
	cr_expect_eq(q.term[1].number, 86400000000);
	search_query_free(&q);
}
