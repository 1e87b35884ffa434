#include "bridges/airbyte/program_run.h"

#include <utility>

namespace tendril {
namespace {

void log_line(Log& log, const message::LogLine& line) {
  switch (line.level) {
    case LogLevel::Debug: log.debug(line.text); break;
    case LogLevel::Warning: log.warning(line.text); break;
    case LogLevel::Error: log.error(line.text); break;
    case LogLevel::Info:
    case LogLevel::Off: log.info(line.text); break;
  }
}

}  // namespace

Result<ProgramRun> ProgramRun::start(const AirbyteProgram& program, const std::string& verb,
                                     const ProgramInput& input, Log& log) {
  PrivateFolder files = TRY(PrivateFolder::make());
  std::vector<std::string> command = program.command;
  command.push_back(verb);
  for (const auto& [option, content] :
       {std::pair("config", &input.config), std::pair("catalog", &input.catalog),
        std::pair("state", &input.state)}) {
    if (!content->is_null()) {
      const std::filesystem::path file = TRY(files.write(std::string(option) + ".json", *content));
      command.push_back("--" + std::string(option));
      command.push_back(file.string());
    }
  }
  command.insert(command.end(), program.options.begin(), program.options.end());
  auto process = TRY(PipedProcess::start(
      {.command = std::move(command), .environment = program.environment}, log));
  return ProgramRun(std::move(files), std::move(process), log);
}

Status ProgramRun::messages(const std::function<Status(ProtocolMessage)>& take,
                            std::stop_token stop) {
  for (;;) {
    const std::optional<std::string> line = TRY(process_->next_line(stop));
    if (!line) {
      break;
    }
    TRY(handle(*line, take));
  }
  const int exit_status = process_->wait();
  if (fault_) {
    return *fault_;
  }
  if (exit_status != 0) {
    const std::string said = process_->last_messages();
    return Error{.code = ErrorCode::System,
                 .message = "the program ended with status " + std::to_string(exit_status) +
                            (said.empty() ? "" : ": " + said)};
  }
  return {};
}

Status ProgramRun::handle(const std::string& line,
                          const std::function<Status(ProtocolMessage)>& take) {
  Result<ProtocolMessage> parsed = parse_message(line);
  if (!parsed.ok()) {
    // Programs print other things too; only messages count.
    log_->info("program says", {{"text", line.substr(0, 200)}});
    return {};
  }
  if (const auto* text = std::get_if<message::LogLine>(&*parsed)) {
    log_line(*log_, *text);
    return {};
  }
  if (const auto* fault = std::get_if<message::Fault>(&*parsed)) {
    fault_ = fault_.value_or(fault->error);
    return {};
  }
  return take(std::move(*parsed));
}

}  // namespace tendril
