/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What rules ask in common. */
#include "fake.h"

#include "rule.h"

#include <string.h>

#define VALID (1ull << 63)

static void rdbase_is_looked_up_among_any_number(void **state)
{
	struct fake_setup setup;

	(void)state;
	for (uint32_t count = 1; count <= 9; count++) {
		struct fake *fake;

		fake_defaults(&setup);
		setup.typer |= ITSG_TYPER_PTA;
		setup.config.redistributor_count = count;
		for (uint32_t n = 0; n < count; n++)
			setup.redistributors[n] = 0x100000 + n * 0x20000;
		fake = fake_new(&setup);
		fake_boot(fake);
		for (uint32_t n = 0; n <= 2 * count; n++) {
			fake_sync(fake, 0xf0000 + n * 0x10000);
			assert_int_equal(fake_try(fake), n % 2 ? ITSG_OK : ITSG_RDBASE_UNKNOWN);
		}
		fake_free(fake);
	}
}

/* I4: the host's word is read once for each MAPD V=1, however the decision ends. */
static void a_level1_word_is_read_once(void **state)
{
	struct fake *fake = fake_default();

	(void)state;
	fake_boot_two_level(fake);
	fake_put64(fake, FAKE_DEVICES, VALID | FAKE_LEVEL2);
	fake_mapd(fake, 1, 4, FAKE_ITT);
	fake_mapd(fake, 2, 4, FAKE_ITT + 0x100); /* filled by now: read to compare */
	fake_mapd(fake, 2, 4, FAKE_ITT + 0x100); /* mapped: read to compare, too */
	fake_mapti(fake, 1, 0, 8192, 0);
	fake_unmap(fake, 1);
	fake_submit(fake);
	fake_run(fake);
	fake_expect(fake, FAKE_BIT(FAKE_FETCH),
		    "fetch 40000000+20; fetch 40100000+8; fetch 40000020+20; fetch 40100000+8; "
		    "fetch 40000040+20; fetch 40100000+8; fetch 40000060+20; "
		    "fetch 40000080+20");
	fake_free(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rdbase_is_looked_up_among_any_number),
		cmocka_unit_test(a_level1_word_is_read_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
