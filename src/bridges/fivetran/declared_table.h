// DeclaredTable: what a connector's schema() says of a table.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/fivetran/naming.h"
#include "core/result.h"
#include "data/schema.h"

namespace tendril {

struct DeclaredTable {
  std::string name;  // As the connector wrote it; so are the columns.
  std::vector<std::string> primary_key = {};
  std::vector<Column> columns = {};
};

// Reads the frame that says what schema() returned; nullopt when there is no schema().
// Errors: BadData, InvalidConfig.
Result<std::optional<std::vector<DeclaredTable>>> parse_declared_tables(std::string_view json);

// What a table is to be in the warehouse: names by the naming rules, the key's columns in front of
// the others, of type Unknown where they are not declared.
// Errors: InvalidConfig when two columns get the same name, naming both.
Result<TableSchema> warehouse_schema(const DeclaredTable& table, ProjectNaming naming);

}  // namespace tendril
