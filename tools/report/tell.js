/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What stands beside the picture as text: what is picked or pointed at, the list, summaries, names of colours. */

/* ---- text ---- */

function node(name, text, kind) {
	const made = document.createElement(name);
	if (text !== undefined) made.textContent = text;
	if (kind) made.className = kind;
	return made;
}

const kindOf = (e) => ["", "warn", "bad"][e[E.weight]];

/* What a bar is: of a command, of a claim, or of what is a guest's. */
function barTitle(run, b) {
	if (b[B.kind] === COMMAND) return "On its way";
	return barWords(run, b) + (b[B.kind] === GUEST ? "" : b[B.donated] ? ", donated" : ", shared");
}

/* From where to where, in lines of the trace. */
function lasts(b) {
	const trace = state.trace, from = lineOf(trace, b[B.from])[0], to = lineOf(trace, b[B.to] - 1)[0];
	return b[B.open] ? "from line " + from + " to the end" : from === to ? "within line " + from : "lines " + from + " to " + to;
}

function showTip(found, x, y) {
	const tip = $("tip");
	if (!found) { tip.hidden = true; return; }
	const run = state.trace.runs[found.run], e = run.events[found.event], event = e[E.event];
	tip.replaceChildren(node("b", "line " + lineOf(state.trace, e[E.slot])[0] + "  " + e[E.who] + " "), e[E.says]);
	if (found.bar) tip.append(node("div", barTitle(run, found.bar) + ": " + lasts(found.bar)));
	const fields = Object.entries(event.fields || {}).filter(([, value]) => value);
	if (fields.length) tip.append(node("div", fields.slice(0, 8).map(([name, value]) => name + "=" + hex(value)).join("  ")));
	if (words.reasons[event.reason]) tip.append(node("div", words.reasons[event.reason].text));
	const threats = threatsOf(event).filter((n) => words.numbers[n]);
	if (threats.length) tip.append(node("div", threats.join(" ") + ": " + ruleOf(threats[0])));
	tip.hidden = false;
	const size = tip.getBoundingClientRect();
	tip.style.left = clamp(x + 14, 8, Math.max(8, innerWidth - size.width - 8)) + "px";
	tip.style.top = (y + 18 + size.height > innerHeight ? y - size.height - 12 : y + 18) + "px";
}

const ruleOf = (number) => {
	const cells = words.numbers[number].cells;
	return cells["what the guard does"] || cells["rule here"] || "";
};

/* Of the threats that a reason answers those that its command or register meets, too. */
function threatsOf(event) {
	if (event.type === "violation") return state.trace.title.match(/\b[A-Z]\d+\b/g) || [];
	const reason = words.reasons[event.reason];
	if (!reason) return [];
	const thing = event.type === "command" ? words.commands[event.name] : words.registers[event.register];
	const both = reason.threats.filter((t) => thing && thing.threats && thing.threats.includes(t));
	return both.length ? both : reason.threats;
}

function putThreats(into, event) {
	const numbers = threatsOf(event).filter((n) => words.numbers[n]);
	if (!numbers.length) return;
	into.append(node("h3", event.type === "violation" ? "Threat" : "Threats it answers"));
	for (const n of numbers) {
		const cells = words.numbers[n].cells, made = node("div", undefined, "threat");
		made.append(node("b", n + "  "), cells["attack"] || cells["class of bug"] || Object.values(cells)[0]);
		if (ruleOf(n)) made.append(node("p", ruleOf(n), "quiet"));
		into.append(made);
	}
}

function putReason(into, event) {
	const reason = words.reasons[event.reason];
	if (!reason) return;
	into.append(node("h3", "Refused: " + event.reason), node("p", reason.text));
	const command = words.commands[event.name];
	const when = command ? command.checks.filter((c) => c.reason === event.reason && c.when).map((c) => c.when) : [];
	if (when.length) into.append(node("p", "Checked of " + event.name + ": " + when.join("; ") + ".", "quiet"));
	const thing = command || words.registers[event.register];
	if (thing && thing.guard) into.append(node("h3", "Rule"), node("p", thing.guard));
}

