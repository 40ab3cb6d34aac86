/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The page of `itsguard report` in a browser: it is opened, looked at, clicked and typed at.
 * Skipped where there is no Chromium. Pictures of it stay in the folder that ITSGUARD_SHOTS in the
 * environment names.
 */
#include "cli.h"

#include <math.h>
#include <stdbool.h>

#include "browser.h"

#define T7   ITSG_CORPUS_DIR "/cases/bad_attack_T7.trace"
#define BOOT ITSG_CORPUS_DIR "/captures/linux-7.2-virt-hibtest.trace"

static struct browser *b;

/* A trace of so many lines with a command that 10^5 events come of it. */
static void write_large_trace(void)
{
	char path[256];
	unsigned at = 0;
	FILE *out;

	snprintf(path, sizeof(path), "%s/large.trace", folder);
	out = fopen(path, "w");
	assert_non_null(out);
	fputs("# many commands\nw64 0x100 0xb907000041000400\nw64 0x108 0xbc07000041010400\n"
	      "w64 0x80 0xb80000004000040f\nw64 0x88 0\nw32 0 1\n",
	      out);
	for (unsigned round = 0; round < 4200; round++) {
		unsigned device = round % 64;

		fprintf(out, "mapd dev=%u size=4 itt=0x%x\n", device, 0x50000000 + device * 0x1000);
		for (unsigned event = 0; event < 4; event++)
			fprintf(out, "mapti dev=%u event=%u intid=%u coll=0\n", device, event,
				8192 + event);
		fprintf(out, "mapd dev=%u v=0\n", device);
		at = (at + 6 * 32) % 65536;
		fprintf(out, "w64 0x88 0x%x\n", at);
	}
	assert_int_equal(fclose(out), 0);
}

static int begin(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	put_text("evil<script><!--.trace",
		 "# </script><script>window.evil=1</script><img src=x onerror=window.evil=1> & "
		 "\"T7\"\n"
		 "w32 0 1 # <!-- <script> </script><script>window.evil=1</script>\n! "
		 "ENABLE_INCOMPLETE\n");
	b = browser_start(folder);
	browser_screen(b, 1280, 900, false, false);
	return 0;
}

static int end(void **state)
{
	browser_stop(b);
	return remove_files(state);
}

/* ---- asking ---- */

static void opens(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	browser_open(b, path);
}

static void reports(const char *arguments)
{
	char command[1024];

	snprintf(command, sizeof(command), "itsguard report -o page.html %s", arguments);
	runs(0, command);
	opens("page.html");
}

static void shot(const char *name)
{
	const char *shots = getenv("ITSGUARD_SHOTS");
	char path[512];

	if (!shots)
		return;
	snprintf(path, sizeof(path), "%s/%s.png", shots, name);
	browser_shot(b, path);
}

static double number(const char *expression)
{
	json_t *value = browser_ask(b, expression);
	double number = json_is_boolean(value) ? json_is_true(value) : json_number_value(value);

	if (!json_is_number(value) && !json_is_boolean(value))
		fail_msg("%s: no number", expression);
	json_decref(value);
	return number;
}

static void holds(const char *expression)
{
	if (number(expression) == 0)
		fail_msg("not so: %s", expression);
}

/* The text of an element has these words. */
static void shows(const char *id, const char *words)
{
	char expression[256];
	json_t *text;

	snprintf(expression, sizeof(expression), "document.getElementById('%s').textContent", id);
	text = browser_ask(b, expression);
	if (!strstr(json_string_value(text), words))
		fail_msg("#%s: \"%s\" expected in: %s", id, words, json_string_value(text));
	json_decref(text);
}

static void is_calm(void)
{
	assert_string_equal(browser_complaints(b), "");
}

/* What is asked for with the next frame has been drawn. */
static void is_drawn(void)
{
	json_decref(browser_ask(b, "new Promise(r => requestAnimationFrame(() => "
				   "requestAnimationFrame(() => r(1))))"));
}

/*
 * How many pixels of the lanes have this colour of the page's, and where in the window the middle
 * of the topmost patch of them is: window.patch.
 */
