#!/bin/bash -eu
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
exec bash "$SRC/itsguard/fuzz/build.sh"