const HEX = new Set(["pa", "bytes", "offset", "from", "to", "device", "code"]);
const LEFT_OUT = new Set(["type", "line", "fields", "raw", "data", "verdict", "reason", "name", "text", "message", "what"]);
const both = (value) => hex(value) + (value > 9 ? "  (" + value + ")" : "");
const show = (name, value) => typeof value === "number" && HEX.has(name) ? both(value) : String(value);

function putFields(into, event) {
	const list = node("dl");
	for (const [name, value] of Object.entries(event))
		if (!LEFT_OUT.has(name)) list.append(node("dt", name.replace("_", " ")), node("dd", show(name, value)));
	if (list.children.length) into.append(list);
	const fields = node("dl");
	for (const [name, value] of Object.entries(event.fields || {}))
		fields.append(node("dt", name), node("dd", both(value)));
	if (fields.children.length) into.append(node("h3", "Fields"), fields);
	if (event.raw || event.data) into.append(node("pre", (event.raw || event.data).replace(/(.{16})(?=.)/g, "$1 ")));
}

function link(run, event) {
	const e = state.trace.runs[run].events[event], line = lineOf(state.trace, e[E.slot])[0];
	const button = node("button", line + "  " + e[E.who] + " " + e[E.says], kindOf(e));
	button.type = "button";
	button.addEventListener("click", () => pick(run, event, true));
	const item = node("li");
	item.append(button);
	return item;
}

/* Where a command or a claim begins and ends. */
function putLives(into, picked) {
	const run = state.trace.runs[picked.run];
	for (const i of run.barsOfEvent.get(picked.event) || []) {
		const b = run.bars[i], list = node("ul");
		into.append(node("h3", barTitle(run, b)), node("p", lasts(b), "quiet"));
		for (const end of new Set([b[B.first], b[B.verdict], b[B.last]]))
			if (end !== null && end !== picked.event) list.append(link(picked.run, end));
		into.append(list);
	}
}

const MEANWHILE = 14;

/* What the same line of the trace leads to in the other run. */
function putOther(into, picked) {
	const trace = state.trace, other = 1 - picked.run;
	if (trace.runs.length < 2) return;
	const column = lineOf(trace, trace.runs[picked.run].events[picked.event][E.slot]);
	const events = trace.runs[other].events, list = node("ul");
	let i = search(events.length, (j) => events[j][E.slot], column[1]), more = 0;
	for (; i < events.length && events[i][E.slot] < column[1] + column[2]; i++)
		if (list.children.length < MEANWHILE) list.append(link(other, i)); else more++;
	into.append(node("h3", "The same line, " + label(trace.runs[other]).toLowerCase()));
	into.append(list.children.length ? list : node("p", "Nothing.", "quiet"));
	if (more) into.append(node("p", "and " + more + " more", "quiet"));
}

const SHOWN = 12;

/* While nothing is picked: what is worth it. */
function showFound(into) {
	const places = found(), items = node("ul");
	into.append(node("h2", places.length ? "Refused, or wrong" : "Nothing is refused"));
	for (const place of places.slice(0, SHOWN)) items.append(link(...list[place].slice(0, 2)));
	into.append(items);
	if (places.length > SHOWN) into.append(node("p", "and " + (places.length - SHOWN) + " more", "quiet"));
	into.append(node("p", "Pick a bar or a line of the list to see its fields, its reason and the rule behind it. " +
		"The keys n and p go from one mark to the next; ? tells all keys.", "quiet"));
}

