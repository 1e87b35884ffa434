#include "bridges/partner/tester_operations.h"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "bridges/partner/wire_table.h"
#include "data/json.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;

// Reads the details of one migration.
class MigrationReading {
 public:
  MigrationReading(const std::string& schema, const TesterMigration& migration)
      : migration_(migration) {
    request_.mutable_details()->set_schema(schema);
  }

  Result<TesterCall> read();

 private:
  using Reader = void (MigrationReading::*)();

  static const std::map<std::string, Reader>& readers();

  std::string text(const char* name) {
    const Value* found = migration_.details.find(name);
    if (found == nullptr || found->is_null()) {
      missing_ = missing_.empty() ? name : missing_;
      return "";
    }
    return found->is_string() ? *found->as_string() : to_json(*found);
  }
  Type type() {
    const Value* found = migration_.details.find("data_type");
    const Result<Type> read = tester_type(found == nullptr ? Value() : *found, "data_type");
    missing_ = missing_.empty() && !read.ok() ? "data_type" : missing_;
    return read.ok() ? *read : Type();
  }
  wire::DataType wire_type() {
    wire::Column column;
    set_wire_type(column, type());
    return column.type();
  }
  wire::MigrationDetails& details() { return *request_.mutable_details(); }
  void of_table() { details().set_table(text("table")); }
  void of_two_tables() { details().set_table(text("from_table")); }
  void expect(std::string table, std::string column, bool present) {
    call_.expected.push_back(
        {.table = std::move(table), .column = std::move(column), .present = present});
  }
  void alter(std::function<Status(wire::Table&)> change) {
    of_table();
    call_.altered = std::move(change);
  }

  void add_column();
  void change_column_data_type();
  void drop_column();
  void copy_column();
  void update_column_value();
  void set_column_to_null();
  void add_column_with_default_value();
  void copy_table();
  void rename_column();
  void rename_table();
  void drop_table();
  void add_column_in_history_mode();
  void drop_column_in_history_mode();
  void copy_table_to_history_mode();
  void change_mode(wire::TableSyncModeMigrationType type);

  const TesterMigration& migration_;
  wire::MigrateRequest request_;
  TesterCall call_;
  std::string missing_;
};

Status no_column(const wire::Table& table, const std::string& column) {
  return Error{.code = ErrorCode::BadData,
               .message = "the server's table has no column " + table.name() + "." + column};
}

void MigrationReading::add_column() {
  alter([name = text("column"), kind = type()](wire::Table& table) -> Status {
    wire::Column& column = *table.add_columns();
    column.set_name(name);
    set_wire_type(column, kind);
    return {};
  });
  expect(details().table(), text("column"), true);
}

void MigrationReading::change_column_data_type() {
  alter([name = text("column"), kind = type()](wire::Table& table) -> Status {
    const auto column = std::ranges::find(*table.mutable_columns(), name, &wire::Column::name);
    if (column == table.mutable_columns()->end()) {
      return no_column(table, name);
    }
    column->clear_params();
    set_wire_type(*column, kind);
    return {};
  });
  expect(details().table(), text("column"), true);
}

void MigrationReading::drop_column() {
  alter([name = text("column")](wire::Table& table) -> Status {
    const auto column = std::ranges::find(*table.mutable_columns(), name, &wire::Column::name);
    if (column == table.mutable_columns()->end()) {
      return no_column(table, name);
    }
    table.mutable_columns()->erase(column);
    return {};
  });
  expect(details().table(), text("column"), false);
}

void MigrationReading::copy_column() {
  of_table();
  auto& copy = *details().mutable_copy()->mutable_copy_column();
  copy.set_from_column(text("from_column"));
  copy.set_to_column(text("to_column"));
  expect(details().table(), copy.from_column(), true);
  expect(details().table(), copy.to_column(), true);
}

void MigrationReading::update_column_value() {
  of_table();
  details().mutable_update_column_value()->set_column(text("column"));
  details().mutable_update_column_value()->set_value(text("value"));
}

void MigrationReading::set_column_to_null() {
  of_table();
  details().mutable_update_column_value()->set_column(text("column"));
  details().mutable_update_column_value()->set_value("NULL");
}

void MigrationReading::add_column_with_default_value() {
  of_table();
  auto& add = *details().mutable_add()->mutable_add_column_with_default_value();
  add.set_column(text("column"));
  add.set_column_type(wire_type());
  add.set_default_value(text("default_value"));
  expect(details().table(), add.column(), true);
}

void MigrationReading::copy_table() {
  of_two_tables();
  auto& copy = *details().mutable_copy()->mutable_copy_table();
  copy.set_from_table(text("from_table"));
  copy.set_to_table(text("to_table"));
  expect(copy.from_table(), "", true);
  expect(copy.to_table(), "", true);
}

void MigrationReading::rename_column() {
  of_table();
  auto& rename = *details().mutable_rename()->mutable_rename_column();
  rename.set_from_column(text("from_column"));
  rename.set_to_column(text("to_column"));
  expect(details().table(), rename.from_column(), false);
  expect(details().table(), rename.to_column(), true);
}

