/*
 * inbox_openapi.c - the document that describes the API says what is so: each
 * of its operations is tried as its examples have it, and answers with the
 * status and type that it says; and nothing of route.c is missing in it.
 */
#include <ctype.h>

#include "bytes/ascii.h"
#include "hog_start.h"
#include "inboxd/route.h"

#define ONE "1700000000.M000001P1Q1"

static json_t *doc;

static void
open_doc(void)
{
	struct rig_reply r;

	start_inbox(NULL);
	cr_assert(rig_get(
	    rig_address(inbox_rig, "inbox"), "/api/v1/openapi.json", &r));
	cr_assert_eq(r.status, 200);
	doc = json_loadb(r.body.p, r.body.n, JSON_REJECT_DUPLICATES, NULL);
	cr_assert_not_null(doc, "it is JSON");
	rig_reply_free(&r);
	expect_text(doc, "openapi", "3.1.0");
}

/* The value that a {"$ref": "#/components/..."} stands for. */
static const json_t *
resolve(const json_t *value)
{
	const char *ref = json_string_value(json_object_get(value, "$ref"));
	char path[200];
	size_t n = 0;

	if (ref == NULL)
		return value;
	cr_assert(strncmp(ref, "#/", 2) == 0, "%s", ref);
	for (ref += 2; *ref != '\0' && n + 1 < sizeof(path); ref++)
		path[n++] = *ref == '/' ? '.' : *ref;
	path[n] = '\0';
	value = at(doc, path);
	cr_assert_not_null(value, "%s", path);
	return value;
}

/* Every $ref leads somewhere. */
static void
resolve_all(const json_t *value)
{
	const char *key;
	json_t *one;
	size_t i;

	resolve(value);
	json_object_foreach((json_t *)value, key, one) resolve_all(one);
	json_array_foreach((json_t *)value, i, one) resolve_all(one);
}

static void
add_encoded(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++)
		if (isalnum((unsigned char)*text) || strchr("-._/", *text))
			buf_addc(out, *text);
		else
			buf_addf(out, "%%%02X", (unsigned char)*text);
}

static void
add_example(struct buf *out, const json_t *p)
{
	const json_t *example = json_object_get(p, "example");

	if (json_is_integer(example))
		buf_addf(out, "%lld", (long long)json_integer_value(example));
	else
		add_encoded(out, json_string_value(example));
}

static const json_t *
parameter(
    const json_t *operation, const char *where, const char *name, size_t n)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(operation, "parameters"), i, one)
	{
		const json_t *p = resolve(one);
		const char *its = json_string_value(at(p, "name"));

		if (strcmp(json_string_value(at(p, "in")), where) == 0 &&
		    strlen(its) == n && strncmp(its, name, n) == 0)
			return p;
	}
	return NULL;
}

static void
add_target(struct buf *out, const char *path, const json_t *operation)
{
	json_t *one;
	size_t i;
	bool first = true;

	for (; *path != '\0'; path++) {
		size_t n = strcspn(path, "}");
		const json_t *p;

		if (*path != '{') {
			buf_addc(out, *path);
			continue;
		}
		p = parameter(operation, "path", path + 1, n - 1);
		cr_assert_not_null(p, "%s is not described", path);
		add_example(out, p);
		path += n;
	}
	json_array_foreach(json_object_get(operation, "parameters"), i, one)
	{
		const json_t *p = resolve(one);

		if (json_object_get(p, "example") == NULL ||
		    strcmp(json_string_value(at(p, "in")), "query") != 0)
			continue;
		buf_addc(out, first ? '?' : '&');
		buf_addz(out, json_string_value(at(p, "name")));
		buf_addc(out, '=');
		add_example(out, p);
		first = false;
	}
}

/* Its body's example, as it is sent. */
static char *
body_of(const json_t *operation)
{
	const char *type;
	json_t *one;

	json_object_foreach(
	    (json_t *)at(operation, "requestBody.content"), type, one)
	{
		const json_t *example = json_object_get(one, "example");

		cr_assert_not_null(example, "a body needs an example");
		return json_is_string(example) ?
		    strdup(json_string_value(example)) :
		    json_dumps(example, JSON_COMPACT);
	}
	return strdup("");
}

/* The status that an example is to have: success, if there is one; of a
 * socket what is said to those who do not speak it; of what an option allows,
 * what is said without it. */
