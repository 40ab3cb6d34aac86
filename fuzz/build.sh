#!/bin/bash -eu
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Builds all fuzz targets as OSS-Fuzz and ClusterFuzzLite do: obeys $CC $CXX $CFLAGS
# $LIB_FUZZING_ENGINE $SANITIZER $OUT $SRC and leaves in $OUT for each target its program,
# NAME_seed_corpus.zip, NAME.dict and NAME.options.
#
# Nothing that is not compiled here is called by a target, so MemorySanitizer sees all of it: the
# oracle's sets are fuzz/pfnset_spans.c instead of CRoaring, and jansson is linked but not used.

: "${CC:=clang}" "${CXX:=clang++}" "${CFLAGS:=}" "${LIB_FUZZING_ENGINE:=-fsanitize=fuzzer}"
: "${SANITIZER:=address}" "${FUZZING_ENGINE:=libfuzzer}"
: "${OUT:?the folder for what is built}"

root=$(cd "$(dirname "$0")/.." && pwd)
if [ -n "${SRC:-}" ] && [ -d "$SRC/itsguard/fuzz" ]; then
	root=$SRC/itsguard
fi
work=${WORK:-$(mktemp -d)}/itsguard
rm -rf "$work"
cd "$root"

targets='cmdq mapd devtable pfn_tracker mmio world redist trace'
rooms=$(sed -n 's|^\([a-z][a-z]*\)\t.*|sim/\1|p' sim/rooms.list)
include="-std=gnu11 -Iinclude -Isrc -Itools -Ifuzz $(printf ' -I%s' $rooms)"
jobs=$(nproc)
mkdir -p "$OUT"
for folder in src tools fuzz $rooms; do
	mkdir -p "$work/$folder"
done

# No coverage for the simulator: see cmake/fuzz.cmake. The coverage build (SANITIZER=coverage) and
# AFL++ have other flags and are left alone.
plain=
case " $CFLAGS " in
*fuzzer-no-link*) plain=-fno-sanitize=fuzzer-no-link ;;
esac

compile() { # FLAGS FILE...
	local flags=$1
	shift
	# shellcheck disable=SC2086 # lists of words
	printf '%s\n' "$@" | xargs -P "$jobs" -I '{}' $CC $CFLAGS $include $flags -c '{}' -o "$work/{}.o"
}

guard=$(ls src/*.c | grep -v 'src/check\.c')
traces=$(ls sim/trace/*.c)
readers="$traces tools/decode.c tools/slurp.c"
world="src/check.c fuzz/pfnset_spans.c fuzz/rig.c fuzz/rig_end.c fuzz/quick.c fuzz/model.c fuzz/adversary_run.c fuzz/common.c
	fuzz/format.c fuzz/tool_stub.c
	$(ls sim/*/*.c | grep -v -e 'memory/pfnset\.c' -e '^sim/trace/')"

# The custom mutator is libFuzzer's; for AFL++ it is a library of its own.
case $FUZZING_ENGINE in
libfuzzer) world="$world fuzz/mutate.c fuzz/mutate_libfuzzer.c" ;;
esac

# shellcheck disable=SC2086 # lists of words
{
	compile '' $guard $readers
	compile "$plain" $world
	compile '' $(for t in $targets; do echo "fuzz/${t}_fuzzer.c"; done)
}

# Tools run here and now: without sanitizers, by whatever compiler there is.
tool_cc=${ITSGUARD_TOOL_CC:-$(command -v clang || command -v gcc || echo cc)}
for tool in make_dict make_seeds; do
	# shellcheck disable=SC2086
	"$tool_cc" -O0 $include -o "$work/$tool" fuzz/$tool.c fuzz/format.c \
		src/its_cmd.c src/names.c $traces sim/memory/u64map.c
done
"$work/make_seeds" "$work/seeds" corpus/captures/*.trace corpus/cases/*.trace

# The machine that runs the targets has no jansson: static where there is a static one.
jansson=-ljansson
for archive in /usr/lib/libjansson.a /usr/lib/*/libjansson.a; do
	[ ! -e "$archive" ] || jansson=$archive
done

# -lc++ or -lstdc++ come with the C++ compiler, which the engines want as linker.
objects=$(find "$work" -name '*.o' ! -name '*_fuzzer.c.o')
for target in $targets; do
	# shellcheck disable=SC2086
	"$CXX" ${CXXFLAGS:-$CFLAGS} "$work/fuzz/${target}_fuzzer.c.o" $objects $LIB_FUZZING_ENGINE \
		$jansson -o "$OUT/${target}_fuzzer"
	"$work/make_dict" "$target" >"$OUT/${target}_fuzzer.dict"
	cp fuzz/fuzzer.options "$OUT/${target}_fuzzer.options"
	if [ "$FUZZING_ENGINE" = afl ]; then
		"$tool_cc" -O2 -shared -fPIC "-DFUZZ_TARGET=\"$target\"" $include fuzz/mutate_afl.c \
			fuzz/mutate.c fuzz/format.c sim/host/random_input.c -o "$OUT/${target}_mutator.so"
		printf '[environment]\nAFL_CUSTOM_MUTATOR_LIBRARY={out}/%s_mutator.so\n' "$target" \
			>>"$OUT/${target}_fuzzer.options"
	fi
	mkdir -p "$work/seeds/$target"
	find "corpus/fuzz/$target" -type f -exec cp -t "$work/seeds/$target" {} + 2>/dev/null || true
	rm -f "$OUT/${target}_fuzzer_seed_corpus.zip"
	(cd "$work/seeds/$target" && find . -type f | sort | zip -q -X -@ "$OUT/${target}_fuzzer_seed_corpus.zip")
done