function showDetail() {
	const into = $("detail"), picked = state.pick;
	into.replaceChildren();
	into.classList.toggle("empty", !picked);
	if (!picked) {
		showFound(into);
		return;
	}
	const run = state.trace.runs[picked.run], e = run.events[picked.event], event = e[E.event];
	const column = lineOf(state.trace, e[E.slot]), wrong = event.type === "violation";
	const shut = node("button", "\u00d7", "shut"), tags = node("p");
	shut.setAttribute("aria-label", "Close");
	shut.addEventListener("click", () => pick(null));
	tags.append(node("span", "line " + column[0], "tag"), " ", node("span", label(run), "tag"), " ",
		node("span", event.reason || event.type, "tag " + (kindOf(e) || (event.verdict === "accepted" ? "good" : ""))));
	into.append(shut, node("h2", wrong ? "Violation" : e[E.who] || "trace"), node("p", e[E.says], "lead"), tags);
	if (column[3]) into.append(node("pre", column[3].replace(/[ \t]{2,}/g, "  ")));
	putReason(into, event);
	putThreats(into, event);
	putLives(into, picked);
	putFields(into, event);
	const thing = words.commands[event.name] || words.registers[event.register];
	if (thing && thing.text && !event.reason) into.append(node("h3", event.name || event.register), node("p", thing.text));
	putOther(into, picked);
	into.scrollTop = 0;
}

/* ---- the list ---- */

const LINE = 24;
let list = []; /* [run, event, in both] */

/* What the trace itself says, and so happens in all runs. */
const isGiven = (run, e) => run.lanes[e[E.lane]][0] === "host" || e[E.event].type === "step";

/* Line by line: what the trace says once, then what comes of it in each run. */
function makeList() {
	const trace = state.trace, runs = shownRuns().map((run) => trace.runs.indexOf(run)), at = runs.map(() => 0);
	list = [];
	for (const column of trace.columns) {
		const seen = new Set();
		runs.forEach((r, i) => {
			const run = trace.runs[r];
			for (; at[i] < run.events.length && run.events[at[i]][E.slot] < column[1] + column[2]; at[i]++) {
				const e = run.events[at[i]], given = isGiven(run, e);
				if (given && seen.has(e[E.says])) continue;
				if (given) seen.add(e[E.says]);
				if (run.matches[at[i]]) list.push([r, at[i], given && e[E.weight] === PLAIN]);
			}
		});
	}
	$("rows").style.height = list.length * LINE + "px";
	$("count").textContent = isFiltered() ? list.length + " that pass the filter" : String(list.length);
	drawList();
	countFindings();
}

function cells(place, into, name) {
	const trace = state.trace, [r, i, inBoth] = list[place], run = trace.runs[r], e = run.events[i];
	const line = lineOf(trace, e[E.slot])[0], before = place > 0 ? list[place - 1] : null;
	const same = before && lineOf(trace, trace.runs[before[0]].events[before[1]][E.slot])[0] === line;
	into.append(node(name, same && name === "span" ? "" : line || "", "at"));
	if (shownRuns().length > 1) into.append(node(name, inBoth ? "" : run.guard ? "on" : "off", "run"));
	into.append(node(name, e[E.who], "who"), node(name, e[E.says], "says"));
}

function drawList() {
	const box = $("list"), rows = $("rows"), first = Math.max(0, Math.floor(box.scrollTop / LINE) - 8);
	const end = Math.min(list.length, first + Math.ceil((box.clientHeight || 400) / LINE) + 16), made = [];
	for (let place = first; place < end; place++) {
		const [r, i] = list[place], e = state.trace.runs[r].events[i], row = node("div", undefined, "row " + kindOf(e));
		row.id = "row" + place;
		row.setAttribute("role", "option");
		row.setAttribute("aria-setsize", list.length);
		row.setAttribute("aria-posinset", place + 1);
		row.setAttribute("aria-selected", isPicked(r, i));
		row.style.top = place * LINE + "px";
		cells(place, row, "span");
		made.push(row);
	}
	rows.replaceChildren(...made);
	const place = pickedPlace();
	if (place >= first && place < end) box.setAttribute("aria-activedescendant", "row" + place);
	else box.removeAttribute("aria-activedescendant");
}

