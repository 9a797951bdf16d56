/*
 * permit.c - which words and exit codes count in which state.
 */
#include <criterion/criterion.h>

#include "master/permit.h"

static const struct child
    fresh = { .state = CHILD_IDLE, .conn = -1 },
    unborn = { .state = CHILD_COMING }, dismissed = { .state = CHILD_NONE },
    reading = { .state = CHILD_BUSY, .served = 1, .reading = true },
    serving = { .state = CHILD_BUSY, .served = 1, .conn = -1 },
    adopted = { .state = CHILD_BUSY },
    asking = { .state = CHILD_BUSY, .served = 1, .unnamed = true },
    keeping = { .state = CHILD_BUSY, .served = 1, .conn = 7 },
    kept_idle = { .state = CHILD_IDLE, .served = 1, .conn = 7 },
    third = { .state = CHILD_BUSY, .served = 3 },
    resting = { .state = CHILD_IDLE, .served = 1 },
    leaving = { .state = CHILD_NONE, .served = 1 };

Test(permit, words)
{
	static const struct {
		const struct child *c;
		uint64_t reuse;
		char word;
		bool may;
	} table[] = {
		{ &fresh, 0, WORD_IDLE, false },
		{ &unborn, 0, WORD_IDLE, false },
		{ &dismissed, 0, WORD_IDLE, false },
		{ &resting, 0, WORD_IDLE, false },
		{ &leaving, 0, WORD_IDLE, false },
		{ &reading, 0, WORD_IDLE, false },
		{ &serving, 0, WORD_IDLE, true },
		{ &serving, 1, WORD_IDLE, false },
		{ &serving, 2, WORD_IDLE, true },
		{ &third, 4, WORD_IDLE, true },
		{ &third, 3, WORD_IDLE, false },
		{ &third, 2, WORD_IDLE, false },
		{ &reading, 1, WORD_TAKEN, true },
		{ &asking, 1, WORD_CLIENT, true },
		{ &asking, 0, WORD_CLIENT, true },
		{ &asking, 0, WORD_IDLE, true },
		{ &asking, 1, WORD_IDLE, false },
		{ &asking, 1, WORD_TAKEN, false },
		{ &serving, 1, WORD_CLIENT, false },
		{ &reading, 1, WORD_CLIENT, false },
		{ &fresh, 1, WORD_CLIENT, false },
		{ &resting, 0, WORD_CLIENT, false },
		{ &leaving, 0, WORD_CLIENT, false },
		{ &serving, 1, WORD_TAKEN, false },
		{ &fresh, 1, WORD_TAKEN, false },
		{ &resting, 0, WORD_TAKEN, false },
		{ &serving, 0, '?', false },
		{ &serving, 0, '\0', false },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		cr_assert_eq(
		    permit_word(table[i].c, table[i].word, table[i].reuse),
		    table[i].may, "row %zu", i);
}

Test(permit, exits)
{
	static const struct {
		const struct child *c;
		int code;
		bool may;
	} table[] = {
		{ &fresh, CONDUCT_FINE, true },
		{ &fresh, CHILD_NOT_BORN, true },
		{ &fresh, CONDUCT_RUDE, false },
		{ &dismissed, CONDUCT_FINE, true },
		{ &dismissed, CONDUCT_GONE, false },
		{ &reading, CONDUCT_FINE, true },
		{ &serving, CONDUCT_FINE, true },
		{ &serving, CONDUCT_RUDE, true },
		{ &serving, CONDUCT_SLOW, true },
		{ &serving, CONDUCT_GONE, true },
		{ &serving, CONDUCT_WRONG, true },
		{ &fresh, CONDUCT_WRONG, false },
		{ &keeping, CONDUCT_RESTS, true },
		{ &keeping, CONDUCT_FINE, true },
		{ &serving, CONDUCT_RESTS, false },
		{ &fresh, CONDUCT_RESTS, false },
		{ &kept_idle, CONDUCT_RESTS, false },
		{ &serving, CHILD_NOT_BORN, true },
		{ &serving, 1, false },
		{ &serving, 77, false },
		{ &adopted, CONDUCT_SLOW, true },
		{ &resting, CONDUCT_FINE, true },
		{ &resting, CHILD_NOT_BORN, false },
		{ &leaving, CONDUCT_RUDE, true },
		{ &leaving, CHILD_NOT_BORN, false },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		cr_assert_eq(permit_exit(table[i].c, table[i].code),
		    table[i].may, "row %zu", i);
}

Test(permit, stages_have_words)
{
	cr_assert_eq(permit_stage(&unborn), STAGE_FRESH);
	cr_assert_eq(permit_stage(&adopted), STAGE_SERVING);
	cr_assert_str_eq(
	    permit_stage_word(permit_stage(&serving)), "while it serves");
	cr_assert_str_eq(permit_stage_word(permit_stage(&resting)),
	    "between two connections");
}
