# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The warnings of this project, errors all of them, in one place: the build and the source checks
# (tests/checks/check_source.sh) use the same lists. Used only when itsguard is the top-level project: a
# parent project has warnings of its own, and a newer compiler there must not break its build.

# For src/ and include/: the union of what the host hypervisors turn on.
set(ITSGUARD_STRICT_FLAGS
	-std=c99 -pedantic -ffreestanding -Werror
	-Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wvla -Wundef
	-Wmissing-prototypes -Wmissing-declarations -Wstrict-prototypes
	-Wdeclaration-after-statement -Wswitch-default -Wcast-qual -Wredundant-decls
	-Wwrite-strings -Wnested-externs -Wpointer-arith -Wunused-macros
)

# For sim/, tools/ and tests/, which run on a hosted system.
set(ITSGUARD_HOSTED_FLAGS
	-std=gnu11 -Werror
	-Wall -Wextra -Wconversion -Wshadow -Wvla -Wundef -Wmissing-prototypes
)
