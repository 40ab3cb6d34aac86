/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Messages are JSON with a byte of 0 behind, to Chromium's descriptor 3 and from its 4
 * (--remote-debugging-pipe). An answer has the id of what was asked; what has none is an event.
 */
#include "browser.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define PATIENCE   120000 /* milliseconds for an answer: for what hangs, not for what is slow */
#define COMPLAINTS 4096u

struct browser {
	pid_t process;
	int to, from;
	char *got; /* bytes that came, and are not used */
	size_t size, room;
	int last; /* id */
	char session[128];
	bool loaded, phone;
	char complaints[COMPLAINTS];
};

/* ---- the program ---- */

const char *browser_program(void)
{
	static const char *const names[] = {"/usr/bin/chromium", "/usr/bin/chromium-browser",
					    "/usr/bin/google-chrome"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!access(names[i], X_OK))
			return names[i];
	return NULL;
}

static void become_browser(const char *folder, int in, int out)
{
	char profile[512];
	int null = open("/dev/null", O_RDWR);

	snprintf(profile, sizeof(profile), "--user-data-dir=%s/profile", folder);
	/* Above 4 first, or one of them might be in the way of the other. */
	in = fcntl(in, F_DUPFD, 10);
	out = fcntl(out, F_DUPFD, 10);
	dup2(in, 3);
	dup2(out, 4);
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	/* A group of its own, to be ended as one. */
	setpgid(0, 0);
	execl(browser_program(), browser_program(), "--headless", "--no-sandbox", "--disable-gpu",
	      "--disable-quic", "--no-first-run", "--disable-background-networking",
	      "--disable-component-update", "--disable-sync", "--disable-extensions",
	      "--hide-scrollbars", "--remote-debugging-pipe", profile, "about:blank", (char *)NULL);
	_exit(127);
}

/* ---- messages ---- */

static void fill(struct browser *b)
{
	struct pollfd wait = {.fd = b->from, .events = POLLIN};
	ssize_t got;

	if (b->size + 65536 > b->room) {
		b->room = 2 * b->room + 131072;
		b->got = realloc(b->got, b->room);
		assert_non_null(b->got);
	}
	if (poll(&wait, 1, PATIENCE) != 1)
		fail_msg("the browser does not answer");
	got = read(b->from, b->got + b->size, 65536);
	if (got <= 0)
		fail_msg("the browser has gone");
	b->size += (size_t)got;
}

static json_t *next_message(struct browser *b)
{
	size_t looked = 0;
	json_t *message;
	char *end;

	while (!(end = b->size > looked ? memchr(b->got + looked, 0, b->size - looked) : NULL)) {
		looked = b->size;
		fill(b);
	}
	message = json_loads(b->got, 0, NULL);
	assert_non_null(message);
	b->size -= (size_t)(end + 1 - b->got);
	memmove(b->got, end + 1, b->size);
	return message;
}

static void complain(struct browser *b, const char *text)
{
	size_t used = strlen(b->complaints);

	snprintf(b->complaints + used, sizeof(b->complaints) - used, "%s\n", text ? text : "?");
}

static const char *text_at(const json_t *object, const char *a, const char *key)
{
	return json_string_value(json_object_get(json_object_get(object, a), key));
}

static void on_console(struct browser *b, const json_t *params)
{
	const char *type = json_string_value(json_object_get(params, "type"));
	char *text;

	if (!type || (strcmp(type, "error") != 0 && strcmp(type, "warning") != 0 &&
		      strcmp(type, "assert") != 0))
		return;
	text = json_dumps(json_object_get(params, "args"), JSON_COMPACT);
	complain(b, text);
	free(text);
}

static void on_event(struct browser *b, const char *method, const json_t *params)
{
	const char *level;

	if (!strcmp(method, "Page.loadEventFired")) {
		b->loaded = true;
	} else if (!strcmp(method, "Runtime.consoleAPICalled")) {
		on_console(b, params);
	} else if (!strcmp(method, "Runtime.exceptionThrown")) {
		char *text = json_dumps(json_object_get(params, "exceptionDetails"), JSON_COMPACT);

		complain(b, text);
		free(text);
	} else if (!strcmp(method, "Log.entryAdded")) {
		level = text_at(params, "entry", "level");
		/* Warnings there are of those who ask, such as who reads pixels often. */
		if (level && !strcmp(level, "error"))
			complain(b, text_at(params, "entry", "text"));
	}
}

