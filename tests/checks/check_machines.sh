#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The tests on another machine. Run by ctest:
#
#     check_machines.sh ROOT MACHINE    script/machines MACHINE
#
# It builds everything once more and runs all tests in an emulator, so only with ITSGUARD_MACHINES=1 in the
# environment. Exit status: 0 all well, 1 not, 77 skipped; why is the last line of the output.

set -eu

[ "${ITSGUARD_MACHINES-}" = 1 ] || {
	echo "skipped: other machines run only with ITSGUARD_MACHINES=1 in the environment"
	exit 77
}
exec "$1/script/machines" "$2"
