// RunReport: all that is known of a run that has ended, as JSON and as a page for people.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "core/secret.h"
#include "data/value.h"
#include "sync/sync.h"
#include "telemetry/run_figures.h"
#include "telemetry/run_samples.h"

namespace tendril {

struct RunReport {
  std::string source = {};
  std::string destination = {};  // Its scheme: "duckdb".
  Clock::Wall started_at{};
  std::vector<StreamReport> streams = {};
  std::optional<Error> fault = std::nullopt;  // What kept the run from starting.
  RunFigures figures = {};
  std::vector<RunSample> samples = {};
};

Value run_report_json(const RunReport& report);

// One page that needs nothing else: no script, no address outside of it.
std::string run_report_page(const RunReport& report);

std::string_view to_string(StreamOutcome outcome);

// Errors: InvalidConfig when the name ends neither in .json nor in .html.
Status check_report_file(const std::filesystem::path& file);

// Writes the report as the file's name says, without secrets.
// Errors: as check_report_file(); System when it can not be written.
Status write_run_report(const RunReport& report, const std::filesystem::path& file,
                        const Redactor& redactor);

}  // namespace tendril
