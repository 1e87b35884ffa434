#include "destinations/duckdb/appender.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <arrow/c/abi.h>
#include <arrow/c/bridge.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <duckdb.h>

#include "destinations/duckdb/library_error.h"

namespace tendril {
namespace {

// Rows wait uncompressed and beside DuckDB's own memory limit until they are flushed.
constexpr std::size_t kPendingBytesMax = std::size_t{4} * 1024 * 1024;

duckdb_connection connection_of(DuckdbSession& session) {
  return static_cast<duckdb_connection>(session.native());
}

// Takes `data` over.
Status status_of(duckdb_error_data data) {
  Status status = {};
  if (data != nullptr && duckdb_error_data_has_error(data)) {
    status = library_error(duckdb_error_data_error_type(data), duckdb_error_data_message(data));
  }
  duckdb_destroy_error_data(&data);
  return status;
}

Error arrow_error(const arrow::Status& status) {
  return {ErrorCode::Internal, "arrow rows can not be handed over: " + status.message()};
}

}  // namespace

struct Appender::Handle {
  duckdb_appender appender = nullptr;
  // How DuckDB reads rows of `schema`.
  duckdb_arrow_converted_schema converted = nullptr;
  std::shared_ptr<arrow::Schema> schema = nullptr;  // Shared with the batches that have it.

  ~Handle() {
    duckdb_destroy_arrow_converted_schema(&converted);
    // Closing would flush; what goes wrong then is the business of nobody any more.
    duckdb_appender_destroy(&appender);
  }

  Status failure() const { return status_of(duckdb_appender_error_data(appender)); }
};

Result<std::unique_ptr<Appender>> Appender::open(DuckdbSession& session, const TableName& table,
                                                 const std::vector<std::string>& columns) {
  auto handle = std::make_unique<Handle>();
  if (duckdb_appender_create_ext(connection_of(session), table.catalog.c_str(),
                                 table.schema.c_str(), table.table.c_str(),
                                 &handle->appender) != DuckDBSuccess) {
    TRY(handle->failure());
    return Error{ErrorCode::Internal, "duckdb has no such table: " + table.table};
  }
  for (const std::string& column : columns) {
    if (duckdb_appender_add_column(handle->appender, column.c_str()) != DuckDBSuccess) {
      TRY(handle->failure());
      return Error{ErrorCode::Internal, "duckdb has no such column: " + column};
    }
  }
  return std::unique_ptr<Appender>(new Appender(session, std::move(handle)));
}

Appender::Appender(DuckdbSession& session, std::unique_ptr<Handle> handle)
    : session_(session), handle_(std::move(handle)) {}

Appender::~Appender() = default;

Status Appender::use_schema(const std::shared_ptr<arrow::Schema>& schema) {
  if (handle_->schema == schema) {
    return {};
  }
  ArrowSchema exported = {};
  if (const arrow::Status status = arrow::ExportSchema(*schema, &exported); !status.ok()) {
    return arrow_error(status);
  }
  duckdb_arrow_converted_schema converted = nullptr;
  const Status status =
      status_of(duckdb_schema_from_arrow(connection_of(session_), &exported, &converted));
  if (exported.release != nullptr) {
    exported.release(&exported);
  }
  TRY(status);
  duckdb_destroy_arrow_converted_schema(&handle_->converted);
  handle_->converted = converted;
  handle_->schema = schema;
  return {};
}

Status Appender::append_chunk(const arrow::RecordBatch& rows) {
  ArrowArray exported = {};
  if (const arrow::Status status = arrow::ExportRecordBatch(rows, &exported); !status.ok()) {
    return arrow_error(status);
  }
  duckdb_data_chunk chunk = nullptr;
  const Status converted = status_of(
      duckdb_data_chunk_from_arrow(connection_of(session_), &exported, handle_->converted, &chunk));
  if (exported.release != nullptr) {
    exported.release(&exported);
  }
  TRY(converted);
  const bool appended = duckdb_append_data_chunk(handle_->appender, chunk) == DuckDBSuccess;
  duckdb_destroy_data_chunk(&chunk);
  if (!appended) {
    TRY(handle_->failure());
    return Error{ErrorCode::Internal, "duckdb refuses rows without a reason"};
  }
  return {};
}

Status Appender::append(const arrow::RecordBatch& rows, std::size_t bytes) {
  TRY(use_schema(rows.schema()));
  const auto chunk_rows = static_cast<std::int64_t>(duckdb_vector_size());
  for (std::int64_t first = 0; first < rows.num_rows(); first += chunk_rows) {
    const std::int64_t count = std::min(chunk_rows, rows.num_rows() - first);
    const bool whole = count == rows.num_rows();
    TRY(append_chunk(whole ? rows : *rows.Slice(first, count)));
    const double share = static_cast<double>(count) / static_cast<double>(rows.num_rows());
    pending_bytes_ += static_cast<std::size_t>(static_cast<double>(bytes) * share);
    if (pending_bytes_ >= kPendingBytesMax) {
      TRY(flush());
    }
  }
  return {};
}

Status Appender::flush() {
  pending_bytes_ = 0;
  if (duckdb_appender_flush(handle_->appender) != DuckDBSuccess) {
    TRY(handle_->failure());
    return Error{ErrorCode::Internal, "duckdb refuses rows without a reason"};
  }
  return {};
}

}  // namespace tendril
