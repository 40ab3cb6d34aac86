/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Moving, pointing, keys, printing; and how the page begins. */

/* ---- moving ---- */

const room = () => width - gutter - 8;
const least = () => room() / Math.max(1, state.trace.slots);

function moveTo(from, scale) {
	state.scale = clamp(scale, Math.min(least(), 60), Math.max(60, least()));
	state.from = clamp(from, 0, Math.max(0, state.trace.slots - room() / state.scale));
	draw();
}

function zoom(by, x) {
	const slot = slotAt(x), scale = clamp(state.scale * by, Math.min(least(), 60), Math.max(60, least()));
	moveTo(slot - (x - gutter) / scale, scale);
}

function showAll() { moveTo(0, least()); }

function showSlot(slot) {
	const x = xOf(slot);
	if (x < gutter + 20 || x > width - 60) moveTo(slot - room() / state.scale / 2, state.scale);
}

/* The longest name of a row of pages. */
function widest() {
	const c = $("lanes").getContext("2d");
	c.font = "11px " + MONO;
	const some = state.trace ? state.trace.pages.slice(0, 400) : [];
	return Math.max(70, ...some.map(([pa, size]) => c.measureText(pageName(pa, size)).width));
}

function resize() {
	const whole = !state.trace || state.scale <= least() * 1.001;
	width = $("scroller").clientWidth;
	gutter = width < 560 ? 92 : clamp(widest() + 28, 104, 190);
	if (whole && state.trace) { state.scale = least(); state.from = 0; }
	if (state.trace) moveTo(state.from, state.scale);
}

/* ---- what is under the pointer ---- */

function nearest(run, list, slot, reach) {
	const at = (i) => run.events[list[i]][E.slot];
	const next = search(list.length, at, slot);
	let best = null, distance = reach;
	for (const i of [next - 1, next]) {
		if (i < 0 || i >= list.length) continue;
		/* Its word stands behind it. */
		const away = slot < at(i) ? at(i) - slot : Math.max(0, slot - at(i) - 1 - 40 / state.scale);
		if (away < distance) { best = list[i]; distance = away; }
	}
	return best;
}

function hit(x, y) {
	const item = layout.find((i) => y >= i.y && y < i.y + i.height), slot = slotAt(x), reach = 8 / state.scale;
	if (!item || item.kind === "head" || item.kind === "rest" || x < gutter - 4) return null;
	const run = item.run, found = (event, bar) => ({run: state.trace.runs.indexOf(run), event, bar});
	if (item.kind === "lane" && run.lanes[item.index][0] !== "commands") {
		const event = nearest(run, run.byLane[item.index], slot, reach);
		return event === null ? null : found(event);
	}
	if (item.kind === "page") {
		const word = state.scale < NARROW ? reach : 60 / state.scale;
		const touched = run.touchesOfPage[item.index].find((i) =>
			slot > run.events[i][E.slot] - reach && slot < run.events[i][E.slot] + word);
		if (touched !== undefined) return found(touched);
	}
	const row = Math.floor((y - item.y - 3) / ROW);
	const bars = item.kind === "page" ? run.barsOfPage[item.index] : run.barsOfLane[item.index];
	for (const i of bars) {
		const b = run.bars[i];
		if (item.kind === "lane" && b[B.row] !== row) continue;
		if (slot < b[B.from] - reach / 2 || slot > b[B.to] + reach / 2) continue;
		return found(b[B.kind] === COMMAND ? b[B.verdict] : b[B.first], b);
	}
	return null;
}

/* ---- hands ---- */

function onPointer() {
	const canvas = $("lanes"), held = new Map();
	let moved = false;
	const place = (event) => {
		const box = canvas.getBoundingClientRect();
		return [event.clientX - box.left, event.clientY - box.top + scrollTop()];
	};
	canvas.addEventListener("pointerdown", (event) => { held.set(event.pointerId, event.clientX); moved = false; });
	canvas.addEventListener("pointermove", (event) => {
		if (!held.has(event.pointerId)) {
			const under = hit(...place(event));
			canvas.style.cursor = under ? "pointer" : "grab";
			showTip(event.pointerType === "mouse" ? under : null, event.clientX, event.clientY);
			return;
		}
		const before = held.get(event.pointerId), others = [...held].filter(([id]) => id !== event.pointerId);
		if (Math.abs(event.clientX - before) < 4 && !moved) return;
		if (!moved) canvas.setPointerCapture(event.pointerId);
		moved = true;
		showTip(null);
		if (others.length) {
			const other = others[0][1], apart = (x) => Math.max(20, Math.abs(x - other));
			const middle = (event.clientX + other) / 2 - canvas.getBoundingClientRect().left;
			zoom(apart(event.clientX) / apart(before), middle);
		} else moveTo(state.from - (event.clientX - before) / state.scale, state.scale);
		held.set(event.pointerId, event.clientX);
	});
	const up = (event) => held.delete(event.pointerId);
	canvas.addEventListener("pointerup", up);
	canvas.addEventListener("pointercancel", up);
	canvas.addEventListener("pointerleave", (event) => { if (!held.has(event.pointerId)) showTip(null); });
	canvas.addEventListener("click", (event) => {
		if (moved) return;
		const under = hit(...place(event));
		showTip(null);
		if (under) pick(under.run, under.event, false); else pick(null);
	});
	canvas.addEventListener("dblclick", (event) => zoom(3, place(event)[0]));
	canvas.addEventListener("wheel", (event) => {
		if (event.ctrlKey || event.metaKey) zoom(Math.exp(-event.deltaY / 300), place(event)[0]);
		else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))
			moveTo(state.from + (event.deltaX || event.deltaY) / state.scale, state.scale);
		else return;
		event.preventDefault();
	}, {passive: false});
}