static double pixels(const char *colour)
{
	char expression[1600];

	is_drawn();
	snprintf(expression, sizeof(expression),
		 "(() => { const canvas = document.getElementById('lanes'), w = canvas.width, h = "
		 "canvas.height;"
		 "const probe = document.createElement('canvas').getContext('2d', "
		 "{willReadFrequently: true});"
		 "probe.fillStyle = "
		 "getComputedStyle(document.documentElement).getPropertyValue('--%s').trim();"
		 "probe.fillRect(0, 0, 1, 1);"
		 "const [r, g, b] = probe.getImageData(0, 0, 1, 1).data, p = "
		 "canvas.getContext('2d').getImageData(0, 0, w, h).data;"
		 "const left = 190 * w / canvas.clientWidth;"
		 "let count = 0, x = 0, y = 0; for (let i = 0; i < p.length; i += 4)"
		 " if (p[i] === r && p[i + 1] === g && p[i + 2] === b) { count++;"
		 "  const px = i / 4 %% w; if (!y && px > left) { x = px; y = Math.floor(i / 4 / "
		 "w); } }"
		 "const box = canvas.getBoundingClientRect(), k = canvas.clientWidth / w;"
		 "window.patch = [box.left + (x + 1) * k, box.top + (y + 2) * k]; return count; "
		 "})()",
		 colour);
	return number(expression);
}

/* ---- the tests ---- */

static void a_page_opens_and_the_console_is_silent(void **state)
{
	(void)state;
	reports(T7);
	is_calm();
	shows("title", "T7: MAPD names a guest's page");
	shows("cards", "1 violation");
	shows("cards", "2 refused");
	shows("count", "35");
	holds("performance.getEntriesByName('drawn').length === 1");
	holds("document.title.startsWith('bad_attack_T7.trace')");
	shot("t7");
}

/* The policy stands in the page: it may fetch nothing, and run nothing but its script. */
static void it_has_no_network_and_no_other_script(void **state)
{
	(void)state;
	reports(T7);
	holds("performance.getEntriesByType('resource').length === 0");
	holds("(window.refused = [], document.addEventListener('securitypolicyviolation',"
	      " e => refused.push(e.effectiveDirective)), 1)");
	holds("fetch('http://127.0.0.1:9/').then(() => 0, () => 1)");
	holds("(() => { const s = document.createElement('script'); s.textContent = 'window.evil = "
	      "1';"
	      " document.body.append(s); return window.evil === undefined; })()");
	holds("new Promise(r => setTimeout(() => r(refused.includes('connect-src') &&"
	      " refused.some(d => d.startsWith('script-src'))), 50))");
}

static void what_comes_from_a_trace_stays_text(void **state)
{
	(void)state;
	reports("'evil<'*.trace");
	is_calm();
	holds("window.evil === undefined && document.images.length === 0 && "
	      "document.scripts.length === 2");
	shows("title",
	      "</script><script>window.evil=1</script><img src=x onerror=window.evil=1> & \"T7\"");
	shows("subtitle", "evil<script><!--.trace");
	browser_key(b, "n");
	shows("detail", "# <!-- <script> </script><script>window.evil=1</script>");
	holds("window.evil === undefined");
	is_calm();
}

static void a_click_on_the_violation_tells_it(void **state)
{
	(void)state;
	reports(T7);
	/* Its stroke in the lane of the ITS, and the cross on the page. */
	assert_true(pixels("bad") > 60);
	assert_true(pixels("warn") > 60);
	assert_true(pixels("accepted") > 500);
	assert_true(pixels("guest") > 5000);
	pixels("bad");
	holds("patch[1] > 0");
	browser_click(b, number("patch[0]"), number("patch[1]"));
	shows("detail", "violation");
	shows("detail", "hardware wrote 0x60000000+0xc (ITT entry), which is not the host's");
	shows("detail", "MAPD names memory of others as ITT");
	shows("detail", "The same line, guard on");
	shows("detail", "REFUSES (SHARE_REFUSED) mapd dev=0x10");
	holds("document.querySelector('.row[aria-selected=true]').textContent.includes('WRONG')");
	is_calm();
	shot("t7-violation");
}

static void hovering_tells_fields_reason_and_threat(void **state)
{
	(void)state;
	reports(T7);
	pixels("warn");
	browser_hover(b, number("patch[0]"), number("patch[1]"));
	holds("!document.getElementById('tip').hidden");
	shows("tip", "line 16");
	shows("tip", "REFUSES (SHARE_REFUSED)");
	shows("tip", "DeviceID=0x10");
	shows("tip", "it is not the host's to share");
	shows("tip", "T7");
	is_calm();
}

