/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Time, with Google Benchmark: the work that bench_tracker counts the instructions of. */
#include <benchmark/benchmark.h>

#include <chrono>
#include <string>

#include "work.h"

namespace
{

constexpr double min_seconds = 0.02;

using clock_type = std::chrono::steady_clock;

double seconds_of(void (*op)(work *), work *w)
{
	const auto begin = clock_type::now();

	op(w);
	return std::chrono::duration<double>(clock_type::now() - begin).count();
}

struct tracker_op {
	const char *name;
	void (*before)(work *);
	void (*op)(work *);
	void (*after)(work *);
};

const tracker_op tracker_ops[] = {
	{"take", work_drop, work_take, nullptr},
	{"drop", nullptr, work_drop, work_take},
	{"hit", nullptr, work_hit, nullptr},
	{"miss", nullptr, work_miss, nullptr},
};

/* The books are made once for the four operations: that takes longest. */
work current;

void make_current(const subject *subject, work_set set, uint64_t pages)
{
	if (current.subject == subject && current.set == set && current.pages == pages)
		return;
	if (current.subject)
		work_end(&current);
	work_begin(&current, subject, set, pages);
}

void run_tracker(benchmark::State &state, const subject *subject, work_set set, uint64_t pages,
		 const tracker_op *op)
{
	make_current(subject, set, pages);
	for (auto _ : state) {
		work_pick(&current);
		if (op->before)
			op->before(&current);
		state.SetIterationTime(seconds_of(op->op, &current) / current.batch);
		if (op->after)
			op->after(&current);
	}
}

void add_tracker(const subject *subject, work_set set, uint64_t pages)
{
	for (const tracker_op &op : tracker_ops) {
		const std::string name = std::string("tracker/") + op.name + "/" +
					 work_set_name(set) + "/" + std::to_string(pages) + "/" +
					 subject->name;

		benchmark::RegisterBenchmark(name.c_str(), run_tracker, subject, set, pages, &op)
			->UseManualTime()
			->MinTime(min_seconds / 64);
	}
}

void add_trackers()
{
	for (const work_set set : {WORK_HONEST, WORK_RANDOM})
		for (const uint64_t pages : work_sizes)
			for (const subject *subject : subjects)
				if (pages <= subject->most_pages)
					add_tracker(subject, set, pages);
}

} // namespace

int main(int argc, char **argv)
{
	add_trackers();
	benchmark::Initialize(&argc, argv);
	benchmark::RunSpecifiedBenchmarks();
	if (current.subject)
		work_end(&current);
	return 0;
}
