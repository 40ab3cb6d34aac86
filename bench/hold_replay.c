/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Traces in the place of a fuzz target: captures and case files. */
#include "common.h"
#include "replay.h"
#include "trace.h"

FUZZ_NAME("replay")

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct replay_options options;
	struct replay_summary summary;
	struct trace trace;
	struct trace_error error;

	if (trace_parse((const char *)data, size, "trace", NULL, &trace, &error))
		fuzz_found("%s", error.message);
	replay_options_default(&options);
	options.no_oracle = true;
	replay(&trace, &options, NULL, NULL, &summary);
	trace_free(&trace);
	return 0;
}
