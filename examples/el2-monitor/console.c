/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The serial console, which the host uses too: lines of the monitor's begin with "monitor: ".
 * And memcpy and memset, which the compiler may call.
 */
#include "monitor.h"

#define UART_DR     0x00
#define UART_FR     0x18
#define UART_TXFULL (1u << 5)

void *memcpy(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);

void *memcpy(void *to, const void *from, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		((char *)to)[i] = ((const char *)from)[i];
	return to;
}

void *memset(void *to, int value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		((char *)to)[i] = (char)value;
	return to;
}

static void put_char(char c)
{
	while (*(volatile uint32_t *)(VIRT_UART + UART_FR) & UART_TXFULL)
		;
	*(volatile uint32_t *)(VIRT_UART + UART_DR) = (uint8_t)c;
}

struct text {
	char *to;
	uint32_t room, used;
};

static void add_char(struct text *text, char c)
{
	if (text->used + 1 < text->room)
		text->to[text->used++] = c;
}

static void add_number(struct text *text, uint64_t value, uint32_t base)
{
	char digits[20];
	uint32_t count = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value != 0);
	while (count > 0)
		add_char(text, digits[--count]);
}

static void add_format(struct text *text, const char *format, __builtin_va_list arguments)
{
	const char *s;

	for (; *format != 0; format++) {
		if (*format != '%') {
			add_char(text, *format);
			continue;
		}
		switch (*++format) {
		case 's':
			for (s = __builtin_va_arg(arguments, const char *); *s != 0; s++)
				add_char(text, *s);
			break;
		case 'x':
			add_char(text, '0');
			add_char(text, 'x');
			add_number(text, __builtin_va_arg(arguments, uint64_t), 16);
			break;
		case 'u':
			add_number(text, __builtin_va_arg(arguments, uint64_t), 10);
			break;
		default:
			return;
		}
	}
}

/* The text is cut to room, which counts the 0 at its end. The number of characters without it. */
uint32_t format_text(char *to, uint32_t room, const char *format, ...)
{
	struct text text = {to, room, 0};
	__builtin_va_list arguments;

	__builtin_va_start(arguments, format);
	add_format(&text, format, arguments);
	__builtin_va_end(arguments);
	to[text.used] = 0;
	return text.used;
}

void print(const char *format, ...)
{
	char line[200];
	struct text text = {line, sizeof(line), 0};
	__builtin_va_list arguments;

	__builtin_va_start(arguments, format);
	add_format(&text, format, arguments);
	__builtin_va_end(arguments);
	for (const char *s = "\r\nmonitor: "; *s != 0; s++)
		put_char(*s);
	for (uint32_t i = 0; i < text.used; i++)
		put_char(line[i]);
	put_char('\r');
	put_char('\n');
}
