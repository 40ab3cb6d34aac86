#!/bin/bash -eu
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
exec bash "$SRC/itsguard/fuzz/build.sh"
