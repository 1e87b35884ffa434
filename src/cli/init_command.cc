#include <filesystem>
#include <string_view>
#include <system_error>

#include "cli/commands.h"
#include "core/whole_file.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kConnector =
    R"(# A connector of the Fivetran Connector SDK. Run it with `tendril debug`.
from fivetran_connector_sdk import Connector
from fivetran_connector_sdk import Logging
from fivetran_connector_sdk import Operations as op


def schema(configuration: dict):
    """The tables and their keys. Columns that are not named get their types from the values."""
    return [{"table": "greetings", "primary_key": ["id"], "columns": {"said_at": "UTC_DATETIME"}}]


def update(configuration: dict, state: dict):
    """Sends what is new since the last sync, and says with checkpoint() where the next one goes on."""
    first = state.get("next_id", 1)
    Logging.info(f"reading from id {first}")
    for number in range(first, first + 3):
        op.upsert("greetings", {"id": number,
                                "text": f"Hello, {configuration.get('name', 'world')}!",
                                "said_at": f"2024-01-01T00:00:{number % 60:02}Z"})
    op.checkpoint({"next_id": first + 3})


connector = Connector(update=update, schema=schema)

if __name__ == "__main__":
    connector.debug()
)";

constexpr std::string_view kConfiguration = "{\n  \"name\": \"world\"\n}\n";

}  // namespace

Result<ExitCode> init_command(const InitArguments& arguments, Session& session) {
  const fs::path folder = arguments.folder;
  std::error_code failure;
  if (fs::exists(folder / "connector.py", failure)) {
    return Error{ErrorCode::InvalidConfig, "folder has a connector already: " + folder.string()};
  }
  fs::create_directories(folder, failure);
  if (failure) {
    return Error{ErrorCode::System, "folder can not be made: " + folder.string()};
  }
  TRY(write_whole_file(folder / "connector.py", kConnector, FileReaders::Anybody));
  if (!fs::exists(folder / "configuration.json", failure)) {
    TRY(write_whole_file(folder / "configuration.json", kConfiguration, FileReaders::Owner));
  }
  if (!fs::exists(folder / "requirements.txt", failure)) {
    TRY(write_whole_file(folder / "requirements.txt", "", FileReaders::Anybody));
  }
  TRY(session.output("made a connector, run it with: tendril debug " + folder.string() + "\n"));
  return ExitCode::Done;
}

}  // namespace tendril
