/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Predicts the guard's answer to every command and every register access, from what the guard is
 * told and an own, small model: registers, mapped devices, level-1 words taken, claims as sets of
 * granules. Its sources are the architecture and the trace format, not the library. What it expects
 * is listed in expectations.h.
 *
 * Hardware may lag, callbacks may fail, other CPUs may write memory meanwhile: a command is judged
 * by the words that the guard got when it fetched them, and the answer must be the one that follows
 * from the claims at that time. Where they changed while the guard was at it, any answer that was
 * right meanwhile will do.
 *
 * It knows nothing of the insides of bounded tables: where they may be full (pages.h, struct
 * itsg_its_config) it believes NO_PAGE_SLOT and NO_DEVICE_SLOT in place of a later reason or of
 * success. An ITS that lost power it follows again from its next new device table on.
 */
#ifndef SIM_PREDICT_H
#define SIM_PREDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "oracle.h"
#include "world.h"

struct predictor;

/* Of a world that no host has touched yet: it probes registers as a driver would. */
struct predictor *predictor_new(struct world *world);
void predictor_free(struct predictor *predictor);
/* From here on it agrees with everything. */
void predictor_stop(struct predictor *predictor);
/* Hardware meets errors, or loses bits of registers, that nobody can foresee. */
void predictor_doubt(struct predictor *predictor);
/* Power was lost; what firmware has restored, and whether the guard was told. */
void predictor_power(struct predictor *predictor, uint32_t its, const struct trace_power *power);
/* Nothing is known any more of what the host has there; told: the guard was told of it. */
void predictor_lose(struct predictor *predictor, uint32_t its, bool told);
/* The host of this ITS is gone, and the guard has parted for it. */
void predictor_gone(struct predictor *predictor, uint32_t its);
/* Hardware has moved in the middle of a call. */
void predictor_moved(struct predictor *predictor);

/* The host is going to write a register; what the guard answered. */
void predictor_before_write(struct predictor *predictor, uint32_t its, uint32_t offset,
			    uint32_t width, uint64_t value);
void predictor_after_write(struct predictor *predictor, enum itsg_reason reason);
/* What the host read: a refused read is 0. */
void predictor_read(struct predictor *predictor, uint32_t its, uint32_t offset, uint32_t width,
		    uint64_t value);
/* A callback of the guard's is over: world_on_called(). */
void predictor_called(struct predictor *predictor, const struct world_call *call);
/* Before and after page states change by another hand than the guard's. */
void predictor_disturbed(struct predictor *predictor);
/* Redistributors began to use tables, or ended it: their claims are in the way of ITSs. */
void predictor_tables(struct predictor *predictor);
/*
 * The host is going to access a redistributor; and what the guard answered, a read that is refused
 * being 0. In between predictor_rd_register() is told what the guard did: world_on_rd_register().
 */
void predictor_before_rd_write(struct predictor *predictor, uint32_t rd, uint32_t offset,
			       uint32_t width, uint64_t value);
void predictor_after_rd_write(struct predictor *predictor, enum itsg_reason reason);
void predictor_before_rd_read(struct predictor *predictor, uint32_t rd, uint32_t offset,
			      uint32_t width);
void predictor_after_rd_read(struct predictor *predictor, enum itsg_reason reason, uint64_t value);
world_rd_register_fn predictor_rd_register; /* ctx: the predictor */
/* Around itsg_redists_adopt(); and when all of itsg_redists_host_gone() is done, or is not. */
void predictor_before_adopt(struct predictor *predictor);
void predictor_after_adopt(struct predictor *predictor, enum itsg_reason reason);
void predictor_rds_gone(struct predictor *predictor, bool done);
/* The guard refused the command at this offset of the host's queue. */
void predictor_refused(struct predictor *predictor, uint32_t its, uint32_t offset,
		       enum itsg_reason reason);
/*
 * After a step, when oracle_check() has looked: does all agree, the claims held included? settled:
 * nobody has anything to do any more. oracle may be NULL, and claims are not looked at then. If it
 * does not agree, text says what, once; the predictor then stops.
 */
bool predictor_judge(struct predictor *predictor, const struct oracle *oracle, bool settled,
		     char *text, size_t size);

/*
 * Between the two: were the answers to what the host writes now said beforehand, and has the guard
 * given no other so far? Where it cannot follow it does not say so.
 */
bool predictor_agrees(const struct predictor *predictor);

/* The refusals that it expected of the last line, in their order: at most that many, and how many.
 */
size_t predictor_refusals(const struct predictor *predictor, enum itsg_reason *reasons,
			  size_t room);

/* Commands predicted so far. */
uint64_t predictor_count(const struct predictor *predictor);

#endif
