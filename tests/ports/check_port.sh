#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# One port, vendored and compiled as its host does, against a header that stands for the host's own
# (el2-monitor: against the host's own):
#
#     check_port.sh ROOT WORK HOST COMPILER
#
# Lines "RULE: what":
#   list     the files that the build fragment names are not those of src/sources.mk and the glue
#   compile  a file does not compile without a warning under the host's flags
#   import   a symbol that neither the host's headers declare nor the files define
#   prefix   an external symbol that begins with none of itsg_ and itsguard_
#
# Each rule is seen to fail first, on a copy that was broken on purpose.
#
# Exit status: 0 all well, 1 findings, 77 skipped, and why.

set -eu
LC_ALL=C
export LC_ALL

root=$1
work=$2/$3
host=$3
compiler=$4
copy=$work/copy
out=$work/out
tests=$root/tests/ports
. "$tests/lib.sh"

case $compiler in
'' | *-NOTFOUND)
	echo "skipped: no compiler for AArch64 on this machine"
	exit 77
	;;
esac
nm=$("$compiler" -print-prog-name=nm)

# ---- the hosts ---------------------------------------------------------------------------------

# Flags as the hosts' own build files have them, without those that only other compilers know.
common='-ffreestanding -Werror -Wall -O2 -mgeneral-regs-only -fno-common'
case $host in
xen) flags="-std=gnu99 -nostdinc -Wdeclaration-after-statement -Wvla -Wredundant-decls
	-Wwrite-strings -Wnested-externs -Wstrict-prototypes -fno-builtin -fno-strict-aliasing
	-fno-pic -mno-outline-atomics" ;;
jailhouse) flags="-nostdinc -Os -Wextra -Wno-unused-parameter -Wno-sign-compare -Wundef -Wshadow
	-Wtype-limits -Wstrict-prototypes -Wmissing-declarations -Wmissing-prototypes
	-Wredundant-decls -fno-strict-aliasing -fno-pic" ;;
bao) flags="-std=c11 -pedantic -pedantic-errors -Wextra -Wconversion -Wsign-conversion
	-Warith-conversion -Wswitch-default -Wunused-macros -Wcast-qual -Wshadow=global -Wvla
	-Wmissing-declarations -Wmissing-prototypes -Wundef -Wstrict-prototypes -fno-pic" ;;
hafnium) flags="-std=c2x -Wextra -Wpedantic -Wno-unused-parameter -fno-builtin -fpic
	-fstack-protector-all -mstrict-align" ;;
tf-rmm) flags="-std=gnu11 -Wextra -Wstrict-overflow -Wnull-dereference -fpie -mstrict-align
	-mbranch-protection=standard" ;;
zephyr) flags="-std=c11 -Wextra -Wno-unused-parameter -Wno-sign-compare -Wpointer-arith
	-fno-strict-overflow -fno-pic" ;;
el2-monitor) flags="-std=c99 -nostdinc -Wextra -Wmissing-prototypes -Wshadow -Wvla -Wundef
	-fno-builtin -fno-stack-protector -fno-tree-loop-distribute-patterns -fno-pic
	-mno-outline-atomics -mstrict-align" ;;
libvmm) flags="-fsanitize=undefined -fsanitize-undefined-trap-on-error -Wno-unused-function" ;;
*)
	echo "unknown host $host"
	exit 1
	;;
esac

# make_fragment VARIABLE FILE WHERE FOLDER: what the fragment adds to VARIABLE, if the host's variable
# WHERE is FOLDER.
make_fragment() {
	printf 'all:\n\t@echo $(%s)\ninclude %s\n' "$1" "$copy/$2" | make -s -f - "$3=$4" |
		tr ' ' '\n' | sed 's|^\(src/\)\{0,1\}itsguard/||; s/\.o$/.c/'
}

# cmake -P takes these commands from the fragment as functions of ours.
cmake_fragment() {
	cat >"$work/fragment.cmake" <<-'END'
		set(CONFIG_ITSGUARD y)
		foreach(name add_library target_link_libraries target_include_directories
				zephyr_include_directories zephyr_library_named)
			function(${name})
			endfunction()
		endforeach()
		foreach(name target_sources zephyr_library_sources)
			function(${name})
				list(JOIN ARGN "\n" lines)
				message("${lines}")
			endfunction()
		endforeach()
		include(${FRAGMENT})
	END
	(cd "$(dirname "$copy/$1")" && # CMAKE_CURRENT_SOURCE_DIR of a script
		cmake -D FRAGMENT="$copy/$1" -P "$work/fragment.cmake" 2>&1) |
		sed "s|^.*/\.\./||" | grep '\.c$' || true
}