const isPicked = (run, event) => state.pick !== null && state.pick.run === run && state.pick.event === event;

/* What the list shows once is the same event in both runs. */
function pickedPlace() {
	if (!state.pick) return -1;
	const exact = list.findIndex(([r, i]) => isPicked(r, i));
	if (exact >= 0) return exact;
	const e = state.trace.runs[state.pick.run].events[state.pick.event];
	return list.findIndex(([r, i]) => state.trace.runs[r].events[i][E.slot] >= e[E.slot]);
}

function pick(run, event, intoSight) {
	state.pick = run === null ? null : {run, event};
	if (state.pick && intoSight) showSlot(state.trace.runs[run].events[event][E.slot]);
	const place = pickedPlace(), box = $("list");
	if (place >= 0 && (place * LINE < box.scrollTop || (place + 1) * LINE > box.scrollTop + box.clientHeight))
		box.scrollTop = place * LINE - box.clientHeight / 2;
	if (state.pick && intoSight) showLane();
	drawList();
	showDetail();
	countFindings();
	draw();
}

function showLane() {
	const run = state.trace.runs[state.pick.run], scroller = $("scroller");
	const item = layout.find((i) => i.kind === "lane" && i.run === run && i.index === run.events[state.pick.event][E.lane]);
	if (item && (item.y < scroller.scrollTop || item.y + item.height > scroller.scrollTop + scroller.clientHeight))
		scroller.scrollTop = Math.max(0, item.y - scroller.clientHeight / 3);
}

function stepTo(place) {
	if (list.length) pick(...list[clamp(place, 0, list.length - 1)].slice(0, 2), true);
}

const step = (by) => stepTo(pickedPlace() < 0 ? 0 : pickedPlace() + by);

const isMarked = ([run, event]) => state.trace.runs[run].events[event][E.weight] !== PLAIN;
const found = () => list.map((_, place) => place).filter((place) => isMarked(list[place]));

function stepFound(by) {
	const places = found(), at = pickedPlace();
	const next = by > 0 ? places.find((p) => p > at) : places.filter((p) => p < at || at < 0).pop();
	const place = next === undefined ? places[by > 0 ? 0 : places.length - 1] : next;
	if (place !== undefined) stepTo(place);
}

function countFindings() {
	const places = found(), at = places.indexOf(pickedPlace());
	const which = at < 0 ? "" : at + 1 + " of ";
	$("found").textContent = places.length === 0 ? "none refused" : which + places.length + " marked";
	$("next").disabled = $("previous").disabled = places.length === 0;
}

/* ---- what is above the picture ---- */

function card(run) {
	const s = run.summary, made = node("section", undefined, "card"), head = node("h2", label(run)), refused = s.refused;
	made.classList.add(s.violations || s.expectation_errors ? "bad" : "good");
	head.append(s.violations ? node("span", plural(s.violations, "violation"), "tag bad") : node("span", "no violation", "tag good"));
	if (refused) head.append(node("span", refused + " refused", "tag warn"));
	if (s.expectation_errors) head.append(node("span", plural(s.expectation_errors, "error"), "tag bad"));
	const held = ", " + plural(s.pages_end, "page") + " held in the end, " + s.pages_peak + " at most";
	made.append(head, node("p", run.guard ? "The guard checks each command, and holds what hardware may touch." :
		"The host reaches the ITS directly: what the guard prevents."));
	made.append(node("p", plural(s.accesses, "access") + ", " + plural(s.commands, "command") + (run.guard ? held : "")));
	return made;
}

const option = (value, text) => { const made = node("option", text); made.value = value; return made; };

