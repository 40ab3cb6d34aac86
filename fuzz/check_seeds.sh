#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Makes seeds from all traces of the corpus and runs every target on its own.
#
#     check_seeds.sh SOURCE_DIR BUILD_DIR

set -eu
source=$1
build=$2
seeds=$build/fuzz_seeds

rm -rf "$seeds"
"$build/make_seeds" "$seeds" "$source"/corpus/captures/*.trace "$source"/corpus/cases/*.trace
for folder in "$seeds"/*; do
	target=$(basename "$folder")
	"$build/${target}_fuzzer" "$folder" >"$seeds/$target.log" 2>&1 ||
		{ tail -n 20 "$seeds/$target.log"; exit 1; }
	tail -n 1 "$seeds/$target.log"
done
