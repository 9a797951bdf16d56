/*
 * bar.c - the progress bar: bytes, rate, time left.
 *
 *	big.iso  [#########..........]  47%  612.0 MiB  88.1 MiB/s  0:08 left
 */
#include "http.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "system/clock.h"

#define DRAW_MS        200 /* not more often than one can see */
#define BAR_MAX        40
#define OTHER          56 /* columns for the numbers beside the bar */
#define NAME_MAX_SHOWN 24

/* "612.0 MiB": never more than 10 bytes long. */
static const char *
amount(double bytes, char text[16])
{
	static const char *const unit[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	size_t i = 0;

	while (bytes >= 1000 && i + 1 < sizeof(unit) / sizeof(unit[0])) {
		bytes /= 1024;
		i++;
	}
	snprintf(text, 16, i == 0 ? "%.0f %s" : "%.1f %s", bytes, unit[i]);
	return text;
}

static int
columns(void)
{
	struct winsize w;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0)
		return w.ws_col;
	return 80;
}

/* Bytes a second since the beginning. */
static double
rate(const struct sink *s)
{
	int64_t ms = clock_ms() - s->began;

	return (double)s->got * 1000 / (double)(ms > 0 ? ms : 1);
}

static void
draw_part(double done)
{
	int width = columns() - OTHER - NAME_MAX_SHOWN, i;

	if (width > BAR_MAX)
		width = BAR_MAX;
	if (width >= 8) {
		fputs("  [", stderr);
		for (i = 0; i < width; i++)
			fputc(i < (int)(done * width) ? '#' : '.', stderr);
		fputc(']', stderr);
	}
	fprintf(stderr, "  %3d%%", (int)(done * 100));
}

void
bar_draw(struct sink *s)
{
	uint64_t have = s->start + s->got, all = s->start + s->expected;
	bool known = s->expected != UINT64_MAX && all > 0;
	int64_t now = clock_ms();
	double speed = rate(s);
	char a[16], b[16];
	long left;

	if (s->shown != 0 && now - s->shown < DRAW_MS)
		return;
	s->shown = now;
	fprintf(stderr, "\r%.*s", NAME_MAX_SHOWN, s->name);
	if (known)
		draw_part((double)have / (double)all);
	fprintf(
	    stderr, "  %s  %s/s", amount((double)have, a), amount(speed, b));
	if (known && speed > 0) {
		left = (long)((double)(all - have) / speed);
		fprintf(stderr, "  %ld:%02ld left", left / 60, left % 60);
	}
	/* Wipe what a longer line has left behind. */
	fputs("\033[K", stderr);
	fflush(stderr);
}

void
bar_end(struct sink *s)
{
	char a[16], b[16];

	if (s->shown == 0)
		return;
	fprintf(stderr, "\r%.*s  %s in %.1f s  %s/s\033[K\n", NAME_MAX_SHOWN,
	    s->name, amount((double)s->got, a),
	    (double)(clock_ms() - s->began) / 1000, amount(rate(s), b));
}
