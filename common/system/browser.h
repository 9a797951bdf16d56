/*
 * browser.h - start the user's browser.
 */
#ifndef BROWSER_H
#define BROWSER_H

/*
 * Open a URL with $BROWSER, or else with xdg-open(1).  Does not wait for it,
 * and is not its parent.  Returns 0, or -1 with errno when not even a shell
 * could be started; that there is no browser is said by the shell on standard
 * error.
 */
int browser_open(const char *url);

#endif