# The files that the fragment names, one a line, relative to the folder of the port.
fragment() {
	case $host in
	xen) make_fragment obj-y Makefile src "$copy" ;;
	jailhouse) make_fragment CORE_OBJECTS objects.mk src "$work/tree" ;;
	bao) make_fragment lib-objs-y objects.mk lib_dir "$work/tree" ;;
	el2-monitor) make_fragment ITSGUARD_OBJECTS itsguard.mk OUT "$work/tree" ;;
	libvmm) make_fragment CFILES itsguard.mk LIBVMM_DIR "$work/tree" ;;
	hafnium) sed -n 's/^    "\(.*\.c\)",$/\1/p' "$copy/BUILD.gn" ;;
	tf-rmm) cmake_fragment CMakeLists.txt ;;
	zephyr) cmake_fragment zephyr/CMakeLists.txt ;;
	esac | grep -v '^$' | sort
}

# ---- the rules ---------------------------------------------------------------------------------

glue=$(cd "$root/ports/$host" && ls -- *.c)

# The files of the library that the port builds: el2-monitor is for tests and takes the optional ones.
library() {
	case $host in
	el2-monitor) lists='[A-Z]*' ;;
	*) lists=SOURCES ;;
	esac
	sed -n "s|^ITSGUARD_$lists += |src/|p" "$root/src/sources.mk"
}

check_list() {
	{
		library
		echo "$glue"
	} | sort >"$work/wanted"
	fragment >"$work/named"
	diff "$work/wanted" "$work/named" | sed -n 's/^< /list: not named: /p; s/^> /list: named: /p'
}

# compile FILE...
compile() {
	for file in "$@"; do
		# shellcheck disable=SC2086 # words
		"$compiler" $common $flags ${optimise-} -I"$work/headers" -I"$copy/include" -I"$copy" \
			-c "$copy/$file" -o "$out/$(basename "$file" .c).o" 2>"$out/log" ||
			echo "compile: $file: $(grep -m 1 error: "$out/log")"
	done
}

# The library's files, in one and not optimised for the sake of time: tests/hosts/hosts.list has them
# one by one, as the host optimises. What would be optimised away is seen to be imported.
compile_library() {
	library | sed 's/.*/#include "&"/' >"$copy/library.c"
	optimise=-O0
	compile library.c
	optimise=
	rm "$copy/library.c"
}

# What nm says of the objects, after each word of the headers.
check_symbols() {
	cat "$host_headers"*.h "$copy"/*.h | tr -c -s '[:alnum:]_' '\n' >"$work/words"
	"$nm" "$out"/*.o | sort -u | awk '
	!symbols { declared[$1] = 1; next }
	NF < 2 { next }
	$(NF - 1) == "U" { used[$NF] = 1 }
	$(NF - 1) !~ /^[TDBRVW]$/ { next }
	{ defined[$NF] = 1 }
	$NF !~ /^itsg(uard)?_/ { print "prefix: " $NF }
	END {
		for (name in used)
			if (!(name in defined) && !(name in declared) &&
				name !~ /^(memcpy|memset|__stack_chk_.*|_GLOBAL_OFFSET_TABLE_)$/)
				print "import: " name
	}' "$work/words" symbols=1 -
}

# check [FILE...]: all rules; of the sources, these are compiled anew.
check() {
	check_list
	mkdir -p "$out"
	compile "$@"
	check_symbols
}

# expect RULE: this rule finds something in the copy, and no other does.
expect() {
	found=$(check "$glue")
	if [ "$(echo "$found" | sed 's/:.*//' | sort -u)" != "$1" ]; then
		echo "planted a breach of '$1', found '$found'"
		exit 1
	fi
	vendor
}

# ---- main --------------------------------------------------------------------------------------

rm -rf "$work"
mkdir -p "$out" "$work/tree/src"
ln -s "$copy" "$work/tree/itsguard"
ln -s "$copy" "$work/tree/src/itsguard"
vendor
{
	compile_library
	# shellcheck disable=SC2086 # file names without blanks
	compile $glue
} >"$work/first"
cat "$work/first"

for file in "$copy/src/sources.mk" "$copy/BUILD.gn"; do
	[ ! -e "$file" ] || sed -i '/\([ /]\)arm\.c/d' "$file"
done
expect list
printf '\nvoid itsguard_planted(void);\nvoid itsguard_planted(void)\n{\n\tno_such_function();\n}\n' \
	>>"$copy/$glue"
expect compile
printf '\nvoid no_such_function(void);\nvoid itsguard_planted(void);\n%s\n' \
	'void itsguard_planted(void) { no_such_function(); }' >>"$copy/$glue"
expect import
printf '\nvoid planted(void);\nvoid planted(void)\n{\n}\n' >>"$copy/$glue"
expect prefix

found=$(check "$glue")
[ -z "$found" ] && [ ! -s "$work/first" ] || { echo "$found"; exit 1; }
echo "$host: $(wc -l <"$work/named") files, no findings"
