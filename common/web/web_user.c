/*
 * web_user.c - HTTP as a program sees it: who asks.
 *
 * A password hash is slow on purpose, and a page is made of many requests: the
 * credentials that were right last time on this connection are remembered.
 */
#include "web/web_user.h"

#include "grammar/base64.h"
#include "system/passwords.h"

#define CREDENTIALS_MAX 1024

static struct buf last;            /* the field's value that was right ... */
static struct buf decoded;         /* "user:password" */
static const struct passwords *of; /* ... for these: services differ */

/* Equal, in a time that does not depend on where they differ. */
static bool
same(struct slice a, struct slice b)
{
	unsigned differ = a.n != b.n || a.n == 0;

	for (size_t i = 0; i < a.n && i < b.n; i++)
		differ |= (unsigned char)(a.p[i] ^ b.p[i]);
	return differ == 0;
}

static struct slice
user_of(struct slice credentials)
{
	return slice_cut(&credentials, ':');
}

bool
web_user_is_known(struct exchange *x, const struct passwords *users)
{
	struct slice value = http_get(&x->r->fields, "Authorization");
	struct slice rest = value, password, user;

	if (http_count(&x->r->fields, "Authorization") != 1 ||
	    value.n > CREDENTIALS_MAX)
		return false;
	if (users != of || !same(value, buf_slice(&last))) {
		if (!slice_iis(slice_cut(&rest, ' '), "Basic"))
			return false;
		buf_free(&last);
		buf_init(&last, CREDENTIALS_MAX);
		buf_free(&decoded);
		buf_init(&decoded, CREDENTIALS_MAX);
		if (base64_decode(slice_trim(rest), &decoded) < 0)
			return false;
		password = buf_slice(&decoded);
		user = slice_cut(&password, ':');
		if (password.p == NULL ||
		    !passwords_check(users, user, password)) {
			x->why = "wrong user or password";
			x->close = conn_wrong_password(x->c) || x->close;
			return false;
		}
		buf_adds(&last, value);
		of = users;
	}
	web_is_from(x, user_of(buf_slice(&decoded)));
	return true;
}

int
web_user_ask(struct exchange *x)
{
	return web_page_with(x, 401, x->why,
	    "WWW-Authenticate: Basic realm=\"berth\", charset=\"UTF-8\"\r\n");
}
