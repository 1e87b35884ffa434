#include "cli/table_settings_file.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <span>
#include <system_error>
#include <utility>

#include "core/near_miss.h"
#include "manifest/node.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;
using Words = std::span<const std::string_view>;

constexpr std::array<std::string_view, 4> kRules{"evolve", "freeze", "discard-row",
                                                 "discard-value"};
constexpr std::array<std::string_view, 4> kModes{"append", "replace", "merge", "history"};
constexpr std::array<std::string_view, 2> kOnError{"continue", "stop"};
constexpr std::array<std::string_view, 3> kTopKeys{"defaults", "tables", "rejected_max"};
constexpr std::array<std::string_view, 2> kContractKeys{"columns", "types"};
constexpr std::array<std::string_view, 1> kColumnKeys{"schema_contract"};
constexpr std::array<std::string_view, 10> kTableKeys{
    "mode",      "hard_deletes",    "schema_contract", "columns",      "variants",
    "normalize", "normalize_depth", "on_error",        "rejected_max", "cursor_field"};
constexpr std::int64_t kDepthMax = 16;
constexpr std::string_view kColumnOfDefaults = "columns";
constexpr std::string_view kCursorOfDefaults = "cursor_field";

std::string listed(Words words) {
  std::string list;
  for (const std::string_view word : words) {
    list += (list.empty() ? "" : ", ") + std::string(word);
  }
  return list;
}

Status check_mapping(const Node& node, Words keys) {
  if (node.kind != Node::Kind::Mapping) {
    return node.error("must be an object of " + listed(keys));
  }
  for (const auto& [key, value] : node.members) {
    if (std::ranges::find(keys, std::string_view(key)) == keys.end()) {
      return value.error("key is unknown: " + key + did_you_mean(key, keys));
    }
  }
  return {};
}

// Returns the position of the node's word among `words`.
Result<std::size_t> word_of(const Node& node, Words words) {
  const std::string* word = node.kind == Node::Kind::Scalar ? node.scalar.as_string() : nullptr;
  if (word == nullptr) {
    return node.error("must be one of " + listed(words));
  }
  const auto found = std::ranges::find(words, std::string_view(*word));
  if (found == words.end()) {
    return node.error("must be one of " + listed(words) + ": " + *word +
                      did_you_mean(*word, words));
  }
  return static_cast<std::size_t>(found - words.begin());
}

template <class Enum>
Result<Enum> choice_of(const Node& node, Words words) {
  const std::size_t position = TRY(word_of(node, words));
  return static_cast<Enum>(position);
}

Result<bool> flag_of(const Node& node) {
  const bool* flag = node.kind == Node::Kind::Scalar ? node.scalar.as_bool() : nullptr;
  return flag == nullptr ? Result<bool>(node.error("must be true or false")) : *flag;
}

Result<std::int64_t> count_of(const Node& node, std::int64_t least) {
  const std::int64_t* count = node.kind == Node::Kind::Scalar ? node.scalar.as_int() : nullptr;
  if (count == nullptr || *count < least) {
    return node.error("must be a whole number from " + std::to_string(least) + " on");
  }
  return *count;
}

Result<std::string> text_of(const Node& node) {
  const std::string* text = node.kind == Node::Kind::Scalar ? node.scalar.as_string() : nullptr;
  if (text == nullptr || text->empty()) {
    return node.error("must be a text");
  }
  return *text;
}

// One word for both, or `columns` and `types`.
Status read_contract(const Node& node, TableSettings& settings) {
  if (node.kind == Node::Kind::Scalar) {
    settings.new_columns = TRY(choice_of<ContractRule>(node, kRules));
    settings.new_types = settings.new_columns;
    return {};
  }
  TRY(check_mapping(node, kContractKeys));
  for (const auto& [key, value] : node.members) {
    auto& rule = key == "columns" ? settings.new_columns : settings.new_types;
    rule = TRY(choice_of<ContractRule>(value, kRules));
  }
  return {};
}

Status read_columns(const Node& node, TableSettings& settings) {
  if (node.kind != Node::Kind::Mapping) {
    return node.error("must be an object of columns");
  }
  for (const auto& [column, value] : node.members) {
    if (value.kind == Node::Kind::Scalar) {
      const auto rule = TRY(choice_of<ContractRule>(value, kRules));
      settings.columns[column] = rule;
      continue;
    }
    TRY(check_mapping(value, kColumnKeys));
    const Node* contract = value.find("schema_contract");
    if (contract == nullptr) {
      return value.error("says nothing of the column; schema_contract is missing");
    }
    const auto rule = TRY(choice_of<ContractRule>(*contract, kRules));
    settings.columns[column] = rule;
  }
  return {};
}

