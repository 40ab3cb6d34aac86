/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The lanes and the strip above them, on canvases: only what is in sight. */

/* ---- drawing ---- */

let paint = {}; /* colours by name */
const NAMES = ["paper", "card", "ink", "soft", "faint", "line", "band", "pick", "glow",
	"host", "devices", "guard", "its", "redist", "accepted", "unguarded", "waiting", "bad", "warn",
	"queue", "table", "level2", "itt", "lpi", "guest", "unknown"];

function readColours() {
	const style = getComputedStyle(document.documentElement);
	for (const name of NAMES) paint[name] = style.getPropertyValue("--" + name).trim();
}

const USES = {queue: "queue", level1: "table", table: "table", level2: "level2", itt: "itt", lpi_config: "lpi",
	lpi_pending: "lpi", unknown: "unknown"};
const useColour = (bar) => paint[bar[B.kind] === GUEST ? "guest" : USES[bar[B.use]]];
const eventColour = (lane, e) =>
	e[E.weight] === FINDING ? paint.bad : e[E.weight] === WARNING ? paint.warn : paint[lane[0]];

let width = 0, gutter = 0; /* of the canvas; left of the slots */
const xOf = (slot) => gutter + (slot - state.from) * state.scale;
const slotAt = (x) => state.from + (x - gutter) / state.scale;
const lastSlot = () => state.from + (width - gutter) / state.scale;

/* A canvas as many pixels large as the screen has there. */
function fitCanvas(canvas, w, h, ratio) {
	if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
		canvas.width = Math.round(w * ratio);
		canvas.height = Math.round(h * ratio);
	}
	canvas.style.height = h + "px";
	const c = canvas.getContext("2d");
	c.setTransform(ratio, 0, 0, ratio, 0, 0);
	c.clearRect(0, 0, w, h);
	return c;
}

const SANS = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif';
const MONO = 'ui-monospace, "SFMono-Regular", "DejaVu Sans Mono", Menlo, Consolas, monospace';

/* As much of it as there is room for; nothing where that is less than three letters. */
function put(c, text, x, y, room) {
	if (room < 18) return;
	let cut = text, left = text.length;
	while (c.measureText(cut).width > room) {
		left = Math.min(left - 1, Math.floor(left * room / c.measureText(cut).width));
		if (left < 3) return;
		cut = text.slice(0, left) + "\u2026";
	}
	c.fillText(cut, x, y);
}

function box(c, x, y, w, h, radius) {
	w = Math.max(w, 1.5);
	c.beginPath();
	c.roundRect(x, y, w, h, Math.min(radius, w / 2));
}

function cross(c, x, y, size) {
	c.strokeStyle = paint.bad;
	c.lineWidth = 2.5;
	c.beginPath();
	c.moveTo(x - size, y - size); c.lineTo(x + size, y + size);
	c.moveTo(x + size, y - size); c.lineTo(x - size, y + size);
	c.stroke();
}

function diamond(c, x, y, size) {
	c.fillStyle = paint.warn;
	c.beginPath();
	c.moveTo(x, y - size); c.lineTo(x + size, y); c.lineTo(x, y + size); c.lineTo(x - size, y);
	c.fill();
}

/* A mark with a word on it, or alone where there is no room. */
function pill(c, e, x, y) {
	const wrong = e[E.weight] === FINDING, text = wrong ? e[E.brief] : e[E.brief] + " refused";
	c.font = "600 10px " + SANS;
	const w = state.scale < NARROW ? 0 : c.measureText(text).width + 8, left = x + 9 + w > width ? x - 8 - w : x - 8;
	c.fillStyle = paint.card;
	box(c, left, y, w + 17, ROW, 8);
	c.fill();
	if (wrong) cross(c, left + 8, y + ROW / 2, 4); else diamond(c, left + 8, y + ROW / 2, 5.5);
	c.fillStyle = wrong ? paint.bad : paint.warn;
	if (w) c.fillText(text, left + 16, y + 12);
}

