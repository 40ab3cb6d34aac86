#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# What takes a while, in the scripts (attend, of script/lib.sh): a terminal sees how far it is, a pipe does not, and
# SIGINT ends all that was started and keeps what was found. Run by ctest:
#
#     check_progress.sh ROOT WORK
#
# Nothing here waits for a time: the work ends when it was seen to be told of. Exit status 0 all well, 1 not.

set -u
LC_ALL=C
export LC_ALL

root=$1
work=$2
rm -rf "$work"
mkdir -p "$work"
cd "$work" || exit 1

bad() {
	echo "$*"
	exit 1
}

is_there() { grep -q '^State:.[^ZX]' "/proc/$1/status" 2>/dev/null; }

# wait_for PID COMMAND...: until it is true, or that process has ended without.
wait_for() {
	waits=$1
	shift
	until "$@" 2>/dev/null; do
		is_there "$waits" || bad "it ended before: $*"
		sleep 0.1
	done
}

# A script as the others are. It works until there is a file `enough`, with two processes below it.
cat >script.sh <<'END'
cd "$1" && . "$2/script/lib.sh"
results() {
	echo 'first result' | progress_under
	sleep 1000 &
	echo $! >pids
	sh -c 'echo $$ >>pids; exec sleep 1000' &
	until [ "$(wc -l <pids)" -eq 2 ]; do sleep 0.1; done
	echo begun >begun
	until [ -e enough ]; do sleep 0.1; done
	kill $(cat pids)
	echo 'second result' | progress_under
	# On a terminal the line comes once more.
	[ ! -t 2 ] || until sed '1,/second result/d' tty.txt | grep -q Working; do sleep 0.1; done
	return 3
}
how_far() { echo 'half of it'; }
keep() { echo 'one result was kept'; }
attend_more=how_far
attend 'Working hard' results
echo "ended with $?"
END

# A signal that was sent takes its time: a minute is that of what has not got it.
none_is_left() {
	for left in $(tr '\n' ' ' <pids); do
		for _ in $(seq 600); do
			is_there "$left" || break
			sleep 0.1
		done
		! is_there "$left" || bad "$1: process $left is left"
	done
}

# ---- a pipe ----

: >enough
sh script.sh "$work" "$root" >pipe.txt 2>&1 </dev/null
printf 'first result\nsecond result\nended with 3\n' | cmp -s - pipe.txt || bad "a pipe sees: $(cat pipe.txt)"
none_is_left 'a pipe'
rm enough

# ---- a terminal: the line is there, and is gone in the end ----

if command -v script >/dev/null; then
	script -qfec "sh script.sh '$work' '$root'" tty.txt >/dev/null </dev/null &
	wait_for $! grep -q 'Working hard, half of it, [0-9]* s' tty.txt
	: >enough
	wait $! || bad "a terminal: status $?"
	# What is seen in the end: of each line what came behind the last time that it was cleared.
	escape=$(printf '\033')
	return=$(printf '\r')
	sed "s/$return*\$//; s/.*$return$escape\[K//" tty.txt >seen.txt
	grep -qx 'ended with 3' seen.txt || bad "a terminal sees: $(cat tty.txt)"
	! grep -q 'Working' seen.txt || bad "the line stays: $(cat tty.txt)"
	none_is_left 'a terminal'
	rm enough
else
	echo 'no program "script": no terminal was tried'
fi

# ---- SIGINT: to the script alone, as of kill ----

interrupted() { # SIGNAL STATUS
	rm -f begun
	env --default-signal=INT sh script.sh "$work" "$root" >stopped.txt 2>&1 </dev/null &
	pid=$!
	wait_for "$pid" test -e begun
	kill -s "$1" "$pid"
	wait "$pid"
	status=$?
	[ "$status" -eq "$2" ] || bad "$1: status $status"
	grep -qx 'first result' stopped.txt || bad "$1: what was found is gone: $(cat stopped.txt)"
	grep -qx 'one result was kept' stopped.txt || bad "$1: nothing is kept: $(cat stopped.txt)"
	! grep -q 'ended with' stopped.txt || bad "$1: it goes on"
	none_is_left "$1"
}
interrupted INT 130
interrupted TERM 143
interrupted HUP 129

# ---- each script that takes long ----

for script in mutants coverage bench boot attack fuzz fresh hosts; do
	grep -q '^[^#]*attend [^ ]' "$root/script/$script" || bad "script/$script does not tell how far it is"
done

# ---- and one of them: hosts, in a copy. The first compiler that it calls is where it is stopped ----

copy=$work/copy
mkdir -p "$copy/bin" "$copy/docs" "$copy/tests"
cp -R "$root/script" "$root/README.md" "$copy"
cp -R "$root/tests/hosts" "$copy/tests"
cp "$root/docs/HOSTS.md" "$copy/docs"
mkdir -p "$copy/tests/checks"
cat >"$copy/tests/checks/check_source.sh" <<'END'
# In place of compiling: the first row is measured, the second takes forever.
row=$(basename "$4")
mkdir -p "$4/tree"
printf '%s\tgcc 12\t1\t2\t3\t4\t5\t6\t7\t8\n' "$1" >"$4/tree/figures"
[ -e first ] || { : >first; exit 0; }
echo $$ >pids
: >begun
exec sleep 1000
END
printf '#!/bin/sh\necho installed\n' >"$copy/bin/dpkg-query"
chmod +x "$copy/bin/dpkg-query"
cd "$copy" || exit 1
env --default-signal=INT PATH="$copy/bin:$PATH" script/hosts >stopped.txt 2>&1 </dev/null &
pid=$!
wait_for "$pid" test -e begun
kill -s INT "$pid"
wait "$pid"
status=$?
[ "$status" -eq 130 ] || bad "script/hosts: status $status: $(cat stopped.txt)"
grep -q '^1 of [0-9]* were measured' stopped.txt || bad "script/hosts keeps nothing: $(cat stopped.txt)"
[ "$(wc -l <build/hosts/figures)" -eq 1 ] || bad "script/hosts: the figure is gone"
for file in README.md docs/HOSTS.md; do
	cmp -s "$file" "$root/$file" || bad "script/hosts: $file is written"
done
none_is_left script/hosts
echo 'progress is told, and an interrupt keeps what there is'
