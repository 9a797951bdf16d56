/*
 * metrics_text.c - one family of metrics after the other.
 */
#include "health/metrics_text.h"

#define MILLION 1000000

static void
begin(struct metrics_text *t, const char *name, const char *type,
    const char *unit, const char *help)
{
	/* There the name of a counter's family is that of its samples. */
	const char *end = type[0] == 'c' && !t->openmetrics ? "_total" : "";

	t->name = name;
	buf_addf(t->to, "# HELP %s%s %s\n# TYPE %s%s %s\n", name, end, help,
	    name, end, type);
	if (unit != NULL && t->openmetrics)
		buf_addf(t->to, "# UNIT %s %s\n", name, unit);
}

void
metrics_counter(struct metrics_text *t, const char *name, const char *unit,
    const char *help)
{
	begin(t, name, "counter", unit, help);
}

void
metrics_gauge(struct metrics_text *t, const char *name, const char *unit,
    const char *help)
{
	begin(t, name, "gauge", unit, help);
}

void
metrics_histogram(struct metrics_text *t, const char *name, const char *unit,
    const char *help)
{
	begin(t, name, "histogram", unit, help);
}

static void
sample(struct metrics_text *t, const char *end, const char *labels)
{
	buf_addf(t->to, "%s%s", t->name, end);
	if (labels[0] != '\0')
		buf_addf(t->to, "{%s}", labels);
	buf_addc(t->to, ' ');
}

void
metrics_count(struct metrics_text *t, const char *labels, uint64_t value)
{
	sample(t, "_total", labels);
	buf_addf(t->to, "%" PRIu64 "\n", value);
}

void
metrics_value(struct metrics_text *t, const char *labels, uint64_t value)
{
	sample(t, "", labels);
	buf_addf(t->to, "%" PRIu64 "\n", value);
}

static void
seconds(struct buf *b, uint64_t us)
{
	buf_addf(b, "%" PRIu64 ".%06" PRIu64, us / MILLION, us % MILLION);
}

/* Never less than before, or it is no histogram. */
static uint64_t
add(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

void
metrics_buckets(struct metrics_text *t, const char *labels, const uint64_t *in,
    const uint32_t *bounds_us, size_t n, uint64_t sum_us)
{
	uint64_t all = 0;

	for (size_t i = 0; i < n; i++) {
		all = add(all, in[i]);
		buf_addf(t->to, "%s_bucket{%s%sle=\"", t->name, labels,
		    labels[0] == '\0' ? "" : ",");
		if (i + 1 < n)
			seconds(t->to, bounds_us[i]);
		else
			buf_addz(t->to, "+Inf");
		buf_addf(t->to, "\"} %" PRIu64 "\n", all);
	}
	sample(t, "_count", labels);
	buf_addf(t->to, "%" PRIu64 "\n", all);
	sample(t, "_sum", labels);
	seconds(t->to, sum_us);
	buf_addc(t->to, '\n');
}

void
metrics_end(struct metrics_text *t)
{
	if (t->openmetrics)
		buf_addz(t->to, "# EOF\n");
}
