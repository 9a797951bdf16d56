/*
 * image.h - what one image of a program leaves to the next across exec(2): the
 * numbers of descriptors, and the words in the environment.
 *
 * Two things exec themselves: the master for a reload, and a child of --isolation exec.
 * Every number that must be the same on both sides, or that must stay out of
 * the way of all others, stands here and nowhere else.
 */
#ifndef IMAGE_H
#define IMAGE_H

/*
 * A reload.  The listeners come first, as systemd passes them
 * (SD_LISTEN_FDS_START), then what only we know of: the reload state
 * (master/reload_state.h) and the tally (service/scoreboard.h).  The value of
 * IMAGE_RELOAD is the number of the first of these.  IMAGE_OURS says that the
 * listeners are our own, not systemd's.
 */
#define IMAGE_LISTEN_FD  3
#define IMAGE_RELOAD_FDS 2
#define IMAGE_RELOAD     "BERTH_RELOAD"
#define IMAGE_OURS       "BERTH_OURS"

/* The trial before a reload: open what the options name, and exit 0. */
#define IMAGE_TRY "BERTH_TRY"

/*
 * A child of --isolation exec: its end of the control socket, both halves of the
 * scoreboard, and what the master knows of the sandbox.
 */
#define IMAGE_CHILD         "BERTH_CHILD"
#define IMAGE_CONTROL_FD    3
#define IMAGE_SCOREBOARD_FD 4
#define IMAGE_TALLY_FD      5
#define IMAGE_SANDBOX_FD    6

/* For such children: the access log is shown on a terminal, which they do not
 * see (LOG_SHORT of logfile.h). */
#define IMAGE_SHORT_LOG "BERTH_SHORT_LOG"

/* For such children: the certificate that berth-ca(1) made, which it need not
 * be asked for again. */
#define IMAGE_TLS_CERT "BERTH_TLS_CERT"

/* The folder that the first image serves, by a name that leads there wherever
 * and whenever it is looked for (httpd/root_name.h). */
#define IMAGE_FOLDER "BERTH_FOLDER"

/* A helper program: the descriptor that it is given, and that as a word. */
#define IMAGE_HELPER_FD      3
#define IMAGE_HELPER_FD_TEXT "3"

/* ... and, where its user has no way to the programs of ours, their folder
 * (system/beside.h); the word says that it is there. */
#define IMAGE_BESIDE         "BERTH_BESIDE"
#define IMAGE_BESIDE_FD      101
#define IMAGE_BESIDE_FD_TEXT "101"

/* Within one image: the socket that a child receives one datagram from, which
 * the filter of system calls knows by its number; and, from here on, what
 * must not be among those that a child closes or takes over. */
#define IMAGE_DATAGRAM_FD 100
#define IMAGE_HIGH_FD     256

#endif
