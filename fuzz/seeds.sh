#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Makes corpus/fuzz anew: of the seeds made from traces, of what is there already, and of the
# folders named, the inputs that reach something new, small ones first. For `trace` the case files
# are seeds already, and stay where they are.
#
#     fuzz/seeds.sh [FOLDER]        FOLDER/TARGET holds more inputs

set -eu
cd "$(dirname "$0")/.."
build=build/fuzz-libfuzzer
work=$build/seeds
more=${1-}

# The comment of a case file that names its licence, mutated, names a licence that does not exist:
# what looks for such lines (reuse) is not to find them. An input is named by its content.
disguise_licences() {
	for input in $(grep -l -a SPDX -r "$1"); do
		sed -i 's/SPDX/spdx/g' "$input"
		mv "$input" "$1/$(sha1sum <"$input" | cut -d ' ' -f 1)"
	done
}

cmake --preset fuzz-libfuzzer >/dev/null
cmake --build --preset fuzz-libfuzzer >/dev/null
rm -rf "$work"
mkdir -p "$work/made" "$work/least"
"$build/make_seeds" "$work/made" corpus/captures/*.trace corpus/cases/*.trace
for folder in "$work"/made/*; do
	target=$(basename "$folder")
	set -- "$folder"
	[ ! -d "corpus/fuzz/$target" ] || set -- "$@" "corpus/fuzz/$target"
	[ -z "$more" ] || [ ! -d "$more/$target" ] || set -- "$@" "$more/$target"
	mkdir -p "$work/least/$target"
	[ "$target" != trace ] || cp corpus/cases/*.trace "$work/least/trace"
	"$build/${target}_fuzzer" -merge=1 -use_counters=0 -use_value_profile=0 -max_len=2048 -detect_leaks=0 \
		"$work/least/$target" "$@" >"$work/$target.log" 2>&1 ||
		{ tail -n 20 "$work/$target.log"; exit 1; }
	rm -f "$work"/least/trace/*.trace
	disguise_licences "$work/least/$target"
	mkdir -p "corpus/fuzz/$target"
	find "corpus/fuzz/$target" -type f -delete
	# libFuzzer names them by content: the same input has the same name everywhere.
	find "$work/least/$target" -type f -exec cp -t "corpus/fuzz/$target" {} +
	echo "$target: $(find "corpus/fuzz/$target" -type f | wc -l) inputs"
done
