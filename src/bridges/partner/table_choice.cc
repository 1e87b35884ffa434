#include "bridges/partner/table_choice.h"

#include <utility>

#include "connector_sdk.pb.h"

namespace tendril {

namespace wire = fivetran_sdk::v2;

Result<TableChoice> TableChoice::parse(const wire::UpdateRequest& request) {
  TableChoice choice;
  if (!request.has_selection() ||
      request.selection().selection_case() == wire::Selection::SELECTION_NOT_SET) {
    return choice;
  }
  if (request.selection().has_with_schema()) {
    return Error{ErrorCode::InvalidConfig,
                 "the selection is one of schemas, but the source has tables without schemas"};
  }
  const wire::TablesWithNoSchema& selection = request.selection().without_schema();
  choice.other_tables_ = selection.include_new_tables();
  for (const wire::TableSelection& each : selection.tables()) {
    Table& table = choice.tables_[each.table_name()];
    table.included = each.included();
    table.other_columns = each.include_new_columns();
    for (const auto& [column, included] : each.columns()) {
      table.columns[column] = included;
    }
    // Nothing is said of columns: all are wanted.
    table.other_columns = table.other_columns || table.columns.empty();
  }
  return choice;
}

bool TableChoice::has_table(std::string_view table) const {
  const auto found = tables_.find(table);
  return found == tables_.end() ? other_tables_ : found->second.included;
}

bool TableChoice::has_column(std::string_view table, std::string_view column) const {
  const auto found = tables_.find(table);
  if (found == tables_.end()) {
    return true;
  }
  const auto named = found->second.columns.find(column);
  return named == found->second.columns.end() ? found->second.other_columns : named->second;
}

}  // namespace tendril
