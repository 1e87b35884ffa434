// The command line, read: which command, on what, with which options.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "bridges/fivetran/project_observer.h"
#include "bridges/partner/batch_file.h"
#include "connector/destination.h"
#include "core/log.h"
#include "core/result.h"
#include "sync/table_settings.h"

namespace tendril {

// Options that every command takes.
struct GlobalArguments {
  LogFormat log_format = LogFormat::Text;
  std::optional<LogLevel> log_level = std::nullopt;
  std::string catalogue = {};  // Empty: found by itself.
  std::vector<std::pair<std::string, std::string>> origin_rewrites = {};
  std::vector<std::string> words = {};  // The whole command line as it was typed.
};

// A source and its configuration.
struct SourceArguments {
  std::string source;
  std::string config_file = {};            // Empty: none.
  std::vector<std::string> settings = {};  // "key=value", applied over the file's.
};

struct ConnectorsArguments {
  bool json = false;
  bool names_only = false;
};

struct CheckArguments {
  SourceArguments source;
};

struct DiscoverArguments {
  SourceArguments source;
  bool json = false;
};

// What to show of a run, and where. Empty: not.
struct TelemetryArguments {
  std::string metrics_address = {};  // "HOST:PORT"
  std::string metrics_file = {};
  std::string otlp_url = {};
  std::vector<std::string> report_files = {};  // .json and .html
  std::string http_cache = {};                 // The folder of answers kept from run to run.
};

struct SyncArguments {
  SourceArguments source;
  std::string destination;
  std::string connection = {};  // Empty: named after the source.
  std::vector<std::string> streams = {};
  bool full_refresh = false;
  std::optional<WriteMode> mode = std::nullopt;
  bool hard_deletes = false;
  // Nothing: as the engine's SyncOptions say.
  std::optional<int> concurrency = std::nullopt;
  std::optional<std::size_t> memory_bytes = std::nullopt;
  std::optional<std::int64_t> commit_rows = std::nullopt;
  std::optional<std::int64_t> commit_seconds = std::nullopt;
  std::optional<std::int64_t> stall_seconds = std::nullopt;
  bool record = true;
  bool take_over = false;
  bool progress = true;
  std::string tables_file = {};  // Of settings of single tables; empty: none.
  // Of all tables that the file says nothing else of.
  std::optional<ContractRule> schema_contract = std::nullopt;
  std::optional<OnRejected> on_error = std::nullopt;
  std::optional<std::int64_t> rejected_max = std::nullopt;
  bool dry_run = false;
  TelemetryArguments telemetry = {};
};

struct RunsListArguments {
  std::string connection = {};  // Empty: all.
  std::size_t limit = 20;
  bool json = false;
};

struct RunsShowArguments {
  std::string run;  // An id, its beginning or its end, or "last".
  bool json = false;
};

struct RunsCancelArguments {
  std::string run;
};

struct RunsRetryArguments {
  std::string run;
};

struct StateShowArguments {
  std::string destination;
  std::string connection;
  std::vector<std::string> streams = {};  // Empty: all.
  bool json = false;
};

struct StateResetArguments {
  std::string destination;
  std::string connection;
  std::vector<std::string> streams = {};  // Empty: all.
  bool yes = false;
};

struct StateEditArguments {
  std::string destination;
  std::string connection;
  std::string stream;
  std::string json = {};  // The new entry, or else
  std::string file = {};  // where it is.
};

struct LintArguments {
  std::vector<std::string> paths;
  bool portable = false;
  bool strict = false;
  bool notes = false;
  bool json = false;
};

// The wording of `tendril debug`.
enum class DebugStyle : std::uint8_t {
  New,  // Of versions from 2.26 on.
  Old,
};

// Which package a project's connector imports.
enum class ProjectPackage : std::uint8_t {
  Own,        // This program's.
  Installed,  // The one that the project's Python has, through its gRPC mode.
};

struct DebugArguments {
  std::string project = {};             // A folder, program or library; empty: this folder.
  std::string configuration_file = {};  // Empty: as documented.
  std::string state_file = {};
  std::string naming = "FIVETRAN";
  std::string python = {};  // Empty: the project's own.
  DebugStyle style = DebugStyle::New;
  ProjectLevel least = ProjectLevel::Debug;
  std::string dump_file = {};  // Empty: none.
  ProjectPackage package = ProjectPackage::Own;
  bool form = false;             // Asks for the configuration form instead of a sync.
  bool summary = false;          // Shows all tables and their columns.
  bool profile = false;          // Shows where the time went.
  bool dry_run = false;          // Changes nothing, and shows what would change.
  bool test = false;             // Kills the connector after each checkpoint, and compares.
  bool watch = false;            // Runs again whenever the project is saved.
  std::string record_file = {};  // Gets the HTTP exchanges; empty: none.
  std::string replay_file = {};  // Has the HTTP exchanges; empty: the network does.
};

struct ResetArguments {
  std::string folder = {};
  bool force = false;
};

enum class ProjectTemplate : std::uint8_t { Python, Cpp, Manifest };

struct InitArguments {
  std::string folder;
  ProjectTemplate kind = ProjectTemplate::Python;
};

enum class AirbyteVerb { Spec, Check, Discover, Read };

struct PartnerServerArguments {
  std::string host = {};  // Empty: loopback.
  int port = 0;
};

struct ServeSourceArguments {
  SourceArguments source;
  PartnerServerArguments server;
};

struct ServeDestinationArguments {
  std::string destination;
  BatchFileFormat format = BatchFileFormat::Csv;
  PartnerServerArguments server;
};

struct TestDestinationArguments {
  std::string address;
  std::string input_file;
  std::string configuration_file = {};
  std::string schema = "tester";
  std::string batch_format = {};  // "CSV", "PARQUET"; empty: what the server says.
  bool plain_text = false;
};

struct AirbyteArguments {
  std::string source;
  AirbyteVerb verb = AirbyteVerb::Spec;
  // Files of JSON; empty: not given.
  std::string config_file = {};
  std::string catalog_file = {};
  std::string state_file = {};
  bool debug = false;
};

struct SandboxArguments {
  std::string name;
  std::string address_file = {};  // Empty: where `mutate` of the same user looks.
};

struct SandboxServeArguments {
  SandboxArguments sandbox;
  int port = 0;
  std::uint64_t records = 1000;
  std::uint64_t seed = 1;
  std::string now = {};  // Empty: as the sandbox says.
  std::vector<std::string> limits = {};
  std::string journal = {};
  std::string config_file = {};  // Where to write the configuration for it; empty: only shown.
  std::uint64_t faults = 0;      // The seed of what goes wrong; 0: nothing.
};

struct SandboxMutateArguments {
  SandboxArguments sandbox;
  std::string kind;
  std::uint64_t count = 1;
  std::string entity = {};
};

struct SandboxRowsArguments {
  SandboxArguments sandbox;
  std::string entity;  // Empty: a summary of all.
};

struct VersionArguments {};

struct FaultPointsArguments {
  bool json = false;
};

struct CompletionArguments {
  std::string shell;
};

// Somebody asked for help, and this is it.
struct HelpArguments {
  std::string text;
};

using CommandArguments =
    std::variant<HelpArguments, VersionArguments, CompletionArguments, ConnectorsArguments,
                 CheckArguments, DiscoverArguments, SyncArguments, LintArguments, AirbyteArguments,
                 SandboxServeArguments, SandboxMutateArguments, SandboxRowsArguments,
                 RunsListArguments, RunsShowArguments, RunsCancelArguments, RunsRetryArguments,
                 StateShowArguments, StateResetArguments, StateEditArguments, FaultPointsArguments,
                 DebugArguments, ResetArguments, InitArguments, ServeSourceArguments,
                 ServeDestinationArguments, TestDestinationArguments>;

struct CommandLine {
  GlobalArguments global;
  CommandArguments command;
};

// What is wrong with a command line, and where to look it up.
struct UsageFault {
  Error error;
  std::string hint;  // "run 'tendril sync --help'"
};

// `arguments` are those after the program's name.
std::variant<CommandLine, UsageFault> parse_command_line(std::span<const std::string> arguments);

// The commands and their options, for shell completion.
struct OptionShape {
  std::vector<std::string> names;  // "-s", "--stream".
  std::string summary;
  std::vector<std::string> choices = {};  // Empty: any value.
  bool takes_value = false;
  bool takes_file = false;
};
struct CommandShape {
  std::string name;  // "" for the program itself.
  std::string summary;
  std::vector<OptionShape> options;
  bool takes_source = false;              // The first argument is a connector's name or a path.
  std::vector<std::string> choices = {};  // Of the first argument.
  std::vector<CommandShape> commands;
};
CommandShape command_line_shape();

}  // namespace tendril
