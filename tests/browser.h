/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * A Chromium without a window, driven over the pipe of its DevTools protocol, with a profile of its
 * own. Whatever does not go as asked fails the test that asks.
 */
#ifndef TESTS_BROWSER_H
#define TESTS_BROWSER_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

struct browser;

/* The program, or NULL where there is none. */
const char *browser_program(void);

/* folder: for its profile. */
struct browser *browser_start(const char *folder);
void browser_stop(struct browser *b);

/* A screen of that size; a phone has fingers, and twice the pixels. */
void browser_screen(struct browser *b, int width, int height, bool dark, bool phone);
/* Opens a file, and waits until it is loaded. */
void browser_open(struct browser *b, const char *path);
/* What an expression comes to, promises awaited; to be given back. An exception fails. */
json_t *browser_ask(struct browser *b, const char *expression);
/* Left button, or finger of a phone. */
void browser_click(struct browser *b, double x, double y);
void browser_hover(struct browser *b, double x, double y);
/* One letter, or a name such as "ArrowDown", "Escape" or "Enter". */
void browser_key(struct browser *b, const char *key);
void browser_type(struct browser *b, const char *text);
/* A PNG of what is on the screen. */
void browser_shot(struct browser *b, const char *path);
/* How many bytes a PDF of it has. */
size_t browser_print(struct browser *b);

/* What the console has said of errors and warnings since the page was opened, and exceptions; or
 * "". */
const char *browser_complaints(struct browser *b);

#endif