static void keys_go_from_mark_to_mark(void **state)
{
	(void)state;
	reports(T7);
	browser_key(b, "n");
	shows("detail", "hardware wrote");
	shows("found", "1 of 4");
	browser_key(b, "n");
	shows("detail", "Refused: SHARE_REFUSED");
	shows("detail", "The ITT's extent is claimed");
	shows("detail", "Checked of MAPD: ITT, shared");
	browser_key(b, "n");
	browser_key(b, "n");
	shows("found", "4 of 4");
	shows("detail", "DEVICE_UNMAPPED");
	browser_key(b, "n");
	shows("found", "1 of 4");
	browser_key(b, "p");
	shows("found", "4 of 4");
	browser_key(b, "Home");
	shows("detail", "gives 0x60000000+0x1000 to a guest");
	browser_key(b, "ArrowDown");
	shows("detail", "writes BASER0");
	browser_key(b, "Escape");
	shows("detail", "Refused, or wrong");
	browser_key(b, "g");
	shows("found", "1 marked");
	browser_key(b, "g");
	shows("found", "3 marked");
	is_calm();
}

static void zooming_shows_less_of_it(void **state)
{
	double all;

	(void)state;
	reports(T7);
	all = pixels("guest");
	for (unsigned i = 0; i < 4; i++)
		browser_key(b, "+");
	assert_true(pixels("host") > 0);
	for (unsigned i = 0; i < 40; i++)
		browser_key(b, "ArrowRight");
	/* The end of it: the violation is in sight, and its name has room. */
	assert_true(pixels("bad") > 60);
	browser_key(b, "0");
	assert_true(fabs(pixels("guest") - all) < 1);
	is_calm();
}

static void words_device_and_page_filter(void **state)
{
	(void)state;
	reports(T7);
	browser_key(b, "/");
	browser_type(b, "mapti");
	/* Stored, run without the guard, refused with it. */
	shows("count", "3 that pass the filter");
	browser_key(b, "Enter");
	shows("detail", "mapti dev=0x10");
	browser_key(b, "Escape");
	shows("count", "35");
	holds("(d => (d.value = '16', d.dispatchEvent(new Event('change')), "
	      "1))(document.getElementById('device'))");
	/* Two each of MAPD and MAPTI stored or run or refused: 2 + 2 + 2, and the violation. */
	shows("count", "7 that pass the filter");
	browser_key(b, "Escape");
	holds("(p => (p.value = [...p.options].find(o => o.text.startsWith('0x41000000')).value,"
	      " p.dispatchEvent(new Event('change')), 1))(document.getElementById('page'))");
	holds("[...document.querySelectorAll('.row .says')].some(r => "
	      "r.textContent.startsWith('claims 0x41000000'))");
	holds("![...document.querySelectorAll('.row .says')].some(r => "
	      "r.textContent.includes('mapti'))");
	is_calm();
	shot("t7-page");
}

static void a_line_of_the_list_can_be_picked(void **state)
{
	(void)state;
	reports(T7);
	holds("(row => (window.box = row.getBoundingClientRect(), row.scrollIntoView(), window.box "
	      "="
	      " row.getBoundingClientRect(), 1))([...document.querySelectorAll('.row')].find(r =>"
	      " r.textContent.includes('claims 0x41000000')))");
	browser_click(b, number("box.left + 200"), number("box.top + 8"));
	shows("detail", "claims 0x41000000+0x1000 (donated): table of BASER0");
	shows("detail", "from line 9 to the end");
	is_calm();
}

static void dark_is_dark(void **state)
{
	static const char background[] =
		"getComputedStyle(document.documentElement).backgroundColor"
		".match(/\\d+/g).slice(0, 3).reduce((a, c) => a + Number(c), 0)";

	(void)state;
	reports(T7);
	assert_true(number(background) > 650);
	browser_screen(b, 1280, 900, true, false);
	assert_true(number(background) < 150);
	/* The lanes have been drawn anew, in the colours of the dark. */
	assert_true(pixels("card") > 10000);
	assert_true(pixels("bad") > 60);
	is_calm();
	shot("t7-dark");
	browser_screen(b, 1280, 900, false, false);
}

