/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Predicts the guard's answer to every command before the guard sees it, from the host's memory
 * and an own, small model: mapped devices, level-1 words taken, claims as sets of granules. Its
 * sources are the architecture and the trace format, not the library.
 *
 * It follows a world that is eager, has no callback failing on request and no stalling hardware;
 * where it can follow no longer it stops, and then agrees with everything. It knows nothing of the
 * insides of bounded tables: where the guard says NO_PAGE_SLOT or NO_DEVICE_SLOT in place of a
 * later reason or of success, it believes that, and stops.
 */
#ifndef SIM_PREDICT_H
#define SIM_PREDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "oracle.h"
#include "world.h"

struct predictor;

struct predictor *predictor_new(struct world *world);
void predictor_free(struct predictor *predictor);
/* From here on it agrees with everything. */
void predictor_stop(struct predictor *predictor);

/* The host is going to write a register: answers to what the guard will fetch are made here. */
void predictor_before_write(struct predictor *predictor, uint32_t its, uint32_t offset,
			    uint32_t width, uint64_t value);
/* The guard's answer to the access. */
void predictor_after_write(struct predictor *predictor, enum itsg_reason reason);
/* The guard refused the command at this offset of the host's queue. */
void predictor_refused(struct predictor *predictor, uint32_t its, uint32_t offset,
		       enum itsg_reason reason);
/*
 * After a line, when the world is quiet and oracle_check() has looked: does all agree, the claims
 * held included? If not, text says what, once; the predictor then stops.
 */
bool predictor_judge(struct predictor *predictor, const struct oracle *oracle, char *text,
		     size_t size);

/* Commands predicted so far. */
uint64_t predictor_count(const struct predictor *predictor);

#endif
