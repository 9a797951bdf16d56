/*
 * pulse.h - an ordinary client who goes on while a test does its worst: is
 * everybody else still served, and how fast?
 */
#ifndef RIG_PULSE_H
#define RIG_PULSE_H

#include <stddef.h>

struct rig_pulse;

/* What such a client has seen. */
struct rig_pulse_result {
	size_t served;    /* whole and right */
	size_t lost;      /* refused, cut, reset or wrong; not for being slow */
	double median_ms; /* from connect to the end of the answer */
	double worst_ms;
	char first_loss[128]; /* the first loss in words, or "" */
};

/*
 * Begin to GET path of address (127.0.0.1:80), a new connection each time, in
 * a thread.  Every answer must be a 200 that ends with these words.
 */
struct rig_pulse *rig_pulse_get(
    const char *address, const char *path, const char *ending);

/*
 * Begin to send mails (SMTP) to address, a new connection each time.  Every
 * message must be accepted.
 */
struct rig_pulse *rig_pulse_mail(const char *address);

/*
 * Begin to say this line, a new connection each time; every answer must be
 * this one.
 */
struct rig_pulse *rig_pulse_line(
    const char *address, const char *line, const char *answer);

/*
 * Wait until it has been served so many times more.  False, explained, when
 * that takes too long.
 */
int rig_pulse_beats(struct rig_pulse *, size_t times);

/*
 * Stop, and tell.
 */
struct rig_pulse_result rig_pulse_stop(struct rig_pulse *);

#endif
