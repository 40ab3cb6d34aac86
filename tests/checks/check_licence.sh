#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Checks that each file says its licence. Run by ctest:
#
#     check_licence.sh MODE ROOT WORK
#
# MODE tags: line 1 or 2 of each file is the project's SPDX-License-Identifier, and the line below
# it, in the same comment form, its SPDX-FileCopyrightText; but for the files that .reuse/dep5 names.
# MODE reuse: `reuse lint` has nothing to say. It knows more rules and takes any licence.
#
# Before the tree, each way to break a rule must be seen to fail in a planted tree (tags) or in a
# copy of this one (reuse).
#
# Exit status: 0 all well, 1 findings, 77 reuse is not installed (skipped).

set -eu
LC_ALL=C
export LC_ALL

mode=$1
root=$2
work=$3

# The tag as two words, because reuse reads this file too.
identifier='SPDX-License''-Identifier'
expression='GPL-2.0-or-later OR BSD-2-Clause'
copyright='SPDX-FileCopyrightText: The itsguard authors'

# A tree below WORK is no part of the repository around it, which ignores all of it.
GIT_CEILING_DIRECTORIES=$work
export GIT_CEILING_DIRECTORIES

# The folders that somebody builds in, whatever they are called, on one line.
build_folders() {
	(cd "$1" && find . -mindepth 2 -maxdepth 3 -name CMakeCache.txt) |
		sed 's|^\./||; s|[^/]*$||' | tr '\n' ' '
}

# The files of a tree that belong to the project, also where there is no git.
list_files() {
	{ git -C "$1" ls-files --cached --others --exclude-standard 2>/dev/null ||
		(cd "$1" && find . -name .git -prune -o -type f ! -path './build/*' -print |
			sed 's|^\./||'); } |
		awk -v folders="$(build_folders "$1")" '
		BEGIN { count = split(folders, folder, " ") }
		{ for (i = 1; i <= count; i++) if (index($0, folder[i]) == 1) next; print }' |
		while read -r file; do
			[ ! -e "$1/$file" ] || echo "$file"
		done
}

# ---- tags --------------------------------------------------------------------------------------

# Those of the files on standard input that have to say their licence themselves.
taggable() {
	elsewhere=$(sed -n 's/^Files: //p' "$1/.reuse/dep5")
	set -f # patterns stay patterns
	while read -r file; do
		for pattern in .reuse/dep5 'LICENSES/*' $elsewhere; do
			# shellcheck disable=SC2254 # it is a pattern
			case $file in
			$pattern) continue 2 ;;
			esac
		done
		echo "$file"
	done
	set +f
}

