/*
 * wait.c - wait for mail.  The server does the waiting, and answers the moment
 * the mail is there.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "inbox.h"
#include "system/args.h"
#include "system/clock.h"
#include "system/log.h"

#define MORE_MS  10000 /* for the answer itself, when time is over */
#define AGAIN_MS 200   /* while the index is being built */
#define LOST_MAX 10    /* answers in a row; then it is no reload */

static int
ask_once(int64_t left_ms, struct reply *r)
{
	struct buf target;
	int code;

	target_begin(&target, "/api/v1/wait");
	target_add_scope(&target, true);
	if (inbox_options.count > 0)
		target_add_number(&target, "count", inbox_options.count);
	if (inbox_options.after != NULL)
		target_add(&target, "after", inbox_options.after);
	target_add_number(&target, "timeout", (uint64_t)(left_ms + 999) / 1000);
	*r = (struct reply){ .to = -1, .patient = true };
	code = ask("GET", buf_str(&target), (struct slice){ NULL, 0 },
	    left_ms + MORE_MS, r);
	buf_free(&target);
	return code;
}

/*
 * A server that reloads answers early, or ends a connection whose request has
 * not come yet, and one that builds its index has no answer yet: ask again
 * until the time is really over.
 */
static int
ask_until(int64_t deadline, struct reply *r)
{
	unsigned lost = 0;

	for (;;) {
		int code = ask_once(clock_left_ms(deadline), r);
		bool early = clock_left_ms(deadline) > AGAIN_MS;

		if (code != 0)
			return code;
		lost = r->status == 0 ? lost + 1 : 0;
		if (r->status == 0 && (!early || lost == LOST_MAX))
			return ask_lost();
		if (!early ||
		    (r->status != 0 && r->status != 408 && r->status != 503))
			return 0;
		buf_free(&r->body);
		nanosleep(
		    &(struct timespec){ .tv_nsec = AGAIN_MS * 1000000 }, NULL);
	}
}

/* What is there instead helps to find out why. */
static int
too_late(const struct reply *r)
{
	json_t *value = ask_json(r);
	const json_t *seen = json_object_get(value, "seen");

	if (value == NULL)
		return EXIT_NO_HTTP;
	if (inbox_options.json)
		printf("%.*s\n", (int)r->body.n, r->body.p);
	complain(EXIT_NOT_IN_TIME, "not in time (%llu s)%s",
	    (unsigned long long)inbox_options.timeout,
	    json_array_size(seen) > 0 ? "; seen instead:" :
					"; no other mail was seen");
	if (!inbox_options.json)
		print_messages(stderr, seen);
	json_decref(value);
	print_end();
	return EXIT_NOT_IN_TIME;
}

int
command_wait(int n, char **operand)
{
	int64_t deadline = clock_ms() + (int64_t)inbox_options.timeout * 1000;
	struct reply r;
	json_t *value = NULL;
	int code;

	if (n > 0)
		die(EXIT_USAGE, "%s: wait takes no operand", operand[0]);
	code = ask_until(deadline, &r);
	if (code == 0 && r.status == 408)
		code = too_late(&r);
	else if (code == 0 && r.status != 200)
		code = ask_fault(&r);
	else if (code == 0 && (value = ask_json(&r)) == NULL)
		code = EXIT_NO_HTTP;
	else if (code == 0 && inbox_options.json)
		printf("%.*s\n", (int)r.body.n, r.body.p);
	else if (code == 0)
		print_messages(stdout, json_object_get(value, "messages"));
	json_decref(value);
	buf_free(&r.body);
	return code != 0 ? code : print_end();
}
