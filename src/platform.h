/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What an object of the guard has of the world around it: the caller's callbacks, and the tracker
 * that all objects of a machine share.
 */
#ifndef ITSGUARD_PLATFORM_H
#define ITSGUARD_PLATFORM_H

#include "itsguard/itsguard.h"

/* What an arming fell over that is being refused: struct itsg_event. */
struct itsg_blame {
	uint32_t culprit;
	uint64_t pa;
};

struct itsg_platform {
	struct itsg_ops ops;
	void *ctx;
	struct itsg_pages *pages;
	uint32_t redistributor; /* that an event is about: redists.c */
	uint64_t leaked;        /* pages that the platform would not take back: claim.c */
	uint64_t refused;       /* address of the page that share or donate refused last: claim.c */
	struct itsg_blame blame; /* log.c */
};

/* The first callback for pages that is not there. None is optional, of ITSs or redistributors. */
static inline enum itsg_config_field itsg_platform_bad_pages(const struct itsg_ops *ops)
{
	if (!ops->share)
		return ITSG_CONFIG_OPS_SHARE;
	if (!ops->unshare)
		return ITSG_CONFIG_OPS_UNSHARE;
	if (!ops->donate)
		return ITSG_CONFIG_OPS_DONATE;
	if (!ops->reclaim)
		return ITSG_CONFIG_OPS_RECLAIM;
	return ops->zero ? ITSG_CONFIG_GOOD : ITSG_CONFIG_OPS_ZERO;
}

#endif
