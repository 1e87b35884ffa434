#include "bridges/partner/partner_step.h"

#include <utility>

#include "bridges/fivetran/system_columns.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;

constexpr std::int64_t kMicrosOfSecond = 1'000'000;

wire::Compression wire_compression(BatchCompression compression) {
  switch (compression) {
    case BatchCompression::Off: break;
    case BatchCompression::Zstd: return wire::ZSTD;
    case BatchCompression::Gzip: return wire::GZIP;
  }
  return wire::OFF;
}

// What WriteBatch and WriteHistoryBatch have in common.
template <class Request>
void fill(Request& request, const std::string& schema, const BatchGroup& group,
          const BatchFileParams& params) {
  request.set_schema_name(schema);
  *request.mutable_table() = to_wire(group.table());
  const auto add = [&](BatchFileKind kind, auto adder) {
    for (const FinishedBatchFile& file : group.files(kind)) {
      (request.*adder)(file.path);
      (*request.mutable_keys())[file.path] = file.key;
    }
  };
  using Adder = void (Request::*)(const std::string&);
  add(BatchFileKind::Replace, static_cast<Adder>(&Request::add_replace_files));
  add(BatchFileKind::Update, static_cast<Adder>(&Request::add_update_files));
  add(BatchFileKind::Delete, static_cast<Adder>(&Request::add_delete_files));
  if constexpr (std::is_same_v<Request, wire::WriteHistoryBatchRequest>) {
    add(BatchFileKind::EarliestStart, static_cast<Adder>(&Request::add_earliest_start_files));
  }
  wire::FileParams& file_params = *request.mutable_file_params();
  file_params.set_compression(wire_compression(params.compression));
  file_params.set_encryption(params.encrypted ? wire::AES : wire::NONE);
  file_params.set_null_string(params.null_string);
  file_params.set_unmodified_string(params.unmodified_string);
}

template <class Request>
Result<Request> parsed(const PartnerStep& step) {
  Request request;
  if (!request.ParseFromString(step.request)) {
    return Error{.code = ErrorCode::BadData, .message = "a call that was kept can not be read"};
  }
  return request;
}

Status create_where_missing(wire::CreateTableRequest request, PartnerCalls& calls) {
  const auto present = TRY(calls.describe(request.schema_name(), request.table().name()));
  return present ? Status() : calls.create(std::move(request));
}

}  // namespace

PartnerStep create_step(const std::string& schema, const PartnerTable& table) {
  wire::CreateTableRequest request;
  request.set_schema_name(schema);
  *request.mutable_table() = to_wire(table);
  return {.kind = PartnerStepKind::Create, .request = request.SerializeAsString()};
}

PartnerStep alter_step(const std::string& schema, const PartnerTable& table) {
  wire::AlterTableRequest request;
  request.set_schema_name(schema);
  *request.mutable_table() = to_wire(table);
  return {.kind = PartnerStepKind::Alter, .request = request.SerializeAsString()};
}

PartnerStep truncate_step(const PartnerTruncation& truncation) {
  wire::TruncateRequest request;
  request.set_schema_name(truncation.schema);
  request.set_table_name(truncation.table);
  request.set_synced_column(std::string(kFivetranSynced));
  const std::int64_t micros = micros_of(truncation.before);
  request.mutable_utc_delete_before()->set_seconds(micros / kMicrosOfSecond);
  request.mutable_utc_delete_before()->set_nanos(
      static_cast<std::int32_t>(micros % kMicrosOfSecond * 1000));
  if (truncation.soft) {
    request.mutable_soft()->set_deleted_column(std::string(kFivetranDeleted));
  }
  return {.kind = PartnerStepKind::Truncate, .request = request.SerializeAsString()};
}

PartnerStep write_step(const std::string& schema, const BatchGroup& group,
                       const BatchFileParams& params) {
  PartnerStep step;
  if (group.table().mode == PartnerTableMode::Versions) {
    wire::WriteHistoryBatchRequest request;
    fill(request, schema, group, params);
    step = {.kind = PartnerStepKind::WriteHistory, .request = request.SerializeAsString()};
  } else {
    wire::WriteBatchRequest request;
    fill(request, schema, group, params);
    step = {.kind = PartnerStepKind::Write, .request = request.SerializeAsString()};
  }
  for (std::size_t kind = 0; kind < kBatchFileKinds; ++kind) {
    for (const FinishedBatchFile& file : group.files(static_cast<BatchFileKind>(kind))) {
      step.files.push_back(file.path);
    }
  }
  return step;
}

Status perform(const PartnerStep& step, PartnerCalls& calls) {
  switch (step.kind) {
    case PartnerStepKind::Create: {
      auto request = TRY(parsed<wire::CreateTableRequest>(step));
      return create_where_missing(std::move(request), calls);
    }
    case PartnerStepKind::Alter: {
      auto request = TRY(parsed<wire::AlterTableRequest>(step));
      return calls.alter(std::move(request));
    }
    case PartnerStepKind::Truncate: {
      auto request = TRY(parsed<wire::TruncateRequest>(step));
      return calls.truncate(std::move(request));
    }
    case PartnerStepKind::Write: {
      auto request = TRY(parsed<wire::WriteBatchRequest>(step));
      return calls.write(std::move(request));
    }
    case PartnerStepKind::WriteHistory: {
      auto request = TRY(parsed<wire::WriteHistoryBatchRequest>(step));
      return calls.write_history(std::move(request));
    }
  }
  return Error{.code = ErrorCode::BadData, .message = "a call that was kept is of no kind we know"};
}

}  // namespace tendril