# Prints the findings.
check_tags() {
	# shellcheck disable=SC2046 # no name has a space
	(cd "$1" && awk -v licence="$identifier: $expression" -v copyright="$copyright" '
	FNR == 1 { expected = "" }
	FNR > 1 && expected != "" && $0 == expected { well[FILENAME] = 1 }
	{ expected = "" }
	FNR <= 2 && (at = index($0, licence)) {
		rest = substr($0, at + length(licence))
		if (rest ~ /^( \*\/| -->)?$/) expected = substr($0, 1, at - 1) copyright rest
	}
	END {
		for (i = 1; i < ARGC; i++)
			if (!(ARGV[i] in well)) print ARGV[i] ": does not begin with the two SPDX lines"
	}' $(list_files "$1" | taggable "$1"))
}

# plant NAME LINE...: a file of these lines.
plant() {
	name=$1
	shift
	printf '%s\n' "$@" >"$planted/$name"
}

check_planted_tags() {
	planted=$work/planted
	rm -rf "$planted"
	mkdir -p "$planted/.reuse" "$planted/data"
	plant .reuse/dep5 'Files: data/*.bin'
	plant data/good.bin 'binary'
	plant good.c "/* $identifier: $expression */" "/* $copyright */" 'int a;'
	plant good.sh '#!/bin/sh' "# $identifier: $expression" "# $copyright"
	mkdir "$planted/out"
	plant out/CMakeCache.txt 'somebody builds here'
	plant out/built.c 'int a;'
	plant good.md "<!-- $identifier: $expression -->" "<!-- $copyright -->"
	plant bad_none.c 'int a;'
	: >"$planted/bad_empty.c"
	plant bad_first_only.c "/* $identifier: $expression */" 'int a;'
	plant bad_second_only.c "/* $copyright */" 'int a;'
	plant bad_other_order.c "/* $copyright */" "/* $identifier: $expression */"
	plant bad_other_form.c "/* $identifier: $expression */" "// $copyright"
	plant bad_other_licence.c "/* $identifier: GPL-2.0-or-later */" "/* $copyright */"
	plant bad_third_licence.c "/* $identifier: $expression OR MIT */" "/* $copyright */"
	plant bad_apart.c "/* $identifier: $expression */" '' "/* $copyright */"
	plant bad_too_late.c '' '' "/* $identifier: $expression */" "/* $copyright */"
	plant data/bad_text.txt 'not named in dep5'

	check_tags "$planted" | sed 's/: .*//' | sort >"$work/found"
	(cd "$planted" && find . -name 'bad_*' | sed 's|^\./||' | sort) >"$work/expected"
	if ! diff "$work/expected" "$work/found"; then
		echo 'planted tree: what has to be found (<) and what was found (>) differ'
		exit 1
	fi
	echo "$(wc -l <"$work/expected") planted files seen to fail"
}

# ---- reuse -------------------------------------------------------------------------------------

lint() {
	(cd "$work/copy" && reuse lint) >"$work/lint.log" 2>&1
}

# must_fail WHAT: reuse finds something in the copy, which has nothing else that it could find.
must_fail() {
	if lint; then
		cat "$work/lint.log"
		echo "reuse lint does not find what was broken on purpose: $1"
		exit 1
	fi
}

# Less of the copy is enough, and is read six times.
check_planted_lint() {
	find "$work/copy" -mindepth 1 -maxdepth 1 ! -name LICENSES ! -name .reuse ! -name src -exec rm -rf {} +
	lint || { cat "$work/lint.log"; exit 1; }
	echo 'int a;' >"$work/copy/src/untagged.c"
	must_fail 'a file that says nothing'
	echo "/* $identifier: $expression */" >"$work/copy/src/untagged.c"
	must_fail 'a file without a copyright'
	printf '/* %s */\n/* %s */\n' "$identifier: 0BSD" "$copyright" >"$work/copy/src/untagged.c"
	must_fail 'a licence that is not in LICENSES'
	rm "$work/copy/src/untagged.c"
	mv "$work/copy/.reuse" "$work/no_dep5"
	must_fail 'files that only dep5 names'
	mv "$work/no_dep5" "$work/copy/.reuse"
	rm "$work/copy/LICENSES/BSD-2-Clause.txt"
	must_fail 'a licence that was removed'
	echo '5 planted mistakes seen to fail'
}

# ---- main --------------------------------------------------------------------------------------

mkdir -p "$work"
case $mode in
tags)
	check_planted_tags
	check_tags "$root" >"$work/findings"
	cat "$work/findings"
	[ ! -s "$work/findings" ] || exit 1
	echo "$(list_files "$root" | taggable "$root" | wc -l) files: no findings"
	;;
reuse)
	if ! command -v reuse >/dev/null; then
		echo 'skipped: reuse is not installed (the Debian package has the same name)'
		exit 77
	fi
	rm -rf "$work/copy" "$work/no_dep5"
	mkdir -p "$work/copy"
	list_files "$root" | (cd "$root" && tar -c -f - -T -) | tar -x -f - -C "$work/copy"
	if ! lint; then
		cat "$work/lint.log"
		exit 1
	fi
	check_planted_lint
	;;
*)
	echo 'usage: check_licence.sh tags|reuse ROOT WORK' >&2
	exit 2
	;;
esac
