#include "cli/debug_log.h"

#include <array>
#include <ctime>
#include <utility>

#include <fmt/format.h>

#include "cli/debug_texts.h"

namespace tendril {
namespace {

constexpr std::int64_t kMicrosPerMilli = 1000;
constexpr std::int64_t kMillisPerSecond = 1000;

std::string_view to_string(ProjectOrigin origin) {
  switch (origin) {
    case ProjectOrigin::Kit: return "sdk";
    case ProjectOrigin::Debugger: return "debugger";
    case ProjectOrigin::Connector: break;
  }
  return "connector";
}

// The machine's local time, as strftime() spells it, and milliseconds.
std::string local_time(Clock::Wall now, const char* format) {
  const std::time_t seconds =
      std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(now));
  std::tm fields{};
  ::localtime_r(&seconds, &fields);
  std::array<char, 64> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), format, &fields);
  const auto micros = now.time_since_epoch().count();
  return fmt::format("{}.{:03}", std::string_view(text.data(), size),
                     micros / kMicrosPerMilli % kMillisPerSecond);
}

std::string elapsed_text(std::chrono::steady_clock::duration elapsed) {
  const auto seconds = std::chrono::round<std::chrono::seconds>(elapsed).count();
  return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

}  // namespace

std::string_view to_string(ProjectLevel level) {
  switch (level) {
    case ProjectLevel::Debug: return "DEBUG";
    case ProjectLevel::Fine: return "FINE";
    case ProjectLevel::Info: return "INFO";
    case ProjectLevel::Warning: return "WARNING";
    case ProjectLevel::Error: return "ERROR";
    case ProjectLevel::Severe: return "SEVERE";
    case ProjectLevel::Critical: break;
  }
  return "CRITICAL";
}

DebugLog::DebugLog(Options options, const Clock& clock, const Redactor& redactor)
    : options_(std::move(options)),
      clock_(clock),
      redactor_(redactor),
      started_(clock.monotonic()) {}

std::string DebugLog::line_start(ProjectOrigin origin, ProjectLevel level) const {
  const bool old_style = options_.style == DebugStyle::Old;
  return fmt::format("{} {:<8} ⚡ {} ",
                     local_time(clock_.now(), old_style ? "%d-%b %H:%M:%S" : "%H:%M:%S"),
                     tendril::to_string(level), to_string(origin));
}

void DebugLog::message(ProjectOrigin origin, ProjectLevel level, std::string_view text) {
  if (level < options_.least) {
    return;
  }
  const std::string line = line_start(origin, level) + redactor_.redact(text) + "\n";
  const std::lock_guard lock(mutex_);
  options_.write(line);
}

void DebugLog::schema_changed(const std::string& table) {
  tell(options_.style == DebugStyle::New ? "schema change detected: tester." + table
                                         : "[SchemaChange]: tester." + table);
}

void DebugLog::table_created(const std::string& table) {
  tell(options_.style == DebugStyle::New ? "table created: tester." + table
                                         : "[CreateTable]: tester." + table);
}

void DebugLog::table_truncated(const std::string& table) {
  tell(options_.style == DebugStyle::New ? "table truncated: tester." + table
                                         : "[Truncate]: tester." + table);
}

void DebugLog::checkpoint_recorded(const std::string& state) {
  tell((options_.style == DebugStyle::New ? "checkpoint recorded: " : "Checkpoint: ") + state);
}

void DebugLog::final_checkpoint() { tell("Final checkpoint: committing any remaining operations"); }

void DebugLog::finish(const ProjectReport& report, const Status& done, bool summary) {
  if (!done.ok()) {
    message(ProjectOrigin::Debugger, ProjectLevel::Error, done.error().message);
  }
  std::string text;
  if (options_.style == DebugStyle::New || summary) {
    text = summary_text(report.tables, summary);
  }
  if (report.profile) {
    text += profile_text(*report.profile);
  }
  if (!text.empty()) {
    const std::lock_guard lock(mutex_);
    options_.write(redactor_.redact(text));
  }
  close(report.counts, done.ok());
}

void DebugLog::close(const ProjectCounts& counts, bool succeeded) {
  const bool new_style = options_.style == DebugStyle::New;
  std::string table =
      new_style ? fmt::format("\nSYNC {} — total elapsed {}\n", succeeded ? "SUCCEEDED" : "FAILED",
                              elapsed_text(clock_.monotonic() - started_))
                : "\nSYNC PROGRESS:\n";
  table += fmt::format("{:<16}| {}\n----------------+------------\n", "Operation",
                       new_style ? "Counts" : "Calls");
  const auto row = [&](std::string_view label, std::int64_t count) {
    table += fmt::format("{:<16}| {:<10}\n", label, count);
  };
  row("Upserts", counts.upserts);
  row("Updates", counts.updates);
  row("Deletes", counts.deletes);
  row("Truncates", counts.truncates);
  row(new_style ? "Schema changes" : "SchemaChanges", counts.schema_changes);
  row("Checkpoints", counts.checkpoints);
  if (new_style) {
    row("File uploads", counts.file_uploads);
  }
  if (!new_style) {
    table += succeeded ? "\nSync SUCCEEDED\n" : "\nSync FAILED\n";
  }
  const std::lock_guard lock(mutex_);
  options_.write(table);
}

}  // namespace tendril
