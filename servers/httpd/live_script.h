/*
 * live_script.h - what a page does, under --live.
 */
#ifndef LIVE_SCRIPT_H
#define LIVE_SCRIPT_H

extern const char live_script[];

#endif
