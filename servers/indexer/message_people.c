/*
 * message_people.c - who wrote it, and to whom.
 */
#include <string.h>

#include "indexer/message_inside.h"

#define ENTRY 10 /* bytes of JSON around two strings */

struct people {
	struct message *m;
	json_t *list;
	GHashTable *named; /* addresses in lower case; NULL: not wanted */
};

static json_t *
person(struct message *m, struct slice name, struct slice address)
{
	json_t *o = json_object();

	document_set(&m->doc, o, "Name", name, DOCUMENT_NAME_MAX);
	document_set(&m->doc, o, "Address", address, DOCUMENT_NAME_MAX);
	return o;
}

static void
add_word(struct buf *to, struct slice word)
{
	if (word.n == 0 || word.n + 1 > to->max - to->n)
		return;
	buf_adds(to, word);
	buf_addc(to, '\n');
}

static void
add_person(struct people *p, const char *name, const char *address)
{
	struct slice n = slice_of(name), a = slice_of(address);

	if (!document_take_room(&p->m->doc, ENTRY))
		return;
	json_array_append_new(p->list, person(p->m, n, a));
	add_word(&p->m->people, n);
	add_word(&p->m->people, a);
	if (p->named != NULL && address != NULL)
		g_hash_table_add(p->named, g_ascii_strdown(address, -1));
}

/* Only a group has members, and none of those is a group (RFC 5322 3.4). */
static void
add_one(struct people *p, InternetAddress *a)
{
	if (INTERNET_ADDRESS_IS_MAILBOX(a))
		add_person(p, internet_address_get_name(a),
		    internet_address_mailbox_get_addr(
			INTERNET_ADDRESS_MAILBOX(a)));
}

static void
add_list(struct people *p, InternetAddressList *list)
{
	int n = list == NULL ? 0 : internet_address_list_length(list);

	for (int i = 0; i < n; i++) {
		InternetAddress *a = internet_address_list_get_address(list, i);
		InternetAddressList *members = INTERNET_ADDRESS_IS_GROUP(a) ?
		    internet_address_group_get_members(
			INTERNET_ADDRESS_GROUP(a)) :
		    NULL;
		int k =
		    members == NULL ? 0 : internet_address_list_length(members);

		add_one(p, a);
		for (int j = 0; j < k; j++)
			add_one(
			    p, internet_address_list_get_address(members, j));
	}
}

static json_t *
list_of(struct message *m, GMimeAddressType type, GHashTable *named)
{
	struct people p = { m, json_array(), named };

	if (m->mime != NULL)
		add_list(&p, g_mime_message_get_addresses(m->mime, type));
	return p.list;
}

/* Whom the envelope names and the header does not: a blind copy. */
static void
add_blind(struct message *m, json_t *bcc, GHashTable *named)
{
	json_t *to =
	    json_object_get(json_object_get(m->doc.root, "Envelope"), "To");
	struct people p = { m, bcc, named };
	json_t *one;
	size_t i;

	json_array_foreach(to, i, one)
	{
		const char *address = json_string_value(one);
		char *lower = g_ascii_strdown(address, -1);

		if (!g_hash_table_contains(named, lower))
			add_person(&p, NULL, address);
		g_free(lower);
	}
}

/* The first that is named; or what else stands there, as a name. */
static json_t *
from_of(struct message *m)
{
	json_t *list = list_of(m, GMIME_ADDRESS_TYPE_FROM, NULL);
	json_t *first = json_incref(json_array_get(list, 0));
	const char *raw = m->mime == NULL ?
	    NULL :
	    g_mime_object_get_header(GMIME_OBJECT(m->mime), "From");

	json_decref(list);
	if (first != NULL)
		return first;
	return raw == NULL ?
	    json_null() :
	    person(m, slice_of(raw), (struct slice){ NULL, 0 });
}

/* The envelope's, the field's, or else that of From. */
static json_t *
return_path(struct message *m, json_t *from)
{
	json_t *envelope = json_object_get(m->doc.root, "Envelope");
	struct slice path;

	if (json_is_object(envelope))
		return json_incref(json_object_get(envelope, "From"));
	path = slice_trim(slice_of(m->mime == NULL ?
		NULL :
		g_mime_object_get_header(
		    GMIME_OBJECT(m->mime), "Return-Path")));
	if (slice_starts(path, "<"))
		path = slice_from(path, 1);
	if (slice_ends(path, ">"))
		path.n--;
	if (path.n > 0 || !json_is_object(from))
		return document_string(&m->doc, path, DOCUMENT_NAME_MAX);
	return json_incref(json_object_get(from, "Address"));
}

void
message_people(struct message *m)
{
	GHashTable *named =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	json_t *root = m->doc.root, *from = from_of(m), *bcc;

	json_object_set_new(root, "From", from);
	json_object_set_new(
	    root, "To", list_of(m, GMIME_ADDRESS_TYPE_TO, named));
	json_object_set_new(
	    root, "Cc", list_of(m, GMIME_ADDRESS_TYPE_CC, named));
	bcc = list_of(m, GMIME_ADDRESS_TYPE_BCC, named);
	add_blind(m, bcc, named);
	json_object_set_new(root, "Bcc", bcc);
	json_object_set_new(
	    root, "ReplyTo", list_of(m, GMIME_ADDRESS_TYPE_REPLY_TO, NULL));
	json_object_set_new(root, "ReturnPath", return_path(m, from));
	g_hash_table_unref(named);
}