function fillFilters() {
	const trace = state.trace, devices = new Set();
	for (const run of trace.runs) for (const e of run.events) if (e[E.device] !== null) devices.add(e[E.device]);
	$("device").replaceChildren(option("", "All devices"),
		...[...devices].sort((a, b) => a - b).map((d) => option(d, "Device " + hex(d))));
	$("page").replaceChildren(option("", "All pages"),
		...trace.pages.map(([pa, size], i) => option(i, hex(pa) + ", " + bytes(size) + useOf(i))));
}

function useOf(row) {
	const uses = new Set();
	for (const run of state.trace.runs) for (const i of run.barsOfPage[row]) uses.add(barWords(run, run.bars[i]));
	return uses.size ? ": " + [...uses].slice(0, 2).join(", ") : "";
}

const USE_NAMES = {queue: "queue", table: "table", level2: "level 2", itt: "ITT", lpi: "LPI table", unknown: "other"};

/* Names and colours, of those that are there. */
function fillLegend() {
	const trace = state.trace, items = [], seen = new Set();
	const swatch = (colour, text, shape) => items.push([colour, text, shape]);
	if (trace.runs.some((r) => r.bars.some((b) => b[B.kind] === COMMAND))) {
		swatch("waiting", "command in the host's queue");
		if (trace.runs.some((r) => r.guard)) swatch("accepted", "accepted, until hardware has passed it");
		if (trace.runs.some((r) => !r.guard)) swatch("unguarded", "run without a guard");
	}
	for (const run of trace.runs) for (const b of run.bars) if (b[B.kind] === CLAIM) seen.add(USES[b[B.use]]);
	for (const [use, text] of Object.entries(USE_NAMES)) if (seen.has(use)) swatch(use, text);
	if (seen.size) swatch("soft", "full: donated, half: shared", "half");
	if (trace.runs.some((r) => r.bars.some((b) => b[B.kind] === GUEST))) swatch("guest", "a guest's");
	swatch("warn", "refused", "diamond");
	swatch("bad", "violation", "cross");
	$("legend").replaceChildren(...items.map(([colour, text, shape]) => {
		const item = node("li"), canvas = document.createElement("canvas"), c = fitCanvas(canvas, 14, 14, 2);
		canvas.style.width = "14px";
		if (shape === "cross") cross(c, 7, 7, 4.5);
		else if (shape === "diamond") diamond(c, 7, 7, 6);
		else {
			c.fillStyle = paint[colour];
			c.globalAlpha = shape === "half" ? 0.28 : 1;
			box(c, 0, 1, 14, 12, 3);
			c.fill();
			c.globalAlpha = 1;
			if (shape === "half") c.fillRect(0, 10, 14, 3);
		}
		item.append(canvas, text);
		return item;
	}));
}

function showRuns(which) {
	state.shown = which;
	for (const button of $("runs").children) button.setAttribute("aria-pressed", button.dataset.runs === which);
	if (state.pick && !shownRuns().includes(state.trace.runs[state.pick.run])) state.pick = null;
	applyFilter();
	showDetail();
	resize();
}

/* Without a guard nothing is to be seen of an honest host that is not seen with it. */
function firstRuns(trace) {
	const marked = trace.runs.some((run) => run.marked.length);
	if (trace.runs.length > 1 && marked) return "both";
	return trace.runs.some((run) => run.guard) ? "on" : "off";
}

const TITLE = 90; /* letters of a comment that is one */

function showTrace(number) {
	const trace = state.trace = data.traces[number];
	prepare(trace);
	Object.assign(state, {pick: null, text: "", device: null, page: null, from: 0, scale: 0});
	$("filter").value = "";
	const short = trace.title && trace.title.length <= TITLE;
	$("title").textContent = short ? trace.title : trace.name;
	$("subtitle").textContent = short ? trace.name : trace.title;
	document.title = trace.name + ", itsguard report";
	$("cards").replaceChildren(...trace.runs.map(card));
	$("runs").hidden = trace.runs.length < 2;
	fillFilters();
	fillLegend();
	resize();
	showRuns(firstRuns(trace));
	showAll();
}
