/*
 * change.c - delete and rules.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inbox.h"
#include "system/args.h"
#include "system/log.h"

/* Is there such a message?  Asked so that it is not marked read. */
static int
check(const char *id)
{
	struct buf target;
	struct reply r = { .to = -1 };
	int code;

	target_begin(&target, "/api/v1/message/");
	uri_encode(&target, slice_of(id));
	buf_addz(&target, "/headers");
	target_add_scope(&target, false);
	code =
	    ask("GET", buf_str(&target), (struct slice){ NULL, 0 }, 60000, &r);
	if (code == 0 && r.status == 404)
		code = complain(
		    EXIT_NO_MESSAGE, "%s: there is no such message", id);
	else if (code == 0 && r.status != 200)
		code = ask_fault(&r);
	buf_free(&r.body);
	buf_free(&target);
	return code;
}

static int
take_id(const char *id, void *ids)
{
	char latest[ID_MAX];
	int code;

	if (strcmp(id, LATEST) == 0) {
		code = find_latest(latest, sizeof(latest));
		id = latest;
	} else {
		code = check(id);
	}
	if (code == 0)
		json_array_append_new(ids, json_string(id));
	return code;
}

static int
send_delete(const char *path, bool query, struct slice body)
{
	struct buf target;
	struct reply r = { .to = -1 };
	int code;

	target_begin(&target, path);
	target_add_scope(&target, query);
	code = ask_well("DELETE", buf_str(&target), body, &r);
	buf_free(&r.body);
	buf_free(&target);
	return code;
}

static int
delete_ids(int n, char **operand)
{
	json_t *ids = json_array(), *body = json_object();
	int code = each_id(n, operand, take_id, ids), sent;
	char *dumped;

	json_object_set(body, "IDs", ids);
	/* None at all would mean: everything. */
	if (json_array_size(ids) > 0 &&
	    (code == 0 || code == EXIT_NO_MESSAGE)) {
		dumped = json_dumps(body, JSON_COMPACT);
		sent = send_delete("/api/v1/messages", false,
		    slice_of(dumped != NULL ? dumped : "{}"));
		free(dumped);
		code = sent != 0 ? sent : code;
	}
	json_decref(body);
	json_decref(ids);
	return code;
}

int
command_delete(int n, char **operand)
{
	struct slice nothing = { NULL, 0 };
	bool latest = n == 1 && strcmp(operand[0], LATEST) == 0;

	if (inbox_options.all && (n > 0 || inbox_options.query != NULL))
		die(EXIT_USAGE, "--all: not with IDs or --query");
	if (inbox_options.query != NULL && n > 0 && !latest)
		die(EXIT_USAGE, "--query: not with IDs");
	if (n > 0)
		return delete_ids(n, operand);
	if (inbox_options.query != NULL)
		return send_delete("/api/v1/search", true, nothing);
	if (!inbox_options.all)
		die(EXIT_USAGE,
		    "delete: say which: IDs, --query QUERY, or --all");
	return send_delete("/api/v1/messages", false, nothing);
}

int
command_rules(int n, char **operand)
{
	const char *method = "GET";
	struct buf target, text;
	struct reply r = { .to = -1 };
	int code = 0;

	if (n > 1)
		die(EXIT_USAGE, "%s: one operand too many", operand[1]);
	if (n > 0 && inbox_options.clear)
		die(EXIT_USAGE, "--clear: not with a file");
	buf_init(&text, REPLY_MAX);
	if (inbox_options.clear)
		method = "DELETE";
	else if (n == 0)
		r.to = STDOUT_FILENO;
	else {
		method = "PUT";
		code = read_input(operand[0], &text);
	}
	target_begin(&target, "/api/v1/rules");
	target_add_scope(&target, false);
	buf_init(&r.body, REPLY_MAX);
	if (code == 0)
		code = ask_well(method, buf_str(&target), buf_slice(&text), &r);
	buf_free(&r.body);
	buf_free(&text);
	buf_free(&target);
	return code;
}