static void a_phone_has_room_for_it(void **state)
{
	(void)state;
	browser_screen(b, 360, 740, false, true);
	reports(T7);
	holds("document.documentElement.scrollWidth <= 360");
	holds("getComputedStyle(document.getElementById('detail')).display === 'none'");
	shot("t7-phone");
	holds("(document.getElementById('lanes').scrollIntoView({block: 'center'}), 1)");
	holds("new Promise(r => setTimeout(() => r(1), 100))");
	assert_true(pixels("bad") > 60);
	browser_click(b, number("patch[0]"), number("patch[1]"));
	is_drawn();
	holds("getComputedStyle(document.getElementById('detail')).display !== 'none'");
	holds("document.getElementById('detail').getBoundingClientRect().bottom <= innerHeight + "
	      "1");
	shows("detail", "hardware wrote 0x60000000");
	shot("t7-phone-picked");
	holds("(document.querySelector('#detail .shut').click(), 1)");
	holds("getComputedStyle(document.getElementById('detail')).display === 'none'");
	is_calm();
	browser_screen(b, 1280, 900, false, false);
}

static void it_prints(void **state)
{
	(void)state;
	reports(T7);
	assert_true(browser_print(b) > 20000);
	holds("(dispatchEvent(new Event('beforeprint')), document.querySelectorAll('#paper "
	      "tr').length === 35)");
	holds("document.getElementById('lanes').height > "
	      "document.getElementById('scroller').clientHeight");
	holds("(dispatchEvent(new Event('afterprint')), document.querySelectorAll('#paper "
	      "tr').length === 0)");
	assert_true(pixels("bad") > 60);
	is_calm();
}

static void several_traces_are_picked_from(void **state)
{
	(void)state;
	reports(T7 " " BOOT);
	holds("!document.getElementById('pick').hidden");
	holds("(t => (t.value = '1', t.dispatchEvent(new Event('change')), "
	      "1))(document.getElementById('trace'))");
	shows("title", "itscap 1: ITS control frame accesses");
	shows("subtitle", "linux-7.2-virt-hibtest.trace");
	shows("found", "none refused");
	/* An honest host is shown as the guard sees it. */
	holds("document.querySelector('[data-runs=on]').getAttribute('aria-pressed') === 'true'");
	assert_true(pixels("level2") > 5000);
	is_calm();
	shot("boot");
}

/* The page's own clock. A machine that does ten other things may take longer than the two seconds.
 */
static void a_hundred_thousand_events_open_soon(void **state)
{
	double opened;

	(void)state;
	write_large_trace();
	reports("--guard=on large.trace");
	holds("Number(document.getElementById('count').textContent) >= 100000");
	opened = number("performance.getEntriesByName('drawn')[0].startTime");
	print_message("%.0f events: parsed after %.0f ms, drawn after %.0f ms\n",
		      number("Number(document.getElementById('count').textContent)"),
		      number("performance.getEntriesByName('parsed')[0].startTime"), opened);
	assert_true(opened < 60000);
	/* What is not in sight is not in the document. */
	holds("document.querySelectorAll('.row').length < 100");
	browser_key(b, "End");
	shows("detail", "drops 0x50027000+0x1000");
	is_calm();
	shot("large");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_opens_and_the_console_is_silent),
		cmocka_unit_test(it_has_no_network_and_no_other_script),
		cmocka_unit_test(what_comes_from_a_trace_stays_text),
		cmocka_unit_test(a_click_on_the_violation_tells_it),
		cmocka_unit_test(hovering_tells_fields_reason_and_threat),
		cmocka_unit_test(keys_go_from_mark_to_mark),
		cmocka_unit_test(zooming_shows_less_of_it),
		cmocka_unit_test(words_device_and_page_filter),
		cmocka_unit_test(a_line_of_the_list_can_be_picked),
		cmocka_unit_test(dark_is_dark),
		cmocka_unit_test(a_phone_has_room_for_it),
		cmocka_unit_test(it_prints),
		cmocka_unit_test(several_traces_are_picked_from),
		cmocka_unit_test(a_hundred_thousand_events_open_soon),
	};

	if (!browser_program()) {
		puts("skipped: no chromium");
		return 77;
	}
	return cmocka_run_group_tests(tests, begin, end);
}