static void send_message(struct browser *b, json_t *message)
{
	char *text = json_dumps(message, JSON_COMPACT);
	size_t size = strlen(text) + 1, at = 0;

	while (at < size) {
		ssize_t sent = write(b->to, text + at, size - at);

		if (sent <= 0)
			fail_msg("the browser has gone");
		at += (size_t)sent;
	}
	free(text);
	json_decref(message);
}

/* Takes the reference to params; the result is to be given back. */
static json_t *call(struct browser *b, const char *method, json_t *params)
{
	json_t *message =
		json_pack("{s:i, s:s, s:o}", "id", ++b->last, "method", method, "params", params);

	assert_non_null(message);
	if (b->session[0])
		json_object_set_new(message, "sessionId", json_string(b->session));
	send_message(b, message);
	for (;;) {
		json_t *answer = next_message(b), *result;
		const char *event = json_string_value(json_object_get(answer, "method"));

		if (event)
			on_event(b, event, json_object_get(answer, "params"));
		if (event || json_integer_value(json_object_get(answer, "id")) != b->last) {
			json_decref(answer);
			continue;
		}
		result = json_incref(json_object_get(answer, "result"));
		if (!result)
			fail_msg("%s: %s", method, text_at(answer, "error", "message"));
		json_decref(answer);
		return result;
	}
}

static void tell(struct browser *b, const char *method, json_t *params)
{
	json_decref(call(b, method, params));
}

/* ---- a browser ---- */

static void attach(struct browser *b)
{
	json_t *made = call(b, "Target.createTarget", json_pack("{s:s}", "url", "about:blank")),
	       *attached;

	attached = call(b, "Target.attachToTarget",
			json_pack("{s:O, s:b}", "targetId", json_object_get(made, "targetId"),
				  "flatten", 1));
	snprintf(b->session, sizeof(b->session), "%s",
		 json_string_value(json_object_get(attached, "sessionId")));
	json_decref(made);
	json_decref(attached);
}

static void make_pipe(int ends[2])
{
	assert_int_equal(pipe(ends), 0);
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
}

struct browser *browser_start(const char *folder)
{
	struct browser *b = calloc(1, sizeof(*b));
	int in[2], out[2];

	assert_non_null(b);
	make_pipe(in);
	make_pipe(out);
	signal(SIGPIPE, SIG_IGN);
	b->process = fork();
	assert_true(b->process >= 0);
	if (b->process == 0)
		become_browser(folder, in[0], out[1]);
	close(in[0]);
	close(out[1]);
	b->to = in[1];
	b->from = out[0];
	attach(b);
	tell(b, "Page.enable", json_object());
	tell(b, "Runtime.enable", json_object());
	tell(b, "Log.enable", json_object());
	return b;
}

void browser_stop(struct browser *b)
{
	kill(-b->process, SIGTERM);
	close(b->to);
	close(b->from);
	waitpid(b->process, NULL, 0);
	free(b->got);
	free(b);
}

void browser_screen(struct browser *b, int width, int height, bool dark, bool phone)
{
	b->phone = phone;
	tell(b, "Emulation.setDeviceMetricsOverride",
	     json_pack("{s:i, s:i, s:i, s:b}", "width", width, "height", height,
		       "deviceScaleFactor", phone ? 2 : 1, "mobile", phone));
	tell(b, "Emulation.setTouchEmulationEnabled", json_pack("{s:b}", "enabled", phone));
	tell(b, "Emulation.setEmulatedMedia",
	     json_pack("{s:[{s:s, s:s}]}", "features", "name", "prefers-color-scheme", "value",
		       dark ? "dark" : "light"));
}

