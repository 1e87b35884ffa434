// sync: read a source and land it in a destination.
#include <cstdint>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/command_grammar.h"

namespace tendril {
namespace {

const Choices kWriteModes = {"append", "replace", "merge", "history"};

constexpr int kConcurrencyMax = 256;

class SyncGrammar final : public CommandGrammar {
 public:
  SyncGrammar(CLI::App& program, CommandBuilder& builder)
      : command_(
            builder.add_command(program, "sync", "Read a source and land it in a destination")) {
    add_what(builder);
    add_how(builder);
    add_tuning();
    add_telemetry();
    add_record();
    command_->footer(
        "\nctrl-C ends a sync at the next safe point: what was committed is kept, and the next run "
        "goes on from there.\nExit status: 0 done, 1 failed, 2 wrong use, 3 some streams failed, "
        "130 interrupted (143 by SIGTERM).");
  }

  std::optional<CommandArguments> arguments_of(const CLI::App& chosen) const override;

 private:
  void add_what(CommandBuilder& builder);
  void add_how(CommandBuilder& builder);
  void add_tuning();
  void add_telemetry();
  void add_record();

  CLI::App* const command_;
  SyncArguments sync_;
  std::string mode_;
  CLI::Option* memory_option_ = nullptr;
  std::uint64_t memory_bytes_ = 0;
  std::int64_t commit_rows_ = 0;
  std::int64_t commit_seconds_ = 0;
  int concurrency_ = 0;
  std::int64_t stall_seconds_ = 0;
  bool no_progress_ = false;
  bool no_record_ = false;
};

void SyncGrammar::add_what(CommandBuilder& builder) {
  builder.add_source(*command_, sync_.source);
  command_->add_option("-t,--to", sync_.destination, "Where to: duckdb:FILE, null:")
      ->type_name("DESTINATION")
      ->required();
  command_
      ->add_option("-s,--stream", sync_.streams, "Only these streams: -s issues,comments -s labels")
      ->type_name("NAME")
      ->delimiter(',')
      ->allow_extra_args(false);
  command_
      ->add_option("--connection", sync_.connection,
                   "The name under which the destination keeps the state; the source's by default")
      ->type_name("NAME");
}

void SyncGrammar::add_how(CommandBuilder& builder) {
  command_->add_flag("--full-refresh", sync_.full_refresh,
                     "Forget how far earlier syncs came and read everything");
  builder.add_choice(
      *command_, "--mode", mode_, kWriteModes,
      "merge by primary key where there is one, else append when incremental, else replace; "
      "history keeps each version of a row");
  command_->add_flag("--hard-deletes", sync_.hard_deletes,
                     "Remove deleted rows instead of marking them");
}

void SyncGrammar::add_tuning() {
  command_->add_option("--concurrency", concurrency_, "Slices read at the same time")
      ->type_name("N")
      ->check(CLI::Range(1, kConcurrencyMax));
  memory_option_ =
      command_
          ->add_option("--memory", memory_bytes_, "What the whole run may take, 256MiB by default")
          ->transform(CLI::AsSizeValue(true))
          ->type_name("SIZE");
  command_->add_option("--commit-rows", commit_rows_, "Commit after so many rows")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  command_->add_option("--commit-seconds", commit_seconds_, "Commit after so many seconds")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  command_->add_flag("--no-progress", no_progress_, "No progress bars");
}

void SyncGrammar::add_telemetry() {
  TelemetryArguments& shown = sync_.telemetry;
  command_
      ->add_option("--report", shown.report_files,
                   "Write a report of the run; .json for programs, .html for people; may be given "
                   "twice")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command_
      ->add_option("--metrics", shown.metrics_address,
                   "Serve metrics for Prometheus while the run goes on: 127.0.0.1:9464, port 0 for "
                   "any")
      ->type_name("HOST:PORT");
  command_
      ->add_option("--metrics-file", shown.metrics_file,
                   "Write the same into a file, every few seconds and at the end")
      ->type_name("FILE");
  command_
      ->add_option("--otlp", shown.otlp_url,
                   "Send traces to a collector; also OTEL_EXPORTER_OTLP_ENDPOINT")
      ->type_name("URL");
  command_
      ->add_option("--http-cache", shown.http_cache,
                   "Keep answers in this folder, so that pages that have not changed since the "
                   "last run cost next to nothing")
      ->type_name("DIR");
}

void SyncGrammar::add_record() {
  command_
      ->add_option("--stall-timeout", stall_seconds_,
                   "Fail when nothing moves for so many seconds; 900 by default")
      ->type_name("SECONDS")
      ->check(CLI::PositiveNumber);
  command_->add_flag("--take-over", sync_.take_over,
                     "Begin although another run of the connection holds its lease, and end that");
  command_->add_flag("--no-record", no_record_, "Leave no record for 'tendril runs'");
}

std::optional<CommandArguments> SyncGrammar::arguments_of(const CLI::App& chosen) const {
  if (&chosen != command_) {
    return std::nullopt;
  }
  SyncArguments arguments = sync_;
  arguments.progress = !no_progress_;
  arguments.record = !no_record_;
  if (!mode_.empty()) {
    arguments.mode = enum_of<WriteMode>(mode_, kWriteModes);
  }
  if (concurrency_ > 0) {
    arguments.concurrency = concurrency_;
  }
  if (memory_option_->count() > 0) {
    arguments.memory_bytes = memory_bytes_;
  }
  if (stall_seconds_ > 0) {
    arguments.stall_seconds = stall_seconds_;
  }
  if (commit_rows_ > 0) {
    arguments.commit_rows = commit_rows_;
  }
  if (commit_seconds_ > 0) {
    arguments.commit_seconds = commit_seconds_;
  }
  return arguments;
}

}  // namespace

std::unique_ptr<CommandGrammar> sync_grammar(CLI::App& program, CommandBuilder& builder) {
  return std::make_unique<SyncGrammar>(program, builder);
}

}  // namespace tendril