/* Where lines of the trace begin; not where they stand too close. */
function drawColumns(c, top, bottom, numbers) {
	const columns = state.trace.columns;
	let free = gutter;
	c.font = "10px " + MONO;
	for (let i = Math.max(0, search(columns.length, (j) => columns[j][1], state.from) - 1); i < columns.length; i++) {
		const x = xOf(columns[i][1]);
		if (x > width) break;
		if (x < gutter) continue;
		if (state.scale * columns[i][2] > 14) {
			c.fillStyle = paint.line;
			c.fillRect(Math.round(x), top, 1, bottom - top);
		}
		const text = String(columns[i][0]);
		if (!numbers || columns[i][0] === 0 || x < free || x + c.measureText(text).width + 4 > width) continue;
		c.fillStyle = paint.faint;
		c.fillText(text, x + 3, top + 19);
		free = x + c.measureText(text).width + 12;
	}
}

const NARROW = 3; /* pixels of a slot, below which there are only strokes */

function drawLane(c, item, y) {
	const run = item.run, lane = run.lanes[item.index], list = run.byLane[item.index], events = run.events;
	const begin = search(list.length, (i) => events[list[i]][E.slot], state.from - 40 / state.scale), end = lastSlot();
	const shy = isFiltered();
	let lastX = -9, lastWeight = -1;
	c.font = "10px " + SANS;
	for (let i = begin; i < list.length; i++) {
		const e = events[list[i]], dim = shy && !run.matches[list[i]];
		if (e[E.slot] > end) break;
		const x = xOf(e[E.slot]);
		/* What lies on a stroke that is there, and is no worse, need not be drawn. */
		if (state.scale < 1 && x - lastX < 0.8 && e[E.weight] <= lastWeight) continue;
		if (dim && state.scale < 1 && x - lastX < 0.8) continue;
		lastX = x;
		lastWeight = dim ? -1 : e[E.weight];
		c.globalAlpha = dim ? 0.13 : 1;
		c.fillStyle = eventColour(lane, e);
		if (state.scale < NARROW) {
			const tall = e[E.weight] === PLAIN ? 5 : 2;
			c.globalAlpha = dim ? 0.13 : e[E.weight] === PLAIN ? 0.6 : 1;
			c.fillRect(x, y + tall, e[E.weight] === PLAIN ? 1 : 2.5, item.height - 2 * tall);
			continue;
		}
		const w = Math.min(state.scale - 1.5, 5);
		box(c, x + 0.5, y + 5, w, item.height - 10, 2);
		c.fill();
		const after = i + 1 < list.length ? xOf(events[list[i + 1]][E.slot]) : width;
		c.fillStyle = e[E.weight] === PLAIN ? paint.ink : c.fillStyle;
		if (state.scale >= 7 || after - x > 40) put(c, e[E.brief], x + w + 3, y + item.height / 2 + 3.5, after - x - w - 4);
	}
	c.globalAlpha = 1;
}

function barMatches(run, bar) {
	return [bar[B.first], bar[B.verdict], bar[B.last]].some((i) => i !== null && run.matches[i]);
}

function drawCommands(c, item, y) {
	const run = item.run, end = lastSlot(), shy = isFiltered();
	c.font = "11px " + SANS;
	const drawn = new Float64Array(8).fill(-9);
	for (const i of run.barsOfLane[item.index]) {
		const b = run.bars[i];
		if (b[B.from] > end) break;
		if (b[B.to] < state.from) continue;
		/* Many on one pixel are one. */
		if (state.scale < NARROW && !b[B.refused] && xOf(b[B.to]) - drawn[b[B.row]] < 0.8) continue;
		drawn[b[B.row]] = xOf(b[B.to]);
		const x = Math.max(xOf(b[B.from]), gutter - 4), judged = Math.max(xOf(b[B.judged]), gutter - 4);
		const last = Math.min(xOf(b[B.to]), width + 4), top = y + 3 + b[B.row] * ROW, h = ROW - 3;
		c.globalAlpha = shy && !barMatches(run, b) ? 0.13 : 1;
		c.fillStyle = paint.waiting;
		box(c, x, top, last - x, h, 3);
		c.fill();
		c.fillStyle = b[B.refused] ? paint.warn : run.guard ? paint.accepted : paint.unguarded;
		if (judged < width) {
			box(c, judged, top, last - judged - 1, h, 3);
			c.fill();
		}
		/* The words where there is more room: before the verdict, or behind it. */
		const early = judged - x > last - judged;
		c.fillStyle = early ? paint.ink : "#ffffff";
		put(c, b[B.text] || "?", (early ? x : judged) + 4, top + 11, (early ? judged - x : last - judged) - 7);
	}
	c.globalAlpha = 1;
}

