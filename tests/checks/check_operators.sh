#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# check_operators.sh SOURCE_DIR WORK: mutants/operators.awk changes what it should of a small file, and
# nothing else: no comment, no string, no line outside a function; and what it writes can be applied.

set -eu
rm -rf "$2"
mkdir -p "$2/src" "$2/patches"
cd "$2"
cat >src/sample.c <<'EOF'
/* a == b, in a comment */
static const int x = 1 + 2;
static int f(int a)
{
	const int b = a + 1;
	int c;

	/* if (a < b) a > b
	 * a && b; */ c = a | b;
	c = a & b;
	if (a < b && !c)
		g("a <= b; \" ||", a - b);
	else if (b->c >= a ||
		 /* a != b */ a > c)
		break;
	for (c = 0; c < b; c++)
		a = a - b;
	h(a,
	  b);
	return c == 1 ? a : b; /* > */
}
EOF
# What each patch says, and the line that it writes.
cat >expected <<'EOF'
5, + becomes -|	const int b = a - 1;
10, & becomes ||	c = a | b;
10, left out|	(void)0;
11, < becomes <=|	if (a <= b && !c)
11, && becomes |||	if (a < b || !c)
11, ! left out|	if (a < b && c)
11, never|	if (1 ? 0 : a < b && !c)
12, - becomes +|		g("a <= b; \" ||", a + b);
12, left out|	(void)0;
13, >= becomes >|	else if (b->c > a ||
13, || becomes &&|	else if (b->c >= a &&
13, never|	else if (1 ? 0 : b->c >= a ||
14, > becomes >=|		 /* a != b */ a >= c)
17, - becomes +|		a = a + b;
17, left out|	(void)0;
20, == becomes !=|	return c != 1 ? a : b; /* > */
EOF
awk -v folder=patches -f "$1/mutants/operators.awk" src/sample.c
find patches -type f | sort -t - -k 2n -k 3n | while read -r patch; do
	what=$(sed -n '1s|^# src/sample\.c:\([^:]*\): .*|\1|p' "$patch")
	echo "$what|$(sed -n '/^+++/d; s/^+//p' "$patch")"
done >made
diff expected made

cp src/sample.c src/before.c
for patch in patches/src_sample-*; do
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
