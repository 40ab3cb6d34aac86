#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# What is under .github/workflows. Run by ctest:
#
#     check_workflows.sh ROOT WORK
#
#   pinned    an action of others is named by the hash of a commit, with its version behind it
#   rights    a workflow says which rights it has, and nothing but a release may write
#   limit     a job that runs commands has an end
#   scripts   a script that is run is there
#   tag       the version that a release wants is the one of the source and of CHANGELOG.md
#
# Before the tree, workflows that break a rule each must be found, and a good one must pass.
#
# Exit status: 0 all well, 1 findings.

set -eu
LC_ALL=C
export LC_ALL

root=$1
work=$2

fail() {
	echo "$*"
	exit 1
}

findings() { # TREE
	(cd "$1" && awk '
	function say(rule, text) { printf "%s: %s: %s\n", file, rule, text }
	function finish() {
		if (file == "") return
		if (!rights) say("rights", "no permissions")
		if (runs && !limit) say("limit", "no timeout-minutes")
	}
	FNR == 1 { finish(); file = FILENAME; rights = limit = runs = 0 }
	/^permissions:/ { rights = 1 }
	/^ *[a-z-]+: write/ && FILENAME !~ /release\.yml$/ { say("rights", $0) }
	/timeout-minutes: [0-9]/ { limit = 1 }
	/^ *(- )?run:/ { runs = 1 }
	/^ *(- )?uses:/ && !/@[0-9a-f]+ # v[0-9]/ { say("pinned", $0) }
	/^ *(- )?uses:/ && match($0, /@[0-9a-f]+/) && RLENGTH != 41 { say("pinned", $0) }
	{
		line = $0
		while (match(line, /(\.ci|\.\/script|fuzz)\/[a-z_]+(\.sh)?/)) {
			name = substr(line, RSTART, RLENGTH)
			line = substr(line, RSTART + RLENGTH)
			if (system("test -f " name)) say("scripts", "no " name)
		}
	}
	END { finish() }' .github/workflows/*.yml)
}

plant() { # LINE...: a workflow in which these stand instead of its own
	rm -rf "$work/planted"
	mkdir -p "$work/planted/.github/workflows" "$work/planted/.ci"
	touch "$work/planted/.ci/run"
	printf '%s\n' "$@" >"$work/planted/.github/workflows/planted.yml"
}

good_rights='permissions: {}'
good_limit='    timeout-minutes: 5'
good_run='      - run: .ci/run'
good_uses='      - uses: a/b@0123456789012345678901234567890123456789 # v1'

see_planted() {
	plant "$good_rights" "$good_limit" "$good_run" "$good_uses"
	[ -z "$(findings "$work/planted")" ] || fail 'a good workflow does not pass'
	for bad in 'pinned:      - uses: a/b@v1' 'pinned:      - uses: a/b@0123456 # v1' \
		'pinned:      - uses: a/b@0123456789012345678901234567890123456789' \
		'scripts:      - run: .ci/other' 'rights:  contents: write'; do
		plant "$good_rights" "$good_limit" "$good_run" "${bad#*:}"
		findings "$work/planted" | grep -q ": ${bad%%:*}: " || fail "not found: $bad"
	done
	plant "$good_limit" "$good_run"
	findings "$work/planted" | grep -q ': rights: ' || fail 'not found: no permissions'
	plant "$good_rights" "$good_run"
	findings "$work/planted" | grep -q ': limit: ' || fail 'not found: no end'
}

# Of the source as it is: a version that is not released is refused, so are another's and none.
see_tag() {
	mkdir -p "$work/tag/.ci"
	cp "$root/.ci/release_notes" "$work/tag/.ci/"
	cd "$work/tag"
	echo 'project(itsguard VERSION 1.2.3 LANGUAGES C' >CMakeLists.txt
	printf '# Changes\n\n## 1.2.3, May 2000\n\n- It does.\n\n## 1.2.2\n\n- It did.\n' >CHANGELOG.md
	[ "$(.ci/release_notes 1.2.3 | tr -d '\n')" = '- It does.' ] || fail 'the notes of a release are others'
	! .ci/release_notes 1.2.2 >/dev/null 2>&1 || fail 'the version of another source passes'
	sed -i 's/, May 2000/, not released/' CHANGELOG.md
	! .ci/release_notes 1.2.3 >/dev/null 2>&1 || fail 'a version that is not released passes'
	sed -i '/1.2.3/,/does/d' CHANGELOG.md
	! .ci/release_notes 1.2.3 >/dev/null 2>&1 || fail 'a version without a word in CHANGELOG.md passes'
}

rm -rf "$work"
mkdir -p "$work"
see_planted
(see_tag)
findings "$root" >"$work/findings"
cat "$work/findings"
[ ! -s "$work/findings" ]
