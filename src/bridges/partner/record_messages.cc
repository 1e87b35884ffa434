#include "bridges/partner/record_messages.h"

#include <algorithm>

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include "bridges/partner/partner_server.h"
#include "bridges/partner/wire_value.h"
#include "connector_sdk.pb.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;

// What a message has beside its largest record.
constexpr std::size_t kMessageOverheadBytes = 1024;
constexpr std::size_t kRecordBytesMax = kPartnerMessageBytesMax - kMessageOverheadBytes;

wire::RecordType record_type(Operation operation) {
  switch (operation) {
    case Operation::Upsert: return wire::UPSERT;
    case Operation::Update: return wire::UPDATE;
    case Operation::Delete: return wire::DELETE;
    case Operation::Truncate: break;
  }
  return wire::TRUNCATE;
}

// Fills messages and sends each when no more fits.
class MessageFiller {
 public:
  explicit MessageFiller(UpdateOutlet& outlet) : outlet_(outlet) {}

  wire::Record& add() { return *message_.mutable_records()->add_records(); }

  // The record that was added last is whole.
  Status end_record() {
    wire::Records& records = *message_.mutable_records();
    const std::size_t bytes = records.records(records.records_size() - 1).ByteSizeLong();
    if (bytes > kRecordBytesMax) {
      return Error{ErrorCode::BadData,
                   "a row of table " + records.records(records.records_size() - 1).table_name() +
                       " is larger than a message of the protocol can be, in bytes: " +
                       std::to_string(bytes)};
    }
    if (bytes_ > 0 && bytes_ + bytes > kRecordBytesOfMessageMax) {
      wire::Record last;
      last.Swap(records.mutable_records(records.records_size() - 1));
      records.mutable_records()->RemoveLast();
      TRY(send());
      add().Swap(&last);
    }
    bytes_ += bytes;
    return records.records_size() >= kRecordsOfMessageMax ? send() : Status();
  }

  Status send() {
    if (message_.records().records_size() == 0) {
      return {};
    }
    TRY(outlet_.send(message_));
    message_.mutable_records()->clear_records();
    bytes_ = 0;
    return {};
  }

 private:
  UpdateOutlet& outlet_;
  wire::UpdateResponse message_;
  std::size_t bytes_ = 0;
};

}  // namespace

struct RecordMessages::SentColumn {
  const Column& column;
  const arrow::Array& cells;
  bool is_key;
};

std::vector<RecordMessages::SentColumn> RecordMessages::columns_of(const Batch& batch) const {
  const TableSchema& schema = *batch.schema;
  std::vector<SentColumn> columns;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    const Column& column = schema.columns[i];
    const bool is_key = std::find(schema.primary_key.begin(), schema.primary_key.end(),
                                  column.name) != schema.primary_key.end();
    const bool counts = batch.operation != Operation::Delete || is_key;
    if (counts && (is_key || choice_.has_column(schema.name, column.name))) {
      columns.push_back({column, *batch.rows->column(static_cast<int>(i)), is_key});
    }
  }
  return columns;
}

Status RecordMessages::write(const Batch& batch) {
  const TableSchema& schema = *batch.schema;
  if (batch.operation == Operation::Truncate) {
    return truncate(schema.name);
  }
  MessageFiller filler(outlet_);
  const std::vector<SentColumn> columns = columns_of(batch);
  for (std::int64_t row = 0; row < batch.row_count(); ++row) {
    wire::Record& record = filler.add();
    record.set_table_name(schema.name);
    record.set_type(record_type(batch.operation));
    for (const SentColumn& each : columns) {
      wire::ValueType& value = (*record.mutable_data())[each.column.name];
      const std::string_view misfit = put_cell(each.cells, each.column.type, row, value);
      if (!misfit.empty()) {
        TRY(warn_of(each, schema.name, misfit));
      }
    }
    TRY(filler.end_record());
  }
  return filler.send();
}

Status RecordMessages::truncate(const std::string& table) {
  wire::UpdateResponse message;
  wire::Record& record = *message.mutable_records()->add_records();
  record.set_table_name(table);
  record.set_type(wire::TRUNCATE);
  return outlet_.send(message);
}

Status RecordMessages::warn_of(const SentColumn& column, const std::string& table,
                               std::string_view misfit) {
  const std::string what = "column " + column.column.name + " of table " + table + " has " +
                           std::string(misfit) + ", which the protocol can not carry";
  if (column.is_key) {
    return Error{ErrorCode::BadData, what};
  }
  if (!warned_.emplace(table, column.column.name).second) {
    return {};
  }
  wire::UpdateResponse warning;
  warning.mutable_warning()->set_message(what + "; it is sent as NULL, further ones are not told");
  return outlet_.send(warning);
}

}  // namespace tendril
