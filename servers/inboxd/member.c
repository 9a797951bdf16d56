/*
 * member.c - a member of a JSON object that a client has sent.
 */
#include "inboxd/member.h"

#include <strings.h>

json_t *
member_get(const json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);
	/* jansson walks along objects that it may change only. */
	json_t *walked = (json_t *)object;
	void *at = json_object_iter(walked);

	for (; value == NULL && at != NULL;
	     at = json_object_iter_next(walked, at))
		if (strcasecmp(json_object_iter_key(at), key) == 0)
			value = json_object_iter_value(at);
	return value;
}

bool
member_is_amiss(const json_t *object, const char *key)
{
	return json_object_size(object) > 0 && member_get(object, key) == NULL;
}
