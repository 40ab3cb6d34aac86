/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The page of a report: its data, what is in sight of it, and what passes the filter. Where everything stands
 * tools/report_picture.c has said. The files of this folder are one script, in the order model, draw, tell,
 * hands. Texts of a trace become text nodes and nothing else.
 */
"use strict";

/* ---- the data: lists, as tools/report_html.c writes them ---- */

const E = {slot: 0, lane: 1, weight: 2, device: 3, pages: 4, who: 5, says: 6, brief: 7, event: 8};
const B = {kind: 0, lane: 1, row: 2, from: 3, judged: 4, to: 5, open: 6, refused: 7, use: 8, donated: 9,
	first: 10, verdict: 11, last: 12, text: 13};
const COMMAND = 0, CLAIM = 1, GUEST = 2;
const PLAIN = 0, WARNING = 1, FINDING = 2;

const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const words = data.glossary;
performance.mark("parsed");

const state = {
	trace: null,      /* the one in sight */
	shown: "both",    /* runs: both, off, on */
	from: 0,          /* the slot at the left edge */
	scale: 1,         /* pixels of a slot */
	pick: null,       /* {run, event}: numbers */
	text: "", device: null, page: null, /* filters */
};

const hex = (n) => "0x" + n.toString(16);
const bytes = (n) => n % 1048576 === 0 ? n / 1048576 + " MB" : n % 1024 === 0 ? n / 1024 + " KB" : n + " bytes";
const plural = (n, what) => n + " " + what + (n === 1 ? "" : what.endsWith("s") ? "es" : "s");
const clamp = (n, low, high) => Math.max(low, Math.min(high, n));
const label = (run) => run.guard ? "Guard on" : "Guard off";

/* The first place of a sorted list where `at` is not below what is sought. */
function search(count, at, sought) {
	let low = 0, high = count;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (at(middle) < sought) low = middle + 1; else high = middle;
	}
	return low;
}

/* What is looked up often, once for each trace: events by lane, bars by lane and row. */
function prepare(trace) {
	if (trace.ready) return;
	trace.ready = true;
	for (const run of trace.runs) {
		run.byLane = run.lanes.map(() => []);
		run.events.forEach((e, i) => run.byLane[e[E.lane]].push(i));
		run.barsOfLane = run.lanes.map(() => []);
		run.barsOfPage = trace.pages.map(() => []);
		run.barsOfEvent = new Map();
		run.bars.forEach((b, i) => {
			(b[B.kind] === COMMAND ? run.barsOfLane[b[B.lane]] : run.barsOfPage[b[B.row]]).push(i);
			for (const end of new Set([b[B.first], b[B.verdict], b[B.last]]))
				if (end !== null) run.barsOfEvent.set(end, (run.barsOfEvent.get(end) || []).concat(i));
		});
		run.touchesOfPage = trace.pages.map(() => []);
		for (const [row, event] of run.touches) run.touchesOfPage[row].push(event);
		run.marked = run.events.map((_, i) => i).filter((i) => run.events[i][E.weight] !== PLAIN);
		run.matches = new Uint8Array(run.events.length);
	}
}

const lineOf = (trace, slot) => trace.columns[search(trace.columns.length, (i) => trace.columns[i][1], slot + 1) - 1];
const isShown = (run) => state.shown === "both" || run.guard === (state.shown === "on");
const shownRuns = () => state.trace.runs.filter(isShown);

/* ---- filters ---- */

function overlaps(pages, range) {
	for (let i = 0; i < pages.length; i += 2)
		if (pages[i] < range[0] + range[1] && pages[i] + pages[i + 1] > range[0]) return true;
	return false;
}

/* Findings concern every device and every page, as `itsguard show` has it. */
function passes(e, asked) {
	if (asked.length) {
		const says = (e[E.who] + " " + e[E.says]).toLowerCase();
		if (!asked.every((word) => says.includes(word))) return false;
	}
	if (e[E.weight] === FINDING) return true;
	if (state.device !== null && e[E.device] !== state.device) return false;
	return state.page === null || overlaps(e[E.pages], state.trace.pages[state.page]);
}

const isFiltered = () => state.text !== "" || state.device !== null || state.page !== null;

function applyFilter() {
	const asked = state.text.toLowerCase().split(/\s+/).filter((word) => word);
	for (const run of state.trace.runs)
		run.events.forEach((e, i) => { run.matches[i] = passes(e, asked) ? 1 : 0; });
	makeList();
	makeLayout();
	draw();
}

/* ---- rows from the top down ---- */

const HEAD = 30, LANE = 24, ROW = 17, PAGES_GAP = 8;
const FEW = 12; /* rows of pages; of more only those that do not stay the host's */
let layout = [], layoutHeight = 0;

function pageInSight(run, row) {
	if (state.page !== null) return row === state.page;
	if (state.device === null) return true;
	return run.barsOfPage[row].some((i) => barMatches(run, run.bars[i])) || run.touchesOfPage[row].length > 0;
}

function makeLayout() {
	let y = 0;
	const add = (kind, run, index, height) => { layout.push({kind, run, index, y, height}); y += height; };
	layout = [];
	for (const run of shownRuns()) {
		add("head", run, 0, HEAD);
		run.lanes.forEach((lane, i) => add("lane", run, i, lane[0] === "commands" ? lane[1] * ROW + 7 : LANE));
		y += PAGES_GAP;
		const rows = state.trace.pages.map((page, i) => i).filter((i) => pageInSight(run, i));
		const told = rows.length <= FEW ? rows : rows.filter((i) => run.barsOfPage[i].length || run.touchesOfPage[i].length);
		for (const i of told) add("page", run, i, ROW);
		if (told.length < rows.length) add("rest", run, rows.length - told.length, ROW);
		y += PAGES_GAP;
	}
	layoutHeight = y;
	$("spacer").style.height = y + "px";
}
