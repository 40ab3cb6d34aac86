/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Commands that people can write: "mapd dev=0x10 size=4 itt=0x60000000" for the 32 bytes of a
 * command, and where such a line stores them (docs/TRACES.md).
 *
 * The fields are written down once more here, and not taken from src/: what is tested must not
 * translate what it is tested with. A test holds them to the library's codec.
 */
#ifndef SIM_TRACE_COMMAND_H
#define SIM_TRACE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_COMMAND_BYTES 32u
#define TRACE_COMMAND_TEXT  128u /* no text of a command is as long */
#define TRACE_COMMANDS      12u

/* Is this the name of a command that has a readable form? */
bool trace_command_known(const char *name);

/* The names of them all, by a number below TRACE_COMMANDS. */
const char *trace_command_name(size_t index);
/* The keys of a command that is known: "dev, size, itt, v, at". */
void trace_command_fields(const char *name, char text[TRACE_COMMAND_TEXT]);

/*
 * The words of a command. False: words cannot say all of it, because it is virtual, or there is no
 * such command, or a bit is set that it reserves.
 */
bool trace_command_text(const uint8_t raw[TRACE_COMMAND_BYTES], char text[TRACE_COMMAND_TEXT]);

#define TRACE_COMMAND_NO_FIELD "the command has no such field"

/*
 * The bytes of such words, the name first. False, and `why` says what is wrong: what is said of a
 * word has it in `word`.
 */
bool trace_command_bytes(char *const words[], size_t count, uint8_t raw[TRACE_COMMAND_BYTES],
			 const char **why, const char **word);

/*
 * Where the next command of a host belongs: in the queue that was last written to GITS_CBASER,
 * behind the last command that was stored there, and from the start again behind its end.
 */
struct trace_queue {
	uint64_t cbaser;
	uint64_t next; /* bytes from the start */
};

/* The host writes a register of the ITS, or stores bytes. */
void trace_queue_wrote(struct trace_queue *queue, uint32_t offset, uint32_t width, uint64_t value);
void trace_queue_stored(struct trace_queue *queue, uint64_t pa, uint64_t bytes);
/* False: no queue is known. */
bool trace_queue_next(const struct trace_queue *queue, uint64_t *pa);

#endif
