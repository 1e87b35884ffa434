#include "bridges/partner/update_reader.h"

#include <string_view>
#include <utility>

#include "bridges/partner/wire_types.h"
#include "connector_sdk.pb.h"
#include "data/json.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;

constexpr std::size_t kFrameBytesMax = std::size_t{1} << 20U;

std::string table_name(const std::string& schema, const std::string& table) {
  return schema.empty() ? table : schema + "." + table;
}

Result<DeclaredTable> declared_table(const std::string& schema, const wire::Table& table) {
  if (table.name().empty()) {
    return Error{ErrorCode::BadData, "a table of the schema has no name"};
  }
  DeclaredTable declared{.name = table_name(schema, table.name())};
  for (const wire::Column& each : table.columns()) {
    if (each.name().empty()) {
      return Error{ErrorCode::BadData, "a column of table " + declared.name + " has no name"};
    }
    Result<Type> type = declared_type(each);
    if (!type.ok()) {
      return std::move(type).error().while_doing("reading the schema of table " + declared.name);
    }
    declared.columns.push_back({each.name(), *type});
    if (each.primary_key()) {
      declared.primary_key.push_back(each.name());
    }
  }
  return declared;
}

// Of a SchemaResponse or a SchemaChange.
template <class Message>
Result<std::vector<DeclaredTable>> declared_tables(const Message& message) {
  std::vector<DeclaredTable> tables;
  for (const wire::Schema& schema : message.with_schema().schemas()) {
    for (const wire::Table& table : schema.tables()) {
      DeclaredTable declared = TRY(declared_table(schema.name(), table));
      tables.push_back(std::move(declared));
    }
  }
  for (const wire::Table& table : message.without_schema().tables()) {
    DeclaredTable declared = TRY(declared_table("", table));
    tables.push_back(std::move(declared));
  }
  return tables;
}

// The package for projects wraps what a connector says in an object of "message" and "trace".
std::string told(const std::string& message) {
  const Result<Value> value =
      message.starts_with('{') ? parse_json(message) : Result<Value>(Value());
  const Value* const text = value.ok() ? value->find("message") : nullptr;
  if (text == nullptr || !text->is_string()) {
    return message;
  }
  const Value* const trace = value->find("trace");
  const bool has_trace = trace != nullptr && trace->is_string() && !trace->as_string()->empty();
  return *text->as_string() + (has_trace ? "\n" + *trace->as_string() : "");
}

}  // namespace

Result<std::optional<std::vector<DeclaredTable>>> tables_of(const wire::SchemaResponse& response) {
  if (!response.has_with_schema() && !response.has_without_schema()) {
    return std::optional<std::vector<DeclaredTable>>();
  }
  std::vector<DeclaredTable> tables = TRY(declared_tables(response));
  return std::optional(std::move(tables));
}

Status told_in_short(Status status, ProjectObserver& observer) {
  const std::size_t end = status.ok() ? std::string::npos : status.error().message.find('\n');
  if (end == std::string::npos) {
    return status;
  }
  Error error = status.error();
  observer.message(ProjectOrigin::Connector, ProjectLevel::Error, error.message.substr(end + 1));
  error.message.erase(end);
  return error;
}

Status UpdateReader::begin(const std::optional<std::vector<DeclaredTable>>& tables) {
  learn(tables.value_or(std::vector<DeclaredTable>()));
  return listener_.schema(tables);
}

void UpdateReader::learn(const std::vector<DeclaredTable>& tables) {
  for (const DeclaredTable& table : tables) {
    WireTypes& types = types_[table.name];
    for (const Column& column : table.columns) {
      types[column.name] = column.type;
    }
  }
}

Status UpdateReader::take(const wire::UpdateResponse& message) {
  switch (message.operation_case()) {
    case wire::UpdateResponse::kRecord: return take_record(message.record());
    case wire::UpdateResponse::kRecords:
      for (const wire::Record& record : message.records().records()) {
        TRY(take_record(record));
      }
      return {};
    case wire::UpdateResponse::kCheckpoint: {
      TRY(hand_over());
      return listener_.checkpoint(message.checkpoint().state_json());
    }
    case wire::UpdateResponse::kWarning: return take_note(true, message.warning().message());
    case wire::UpdateResponse::kTask: return take_note(false, message.task().message());
    case wire::UpdateResponse::kSchemaChange: return take_schema_change(message);
    case wire::UpdateResponse::kUnstructuredRecord: return take_file(message);
    case wire::UpdateResponse::kTruncate: return take_truncate(message);
    case wire::UpdateResponse::OPERATION_NOT_SET: break;
  }
  return Error{ErrorCode::Unsupported,
               "the server sent a message of an operation that this program does not know"};
}

Status UpdateReader::take_record(const wire::Record& record) {
  if (record.table_name().empty()) {
    return Error{ErrorCode::BadData, "a record names no table"};
  }
  std::string table =
      table_name(rules_.names_schemas ? record.schema_name() : "", record.table_name());
  const bool goes_on = !rows_.empty() && rows_.continues_with(table, record);
  if (!goes_on || rows_.bytes() >= kFrameBytesMax) {
    TRY(hand_over());
    TRY(rows_.begin(table, record));
  }
  return rows_.add(record, types_[table]);
}

Status UpdateReader::take_note(bool is_warning, const std::string& message) {
  TRY(hand_over());
  const std::string text = told(message);
  listener_.note(is_warning, text);
  observer_.message(ProjectOrigin::Connector,
                    is_warning ? ProjectLevel::Warning : ProjectLevel::Error, text);
  return is_warning ? Status()
                    : Status(Error{ErrorCode::InvalidConfig, text.substr(0, text.find('\n'))});
}

Status UpdateReader::take_file(const wire::UpdateResponse& message) {
  TRY(hand_over());
  const wire::UnstructuredRecord& part = message.unstructured_record();
  return listener_.file(
      {.path = part.file_path(), .last = part.is_last(), .bytes = part.chunk_data()});
}

Status UpdateReader::take_truncate(const wire::UpdateResponse& message) {
  wire::Record record;
  record.set_schema_name(message.truncate().schema_name());
  record.set_table_name(message.truncate().table_name());
  record.set_type(wire::TRUNCATE);
  return take_record(record);
}

Status UpdateReader::take_schema_change(const wire::UpdateResponse& message) {
  TRY(hand_over());
  const std::vector<DeclaredTable> tables = TRY(declared_tables(message.schema_change()));
  learn(tables);
  return listener_.schema_changed(tables);
}

Status UpdateReader::hand_over() {
  if (rows_.empty()) {
    return {};
  }
  const Status taken = listener_.rows(rows_.frame());
  rows_.clear();
  return taken;
}

}  // namespace tendril
