/*
 * args_standard.c - the options that every program has.
 */
#include "system/args_inside.h"

bool args_want_help, args_want_version;
int args_want_completions;

static const struct arg standard[] = {
	{ "completions", "none|bash|zsh",
	    "print what this shell needs to complete the options",
	    .choice = &args_want_completions, .line_only = true },
	{ "help", NULL, "show this help", .flag = &args_want_help,
	    .letter = 'h', .line_only = true },
	{ "version", NULL, "show the version", .flag = &args_want_version,
	    .line_only = true },
	{ 0 },
};

const struct arg_table args_standard = { .options = standard };
