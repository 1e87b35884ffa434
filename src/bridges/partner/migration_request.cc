#include "bridges/partner/migration_request.h"

#include <initializer_list>
#include <utility>

#include <fmt/format.h>

#include "bridges/partner/column_migration.h"
#include "bridges/partner/key_columns.h"
#include "bridges/partner/mode_migration.h"
#include "bridges/partner/table_definition.h"
#include "destination_sdk.pb.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;

using Work = std::function<Status(SqlSession&)>;

Error unsupported() {
  return {ErrorCode::Unsupported, "the migration is of a kind that is not known"};
}

Status need_names(std::initializer_list<const std::string*> names) {
  for (const std::string* const name : names) {
    if (name->empty()) {
      return Error{ErrorCode::BadData, "a migration lacks the name of a table or column"};
    }
  }
  return {};
}

Result<Instant> time_of(const std::string& text) {
  auto time = parse_datetime(text);
  if (!time.ok()) {
    return std::move(time).error().while_doing("reading the time of a migration");
  }
  return time->instant;
}

// An empty name is the table of the call: clients need not name it twice.
SqlTableName named(const SqlTableName& table, const std::string& name) {
  return {table.schema, name.empty() ? table.table : name};
}

class Reading {
 public:
  Reading(SqlTableName table, Instant now) : table_(std::move(table)), now_(now) {}

  Result<MigrationOrder> read(const wire::MigrationDetails& details) {
    switch (details.operation_case()) {
      case wire::MigrationDetails::kDrop: return drop(details.drop());
      case wire::MigrationDetails::kCopy: return copy(details.copy());
      case wire::MigrationDetails::kRename: return rename(details.rename());
      case wire::MigrationDetails::kAdd: return add(details.add());
      case wire::MigrationDetails::kUpdateColumnValue: {
        const auto& update = details.update_column_value();
        TRY(need_names({&update.column()}));
        return order("update_column_value", [table = table_, &update](SqlSession& session) {
          return set_migrated_column(session, table, update.column(), update.value());
        });
      }
      case wire::MigrationDetails::kTableSyncModeMigration:
        return change_mode(details.table_sync_mode_migration());
      default: return unsupported();
    }
  }

 private:
  Result<MigrationOrder> drop(const wire::DropOperation& operation) {
    switch (operation.entity_case()) {
      case wire::DropOperation::kDropTable:
        return order("drop_table", [table = table_](SqlSession& session) {
          return drop_migrated_table(session, table);
        });
      case wire::DropOperation::kDropColumnInHistoryMode: {
        const auto& column = operation.drop_column_in_history_mode();
        TRY(need_names({&column.column()}));
        const Instant at = TRY(time_of(column.operation_timestamp()));
        return order("drop_column_in_history_mode",
                     [table = table_, &column, at](SqlSession& session) {
                       return drop_column_from_versions(session, table, column.column(), at);
                     });
      }
      default: return unsupported();
    }
  }

  Result<MigrationOrder> copy(const wire::CopyOperation& operation) {
    switch (operation.entity_case()) {
      case wire::CopyOperation::kCopyTable: {
        const auto& tables = operation.copy_table();
        TRY(need_names({&tables.to_table()}));
        const SqlTableName from = named(table_, tables.from_table());
        return order_of_two("copy_table", from, tables.to_table(),
                            [from, &tables](SqlSession& session) {
                              return copy_migrated_table(session, from, tables.to_table());
                            });
      }
      case wire::CopyOperation::kCopyColumn: {
        const auto& columns = operation.copy_column();
        TRY(need_names({&columns.from_column(), &columns.to_column()}));
        return order("copy_column", [table = table_, &columns](SqlSession& session) {
          return copy_migrated_column(session, table, columns.from_column(), columns.to_column());
        });
      }
      case wire::CopyOperation::kCopyTableToHistoryMode: {
        const auto& tables = operation.copy_table_to_history_mode();
        TRY(need_names({&tables.to_table()}));
        const std::string& mark = tables.soft_deleted_column();
        const ModeMigration migration{
            .table = named(table_, tables.from_table()),
            .from = mark.empty() ? TableMode::Live : TableMode::SoftDelete,
            .to = TableMode::History,
            .deleted_column = mark,
            .now = now_};
        return order_of_two("copy_table_to_history_mode", migration.table, tables.to_table(),
                            [migration, &tables](SqlSession& session) {
                              return copy_to_history(session, migration, tables.to_table());
                            });
      }
      default: return unsupported();
    }
  }

