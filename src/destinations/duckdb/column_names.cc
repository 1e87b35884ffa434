#include "destinations/duckdb/column_names.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "destinations/duckdb/stage.h"

namespace tendril {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_reserved(std::string_view name, const TableMarks& marks) {
  constexpr std::array kReserved{kSyncedColumn, kDeletedColumn,    kStartColumn,         kEndColumn,
                                 kActiveColumn, kStageOrderColumn, kStageOperationColumn};
  return same_name(name, marks.synced) || same_name(name, marks.deleted) ||
         std::any_of(kReserved.begin(), kReserved.end(),
                     [&](std::string_view each) { return same_name(name, each); });
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& each) { return same_name(each, name); });
}

// Returns the spelling in which the table has the column.
std::optional<std::string> find(const std::vector<Column>& stored, std::string_view name) {
  const auto found = std::find_if(stored.begin(), stored.end(), [&](const Column& column) {
    return same_name(column.name, name);
  });
  return found == stored.end() ? std::nullopt : std::optional(found->name);
}

// Chooses the name of a column that the table does not have in this very spelling.
std::string choose_name(const std::string& wanted, const std::vector<Column>& stored, bool adopt,
                        const std::vector<std::string>& taken) {
  std::string candidate = wanted;
  for (int number = 2;; ++number) {
    const std::optional<std::string> present = find(stored, candidate);
    const bool usable = !present || *present == candidate || adopt;
    if (usable && !contains(taken, candidate)) {
      return present.value_or(candidate);
    }
    candidate = wanted + "__" + std::to_string(number);
  }
}

}  // namespace

std::string stored_name(std::string_view name) {
  std::string clean(name.empty() ? "_" : name);
  std::replace(clean.begin(), clean.end(), '\0', '_');
  return clean;
}

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

Result<std::vector<std::string>> stored_names(const std::vector<Column>& source,
                                              const std::vector<Column>& stored, bool adopt,
                                              const TableMarks& marks) {
  std::vector<std::string> names(source.size());
  std::vector<std::string> taken;
  // Those that are there come first, so that they keep their place.
  for (std::size_t index = 0; index < source.size(); ++index) {
    const std::string name = stored_name(source[index].name);
    if (is_reserved(name, marks)) {
      return Error{ErrorCode::InvalidConfig, "column has a name that is reserved: " + name};
    }
    if (find(stored, name) == name && !contains(taken, name)) {
      names[index] = name;
      taken.push_back(name);
    }
  }
  for (std::size_t index = 0; index < source.size(); ++index) {
    if (names[index].empty()) {
      names[index] = choose_name(stored_name(source[index].name), stored, adopt, taken);
      taken.push_back(names[index]);
    }
  }
  return names;
}

std::vector<Column> renamed(std::vector<Column> columns, const std::vector<std::string>& names) {
  for (std::size_t index = 0; index < columns.size(); ++index) {
    columns[index].name = names[index];
  }
  return columns;
}

}  // namespace tendril
