# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Figures to what the goals are about: "ratio NAME VALUE", where the figures for it are there.
#
# Figures of the tracker are called tracker/OPERATION/SET/PAGES/SUBJECT, those of the way of a command
# command/WHAT/COMMAND/BATCH/DEVICES, those of an entry to the library hold/KIND/BUDGET/SOURCE, those of
# arming arm/WHAT/.... The guards are those of bench/guard.h.
#
#	awk -v budget=BUDGET -f ratios.awk FIGURES
#
# BUDGET is the default one.

function worse(name, value) {
	if (!(name in most) || value > most[name]) most[name] = value
}

function weaker(name, value) {
	if (!(name in least) || value < least[name]) least[name] = value
}

{ value[$1 " " $2] = $3 }

# The most that it grows, over all sets of keys, from 100 pages.
function growth(who, operation, set, pages, kind, base) {
	base = value[kind " tracker/" operation "/" set "/100/" who]
	if (base > 0)
		worse("growth/" operation "/" who, value[kind " tracker/" operation "/" set "/" pages "/" who] / base)
}

function tracker(kind, operation, set, pages, who, figure, other, random) {
	if (kind == "bytes" && who == "itsguard" && pages >= 1000)
		worse("bytes_per_page", figure)
	if (kind == "instructions" && (who == "itsguard" || who == "array") && set != "known_key")
		growth(who, operation, set, pages, kind)
	random = value[kind " tracker/" operation "/random/" pages "/" who]
	if (kind == "instructions" && who == "itsguard" && random > 0)
		worse("worst_keys/" operation, figure / random)
	other = value[kind " tracker/" operation "/" set "/" pages "/itsguard"]
	if (who == "itsguard" || !(other > 0))
		return
	if (kind == "instructions" && who == "array" && pages == 508)
		weaker("fewer_than_array/" operation, figure / other)
	if (kind == "ns" && who != "array")
		weaker("faster_than_" who "/" operation "/" pages, figure / other)
}

function command_cost(what, name, batch, devices) {
	return value["instructions command/" what "/" name "/" batch "/" devices]
}

# All of a command: published, then over, its slot scrubbed and its claim dropped.
function whole(name, batch, devices) {
	return command_cost("published", name, batch, devices) + command_cost("over", name, batch, devices)
}

function command(name, batch, devices, least) {
	least = command_cost("least", name, batch, devices)
	if (least > 0)
		worse("times_least/" name "/" batch, whole(name, batch, devices) / least)
	worse("growth/" name, whole(name, batch, devices) / whole(name, batch, 10))
}

# What an operator sees: 100 devices mapped. And beside a published guard that tracks so many pages.
function with_100(name, batch) {
	worse("cost/" name "/" batch, whole(name, batch, 100))
}

function beside(who, name, batch, pages) {
	worse("times_" who "/" name "/" pages, whole(name, batch, 100) / command_cost(who, name, batch, pages))
}

function commands(key, part) {
	for (key in value) {
		if (key !~ /^instructions command\//) continue
		split(substr(key, length("instructions ") + 1), part, "/")
		if (part[2] == "published") command(part[3], part[4], part[5])
		if (part[2] == "published" && part[5] == 100) with_100(part[3], part[4])
		if (part[2] == "reviewed" || part[2] == "android") beside(part[2], part[3], part[4], part[5])
	}
}

function idle(what, key) {
	key = "instructions idle/" what "/itsguard"
	if (key in value) worse("cost/idle_" what, value[key])
}

# A host page of a flat table: by how much 16 MB cost more than 64 KB. And the worst that is known.
function arming() {
	if ("instructions arm/flat/4/4096" in value)
		worse("arm/page", (value["instructions arm/flat/4/4096"] - value["instructions arm/flat/4/16"]) / 4080)
	if ("instructions arm/replace/1000" in value)
		worse("arm/worst", value["instructions arm/replace/1000"])
}

# Redistributors: the dearest access that neither sets nor clears EnableLPIs, and the two that do.
function redistributors(key) {
	for (key in value) {
		if (key ~ /^instructions redist\/(read|write)\//) worse("redist/access", value[key])
		if (key ~ /^instructions redist\/(enable|clear)\/16$/) worse("redist/enable", value[key])
	}
}

# The longest entry that is one step of this name, without what an entry costs in any case.
function step(what) {
	return value["instructions hold/run/1/" what] - value["instructions hold/run/1/idle"]
}

function most_of(a, b) { return a > b ? a : b }

# What docs/PERFORMANCE.md derives as the bound of an entry, with host pages of this many KB and so
# many of them in the longest ITT: steps that claim a page in a row, the last of which is refused; or
# that fetch a command, and judge and refuse it, in turn; or any other step. And for each page that is
# claimed, what it costs more in full buckets.
function bound_with(size, pages, moved, row, turns, other) {
	moved = value["instructions tracker/take_moved/known_key/1000/itsguard"] - value["instructions tracker/take_first/known_key/1000/itsguard"]
	row = (budget - 1) * step("map" size "k-" pages) + step("undo" size "k-" pages) + budget * moved
	turns = int((budget + 1) / 2) * (step("fetch") + most_of(step("map" size "k-1"), step("undo" size "k-1")) + moved)
	other = budget * most_of(step("drop" size "k-" pages), most_of(step("finish-1024"), step("barrier-1024")))
	worse("hold/bound", value["instructions hold/run/1/idle"] + most_of(row, most_of(turns, other)))
}

function bound() {
	if (!("instructions hold/run/1/idle" in value)) return
	bound_with(4, 128)
	bound_with(64, 8)
}

# With the default budget: the longest entry of each group, of all fuzz targets, of a flood of MAPDs.
function hold(group) {
	bound()
	for (key in value) {
		if (key !~ "^instructions hold/run/" budget "/") continue
		group = substr(key, index(key, "/" budget "/") + length(budget) + 2)
		if (group ~ /^(captures|cases|fuzz|search|flood)/) {
			sub(/[0-9_-].*/, "", group)
			worse("hold/" group, value[key])
		}
	}
}

# The most that a command of a capture costs on average, all entries of the host counted.
function captures() {
	for (key in value)
		if (key ~ /^instructions capture\/command\//)
			worse("captures/command", value[key])
}

END {
	hold()
	captures()
	commands()
	idle("read")
	idle("poll")
	redistributors()
	arming()
	for (key in value) {
		split(key, word, " ")
		if (split(word[2], part, "/") == 5 && part[1] == "tracker")
			tracker(word[1], part[2], part[3], part[4], part[5], value[key])
	}
	for (name in most) printf "ratio %s %.3f\n", name, most[name]
	for (name in least) printf "ratio %s %.3f\n", name, least[name]
}