function onOverview() {
	const canvas = $("overview");
	const go = (event) => {
		const x = event.clientX - canvas.getBoundingClientRect().left;
		moveTo((x - gutter) / room() * state.trace.slots - room() / state.scale / 2, state.scale);
	};
	canvas.addEventListener("pointerdown", (event) => {
		canvas.setPointerCapture(event.pointerId);
		/* Where all is in sight already, closer to what is pointed at. */
		if (state.scale <= least() * 1.001) moveTo(state.from, least() * 6);
		go(event);
	});
	canvas.addEventListener("pointermove", (event) => { if (event.buttons) go(event); });
}

const KEYS = {
	ArrowDown: () => step(1), ArrowUp: () => step(-1), Home: () => stepTo(0), End: () => stepTo(list.length - 1),
	PageDown: () => step(15), PageUp: () => step(-15),
	ArrowLeft: () => moveTo(state.from - room() / state.scale / 8, state.scale),
	ArrowRight: () => moveTo(state.from + room() / state.scale / 8, state.scale),
	n: () => stepFound(1), p: () => stepFound(-1),
	"+": () => zoom(1.5, gutter + room() / 2), "=": () => zoom(1.5, gutter + room() / 2),
	"-": () => zoom(1 / 1.5, gutter + room() / 2),
	0: showAll,
	"/": () => { $("filter").focus(); $("filter").select(); },
	g: () => { if (state.trace.runs.length > 1) showRuns({both: "off", off: "on", on: "both"}[state.shown]); },
	"?": () => $("keys").showModal(),
	Escape: () => { if (isFiltered()) clearFilter(); else pick(null); },
};

function clearFilter() {
	Object.assign(state, {text: "", device: null, page: null});
	$("filter").value = $("device").value = $("page").value = "";
	applyFilter();
}

function onKey(event) {
	const typing = event.target.matches("input, select, textarea");
	if (event.ctrlKey || event.metaKey || event.altKey || $("keys").open) return;
	if (typing && event.key !== "Escape") {
		if (event.key === "Enter" && event.target === $("filter")) { $("list").focus(); stepTo(0); event.preventDefault(); }
		return;
	}
	if (typing) event.target.blur();
	const act = KEYS[event.key];
	if (!act) return;
	event.preventDefault();
	act();
}

/* On paper there is no scrolling: all rows, all slots, and the list as a table. */
const PAPER = 3000;
function toPaper() {
	const kept = [state.from, state.scale, width], table = $("paper");
	printing = true;
	width = 1040;
	readPaper();
	showAll();
	drawLanes();
	$("lanes").style.width = "100%";
	$("lanes").style.height = "auto";
	table.replaceChildren(...list.slice(0, PAPER).map(([r, i], place) => {
		const row = node("tr", undefined, kindOf(state.trace.runs[r].events[i]));
		cells(place, row, "td");
		return row;
	}));
	if (list.length > PAPER) table.append(node("caption", "The first " + PAPER + " of " + list.length + ": filter for the others."));
	[state.from, state.scale, width] = kept;
}

function readPaper() {
	readColours();
	Object.assign(paint, {card: "#ffffff", paper: "#ffffff", ink: "#000000", soft: "#333333", line: "#bbbbbb",
		band: "#f1f3f7"});
}

function fromPaper() {
	printing = false;
	$("lanes").style.width = "";
	$("paper").replaceChildren();
	readColours();
	resize();
}

function begin() {
	readColours();
	data.traces.forEach((trace, i) => $("trace").append(option(i, trace.name)));
	$("pick").hidden = data.traces.length < 2;
	$("trace").addEventListener("change", () => showTrace(Number($("trace").value)));
	$("filter").addEventListener("input", () => { state.text = $("filter").value; applyFilter(); });
	for (const which of ["device", "page"])
		$(which).addEventListener("change", () => {
			state[which] = $(which).value === "" ? null : Number($(which).value);
			applyFilter();
		});
	for (const button of $("runs").children) button.addEventListener("click", () => showRuns(button.dataset.runs));
	$("next").addEventListener("click", () => stepFound(1));
	$("previous").addEventListener("click", () => stepFound(-1));
	$("in").addEventListener("click", KEYS["+"]);
	$("out").addEventListener("click", KEYS["-"]);
	$("fit").addEventListener("click", showAll);
	$("help").addEventListener("click", KEYS["?"]);
	$("scroller").addEventListener("scroll", draw);
	$("list").addEventListener("scroll", drawList);
	$("rows").addEventListener("click", (event) => {
		const row = event.target.closest(".row");
		if (row) pick(...list[Number(row.id.slice(3))].slice(0, 2), true);
	});
	document.addEventListener("keydown", onKey);
	addEventListener("resize", () => { resize(); drawList(); });
	addEventListener("beforeprint", toPaper);
	addEventListener("afterprint", fromPaper);
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); fillLegend(); draw(); });
	onPointer();
	onOverview();
	showTrace(0);
	cancelAnimationFrame(asked);
	asked = 0;
	drawNow();
	performance.mark("drawn");
}

begin();
