/*
 * server_dial.c - a server whose services have places to connect to.
 */
#include "program/server_dial.h"

#include <stdlib.h>

#include "conn/dial.h"
#include "program/server_helper.h"
#include "system/log.h"

static const char *argv[DIAL_PLACES_MAX + 3] = { DIAL_PROGRAM, "--" };
static int control = -1; /* the dialler's end of our socket */

/* A helper of a service's own. */
static void
add_own(struct server *s, struct service *service)
{
	static int its[SERVICE_MAX];
	static size_t n;
	struct helper_offer offer = *service->own_helper;

	server_helper_line(offer.name, &service->helper, &its[n]);
	offer.fd = &its[n++];
	server_helper_add(s, &offer);
}

void
server_dial_open(struct server *s)
{
	size_t n = 2;

	for (size_t i = 0; i < s->offer_count; i++)
		if (s->offers[i].service->own_helper != NULL)
			add_own(s, s->offers[i].service);

	for (size_t i = 0; i < s->offer_count; i++) {
		const struct arg_list *l = s->offers[i].service->dials;

		for (size_t k = 0; l != NULL && k < l->n; k++) {
			if (n == DIAL_PLACES_MAX + 2)
				die(EXIT_USAGE,
				    "%s: more than %d places to connect to",
				    l->item[k], DIAL_PLACES_MAX);
			argv[n++] = l->item[k];
		}
	}
	if (n == 2)
		return;
	server_helper_line("dialler", &s->dialler, &control);
	server_helper_add(s,
	    &(struct helper_offer){ .name = "dialler",
		.argv = argv,
		.fd = &control,
		.restart = HELPER_ALWAYS,
		.beside = true });
}
