/*
 * secure.c - the way into the module with OpenSSL, and the waits of a
 * handshake.
 */
#include "conn/secure.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conn/conn.h"
#include "conn/secure_module.h"
#include "system/beside.h"
#include "system/clock.h"

static const struct secure_module *module;

int
secure_load(char why[SECURE_WHY_MAX])
{
	char path[PATH_MAX];
	void *handle;

	if (module != NULL)
		return 0;
	if (beside_find(SECURE_MODULE, path, sizeof(path)) < 0) {
		snprintf(why, SECURE_WHY_MAX, "%s: it is not beside %s",
		    SECURE_MODULE, "this program");
		return -1;
	}
	handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (handle != NULL)
		module = dlsym(handle, SECURE_SYMBOL);
	if (module == NULL) {
		snprintf(why, SECURE_WHY_MAX, "%s", dlerror());
	} else if (module->size != sizeof(*module)) {
		snprintf(why, SECURE_WHY_MAX, "%s is of another version",
		    SECURE_MODULE);
		module = NULL;
	}
	return module == NULL ? -1 : 0;
}

bool
secure_is_loaded(void)
{
	return module != NULL;
}

int
secure_add(const char *certificate, char why[SECURE_WHY_MAX])
{
	return secure_load(why) < 0 ? -1 : module->add(certificate, why);
}

void
secure_warm(void (*served)(bool begins))
{
	if (module != NULL)
		module->warm(served);
}

void
secure_prepare(void)
{
	if (module != NULL)
		module->prepare();
}

void
secure_pages(struct pages_used used[SECURE_PAGES])
{
	if (module == NULL)
		return;
	used[0] = (struct pages_used){ (uintptr_t)module->warm, PAGES_WATCHED };
	used[1] =
	    (struct pages_used){ (uintptr_t)module->words, PAGES_WATCHED };
}

/* Try until it is done, the deadline comes, or there is no hope. */
static int
shake(struct conn *c, char why[SECURE_WHY_MAX])
{
	for (;;) {
		int status = module->shake(c, why);
		struct pollfd p = { .fd = c->fd, .events = c->awaits };
		int left;

		if (status != SECURE_FAILED || errno != EAGAIN)
			return status;
		left = clock_left_ms(c->deadline);
		if (left == 0) {
			snprintf(why, SECURE_WHY_MAX,
			    "the handshake was not complete in time");
			return SECURE_TIMEOUT;
		}
		if (poll(&p, 1, left) < 0 && errno != EINTR) {
			snprintf(why, SECURE_WHY_MAX, "%s", strerror(errno));
			return SECURE_FAILED;
		}
	}
}

static int
shake_in_time(struct conn *c, char why[SECURE_WHY_MAX])
{
	int status;

	if (c->deadline > clock_ms() + SECURE_SHAKE_MS)
		conn_deadline(c, SECURE_SHAKE_MS);
	status = shake(c, why);
	c->secure = status == SECURE_DONE;
	return status;
}

int
secure_serve(struct conn *c, struct slice alpn, char why[SECURE_WHY_MAX])
{
	const struct conn_transport *before = c->transport;
	int status;

	if (secure_load(why) < 0 || module->serve(c, c->keeper, alpn, why) < 0)
		return SECURE_FAILED;
	status = shake_in_time(c, why);
	/* It has signed, and need not be asked again. */
	if (c->keeper >= 0)
		close(c->keeper);
	c->keeper = -1;
	if (status == SECURE_PLAIN) {
		buf_adds(&c->in, module->undo(c));
		c->transport = before;
	}
	return status;
}

int
secure_connect(
    struct conn *c, const struct secure_want *want, char why[SECURE_WHY_MAX])
{
	if (secure_load(why) < 0 || module->connect(c, want, why) < 0)
		return SECURE_FAILED;
	return shake_in_time(c, why);
}

void
secure_tell(const struct conn *c, struct secure_facts *facts)
{
	memset(facts, 0, sizeof(*facts));
	if (c->secure)
		module->tell(c, facts);
}
