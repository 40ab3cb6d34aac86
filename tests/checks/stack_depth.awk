# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# How deep calls go: from what the compiler says of each frame (-fstack-usage) and from the calls in
# the linked code itself, so that inlining, clones and tail calls are as they are.
#
#	awk -v max_frame=BYTES -v max_chain=BYTES -v summary=FILE -f stack_depth.awk
#		part=sources SOURCE... part=frames FRAMES part=code CODE
#
# CODE is what objdump -dr says of an image linked with -q and its code at 0x400000.
#
# Prints "RULE: what" for each finding. SUMMARY: the largest frame, the deepest chain, and the way
# of it.
#
# A call through a pointer counts as one of every function of the same file whose address is taken; in
# an amalgamation, of the same part of it, which is why the sources are read.
# What the platform's callbacks, memcpy and memset need is not in it.

# A part that the compiler moved out of line runs on the frame of the whole.
function node(name)
{
	sub(/\.cold.*/, "", name)
	return name
}

# Clones are listed under the name they were cloned from.
function original(name)
{
	sub(/\..*/, "", name)
	return name
}

# Compilers name a file as they were told to, or by its way from where they run.
function base(path)
{
	sub(/.*\//, "", path)
	return path
}

function edge(to, tail)
{
	from[++edges] = current
	into[edges] = to
	is_tail[edges] = tail
}

part == "sources" {
	if (FNR == 1)
		begun = ""
	if (/^\/\* ---- [a-z_\/0-9]+\.[ch] ---- \*\/$/)
		begun = $3
	if (begun != "")
		part_at[base(FILENAME), FNR] = begun
	next
}

part == "frames" {
	split($0, field, "\t")
	words = split(field[1], word, ":")
	name = original(word[words])
	file = base(word[1])
	source[name] = (file, word[2]) in part_at ? part_at[file, word[2]] : word[1]
	if (field[3] != "static")
		print "frame: " name " has a frame of unknown size"
	if (!(name in size) || field[2] > size[name])
		size[name] = field[2] + 0
	next
}

# 0000000000400000 <name>:
/^[0-9a-f]+ <.*>:$/ {
	current = node(substr($2, 2, length($2) - 3))
	at[$1] = current
	if (current in frame)
		next
	functions++
	frame[current] = size[original(current)]
	depth[current] = frame[current]
	if (!(original(current) in size))
		print "frame: " current " is not in the compiler's list"
	if (frame[current] > max_frame)
		print "frame: " current " has a frame of " frame[current] " bytes"
	if (frame[current] > largest)
		largest = frame[current]
	next
}

# An address that is taken: of a section, "symbol+0xoffset" from its start, or of a symbol.
$2 ~ /^R_AARCH64_(ADR|ADD|ABS|MOVW|LD)/ {
	taken[++takes] = $3
	next
}

$2 ~ /^blr/ {
	indirect[current] = 1
}

$2 ~ /^(b|b\..*|bl|cbn?z|tbn?z)$/ && $NF ~ /^<[^+-]*>$/ {
	target = node(substr($NF, 2, length($NF) - 2))
	if (target != current || $2 == "bl")
		edge(target, $2 != "bl")
}

function taken_function(value, offset)
{
	if (value !~ /^\.text/)
		return value
	offset = value ~ /\+0x/ ? value : "0"
	sub(/.*\+0x0*/, "", offset)
	return at["00000000004" substr("00000", 1, 5 - length(offset)) offset]
}

function add_indirect_calls(   name, i)
{
	for (current in indirect)
		for (i = 1; i <= takes; i++) {
			name = taken_function(taken[i])
			if (name in frame && source[original(name)] == source[original(current)])
				edge(name, 0)
		}
}

# A chain that goes on over a call stands on the caller's frame; over a tail call it does not.
function raise(   i, sum, grown)
{
	grown = 0
	for (i = 1; i <= edges; i++) {
		if (!(into[i] in frame))
			continue
		sum = (is_tail[i] ? 0 : frame[from[i]]) + depth[into[i]]
		if (sum <= depth[from[i]])
			continue
		depth[from[i]] = sum
		next_of[from[i]] = into[i]
		last_grown = from[i]
		grown = 1
	}
	return grown
}

END {
	add_indirect_calls()
	# A value that still grows after as many rounds as there are functions is a recursion's.
	for (round = 0; round <= functions; round++)
		if (!raise())
			break
	if (round > functions) {
		print "recursion: " last_grown " can call itself"
		exit
	}
	for (name in frame) {
		if (depth[name] > max_chain)
			print "chain: " name " needs " depth[name] " bytes"
		if (top == "" || depth[name] > depth[top])
			top = name
	}
	path = top
	for (name = top; name in next_of; name = next_of[name])
		path = path " > " next_of[name]
	print largest + 0, depth[top] + 0, path >summary
}
