/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * bench_commands: what a command costs, from the host's write of CWRITER on. Run it under
 *callgrind.
 *
 *	command/published/COMMAND/BATCH/DEVICES    until it is published
 *	command/over/COMMAND/BATCH/DEVICES         from there until it is over, and its slot
 *scrubbed command/floor/COMMAND/BATCH/DEVICES        see path_floor()
 */
#include "count.h"
#include "path.h"

/*
 * Of each kind, counted. Once in 2048 the ring laps: what is left of a batch then waits for the
 * next look at hardware, and is published in path_finish().
 */
#define COMMANDS 2048u

static void measure(struct path *path, enum path_command command, uint32_t batch, uint32_t devices,
		    void (*op)(struct path *), const char *what)
{
	const bool unmap = command == PATH_UNMAP;

	for (uint32_t done = 0; done < COMMANDS; done += batch) {
		if (unmap) {
			path_put(path, PATH_MAP, batch);
			path_write(path);
			path_finish(path);
		}
		path_put(path, command, batch);
		if (op == path_finish)
			path_write(path);
		count_on();
		op(path);
		count_off();
		if (op == path_floor)
			path_write(path);
		path_finish(path);
		if (command == PATH_MAP) {
			path_put(path, PATH_UNMAP, batch);
			path_write(path);
			path_finish(path);
		}
	}
	count_figure((COMMANDS + batch - 1) / batch * batch, "command/%s/%s/%u/%u", what,
		     path_command_name(command), batch, devices);
}

int main(void)
{
	count_calibrate();
	for (uint32_t n = 0; n < PATH_SIZES; n++) {
		struct path *path = path_new(path_sizes[n]);

		count_begin();
		for (enum path_command command = 0; command < PATH_COMMANDS; command++) {
			for (uint32_t b = 0; b < PATH_BATCHES; b++) {
				const uint32_t batch = path_batches[b];

				measure(path, command, batch, path_sizes[n], path_write,
					"published");
				measure(path, command, batch, path_sizes[n], path_finish, "over");
				measure(path, command, batch, path_sizes[n], path_floor, "floor");
			}
		}
		count_end();
		path_free(path);
	}
	return 0;
}