function drawPage(c, item, y) {
	const run = item.run, shy = isFiltered();
	c.fillStyle = paint.band;
	c.fillRect(gutter, y + 2, width - gutter, ROW - 4);
	c.font = "10px " + SANS;
	for (const i of run.barsOfPage[item.index]) {
		const b = run.bars[i];
		const x = Math.max(xOf(b[B.from]), gutter - 4), last = Math.min(xOf(b[B.to]), width + 4);
		if (x > width) break;
		if (last < gutter) continue;
		c.globalAlpha = shy && !barMatches(run, b) ? 0.2 : 1;
		c.fillStyle = useColour(b);
		if (b[B.kind] === CLAIM && !b[B.donated]) {
			/* Shared: the host keeps access. */
			const alpha = c.globalAlpha;
			c.globalAlpha = alpha * 0.28;
			box(c, x, y + 2, last - x, ROW - 4, 3);
			c.fill();
			c.globalAlpha = alpha;
			c.fillRect(x, y + ROW - 5, Math.max(last - x, 1.5), 3);
			c.fillStyle = paint.ink;
		} else {
			box(c, x, y + 2, last - x, ROW - 4, 3);
			c.fill();
			c.fillStyle = "#ffffff";
		}
		put(c, barWords(run, b), x + 5, y + (b[B.donated] || b[B.kind] === GUEST ? 12 : 10.5), last - x - 10);
	}
	c.globalAlpha = 1;
	for (const i of run.touchesOfPage[item.index]) {
		const e = run.events[i], x = xOf(e[E.slot]) + Math.min(state.scale, 7) / 2;
		if (x < gutter || x > width) continue;
		pill(c, e, x, y);
	}
}

function barWords(run, b) {
	if (b[B.kind] === GUEST) return "a guest's";
	const e = run.events[b[B.first]][E.event];
	const whose = e.device !== undefined ? " of " + hex(e.device) : e.baser !== undefined ? " of BASER" + e.baser :
		e.redistributor !== undefined ? " of RD" + e.redistributor : "";
	return b[B.use].replace("lpi_", "LPI ").replace("itt", "ITT") + whose;
}

const pageName = (pa, size) => hex(pa) + (size > 4096 ? " " + bytes(size) : "");

function gutterText(item) {
	if (item.kind === "lane") return item.run.lanes[item.index][2];
	const [pa, size] = state.trace.pages[item.index];
	return gutter > 92 ? pageName(pa, size) : hex(pa);
}

function drawGutter(c, item, y) {
	c.fillStyle = paint.card;
	c.fillRect(0, y, gutter - 6, item.height);
	c.textAlign = "right";
	c.font = item.kind === "lane" ? "600 12px " + SANS : (gutter > 92 ? "11px " : "10px ") + MONO;
	c.fillStyle = item.kind === "lane" ? paint[item.run.lanes[item.index][0]] || paint.ink : paint.soft;
	c.fillText(gutterText(item), gutter - 12, item.kind === "lane" ? y + 16 : y + 12.5);
	c.textAlign = "left";
}

function drawHead(c, item, y) {
	const s = item.run.summary;
	c.fillStyle = paint.card;
	c.fillRect(0, y, width, HEAD);
	drawColumns(c, y + 4, y + HEAD, true);
	c.fillStyle = paint.card;
	c.fillRect(0, y, gutter - 2, HEAD);
	c.font = "650 13px " + SANS;
	c.fillStyle = s.violations ? paint.bad : paint.ink;
	c.fillText(label(item.run), 12, y + 20);
}

function drawRest(c, item, y) {
	c.font = "11px " + SANS;
	c.fillStyle = paint.soft;
	const all = item.index === state.trace.pages.length ? "all " : "";
	c.fillText(all + plural(item.index, "row") + " of pages: the host's throughout", gutter, y + 12);
}

/* The line of what is picked, through all runs. */
function drawPick(c, top, bottom) {
	if (!state.pick) return;
	const run = state.trace.runs[state.pick.run], e = run.events[state.pick.event];
	const column = lineOf(state.trace, e[E.slot]);
	const x = Math.max(gutter, xOf(column[1])), end = xOf(column[1] + column[2]);
	if (end > gutter && x < width) {
		c.fillStyle = paint.glow;
		c.fillRect(x, top, Math.max(2, end - x), bottom - top);
	}
	const item = layout.find((i) => i.kind === "lane" && i.run === run && i.index === e[E.lane]);
	const at = xOf(e[E.slot]);
	if (!item || at < gutter - 2 || at > width) return;
	c.strokeStyle = paint.pick;
	c.lineWidth = 2;
	c.strokeRect(at - 2, item.y - scrollTop() + 2, Math.min(Math.max(state.scale, 3), 8) + 3, item.height - 4);
}

