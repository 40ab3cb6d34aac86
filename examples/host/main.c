/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * A host on that platform: it sets its ITS up as drivers do, maps a device, and then turns on a
 * guest by way of its ITS. Exit status 0: all came as it should.
 */
#include <stdio.h>
#include <stdlib.h>

#include "itsguard/arch.h"
#include "itsguard/cmd.h"
#include "itsguard/names.h"
#include "platform.h"

#define VALID       (1ull << 63)
#define HOST_QUEUE  RAM
#define HOST_TABLE  (RAM + 0x20 * PAGE)
#define HOST_ITT    (RAM + 0x28 * PAGE)
#define GUEST_PAGE  (RAM + 0x30 * PAGE)
#define PFN(pa)     ((pa) / PAGE)
#define EXPECT(yes) expect(yes, #yes)

static uint64_t cwriter;

static void expect(bool yes, const char *what)
{
	printf("%-8s %s\n", yes ? "so it is" : "BUT NOT", what);
	if (!yes)
		exit(1);
}

static void write64(uint64_t pa, uint64_t value)
{
	EXPECT(platform_host_access(pa, true, 8, &value));
}

static uint64_t read64(uint64_t pa)
{
	uint64_t value = 0;

	platform_host_access(pa, false, 8, &value);
	return value;
}

static void send(uint64_t dw0, uint64_t dw1, uint64_t dw2)
{
	const uint64_t dw[4] = {dw0, dw1, dw2, 0};
	uint64_t word; /* as hardware reads it, whichever byte comes first in a CPU's */

	for (unsigned i = 0; i < 4; i++) {
		itsg_put_le64((uint8_t *)&word, dw[i]);
		write64(HOST_QUEUE + cwriter + i * 8, word);
	}
	cwriter += 32;
	write64(ITS + ITSG_GITS_CWRITER, cwriter);
	while (read64(ITS + ITSG_GITS_CREADR) != cwriter)
		; /* a driver waits, and so gives the guard its turns */
}

static void map(uint64_t device, uint64_t itt)
{
	send(device << 32 | ITSG_CMD_MAPD, 4, VALID | itt);
}

static void map_event(uint64_t device)
{
	send(device << 32 | ITSG_CMD_MAPTI, 8192ull << 32, 0);
}

static bool enable(void)
{
	uint64_t value = 1;

	platform_host_access(ITS + ITSG_GITS_CTLR, true, 4, &value);
	platform_host_access(ITS + ITSG_GITS_CTLR, false, 4, &value);
	return value & 1;
}

static void tell(void)
{
	printf("guard    refuses: %s: %s, 0x%llx, by %s\n", itsg_reason_name(platform_last.reason),
	       platform_last.culprit ? itsg_register_name(platform_last.culprit) : "a command",
	       (unsigned long long)platform_last.pa, itsg_callback_name(platform_last.callback));
}

int main(void)
{
	EXPECT(platform_init() == ITSG_OK);
	EXPECT(platform_give(PFN(GUEST_PAGE)));

	puts("\nThe host names a guest's page as its device table:");
	write64(ITS + ITSG_GITS_CBASER, VALID | HOST_QUEUE);
	write64(ITS + ITSG_GITS_BASER, VALID | GUEST_PAGE);
	EXPECT(!enable());
	tell();
	EXPECT(platform_last.reason == ITSG_DONATE_REFUSED);
	EXPECT(platform_last.culprit == ITSG_GITS_BASER && platform_last.pa == GUEST_PAGE);

	puts("\nIt names a page of its own, and maps a device:");
	write64(ITS + ITSG_GITS_BASER, VALID | HOST_TABLE);
	EXPECT(enable());
	send(ITSG_CMD_MAPC, 0, VALID);
	map(1, HOST_ITT);
	map_event(1);
	EXPECT(read64(HOST_ITT) != 0); /* hardware has written its ITT */
	EXPECT(!platform_give(PFN(HOST_ITT)));
	EXPECT(!platform_host_access(HOST_TABLE, false, 8, &(uint64_t){0}));

	puts("\nIt names the guest's page as an ITT:");
	map(2, GUEST_PAGE);
	tell();
	EXPECT(platform_last.reason == ITSG_SHARE_REFUSED && platform_last.pa == GUEST_PAGE);
	map_event(2);
	EXPECT(platform_last.reason == ITSG_DEVICE_UNMAPPED);
	EXPECT(*platform_memory(GUEST_PAGE) == 0);

	puts("\nIt unmaps the device, and may give the page away:");
	send(1ull << 32 | ITSG_CMD_MAPD, 0, 0);
	read64(ITS + ITSG_GITS_CREADR);
	EXPECT(platform_give(PFN(HOST_ITT)));
	return 0;
}