void MigrationReading::rename_table() {
  of_two_tables();
  auto& rename = *details().mutable_rename()->mutable_rename_table();
  rename.set_from_table(text("from_table"));
  rename.set_to_table(text("to_table"));
  expect(rename.from_table(), "", false);
  expect(rename.to_table(), "", true);
}

void MigrationReading::drop_table() {
  of_table();
  details().mutable_drop()->set_drop_table(true);
  expect(details().table(), "", false);
}

void MigrationReading::add_column_in_history_mode() {
  of_table();
  auto& add = *details().mutable_add()->mutable_add_column_in_history_mode();
  add.set_column(text("column"));
  add.set_column_type(wire_type());
  add.set_default_value(text("default_value"));
  add.set_operation_timestamp(text("operation_timestamp"));
  expect(details().table(), add.column(), true);
}

void MigrationReading::drop_column_in_history_mode() {
  of_table();
  auto& drop = *details().mutable_drop()->mutable_drop_column_in_history_mode();
  drop.set_column(text("column"));
  drop.set_operation_timestamp(text("operation_timestamp"));
}

void MigrationReading::copy_table_to_history_mode() {
  of_two_tables();
  auto& copy = *details().mutable_copy()->mutable_copy_table_to_history_mode();
  copy.set_from_table(text("from_table"));
  copy.set_to_table(text("to_table"));
  if (migration_.details.find("deleted_column") != nullptr) {
    copy.set_soft_deleted_column(text("deleted_column"));
  }
  expect(copy.to_table(), "_fivetran_start", true);
}

void MigrationReading::change_mode(wire::TableSyncModeMigrationType type) {
  of_table();
  auto& change = *details().mutable_table_sync_mode_migration();
  change.set_type(type);
  if (migration_.details.find("deleted_column") != nullptr) {
    change.set_soft_deleted_column(text("deleted_column"));
  }
  for (const char* name : {"keep_deleted_rows", "keep_inactive_rows"}) {
    const Value* keep = migration_.details.find(name);
    if (keep != nullptr && keep->as_bool() != nullptr) {
      change.set_keep_deleted_rows(*keep->as_bool());
    }
  }
  const bool to_history = migration_.name.ends_with("_to_history");
  expect(details().table(), "_fivetran_start", to_history);
}

const std::map<std::string, MigrationReading::Reader>& MigrationReading::readers() {
  using Self = MigrationReading;
  static const std::map<std::string, Reader> kReaders{
      {"add_column", &Self::add_column},
      {"change_column_data_type", &Self::change_column_data_type},
      {"drop_column", &Self::drop_column},
      {"copy_column", &Self::copy_column},
      {"update_column_value", &Self::update_column_value},
      {"set_column_to_null", &Self::set_column_to_null},
      {"add_column_with_default_value", &Self::add_column_with_default_value},
      {"copy_table", &Self::copy_table},
      {"rename_column", &Self::rename_column},
      {"rename_table", &Self::rename_table},
      {"drop_table", &Self::drop_table},
      {"add_column_in_history_mode", &Self::add_column_in_history_mode},
      {"drop_column_in_history_mode", &Self::drop_column_in_history_mode},
      {"copy_table_to_history_mode", &Self::copy_table_to_history_mode}};
  return kReaders;
}

Result<TesterCall> MigrationReading::read() {
  static const std::map<std::string, wire::TableSyncModeMigrationType> kModes{
      {"migrate_soft_delete_to_live", wire::SOFT_DELETE_TO_LIVE},
      {"migrate_soft_delete_to_history", wire::SOFT_DELETE_TO_HISTORY},
      {"migrate_history_to_soft_delete", wire::HISTORY_TO_SOFT_DELETE},
      {"migrate_history_to_live", wire::HISTORY_TO_LIVE},
      {"migrate_live_to_soft_delete", wire::LIVE_TO_SOFT_DELETE},
      {"migrate_live_to_history", wire::LIVE_TO_HISTORY}};
  const auto reader = readers().find(migration_.name);
  const auto mode = kModes.find(migration_.name);
  if (mode != kModes.end()) {
    change_mode(mode->second);
  } else if (reader != readers().end()) {
    (this->*reader->second)();
  } else {
    return Error{.code = ErrorCode::InvalidConfig,
                 .message = "input: there is no migration " + migration_.name};
  }
  if (!missing_.empty()) {
    return Error{.code = ErrorCode::InvalidConfig,
                 .message = "input: schema_migration." + migration_.name + " lacks " + missing_};
  }
  call_.table = details().table();
  if (call_.altered == nullptr) {
    call_.migration = std::move(request_);
  }
  return std::move(call_);
}

}  // namespace

Result<TesterCall> tester_call(const std::string& schema, const TesterMigration& migration) {
  return MigrationReading(schema, migration).read();
}

}  // namespace tendril
