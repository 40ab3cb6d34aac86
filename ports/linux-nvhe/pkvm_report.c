// SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
// SPDX-FileCopyrightText: The itsguard authors
/* itsguard in pKVM: what the host may know of its guard, copied to a page that it has shared. */
#include <linux/kvm_host.h>
#include <asm/kvm_mmu.h>

#include <nvhe/memory.h>
#include <nvhe/mem_protect.h>

#include "pkvm_guard.h"

static void itsguard_report_its(const struct itsg_its *its, struct kvm_itsguard_its_report *out)
{
	struct itsg_stats stats;

	itsg_get_stats(its, &stats);
	*out = (struct kvm_itsguard_its_report){
		.accesses	= stats.accesses,
		.refused_accesses = stats.refused_accesses,
		.commands	= stats.commands,
		.accepted	= stats.accepted,
		.refused	= stats.refused,
		.barriers	= stats.barriers,
		.leaked		= stats.leaked,
		.devices	= stats.devices,
		.devices_peak	= stats.devices_peak,
		.kept_granules	= stats.kept_granules,
		.broken		= stats.broken,
	};
}

static void itsguard_report_rds(const struct itsg_redists *redists, struct kvm_itsguard_report *out)
{
	struct itsg_redists_stats stats;

	itsg_redists_get_stats(redists, &stats);
	out->rd_accesses = stats.accesses;
	out->rd_refused = stats.refused_accesses;
	out->rd_enabled = stats.enabled;
	out->rd_leaked = stats.leaked;
	out->rd_on = stats.on;
	out->rd_tables = stats.tables;
}

static void itsguard_report_all(struct kvm_itsguard_report *out)
{
	struct itsg_pages_stats pages;
	u32 i;

	itsg_pages_get_stats(itsguard->pages, &pages);
	out->nr_its = itsguard->params->nr_its;
	out->nr_redistributors = itsguard->params->nr_redistributors;
	out->pages = pages.pages;
	out->pages_peak = pages.pages_peak;
	out->pages_capacity = itsguard->params->tracker_pages;
	out->aborts = itsguard->aborts;
	for (i = 0; i < itsguard->params->nr_its; i++)
		itsguard_report_its(itsguard->its[i].its, &out->its[i]);
	itsguard_report_rds(itsguard->redists, out);
	out->nr_events = itsguard->nr_events;
	memcpy(out->events, itsguard->events, sizeof(out->events));
}

/* Pinned meanwhile, so that it stays the host's and mapped here; the host may write it, too. */
int __pkvm_itsguard_report(u64 pfn)
{
	void *page = hyp_phys_to_virt(hyp_pfn_to_phys(pfn));
	int ret;

	BUILD_BUG_ON(sizeof(struct kvm_itsguard_report) > PAGE_SIZE);

	if (!itsguard)
		return -ENODEV;
	ret = hyp_pin_shared_mem(page, page + PAGE_SIZE);
	if (ret)
		return ret;
	itsguard_lock();
	itsguard_report_all(page);
	itsguard_unlock();
	hyp_unpin_shared_mem(page, page + PAGE_SIZE);

	return 0;
}
