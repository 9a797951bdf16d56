/*
 * module.c - the module's table of functions: all that it exports.
 */
#include "conn/secure_module.h"
#include "tls/session.h"

extern const struct secure_module berth_tls;

static const char words[] = "berth-tls";

const struct secure_module berth_tls = {
	.size = sizeof(struct secure_module),
	.add = tls_server_add,
	.warm = tls_server_warm,
	.prepare = tls_server_prepare,
	.words = words,
	.serve = tls_server_begin,
	.connect = tls_client_begin,
	.shake = tls_shake,
	.undo = tls_undo,
	.tell = tls_tell,
};