Result<Normalization> normalization_of(const Node& node) {
  if (node.kind == Node::Kind::Scalar) {
    const bool all = TRY(flag_of(node));
    return Normalization{.all = all};
  }
  if (node.kind != Node::Kind::Sequence) {
    return node.error("must be true, false or a list of paths");
  }
  Normalization normalization;
  for (const Node& item : node.items) {
    std::string path = TRY(text_of(item));
    normalization.paths.push_back(std::move(path));
  }
  return normalization;
}

Status read_setting(const std::string& key, const Node& node, TableSettings& settings) {
  if (key == "mode") {
    settings.mode = TRY(choice_of<WriteMode>(node, kModes));
  } else if (key == "hard_deletes") {
    settings.hard_deletes = TRY(flag_of(node));
  } else if (key == "schema_contract") {
    TRY(read_contract(node, settings));
  } else if (key == "columns") {
    TRY(read_columns(node, settings));
  } else if (key == "variants") {
    settings.variants = TRY(flag_of(node));
  } else if (key == "normalize") {
    settings.normalize = TRY(normalization_of(node));
  } else if (key == "normalize_depth") {
    const std::int64_t depth = TRY(count_of(node, 1));
    settings.normalize_depth = static_cast<int>(std::min(depth, kDepthMax));
  } else if (key == "on_error") {
    settings.on_error = TRY(choice_of<OnRejected>(node, kOnError));
  } else if (key == "rejected_max") {
    settings.rejected_max = TRY(count_of(node, 0));
  } else if (key == "cursor_field") {
    settings.cursor_field = TRY(text_of(node));
  }
  return {};
}

Result<TableSettings> settings_of(const Node& node) {
  TRY(check_mapping(node, kTableKeys));
  TableSettings settings;
  for (const auto& [key, value] : node.members) {
    TRY(read_setting(key, value, settings));
  }
  return settings;
}

// Columns are those of one table.
Result<TableSettings> defaults_of(const Node& node) {
  for (const std::string_view key : {kColumnOfDefaults, kCursorOfDefaults}) {
    if (const Node* own = node.find(key)) {
      return own->error("can be said of single tables only");
    }
  }
  return settings_of(node);
}

Status read_tables(const Node& node, TableSettingsFile& file) {
  if (node.kind == Node::Kind::Null) {
    return {};
  }
  if (node.kind != Node::Kind::Mapping) {
    return node.error("must be an object of tables");
  }
  for (const auto& [table, value] : node.members) {
    TableSettings settings = TRY(settings_of(value));
    file.tables[table] = std::move(settings);
  }
  return {};
}

Error file_error(const std::string& what, const fs::path& path) {
  return {.code = ErrorCode::InvalidConfig,
          .message = "table settings " + what + ": " + path.string()};
}

}  // namespace

Result<TableSettingsFile> parse_table_settings(std::string_view text, std::string_view file) {
  Node root = TRY(parse_yaml(text, file));
  set_key_paths(root, "");
  TableSettingsFile settings;
  TRY(check_mapping(root, kTopKeys));
  for (const auto& [key, value] : root.members) {
    if (key == "defaults") {
      settings.defaults = TRY(defaults_of(value));
    } else if (key == "tables") {
      TRY(read_tables(value, settings));
    } else {
      settings.run_rejected_max = TRY(count_of(value, 0));
    }
  }
  return settings;
}

Result<TableSettingsFile> read_table_settings(const fs::path& path) {
  std::error_code failure;
  if (fs::is_directory(path, failure)) {
    return file_error("are a folder", path);
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return file_error(fs::exists(path, failure) ? "can not be read" : "do not exist", path);
  }
  const std::string text(std::istreambuf_iterator<char>(file), {});
  return parse_table_settings(text, path.string());
}

void apply_table_settings(TableSettingsFile file, const TableSettings& shortcuts,
                          SyncOptions& options) {
  options.tables = std::move(file.tables);
  options.table_defaults = merged(shortcuts, file.defaults);
  options.run_rejected_rows_max = file.run_rejected_max.value_or(options.run_rejected_rows_max);
}

}  // namespace tendril
