#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# check_operators.sh SOURCE_DIR WORK: mutants/operators.awk changes what it should of a small file, and
# nothing else: no comment, no string, no declaration; and what it writes can be applied.

set -eu
rm -rf "$2"
mkdir -p "$2/src" "$2/patches"
cd "$2"
cat >src/sample.c <<'EOF'
/* a == b, in a comment */
static int f(int a)
{
	const int b = a + 1;
	int c;

	/* if (a < b) a > b
	 * a && b; */
	c = a & b;
	if (a < b && !c)
		g("a <= b; \" ||", a);
	else if (b->c >= a)
		c = -a;
	for (c = 0; c < b; c++)
		a = a - b;
	h(a,
	  b);
	return c == 1 ? a : b; /* > */
}
EOF
cat >expected <<'EOF'
# sample.c:4, + becomes -: const int b = a + 1;
# sample.c:9, & becomes |: c = a & b;
# sample.c:9, left out: c = a & b;
# sample.c:10, < becomes <=: if (a < b && !c)
# sample.c:10, && becomes ||: if (a < b && !c)
# sample.c:10, ! left out: if (a < b && !c)
# sample.c:10, never: if (a < b && !c)
# sample.c:11, left out: g("a <= b; \" ||", a);
# sample.c:12, >= becomes >: else if (b->c >= a)
# sample.c:12, never: else if (b->c >= a)
# sample.c:13, left out: c = -a;
# sample.c:15, - becomes +: a = a - b;
# sample.c:15, left out: a = a - b;
# sample.c:18, == becomes !=: return c == 1 ? a : b; /* > */
EOF
awk -v folder=patches -f "$1/mutants/operators.awk" src/sample.c
find patches -type f | sort -t - -k 2n -k 3n | while read -r patch; do
	head -n 1 "$patch"
done >made
diff expected made

grep -q '^+	if (0 && (a < b && !c))$' "$(grep -l '10, never' patches/*)"

cp src/sample.c src/before.c
for patch in patches/*; do
	if command -v git >/dev/null; then
		GIT_CEILING_DIRECTORIES=$PWD/.. git apply "$patch"
	elif command -v patch >/dev/null; then
		patch -s -p 1 -F 0 <"$patch"
	else
		break # on such a machine nobody applies any
	fi
	[ "$(diff src/before.c src/sample.c | grep -c '^[<>]')" -eq 2 ] || {
		echo "$patch changes more or less than a line"
		exit 1
	}
	cp src/before.c src/sample.c
done