static int
expected(const json_t *operation)
{
	const json_t *all = json_object_get(operation, "responses");
	const char *status;
	json_t *one;
	int best = 0;

	one = json_object_get(operation, "x-without-option");
	if (one != NULL)
		return (int)json_integer_value(one);
	if (json_object_get(all, "101") != NULL)
		return 426;
	json_object_foreach((json_t *)all, status, one)
	{
		cr_expect(json_is_string(at(one, "description")));
		if (best == 0 || atoi(status) < best)
			best = atoi(status);
	}
	return best;
}

static bool
fits(const json_t *response, struct slice type)
{
	const char *its;
	json_t *one;

	json_object_foreach((json_t *)json_object_get(response, "content"), its,
	    one) if (slice_is(type, its) ||
	    strcmp(its, "*/*") == 0) return true;
	return false;
}

/* The head of the answer is enough; a stream has no end. */
static void
try_one(const char *path, const char *method, const json_t *operation)
{
	struct buf b;
	char *body = body_of(operation), status[12];
	int fd = rig_open(inbox_rig, "inbox"), want = expected(operation);
	struct slice type, head;

	buf_init(&b, RIG_BUF_MAX);
	for (const char *p = method; *p != '\0'; p++)
		buf_addc(&b, ascii_upper(*p));
	buf_addc(&b, ' ');
	add_target(&b, path, operation);
	buf_addf(&b,
	    " HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n"
	    "Content-Length: %zu\r\n\r\n%s",
	    strlen(body), body);
	cr_assert(rig_send_bytes(fd, b.p, b.n));
	buf_clear(&b);
	cr_assert(rig_read_through(fd, &b, "\r\n\r\n"), "%s %s", method, path);
	cr_expect_eq(atoi(b.p + 9), want, "%s %s: %d, not %d", method, path,
	    atoi(b.p + 9), want);
	snprintf(status, sizeof(status), "%d", want);
	head = (struct slice){ memmem(b.p, b.n, "\r\nContent-Type: ", 16), 0 };
	type = (struct slice){ NULL, 0 };
	if (head.p != NULL) {
		head = slice_between(head.p + 16, b.p + b.n);
		type = slice_cut(&head, '\r');
	}
	cr_expect(fits(at(at(operation, "responses"), status), type),
	    "%s %s: \"%.*s\" is not described", method, path, SLICE_FMT(type));
	close(fd);
	free(body);
	buf_free(&b);
}

/* What each of them may need. */
static void
provide(void)
{
	static const char letter[] =
	    "Subject: hello\r\nContent-Type: multipart/mixed; boundary=x\r\n"
	    "\r\n"
	    "--x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n"
	    "--y\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
	    "--y\r\nContent-Type: text/html\r\n\r\n<p>hello</p>\r\n--y--\r\n"
	    "--x\r\nContent-Type: text/csv\r\n\r\n1,2\r\n--x--\r\n";

	put_received(ONE, letter);
}

Test(inbox_openapi, walk)
{
	const char *path, *method;
	json_t *methods, *operation;
	int tried = 0;

	open_doc();
	resolve_all(doc);
	json_object_foreach((json_t *)at(doc, "paths"), path, methods)
	{
		json_object_foreach(methods, method, operation)
		{
			provide();
			try_one(path, method, operation);
			tried++;
		}
	}
	cr_expect_gt(tried, 40);
}

/* "/view/{id}.html" is a route's "/view/ *". */
static bool
is_path_of(const char *path, const char *pattern)
{
	struct slice a = slice_of(path), b = slice_of(pattern);

	while (a.p != NULL && b.p != NULL) {
		struct slice x = slice_cut(&a, '/'), y = slice_cut(&b, '/');

		if (slice_is(y, "*") ? slice_find(x, '{') == NULL :
				       !slice_eq(x, y))
			return false;
	}
	return a.p == NULL && b.p == NULL;
}

static bool
is_described(const char *pattern, const char *method)
{
	const char *path;
	json_t *methods;

	json_object_foreach((json_t *)at(doc, "paths"), path,
	    methods) if (is_path_of(path, pattern) &&
	    json_object_get(methods, method) != NULL) return true;
	return false;
}

Test(inbox_openapi, complete)
{
	static const char *const methods[] = { "get", "put", "post", "delete" };
	const struct route *r;
	size_t n;

	open_doc();
	r = route_table(&n);
	cr_assert_gt(n, 30);
	for (size_t i = 0; i < n; i++)
		for (unsigned m = 0; m < 4; m++)
			cr_expect((r[i].methods & (1U << m)) == 0 ||
				is_described(r[i].path, methods[m]),
			    "%s %s is not described", methods[m], r[i].path);
}
