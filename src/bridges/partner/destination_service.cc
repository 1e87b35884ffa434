#include "bridges/partner/destination_service.h"

#include <exception>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <grpcpp/server_context.h>

#include "bridges/partner/batch_write.h"
#include "bridges/partner/destination_form.h"
#include "bridges/partner/history_write.h"
#include "bridges/partner/key_columns.h"
#include "bridges/partner/migration_request.h"
#include "bridges/partner/table_definition.h"
#include "bridges/partner/table_operations.h"
#include "bridges/partner/wire_status.h"
#include "destination_sdk.grpc.pb.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;

bool is_for_people(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidConfig:
    case ErrorCode::Unauthenticated:
    case ErrorCode::PermissionDenied:
    case ErrorCode::NotFound:
    case ErrorCode::System: return true;
    default: return false;
  }
}

Result<BatchFiles> files_of(const wire::FileParams& params,
                            const google::protobuf::Map<std::string, std::string>& keys,
                            BatchFileFormat format) {
  BatchFiles files;
  files.params.format = format;
  files.params.encrypted = params.encryption() == wire::AES;
  files.params.null_string = params.null_string();
  files.params.unmodified_string = params.unmodified_string();
  switch (params.compression()) {
    case wire::OFF: break;
    case wire::ZSTD: files.params.compression = BatchCompression::Zstd; break;
    case wire::GZIP: files.params.compression = BatchCompression::Gzip; break;
    default: return Error{ErrorCode::BadData, "files are compressed in a way of no version"};
  }
  for (const auto& [path, key] : keys) {
    files.keys.emplace(path, Secret(key));
  }
  return files;
}

template <class Paths>
std::vector<std::string> listed(const Paths& paths) {
  return {paths.begin(), paths.end()};
}

class DestinationService final : public wire::DestinationConnector::Service {
 public:
  explicit DestinationService(const DestinationServiceOptions& options) : options_(options) {}

  grpc::Status ConfigurationForm(grpc::ServerContext* /*context*/,
                                 const wire::ConfigurationFormRequest* /*request*/,
                                 wire::ConfigurationFormResponse* response) override {
    fill_form(options_.calls.warehouse(), *response);
    return grpc::Status::OK;
  }

  grpc::Status Capabilities(grpc::ServerContext* /*context*/,
                            const wire::CapabilitiesRequest* /*request*/,
                            wire::CapabilitiesResponse* response) override {
    response->set_batch_file_format(options_.format == BatchFileFormat::Csv ? wire::CSV
                                                                            : wire::PARQUET);
    return grpc::Status::OK;
  }

  grpc::Status Test(grpc::ServerContext* context, const wire::TestRequest* request,
                    wire::TestResponse* response) override {
    if (request->name() != kConnectionTest) {
      return status_of({ErrorCode::BadData, "there is no test " + request->name()});
    }
    const Status tested = guarded(
        [&] { return options_.calls.try_out(call_of(*context, *request, {}), check_writable); });
    if (tested.ok()) {
      response->set_success(true);
    } else {
      response->set_failure(options_.redactor.redact(tested.error().message));
      const std::string told = "test of the connection failed: " + tested.error().message;
      options_.log.warning(told);
    }
    return grpc::Status::OK;
  }

  grpc::Status DescribeTable(grpc::ServerContext* context,
                             const wire::DescribeTableRequest* request,
                             wire::DescribeTableResponse* response) override {
    const SqlTableName name = name_of(request->schema_name(), request->table_name());
    const Status done = run(*context, *request, {name}, [&](SqlSession& session) -> Status {
      const auto table = TRY(session.read(name));
      if (table) {
        response->clear_table();
        fill_wire(*table, *response->mutable_table());
      } else {
        response->set_not_found(true);
      }
      return {};
    });
    if (done.ok()) {
      return grpc::Status::OK;
    }
    response->clear_response();
    return refuse("DescribeTable of " + shown(name), done.error(), *response);
  }

  grpc::Status CreateTable(grpc::ServerContext* context, const wire::CreateTableRequest* request,
                           wire::CreateTableResponse* response) override {
    const auto table = table_of_wire(schema_of(request->schema_name()), request->table());
    if (!table.ok()) {
      return status_of(table.error());
    }
    return answer("CreateTable of " + shown(table->name),
                  run(*context, *request, {table->name},
                      [&](SqlSession& session) { return session.create(*table); }),
                  *response);
  }

  grpc::Status AlterTable(grpc::ServerContext* context, const wire::AlterTableRequest* request,
                          wire::AlterTableResponse* response) override {
    const auto table = table_of_wire(schema_of(request->schema_name()), request->table());
    if (!table.ok()) {
      return status_of(table.error());
    }
    return answer("AlterTable of " + shown(table->name),
                  run(*context, *request, {table->name},
                      [&](SqlSession& session) {
                        return alter_table(session, *table, request->drop_columns());
                      }),
                  *response);
  }

  grpc::Status Truncate(grpc::ServerContext* context, const wire::TruncateRequest* request,
                        wire::TruncateResponse* response) override {
    constexpr std::int64_t kMicros = 1'000'000;
    TruncationPlan plan{
        .table = name_of(request->schema_name(), request->table_name()),
        .synced_column = request->synced_column(),
        .before = instant_from_micros(request->utc_delete_before().seconds() * kMicros +
                                      request->utc_delete_before().nanos() / 1000),
        .deleted_column = request->soft().deleted_column()};
    if (plan.table.table.empty() || plan.synced_column.empty() ||
        request->has_soft() != !plan.deleted_column.empty()) {
      return status_of({ErrorCode::BadData, "a truncation has to name its table and columns"});
    }
    return answer("Truncate of " + shown(plan.table),
                  run(*context, *request, {plan.table},
                      [&](SqlSession& session) { return truncate_table(session, plan); }),
                  *response);
  }