void browser_open(struct browser *b, const char *path)
{
	char url[1024];

	snprintf(url, sizeof(url), "file://%s", path);
	b->complaints[0] = '\0';
	b->loaded = false;
	tell(b, "Page.navigate", json_pack("{s:s}", "url", url));
	while (!b->loaded) {
		json_t *message = next_message(b);
		const char *event = json_string_value(json_object_get(message, "method"));

		if (event)
			on_event(b, event, json_object_get(message, "params"));
		json_decref(message);
	}
}

json_t *browser_ask(struct browser *b, const char *expression)
{
	json_t *answer = call(b, "Runtime.evaluate",
			      json_pack("{s:s, s:b, s:b}", "expression", expression,
					"returnByValue", 1, "awaitPromise", 1));
	json_t *value = json_incref(json_object_get(json_object_get(answer, "result"), "value"));
	char *trouble = json_dumps(json_object_get(answer, "exceptionDetails"), JSON_COMPACT);

	if (trouble)
		fail_msg("%s: %s", expression, trouble);
	json_decref(answer);
	return value ? value : json_null();
}

static void mouse(struct browser *b, const char *type, double x, double y)
{
	bool moves = !strcmp(type, "mouseMoved");

	tell(b, "Input.dispatchMouseEvent",
	     json_pack("{s:s, s:f, s:f, s:s, s:i}", "type", type, "x", x, "y", y, "button",
		       moves ? "none" : "left", "clickCount", moves ? 0 : 1));
}

void browser_hover(struct browser *b, double x, double y)
{
	mouse(b, "mouseMoved", x, y);
}

void browser_click(struct browser *b, double x, double y)
{
	if (b->phone) {
		tell(b, "Input.dispatchTouchEvent",
		     json_pack("{s:s, s:[{s:f, s:f}]}", "type", "touchStart", "touchPoints", "x", x,
			       "y", y));
		tell(b, "Input.dispatchTouchEvent",
		     json_pack("{s:s, s:[]}", "type", "touchEnd", "touchPoints"));
		return;
	}
	browser_hover(b, x, y);
	mouse(b, "mousePressed", x, y);
	mouse(b, "mouseReleased", x, y);
}

void browser_key(struct browser *b, const char *key)
{
	bool letter = strlen(key) == 1;
	json_t *down =
		json_pack("{s:s, s:s}", "type", letter ? "keyDown" : "rawKeyDown", "key", key);

	if (letter)
		json_object_set_new(down, "text", json_string(key));
	tell(b, "Input.dispatchKeyEvent", down);
	tell(b, "Input.dispatchKeyEvent", json_pack("{s:s, s:s}", "type", "keyUp", "key", key));
}

void browser_type(struct browser *b, const char *text)
{
	tell(b, "Input.insertText", json_pack("{s:s}", "text", text));
}

/* ---- pictures: base64 ---- */

static int digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Its bytes, into the file if there is one; how many. */
static size_t decode(const char *text, FILE *out)
{
	unsigned word = 0, bits = 0;
	size_t count = 0;

	for (; text && digit(*text) >= 0; text++) {
		word = word << 6 | (unsigned)digit(*text);
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		count++;
		if (out)
			putc((int)(word >> bits & 255), out);
	}
	return count;
}

void browser_shot(struct browser *b, const char *path)
{
	json_t *shot = call(b, "Page.captureScreenshot", json_pack("{s:s}", "format", "png"));
	FILE *out = fopen(path, "wb");

	assert_non_null(out);
	assert_true(decode(json_string_value(json_object_get(shot, "data")), out) > 1000);
	assert_int_equal(fclose(out), 0);
	json_decref(shot);
}

size_t browser_print(struct browser *b)
{
	json_t *pdf = call(b, "Page.printToPDF", json_pack("{s:b}", "preferCSSPageSize", 1));
	size_t size = decode(json_string_value(json_object_get(pdf, "data")), NULL);

	json_decref(pdf);
	return size;
}

const char *browser_complaints(struct browser *b)
{
	/* What is under way comes before the answer. */
	json_decref(browser_ask(b, "1"));
	return b->complaints;
}
