/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What the host may expect: which accesses and commands are to be accepted and which refused, and
 * what it reads. Said where it can be said by what the host itself has done, and by who has which
 * page; what is not sure is not judged.
 */
#ifndef CLOSURE_EXPECT_H
#define CLOSURE_EXPECT_H

#include "act.h"

#define MAPPED_UNKNOWN 0xfeu /* of model_its.mapped: the host cannot know */

/* Around each call of an ITS. */
void expect_begin(uint32_t its);
void expect_end(uint32_t its);

/* The host is about to send one: is it looked at by itself, with the words that are there now? */
void expect_command(uint32_t its);

/* A command was refused, in this call. */
void expect_refused(uint32_t its, enum itsg_reason reason);

/* The end of a call that was a write; its answer is in the_outcome. */
void expect_write(uint32_t its, uint32_t offset, uint32_t width, uint64_t value,
		  enum act_answer answer);

/* The end of a call of that ITS that wrote nothing; MODEL_ITS: of none. */
void expect_ignored(uint32_t its);

/* After itsg_host_gone(), and what that said: the host, if there is another one, begins as after a
 * reset. */
void expect_gone(uint32_t its, bool gone);

void expect_rd_write(uint32_t rd, uint32_t offset, uint32_t width, uint64_t value,
		     enum act_answer answer);
void expect_rd_gone(void);

/*
 * Of a state, not of a call: reads what the host could read now. The state is not what it was
 * afterwards; its caller has a copy.
 */
void expect_read(uint32_t its);
void expect_rd_read(uint32_t rd);

#endif