const scrollTop = () => printing ? 0 : $("scroller").scrollTop;
let printing = false;

function drawLanes() {
	const canvas = $("lanes"), scroller = $("scroller");
	const height = printing ? layoutHeight : Math.min(layoutHeight, scroller.clientHeight || 400);
	const c = fitCanvas(canvas, width, height, printing ? 2 : window.devicePixelRatio || 1);
	const top = scrollTop();
	c.fillStyle = paint.card;
	c.fillRect(0, 0, width, height);
	drawColumns(c, 0, height, false);
	for (const item of layout) {
		const y = item.y - top;
		if (y > height || y + item.height < 0) continue;
		if (item.kind === "head") { drawHead(c, item, y); continue; }
		if (item.kind === "rest") { drawRest(c, item, y); continue; }
		if (item.kind === "page") drawPage(c, item, y);
		else if (item.run.lanes[item.index][0] === "commands") drawCommands(c, item, y);
		else drawLane(c, item, y);
		drawGutter(c, item, y);
	}
	drawPick(c, 0, height);
}

/* How much memory is held, and where something is refused or wrong: all of the trace. */
function drawOverview() {
	const h = 48, canvas = $("overview"), c = fitCanvas(canvas, width, h, window.devicePixelRatio || 1);
	const trace = state.trace, k = (width - gutter - 8) / trace.slots, at = (slot) => gutter + slot * k;
	const runs = shownRuns(), guarded = runs.find((run) => run.guard);
	c.font = (gutter < 100 ? "10px " : "11px ") + SANS;
	if (guarded) {
		const {steps, most} = heldMemory(trace, guarded), high = (h - 16) / Math.max(1, most);
		c.beginPath();
		c.moveTo(gutter, h);
		let held = 0;
		for (const [slot, change] of steps) {
			c.lineTo(at(slot), h - held * high);
			held += change;
			c.lineTo(at(slot), h - held * high);
		}
		c.lineTo(at(trace.slots), h - held * high);
		c.lineTo(at(trace.slots), h);
		c.globalAlpha = 0.22;
		c.fillStyle = paint.itt;
		c.fill();
		c.globalAlpha = 1;
		c.fillStyle = paint.soft;
		c.fillText("memory held", 12, 20);
		c.fillText(most ? "at most " + bytes(most) : "never any", 12, 36);
	} else {
		c.fillStyle = paint.soft;
		c.fillText("all of it", 12, 28);
	}
	for (const weight of [WARNING, FINDING])
		for (const run of runs)
			for (const i of run.marked) {
				const e = run.events[i];
				if (e[E.weight] !== weight || (isFiltered() && !run.matches[i])) continue;
				c.fillStyle = weight === FINDING ? paint.bad : paint.warn;
				c.fillRect(at(e[E.slot]), weight === FINDING ? 0 : 6, 2.5, h);
			}
	c.fillStyle = paint.glow;
	c.fillRect(at(state.from), 0, Math.max(4, (lastSlot() - state.from) * k), h);
	c.strokeStyle = paint.pick;
	c.lineWidth = 1;
	const left = Math.max(gutter, at(state.from)), right = Math.min(at(trace.slots), at(lastSlot()));
	c.strokeRect(left + 0.5, 0.5, right - left - 1, h - 1);
}

function heldMemory(trace, run) {
	if (run.held) return run.held;
	const steps = [];
	for (const b of run.bars) {
		if (b[B.kind] !== CLAIM) continue;
		const size = trace.pages[b[B.row]][1];
		steps.push([b[B.from], size]);
		if (!b[B.open]) steps.push([b[B.to], -size]);
	}
	steps.sort((a, b) => a[0] - b[0]);
	let held = 0, most = 0;
	for (const [, change] of steps) { held += change; most = Math.max(most, held); }
	run.held = {steps, most};
	return run.held;
}

let asked = 0;
function draw() {
	if (asked) return;
	asked = requestAnimationFrame(() => { asked = 0; drawNow(); });
}

function drawNow() {
	drawLanes();
	drawOverview();
}
