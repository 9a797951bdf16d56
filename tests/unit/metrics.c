/*
 * metrics.c - tests of health/metrics.h: what is told, and that numbers of
 * children who lie do no harm.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "health/metrics.h"
#include "health/metrics_text.h"

static struct service site = { .name = "http", .scheme = "http" },
		      mail = { .name = "smtp", .mail = true };
static struct service *const services[] = { &site, &mail };

static const char *
tell(const struct scoreboard_head *scoreboard, struct tally *tally, bool open)
{
	static struct buf b;
	const struct metrics_from from = { scoreboard, tally, services, 2 };

	buf_free(&b);
	buf_init(&b, METRICS_MAX);
	metrics_write(&b, &from, open);
	cr_assert(!b.failed);
	return buf_str(&b);
}

static void
expect(const char *text, const char *line)
{
	char with_ends[256];

	snprintf(with_ends, sizeof(with_ends), "\n%s\n", line);
	cr_expect_not_null(strstr(text, with_ends), "%s", line);
}

static const char *const told[] = {
	"# TYPE berth_connections counter",
	"berth_connections_total{service=\"http\"} 7",
	"berth_connections_ended_total{service=\"smtp\",end=\"slow\"} 2",
	"berth_connections_refused_total{cause=\"full\"} 5",
	"berth_processes{state=\"busy\"} 3",
	"berth_processes_max 512",
	"berth_ready 1",
	"berth_mails_total{service=\"smtp\",outcome=\"deferred\"} 4",
	"# UNIT berth_received_bytes bytes",
	"berth_request_duration_seconds_bucket{service=\"http\","
	"le=\"0.000500\"} 1",
	"berth_request_duration_seconds_bucket{service=\"http\","
	"le=\"0.002500\"} 3",
	"berth_request_duration_seconds_bucket{service=\"http\","
	"le=\"+Inf\"} 6",
	"berth_request_duration_seconds_count{service=\"http\"} 6",
	"berth_request_duration_seconds_sum{service=\"http\"} 1.500001",
};

Test(metrics, what_is_told)
{
	static struct scoreboard_head scoreboard = { .busy = 3, .slots = 512 };
	static struct tally tally;
	const char *text;

	scoreboard.counts.service[0].accepted = 7;
	scoreboard.counts.service[1].ended[ENDED_SLOW] = 2;
	scoreboard.counts.refused[3] = 5;
	tally.of[1].mails[MAIL_DEFERRED] = 4;
	tally.of[0].took.bucket[0] = 1;
	tally.of[0].took.bucket[2] = 2;
	tally.of[0].took.bucket[TALLY_BUCKETS - 1] = 3;
	tally.of[0].took.us = 1500001;
	text = tell(&scoreboard, &tally, true);
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		expect(text, told[i]);
	cr_expect_str_eq(text + strlen(text) - 6, "# EOF\n");
	scoreboard.leaving = 1;
	text = tell(&scoreboard, &tally, false);
	expect(text, "berth_ready 0");
	expect(text, "# TYPE berth_connections_total counter");
	cr_expect_null(strstr(text, "# EOF"));
	cr_expect_null(strstr(text, "# UNIT"));
	/* A service without messages has none. */
	cr_expect_null(strstr(text, "berth_mails_total{service=\"http\""));
}

static const char *
full(void)
{
	return "no room";
}

/* Who looks at numbers alone sees what /readyz says. */
Test(metrics, a_service_that_is_not_ready)
{
	static struct scoreboard_head board;
	static struct tally tally;
	const char *text = tell(&board, &tally, true);

	expect(text, "berth_service_ready{service=\"smtp\"} 1");
	mail.unready = full;
	text = tell(&board, &tally, true);
	mail.unready = NULL;
	expect(text, "berth_ready 0");
	expect(text, "berth_service_ready{service=\"smtp\"} 0");
	expect(text, "berth_service_ready{service=\"http\"} 1");
	board.leaving = 1;
	text = tell(&board, &tally, true);
	expect(text, "berth_service_ready{service=\"http\"} 0");
}

/* Each bucket of a histogram holds at least what the one before it does. */
static void
expect_rising(const char *text, const char *name)
{
	unsigned long long before = 0, n;
	int found = 0;

	for (const char *p = strstr(text, name); p != NULL;
	     p = strstr(p + 1, name)) {
		n = strtoull(strchr(p, '}') + 1, NULL, 10);
		cr_expect_geq(n, before);
		before = strstr(p, "+Inf") == strchr(p, '+') ? 0 : n;
		found++;
	}
	cr_expect_geq(found, TALLY_BUCKETS);
}

Test(metrics, a_tally_of_lies)
{
	static struct tally tally;
	const char *text;

	memset(&tally, 0xff, sizeof(tally));
	text = tell(NULL, &tally, true);
	expect(text,
	    "berth_requests_total{service=\"http\"} 18446744073709551615");
	expect(text,
	    "berth_request_duration_seconds_bucket{service=\"http\","
	    "le=\"+Inf\"} 18446744073709551615");
	expect_rising(
	    text, "berth_request_duration_seconds_bucket{service=\"http\"");
	for (size_t i = 0; i < sizeof(tally); i++)
		((unsigned char *)&tally)[i] =
		    (unsigned char)(i * 2654435761U >> 13);
	text = tell(NULL, &tally, true);
	expect_rising(
	    text, "berth_process_wait_seconds_bucket{service=\"smtp\"");
	cr_expect_str_eq(text + strlen(text) - 6, "# EOF\n");
}

/* SERVICE_MAX services with the longest numbers have room. */
Test(metrics, all_there_may_be)
{
	static struct service *all[SERVICE_MAX];
	static struct scoreboard_head scoreboard;
	static struct tally tally;
	struct buf b;

	for (size_t i = 0; i < SERVICE_MAX; i++)
		all[i] = i % 2 == 0 ? &site : &mail;
	memset(&scoreboard, 0xff, sizeof(scoreboard));
	memset(&tally, 0xff, sizeof(tally));
	buf_init(&b, METRICS_MAX);
	metrics_write(&b,
	    &(struct metrics_from){ &scoreboard, &tally, all, SERVICE_MAX },
	    true);
	cr_expect(!b.failed);
	buf_free(&b);
}
