/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */

#pragma once

#include <itsguard/itsguard.h>
#include <microkit.h>

/* Memory that the VMM has and the guest has not. */
struct itsguard_memory {
    uint64_t pa;
    uint64_t bytes;
    void *vaddr;
};

/* What the system gives the VMM, so that it can take a page from its guest and give it back. */
struct itsguard_system {
    uintptr_t regs; /* the control frame, mapped as device memory */
    uint64_t frame; /* where the guest sees it: mapped in no guest */
    /*
     * Capabilities of the 4 KB frames of the guest's RAM, one a page from ram_pa on, in a row, as
     * they are mapped in the guest; and of the guest's address space. 0: the VMM holds none, and
     * every donation is refused (docs/ports/libvmm.md of itsguard: what is then left).
     */
    seL4_CPtr first_frame_cap;
    seL4_CPtr vspace_cap;
    uint64_t ram_pa;
    uint64_t ram_pages;
    struct itsguard_memory queue;
    struct itsguard_memory pool; /* bytes 0: no two-level tables */
    struct itsguard_memory state;
    uint32_t pages; /* capacity of the page tracker */
};

/*
 * Gives the guest the ITS through the guard. The guest's RAM must be mapped 1:1: an ITS takes
 * physical addresses. config: all but queue and level1_pool. system must stay.
 */
bool itsguard_init(const struct itsguard_system *system, const struct itsg_its_config *config);
