/*
 * index_found.c - found(set, n) in SQL: is a message in a set?
 */
#include "mail/index_inside.h"

static void
found(sqlite3_context *c, int count, sqlite3_value **v)
{
	const struct index_set *set =
	    sqlite3_value_pointer(v[0], INDEX_SET_TYPE);

	(void)count;
	sqlite3_result_int(
	    c, set != NULL && index_set_has(set, sqlite3_value_int64(v[1])));
}

int
index_found_teach(sqlite3 *db)
{
	return sqlite3_create_function(db, "found", 2,
	    SQLITE_UTF8 | SQLITE_DIRECTONLY, NULL, found, NULL, NULL);
}
