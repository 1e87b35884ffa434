#include <optional>
#include <string>

#include "bridges/partner/tester_run.h"
#include "cli/commands.h"

namespace tendril {
namespace {

std::optional<BatchFileFormat> format_of(const std::string& name) {
  if (name.empty()) {
    return std::nullopt;
  }
  return name == "CSV" ? BatchFileFormat::Csv : BatchFileFormat::Parquet;
}

}  // namespace

Result<ExitCode> test_destination_command(const TestDestinationArguments& arguments,
                                          Session& session) {
  const TesterOptions options{.address = arguments.address,
                              .input_file = arguments.input_file,
                              .configuration_file = arguments.configuration_file,
                              .schema = arguments.schema,
                              .format = format_of(arguments.batch_format),
                              .plain_text = arguments.plain_text};
  const TesterReport report = [&](std::string_view line) {
    return session.output(session.redactor().redact(line) + "\n");
  };
  Status done = run_tester(options, session.clock(), report, {});
  if (!done.ok()) {
    // Wrong use is for the command line and the input; what the server did is a failed test.
    session.report(done.error());
    return done.error().code == ErrorCode::InvalidConfig ? ExitCode::WrongUse : ExitCode::Failed;
  }
  TRY(session.output("passed\n"));
  return ExitCode::Done;
}

}  // namespace tendril
