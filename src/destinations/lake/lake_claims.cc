#include "destinations/lake/lake_claims.h"

#include <optional>

#include "data/json.h"
#include "data/value.h"
#include "destinations/lake/lake_names.h"
#include "destinations/lake/read_script.h"

namespace tendril {
namespace {

constexpr std::string_view kLakeFile = "_tendril/lake.json";
constexpr std::string_view kScriptFile = "_tendril/read.sql";

// Returns a member of a small JSON file that is made with that member unless it is there.
Result<std::string> claimed(LakeStorage& storage, const std::string& name, const Map& wanted,
                            std::string_view member) {
  std::optional<std::string> text = TRY(storage.read(name));
  if (!text) {
    TRY(storage.create(name, to_json(wanted) + "\n"));
    text = TRY(storage.read(name));  // That of another who was quicker, perhaps.
  }
  const auto value = parse_json(text.value_or(""));
  const Value* const found = value.ok() ? value->find(member) : nullptr;
  if (found == nullptr || found->as_string() == nullptr) {
    return Error{.code = ErrorCode::BadData,
                 .message = "file is damaged: " + storage.describe(name)};
  }
  return *found->as_string();
}

}  // namespace

Status claim_format(LakeStorage& storage, LakeFormat format) {
  const std::string wanted(to_string(format));
  const std::string found = TRY(
      claimed(storage, std::string(kLakeFile), Map{{"version", 1}, {"format", wanted}}, "format"));
  if (found != wanted) {
    return Error{.code = ErrorCode::InvalidConfig,
                 .message = storage.describe("") + " holds " + found + " files, not " + wanted};
  }
  const std::optional<std::string> script = TRY(storage.read(std::string(kScriptFile)));
  return script == read_script(format)
             ? Status()
             : storage.replace(std::string(kScriptFile), read_script(format));
}

Status claim_table(LakeStorage& storage, const std::string& table, const std::string& connection) {
  if (table == "_tendril") {
    return Error{.code = ErrorCode::InvalidConfig,
                 .message = "table has a name that is reserved: " + table};
  }
  if (table.substr(0, 9) == "_tendril_") {
    return {};  // Our own tables, that is of rejected rows, take rows of all.
  }
  const std::string name = "_tendril/tables/" + folder_name(table) + ".json";
  const std::string owner =
      TRY(claimed(storage, name, Map{{"table", table}, {"connection", connection}}, "connection"));
  if (owner != connection) {
    return Error{.code = ErrorCode::InvalidConfig,
                 .message = "table " + table + " belongs to connection " + owner + ", which " +
                            storage.describe(name) + " says"};
  }
  return {};
}

}  // namespace tendril
