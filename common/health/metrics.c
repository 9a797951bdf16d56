/*
 * metrics.c - what the scoreboard says, for Prometheus.
 */
#include "health/metrics.h"

#include <stdio.h>

#include "health/metrics_text.h"
#include "system/args.h"
#include "system/clock.h"

#define LABELS_MAX 128

static const char *const ends[SCOREBOARD_ENDS] = {
	[ENDED_FINE] = "fine",
	[ENDED_RUDE] = "rude",
	[ENDED_SLOW] = "slow",
	[ENDED_GONE] = "gone",
	[ENDED_WRONG] = "wrong_password",
	[ENDED_STALE] = "stale",
	[ENDED_CRASHED] = "crashed",
	[ENDED_KILLED] = "killed",
};

/* In the order of enum refusal_kind (master/refusal_tally.h). */
static const char *const refusals[] = { "per_client", "penalised", "by_lot",
	"full", "no_process" };

static const char *const outcomes[MAIL_OUTCOMES] = {
	[MAIL_ACCEPTED] = "accepted",
	[MAIL_DEFERRED] = "deferred",
	[MAIL_REFUSED] = "refused",
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *
label(char to[LABELS_MAX], const struct metrics_from *f, size_t service,
    const char *name, const char *value)
{
	snprintf(to, LABELS_MAX, "service=\"%s\"%s%s%s%s%s",
	    f->services[service]->name, name[0] == '\0' ? "" : ",", name,
	    name[0] == '\0' ? "" : "=\"", value, name[0] == '\0' ? "" : "\"");
	return to;
}

/* ---- what the master has counted ---- */

static void
write_connections(struct metrics_text *t, const struct metrics_from *f)
{
	const struct scoreboard_counts *c = &f->scoreboard->counts;
	char l[LABELS_MAX];

	metrics_counter(t, "berth_connections", NULL,
	    "Connections that a process was given.");
	for (size_t i = 0; i < f->service_count; i++)
		metrics_count(
		    t, label(l, f, i, "", ""), c->service[i].accepted);
	metrics_counter(
	    t, "berth_connections_ended", NULL, "Connections, by their end.");
	for (size_t i = 0; i < f->service_count; i++)
		for (size_t e = 0; e < SCOREBOARD_ENDS; e++)
			metrics_count(t, label(l, f, i, "end", ends[e]),
			    c->service[i].ended[e]);
	metrics_gauge(t, "berth_connections_open", NULL,
	    "Connections that are served now.");
	for (size_t i = 0; i < f->service_count; i++)
		metrics_value(
		    t, label(l, f, i, "", ""), f->scoreboard->busy_of[i]);
	metrics_gauge(t, "berth_connections_resting", NULL,
	    "Connections that are silent and have no process.");
	metrics_value(t, "", f->scoreboard->resting);
	metrics_counter(t, "berth_connections_refused", NULL,
	    "Clients who were told that they cannot come in.");
	for (size_t i = 0; i < COUNT(refusals); i++) {
		snprintf(l, sizeof(l), "cause=\"%s\"", refusals[i]);
		metrics_count(t, l, c->refused[i]);
	}
}

static void
write_processes(struct metrics_text *t, const struct scoreboard_head *b)
{
	metrics_gauge(t, "berth_processes", NULL, "Processes of the pool.");
	metrics_value(t, "state=\"busy\"", b->busy);
	metrics_value(t, "state=\"idle\"", b->idle);
	metrics_gauge(t, "berth_processes_max", NULL, "Processes at most.");
	metrics_value(t, "", b->slots);
	metrics_counter(t, "berth_process_births", NULL,
	    "Processes that were forked for clients.");
	metrics_count(t, "", b->counts.births);
	metrics_counter(t, "berth_process_birth_failures", NULL,
	    "Processes that could not be forked.");
	metrics_count(t, "", b->counts.fork_failures);
	metrics_counter(t, "berth_process_crashes", NULL,
	    "Processes that ended by a fault of theirs.");
	metrics_count(t, "", b->crashed);
	metrics_counter(
	    t, "berth_reloads", NULL, "How often the master was renewed.");
	metrics_count(t, "", b->reloads);
	metrics_gauge(t, "berth_uptime_seconds", "seconds",
	    "Since the server was started.");
	metrics_value(t, "", (uint64_t)(clock_ms() - b->started_ms) / 1000);
}

/* As /readyz and /readyz/NAME have it. */
static void
write_ready(struct metrics_text *t, const struct metrics_from *f)
{
	bool stays = f->scoreboard->leaving == 0, all = stays, is[SERVICE_MAX];
	char l[LABELS_MAX];

	for (size_t i = 0; i < f->service_count; i++) {
		const struct service *s = f->services[i];

		is[i] = stays && (s->unready == NULL || s->unready() == NULL);
		all = all && is[i];
	}
	metrics_gauge(t, "berth_ready", NULL,
	    "1: new connections are welcome; 0: it is about to end, or a "
	    "service is not ready.");
	metrics_value(t, "", all ? 1 : 0);
	metrics_gauge(
	    t, "berth_service_ready", NULL, "The same of each service.");
	for (size_t i = 0; i < f->service_count; i++)
		metrics_value(t, label(l, f, i, "", ""), is[i] ? 1 : 0);
}

/* ---- what children have counted ---- */

static void
write_bytes(struct metrics_text *t, const struct metrics_from *f)
{
	char l[LABELS_MAX];

	metrics_counter(
	    t, "berth_received_bytes", "bytes", "Bytes from clients.");
	for (size_t i = 0; i < f->service_count; i++)
		metrics_count(
		    t, label(l, f, i, "", ""), f->tally->of[i].received);
	metrics_counter(t, "berth_sent_bytes", "bytes", "Bytes to clients.");
	for (size_t i = 0; i < f->service_count; i++)
		metrics_count(t, label(l, f, i, "", ""), f->tally->of[i].sent);
}

static void
write_requests(struct metrics_text *t, const struct metrics_from *f)
{
	char l[LABELS_MAX];

	metrics_counter(t, "berth_requests", NULL,
	    "Requests and messages that were answered.");
	for (size_t i = 0; i < f->service_count; i++)
		metrics_count(
		    t, label(l, f, i, "", ""), f->tally->of[i].requests);
	metrics_counter(t, "berth_requests_refused", NULL,
	    "Of these, answered with an error.");
	for (size_t i = 0; i < f->service_count; i++)
		metrics_count(
		    t, label(l, f, i, "", ""), f->tally->of[i].refused);
	metrics_counter(
	    t, "berth_mails", NULL, "Messages, by what became of them.");
	for (size_t i = 0; i < f->service_count; i++) {
		if (!f->services[i]->mail)
			continue;
		for (size_t o = 0; o < MAIL_OUTCOMES; o++)
			metrics_count(t, label(l, f, i, "outcome", outcomes[o]),
			    f->tally->of[i].mails[o]);
	}
}

static void
write_times(
    struct metrics_text *t, const struct tally_times *times, const char *labels)
{
	uint64_t in[TALLY_BUCKETS];

	for (size_t i = 0; i < TALLY_BUCKETS; i++)
		in[i] = times->bucket[i];
	metrics_buckets(
	    t, labels, in, tally_bounds_us, TALLY_BUCKETS, times->us);
}

static void
write_latency(struct metrics_text *t, const struct metrics_from *f)
{
	char l[LABELS_MAX];

	metrics_histogram(t, "berth_request_duration_seconds", "seconds",
	    "From a request's head to the end of its reply.");
	for (size_t i = 0; i < f->service_count; i++)
		if (f->services[i]->scheme != NULL)
			write_times(
			    t, &f->tally->of[i].took, label(l, f, i, "", ""));
	metrics_histogram(t, "berth_process_wait_seconds", "seconds",
	    "From a connection's arrival to the process that serves it.");
	for (size_t i = 0; i < f->service_count; i++)
		write_times(t, &f->tally->of[i].waited, label(l, f, i, "", ""));
}

void
metrics_write(struct buf *to, const struct metrics_from *f, bool openmetrics)
{
	struct metrics_text t = { .to = to, .openmetrics = openmetrics };

	metrics_gauge(&t, "berth_build_info", NULL, "Which version this is.");
	metrics_value(&t, "version=\"" BERTH_VERSION "\"", 1);
	if (f->scoreboard != NULL) {
		write_connections(&t, f);
		write_processes(&t, f->scoreboard);
		write_ready(&t, f);
	}
	write_requests(&t, f);
	write_bytes(&t, f);
	write_latency(&t, f);
	metrics_end(&t);
}