  grpc::Status WriteBatch(grpc::ServerContext* context, const wire::WriteBatchRequest* request,
                          wire::WriteBatchResponse* response) override {
    return write(*context, *request, {}, *response);
  }

  grpc::Status WriteHistoryBatch(grpc::ServerContext* context,
                                 const wire::WriteHistoryBatchRequest* request,
                                 wire::WriteBatchResponse* response) override {
    return write(*context, *request, listed(request->earliest_start_files()), *response);
  }

  grpc::Status Migrate(grpc::ServerContext* context, const wire::MigrateRequest* request,
                       wire::MigrateResponse* response) override {
    const auto order = migration_order(schema_of(request->details().schema()), request->details(),
                                       options_.calls.clock().now());
    if (!order.ok() && order.error().code == ErrorCode::Unsupported) {
      options_.log.warning("Migrate: " + order.error().message);
      response->set_unsupported(true);
      return grpc::Status::OK;
    }
    if (!order.ok()) {
      return status_of(order.error());
    }
    return answer(order->name, run(*context, *request, order->tables, order->work), *response);
  }

 private:
  std::string schema_of(const std::string& name) const {
    return name.empty() ? options_.calls.warehouse().default_schema() : name;
  }

  SqlTableName name_of(const std::string& schema, const std::string& table) const {
    return {schema_of(schema), table};
  }

  template <class Request>
  WarehouseCall call_of(grpc::ServerContext& context, const Request& request,
                        std::vector<SqlTableName> tables) {
    const std::map<std::string, std::string> configuration(request.configuration().begin(),
                                                           request.configuration().end());
    WarehouseCall call{.login = login_of(configuration),
                       .tables = std::move(tables),
                       .cancelled = [&context] { return context.IsCancelled(); }};
    const std::lock_guard lock(passwords_mutex_);
    if (passwords_.insert(call.login.password.reveal()).second) {
      options_.redactor.add(call.login.password);
    }
    return call;
  }

  template <class Work>
  static Status guarded(Work work) {
    try {
      return work();
    } catch (const std::exception& failure) {
      return Error{ErrorCode::Internal, failure.what()};
    }
  }

  template <class Request, class Work>
  Status run(grpc::ServerContext& context, const Request& request, std::vector<SqlTableName> tables,
             const Work& work) {
    return guarded([&] { return options_.calls.run(call_of(context, request, tables), work); });
  }

  template <class Response>
  grpc::Status refuse(const std::string& name, const Error& error, Response& response) const {
    const std::string message = name + ": " + options_.redactor.redact(error.message);
    options_.log.severe(message);
    if (!is_for_people(error.code)) {
      return status_of({error.code, message});
    }
    response.mutable_task()->set_message(message);
    return grpc::Status::OK;
  }

  template <class Response>
  grpc::Status answer(const std::string& name, const Status& done, Response& response) const {
    if (!done.ok()) {
      return refuse(name, done.error(), response);
    }
    options_.log.info(name + ": done");
    response.set_success(true);
    return grpc::Status::OK;
  }

  template <class Request>
  grpc::Status write(grpc::ServerContext& context, const Request& request,
                     std::vector<std::string> earliest_starts, wire::WriteBatchResponse& response) {
    constexpr bool kHistory = std::is_same_v<Request, wire::WriteHistoryBatchRequest>;
    const auto wanted = table_of_wire(schema_of(request.schema_name()), request.table());
    if (!wanted.ok()) {
      return status_of(wanted.error());
    }
    auto files = files_of(request.file_params(), request.keys(), options_.format);
    if (!files.ok()) {
      return status_of(files.error());
    }
    files->cancelled = [&context] { return context.IsCancelled(); };
    const BatchPaths paths{.earliest_starts = std::move(earliest_starts),
                           .replacements = listed(request.replace_files()),
                           .updates = listed(request.update_files()),
                           .deletions = listed(request.delete_files())};
    const auto work = [&](SqlSession& session) -> Status {
      const SqlTable table = TRY(existing_table(session, wanted->name));
      std::vector<std::string> key = wanted->key().empty() ? table.key() : wanted->key();
      if constexpr (kHistory) {
        std::erase(key, std::string(kVersionStart));
        return write_history(session, table, key, *files, paths);
      } else {
        return write_batch(session, table, key, *files, paths);
      }
    };
    return answer((kHistory ? "WriteHistoryBatch to " : "WriteBatch to ") + shown(wanted->name),
                  run(context, request, {wanted->name}, work), response);
  }

  const DestinationServiceOptions options_;
  std::mutex passwords_mutex_;
  std::set<std::string> passwords_;  // That the redactor knows. Guarded by passwords_mutex_.
};

}  // namespace

Result<std::unique_ptr<PartnerServer>> serve_destination(const DestinationServiceOptions& options,
                                                         const PartnerServerOptions& server) {
  return PartnerServer::start(std::make_unique<DestinationService>(options), server);
}

}  // namespace tendril
