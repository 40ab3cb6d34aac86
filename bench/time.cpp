/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Time, with Google Benchmark: the work whose instructions the other programs count.
 *
 * Debian's build of it has its assertions on, and says that times may suffer ("Library was built as
 * DEBUG"). Not these: the clock is read here, right before and right behind a batch of operations,
 * and nothing of the library runs in between.
 *
 * Last comes "load cpu_share VALUE": how much of a CPU this program had.
 */
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "path.h"
#include "work.h"

namespace
{

/* Of one operation, of which a batch is up to 64. */
constexpr double min_seconds = 0.0003;
/* bench/time.awk takes the quickest of them: what disturbs only ever adds. */
constexpr int repetitions = 5;

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
			->MinTime(min_seconds)
			->Repetitions(repetitions);
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

/* Kept for the commands that follow each other. */
path *current_path;
uint32_t current_devices;

void make_path(uint32_t devices)
{
	if (current_path && current_devices == devices)
		return;
	if (current_path)
		path_free(current_path);
	current_path = path_new(devices);
	current_devices = devices;
}

double seconds_of(void (*op)(path *))
{
	const auto begin = clock_type::now();

	op(current_path);
	return std::chrono::duration<double>(clock_type::now() - begin).count();
}

void run_whole(path_command command, uint32_t batch)
{
	path_put(current_path, command, batch);
	path_write(current_path);
	path_finish(current_path);
}

void run_path(benchmark::State &state, path_command command, uint32_t batch, uint32_t devices)
{
	make_path(devices);
	for (auto _ : state) {
		if (command == PATH_UNMAP)
			run_whole(PATH_MAP, batch);
		path_put(current_path, command, batch);
		state.SetIterationTime(seconds_of(path_write) / batch);
		path_finish(current_path);
		if (command == PATH_MAP)
			run_whole(PATH_UNMAP, batch);
	}
}

void add_path(path_command command, uint32_t batch, uint32_t devices)
{
	const std::string name = std::string("command/published/") + path_command_name(command) +
				 "/" + std::to_string(batch) + "/" + std::to_string(devices);

	benchmark::RegisterBenchmark(name.c_str(), run_path, command, batch, devices)
		->UseManualTime()
		->MinTime(min_seconds)
			->Repetitions(repetitions);
}

void add_paths()
{
	for (const uint32_t devices : path_sizes)
		for (int command = 0; command < PATH_COMMANDS; command++)
			for (const uint32_t batch : path_batches)
				add_path(static_cast<path_command>(command), batch, devices);
}

double cpu_seconds()
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

} // namespace

int main(int argc, char **argv)
{
	const auto begin = clock_type::now();

	add_trackers();
	add_paths();
	benchmark::Initialize(&argc, argv);
	benchmark::RunSpecifiedBenchmarks();
	if (current.subject)
		work_end(&current);
	if (current_path)
		path_free(current_path);
	printf("load cpu_share %.3f\n",
	       cpu_seconds() / std::chrono::duration<double>(clock_type::now() - begin).count());
	return 0;
}
