/*
 * provider_key.c - what OpenSSL wants to know of a key, answered by the public
 * half.
 *
 * It is never handed on with a private half: so OpenSSL does not try to sign
 * with a copy of it elsewhere.
 */
#include "tls/provider_key.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <stdlib.h>

static const char *const names[] = {
	[PROVIDER_EC] = "EC",
	[PROVIDER_RSA] = "RSA",
	[PROVIDER_ED25519] = "ED25519",
};

static struct provider_key *
new_key(enum provider_kind kind)
{
	struct provider_key *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return NULL;
	k->kind = kind;
	k->number = -1;
	return k;
}

static void *
new_ec(void *provider)
{
	(void)provider;
	return new_key(PROVIDER_EC);
}

static void *
new_rsa(void *provider)
{
	(void)provider;
	return new_key(PROVIDER_RSA);
}

static void *
new_ed25519(void *provider)
{
	(void)provider;
	return new_key(PROVIDER_ED25519);
}

static void
free_key(void *key)
{
	struct provider_key *k = key;

	if (k != NULL)
		EVP_PKEY_free(k->public);
	free(k);
}

static int
has(const void *key, int what)
{
	const struct provider_key *k = key;

	(void)what; /* the private half is there, if not here */
	return k->public != NULL;
}

static int
import(void *key, int what, const OSSL_PARAM params[])
{
	struct provider_key *k = key;
	const OSSL_PARAM *p = OSSL_PARAM_locate_const(params, PROVIDER_NUMBER);
	EVP_PKEY_CTX *context =
	    EVP_PKEY_CTX_new_from_name(NULL, names[k->kind], NULL);
	int done = 0;

	(void)what;
	if (p != NULL && !OSSL_PARAM_get_int(p, &k->number))
		k->number = -1;
	if (context != NULL && EVP_PKEY_fromdata_init(context) == 1)
		done = EVP_PKEY_fromdata(context, &k->public,
			   EVP_PKEY_PUBLIC_KEY, (OSSL_PARAM *)params) == 1;
	EVP_PKEY_CTX_free(context);
	return done;
}

static int export(void *key, int what, OSSL_CALLBACK *take, void *context)
{
	struct provider_key *k = key;
	OSSL_PARAM *params = NULL;
	int done;

	if ((what & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0 || k->public == NULL)
		return 0;
	done = EVP_PKEY_todata(k->public, EVP_PKEY_PUBLIC_KEY, &params) == 1 &&
	    take(params, context);
	OSSL_PARAM_free(params);
	return done;
}

/* Which parameters there are is the public half's to say, too. */
static const OSSL_PARAM *
types(int what)
{
	static const OSSL_PARAM any[] = {
		OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, NULL, 0),
		OSSL_PARAM_int(PROVIDER_NUMBER, NULL),
		OSSL_PARAM_END,
	};

	return (what & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0 ? NULL : any;
}

static int
match(const void *one, const void *other, int what)
{
	const struct provider_key *a = one, *b = other;

	(void)what;
	return EVP_PKEY_eq(a->public, b->public) == 1;
}

static int
get(void *key, OSSL_PARAM params[])
{
	struct provider_key *k = key;

	return k->public != NULL && EVP_PKEY_get_params(k->public, params) == 1;
}

static const OSSL_PARAM *
gettable(void *provider)
{
	static const OSSL_PARAM known[] = {
		OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, NULL),
		OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, NULL),
		OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, NULL),
		OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_DEFAULT_DIGEST, NULL, 0),
		OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, NULL, 0),
		OSSL_PARAM_END,
	};

	(void)provider;
	return known;
}

static const char *
operation_of_ec(int operation)
{
	return operation == OSSL_OP_SIGNATURE ? "ECDSA" : "EC";
}

#define ENTRY(number, function)                    \
	{                                          \
		number, (void (*)(void))(function) \
	}

#define COMMON                                            \
	ENTRY(OSSL_FUNC_KEYMGMT_FREE, free_key),          \
	    ENTRY(OSSL_FUNC_KEYMGMT_HAS, has),            \
	    ENTRY(OSSL_FUNC_KEYMGMT_IMPORT, import),      \
	    ENTRY(OSSL_FUNC_KEYMGMT_IMPORT_TYPES, types), \
	    ENTRY(OSSL_FUNC_KEYMGMT_EXPORT, export),      \
	    ENTRY(OSSL_FUNC_KEYMGMT_EXPORT_TYPES, types), \
	    ENTRY(OSSL_FUNC_KEYMGMT_MATCH, match),        \
	    ENTRY(OSSL_FUNC_KEYMGMT_GET_PARAMS, get),     \
	    ENTRY(OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, gettable)

const OSSL_DISPATCH tls_key_ec[] = {
	ENTRY(OSSL_FUNC_KEYMGMT_NEW, new_ec),
	ENTRY(OSSL_FUNC_KEYMGMT_QUERY_OPERATION_NAME, operation_of_ec),
	COMMON,
	{ 0, NULL },
};

const OSSL_DISPATCH tls_key_rsa[] = {
	ENTRY(OSSL_FUNC_KEYMGMT_NEW, new_rsa),
	COMMON,
	{ 0, NULL },
};

const OSSL_DISPATCH tls_key_ed25519[] = {
	ENTRY(OSSL_FUNC_KEYMGMT_NEW, new_ed25519),
	COMMON,
	{ 0, NULL },
};