  Result<MigrationOrder> rename(const wire::RenameOperation& operation) {
    switch (operation.entity_case()) {
      case wire::RenameOperation::kRenameTable: {
        const auto& tables = operation.rename_table();
        TRY(need_names({&tables.to_table()}));
        const SqlTableName from = named(table_, tables.from_table());
        return order_of_two("rename_table", from, tables.to_table(),
                            [from, &tables](SqlSession& session) {
                              return rename_migrated_table(session, from, tables.to_table());
                            });
      }
      case wire::RenameOperation::kRenameColumn: {
        const auto& columns = operation.rename_column();
        TRY(need_names({&columns.from_column(), &columns.to_column()}));
        return order("rename_column", [table = table_, &columns](SqlSession& session) {
          return rename_migrated_column(session, table, columns.from_column(), columns.to_column());
        });
      }
      default: return unsupported();
    }
  }

  Result<MigrationOrder> add(const wire::AddOperation& operation) {
    switch (operation.entity_case()) {
      case wire::AddOperation::kAddColumnWithDefaultValue: {
        const auto& added = operation.add_column_with_default_value();
        const AddedColumn column = TRY(added_column(added));
        return order("add_column_with_default_value",
                     [table = table_, column](SqlSession& session) {
                       return add_migrated_column(session, table, column);
                     });
      }
      case wire::AddOperation::kAddColumnInHistoryMode: {
        const auto& added = operation.add_column_in_history_mode();
        const AddedColumn column = TRY(added_column(added));
        const Instant at = TRY(time_of(added.operation_timestamp()));
        return order("add_column_in_history_mode",
                     [table = table_, column, at](SqlSession& session) {
                       return add_column_to_versions(session, table, column, at);
                     });
      }
      default: return unsupported();
    }
  }

  Result<MigrationOrder> change_mode(const wire::TableSyncModeMigrationOperation& operation) {
    ModeMigration migration{.table = table_,
                            .deleted_column = operation.soft_deleted_column(),
                            .keeps_deleted = operation.keep_deleted_rows(),
                            .now = now_};
    const auto set = [&](TableMode from, TableMode to) {
      migration.from = from;
      migration.to = to;
    };
    switch (operation.type()) {
      case wire::SOFT_DELETE_TO_LIVE: set(TableMode::SoftDelete, TableMode::Live); break;
      case wire::SOFT_DELETE_TO_HISTORY: set(TableMode::SoftDelete, TableMode::History); break;
      case wire::HISTORY_TO_SOFT_DELETE: set(TableMode::History, TableMode::SoftDelete); break;
      case wire::HISTORY_TO_LIVE: set(TableMode::History, TableMode::Live); break;
      case wire::LIVE_TO_SOFT_DELETE: set(TableMode::Live, TableMode::SoftDelete); break;
      case wire::LIVE_TO_HISTORY: set(TableMode::Live, TableMode::History); break;
      default: return unsupported();
    }
    return order(wire::TableSyncModeMigrationType_Name(operation.type()),
                 [migration](SqlSession& session) { return migrate_mode(session, migration); });
  }

  template <class Added>
  static Result<AddedColumn> added_column(const Added& added) {
    TRY(need_names({&added.column()}));
    const Type type = TRY(type_of_wire(added.column_type()));
    return AddedColumn{added.column(), type, added.default_value()};
  }

  MigrationOrder order(const std::string& operation, Work work) const {
    return {fmt::format("Migrate {} of {}", operation, shown(table_)), {table_}, std::move(work)};
  }

  static MigrationOrder order_of_two(const std::string& operation, const SqlTableName& from,
                                     const std::string& to, Work work) {
    return {fmt::format("Migrate {} of {} to {}", operation, shown(from), to),
            {from, {from.schema, to}},
            std::move(work)};
  }

  const SqlTableName table_;
  const Instant now_;
};

}  // namespace

Result<MigrationOrder> migration_order(const std::string& schema,
                                       const wire::MigrationDetails& details, Instant now) {
  return Reading({schema, details.table()}, now).read(details);
}

}  // namespace tendril
