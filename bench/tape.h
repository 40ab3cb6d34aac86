/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * A replay on tape: what a host did to a guard, and what each callback answered. Played, the
 * library does the same work again with nothing behind the callbacks but the tape.
 */
#ifndef BENCH_TAPE_H
#define BENCH_TAPE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct tape;

/*
 * Replays a trace in the simulated world. NULL if that is not possible. With this budget, or, if it
 * is 0, with the trace's own.
 */
struct tape *tape_record(const char *path, uint32_t budget);
void tape_free(struct tape *tape);
const char *tape_name(const struct tape *tape);

/*
 * What an entry did, if the budget is 1: fetch or judge the host's command of that opcode, nothing
 * at all, or something else.
 */
#define TAPE_ALL   256u /* whatever it did */
#define TAPE_IDLE  257u
#define TAPE_OTHER 258u

/*
 * From itsg_its_init() on; entries of that sort are counted (bench/count.h). Ends the program if
 * the library does anything else than on the tape. The number of entries counted.
 */
uint64_t tape_play(struct tape *tape, uint32_t sort);

uint64_t tape_commands(const struct tape *tape); /* of the host's, judged */

#ifdef __cplusplus
}
#endif

#endif
