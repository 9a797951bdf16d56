/*
 * api_list.c - many messages: listed, searched, marked, deleted.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inboxd/api.h"
#include "inboxd/barrier.h"
#include "inboxd/member.h"

#define LIST_MAX ((size_t)64 << 20) /* bytes of a list as JSON */

struct listing {
	struct buf *out;
	int64_t n;
};

static int
add_row(void *with, const struct index_row *row)
{
	struct listing *l = with;

	if (l->n++ > 0)
		buf_addc(l->out, ',');
	index_summary(row, l->out);
	return l->out->failed;
}

/* The messages first, for all of them are counted on the way. */
static int
add_messages(const struct scope *s, struct buf *out)
{
	struct listing rows = { .out = out };
	struct index_scope whole = { .folder = s->index.folder };
	struct index_counts found, all;
	int status;

	buf_addz(out, "{\"messages\":[");
	status = index_page(
	    inbox.index, &s->index, s->start, s->limit, &found, add_row, &rows);
	all = found;
	if (status == 0 && s->index.query != NULL)
		status = index_count(inbox.index, &whole, &all);
	buf_addf(out,
	    "],\"count\":%lld,\"total\":%lld,\"unread\":%lld,"
	    "\"messages_count\":%lld,\"messages_unread\":%lld,\"start\":%lld",
	    (long long)rows.n, (long long)all.total, (long long)all.unread,
	    (long long)found.total, (long long)found.unread,
	    (long long)s->start);
	return status;
}

static int
make_list(const struct scope *s, struct buf *out)
{
	int status = add_messages(s, out);

	if (status < 0)
		return status;
	buf_addz(out, ",\"tags\":");
	status = api_add_tags(out, s->index.folder);
	/* What a slip in the query matched is nothing; say which it was. */
	if (s->index.query != NULL) {
		buf_addz(out, ",\"Wrong\":");
		record_string(out, slice_trim(buf_slice(&s->query.wrong)));
	}
	buf_addc(out, '}');
	return status;
}

static int
answer_list(struct exchange *x, const struct scope *s)
{
	struct buf out;
	int status;

	buf_init(&out, LIST_MAX);
	status = index_hold(inbox.index);
	if (status == 0) {
		status = make_list(s, &out);
		index_let(inbox.index);
	}
	if (status < 0)
		inbox_failed(x, status);
	else
		web_json(x, 200, &out);
	buf_free(&out);
	return 0;
}

int
api_messages(struct exchange *x, const char *part)
{
	struct scope s;

	(void)part;
	barrier_wait();
	if (scope_read(x, &s) == 0) {
		s.index.query = NULL; /* that is what search is for */
		answer_list(x, &s);
	}
	scope_free(&s);
	return 0;
}

/* Where a query is a must. */
static bool
asks_nothing(struct exchange *x, const struct scope *s)
{
	if (s->text[strspn(s->text, " \t")] != '\0')
		return false;
	inbox_error(x, 400, "Error: no search query");
	return true;
}

int
api_search(struct exchange *x, const char *part)
{
	struct scope s;

	(void)part;
	barrier_wait();
	if (scope_read(x, &s) == 0 && !asks_nothing(x, &s))
		answer_list(x, &s);
	scope_free(&s);
	return 0;
}

/* Those in the body; none there, or no list at all: the whole scope. */
static int
gather(const struct scope *s, const json_t *list, struct ids *ids)
{
	int status = ids_read(ids, list, s->index.folder);

	return status == 0 && json_array_size(list) == 0 ?
	    ids_find(ids, &s->index) :
	    status;
}

enum change { MAKE_READ, MAKE_UNREAD, DELETE };

static int
change_all(struct exchange *x, const struct scope *s, const json_t *list,
    enum change change)
{
	struct ids ids = { NULL, 0, 0 };
	int status = gather(s, list, &ids), done = 0;

	if (status == 0)
		done = change == DELETE ?
		    api_remove(&ids, s->index.folder) :
		    api_set_seen(&ids, s->index.folder, change == MAKE_READ);
	ids_free(&ids);
	if (status == 1)
		return inbox_error(x, 400, "IDs: not a list of IDs");
	if (status < 0 || done < 0)
		return inbox_failed(x, status < 0 ? status : done);
	barrier_wait();
	if (done > 0)
		return inbox_error(x, 500, "the Maildir cannot be changed");
	return inbox_ok(x);
}

int
api_mark(struct exchange *x, const char *part)
{
	struct scope s;
	json_t *body = NULL;
	int status = scope_body(x, &body);
	const char *search;

	(void)part;
	if (status != 0)
		return status < 0 ? status : 0;
	barrier_wait();
	if (scope_read(x, &s) == 0) {
		search = json_string_value(member_get(body, "Search"));
		if (search != NULL && search[0] != '\0')
			scope_search(x, &s, search);
		change_all(x, &s, member_get(body, "IDs"),
		    json_is_true(member_get(body, "Read")) ? MAKE_READ :
							     MAKE_UNREAD);
	}
	scope_free(&s);
	json_decref(body);
	return 0;
}

int
api_delete(struct exchange *x, const char *part)
{
	struct scope s = { .limit = 0 };
	json_t *body = NULL;
	int status = scope_body(x, &body);

	(void)part;
	if (status != 0)
		return status < 0 ? status : 0;
	barrier_wait();
	if (member_is_amiss(body, "IDs"))
		inbox_error(x, 400, "IDs: not there, and something else is");
	else if (scope_read(x, &s) == 0)
		change_all(x, &s, member_get(body, "IDs"), DELETE);
	scope_free(&s);
	json_decref(body);
	return 0;
}

int
api_delete_found(struct exchange *x, const char *part)
{
	struct scope s;
	int status;

	(void)part;
	barrier_wait();
	status = scope_read(x, &s);
	/* A quote alone finds all; nobody has said that all is to go. */
	if (s.query.count == 0)
		s.text[0] = '\0';
	if (status == 0 && !asks_nothing(x, &s))
		change_all(x, &s, NULL, DELETE);
	scope_free(&s);
	return 0;
}
