/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Stands for the headers of libvmm and the Microkit that the glue includes: signatures, no more. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memset(void *s, int c, size_t n);
void *memcpy(void *dest, const void *src, size_t n);

typedef unsigned long seL4_Word;
typedef seL4_Word seL4_CPtr;
typedef seL4_CPtr seL4_ARM_Page;
typedef struct {
	seL4_Word words[1];
} seL4_CapRights_t;
typedef enum {
	seL4_ARM_Default_VMAttributes = 3
} seL4_ARM_VMAttributes;
typedef enum {
	seL4_NoError = 0
} seL4_Error;
typedef struct {
	seL4_Word pc;
} seL4_UserContext;
#define seL4_AllRights ((seL4_CapRights_t){{15}})
seL4_Error seL4_ARM_Page_Map(seL4_ARM_Page service, seL4_CPtr vspace, seL4_Word vaddr,
			     seL4_CapRights_t rights, seL4_ARM_VMAttributes attr);
seL4_Error seL4_ARM_Page_Unmap(seL4_ARM_Page service);

typedef bool (*vm_exception_handler_t)(size_t vcpu_id, size_t offset, size_t fsr,
				       seL4_UserContext *regs, void *data);
bool fault_register_vm_exception_handler(uintptr_t base, size_t size,
					 vm_exception_handler_t callback, void *data);
uint64_t fault_get_data_mask(uint64_t addr, uint64_t fsr);
uint64_t fault_get_data(seL4_UserContext *regs, uint64_t fsr);
void fault_emulate_write(seL4_UserContext *regs, size_t addr, size_t fsr, size_t reg_val);
bool fault_is_write(uint64_t fsr);
void *gpa_to_hva(uint64_t gpa, size_t size);
void cache_clean_and_invalidate(unsigned long start, unsigned long end);
