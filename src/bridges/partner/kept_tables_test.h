// KeptTables: a destination server for tests that keeps its tables in memory, as texts. It takes
// CSV that is neither compressed nor encrypted.
#pragma once

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include "destination_sdk.grpc.pb.h"

namespace tendril {

namespace wire = fivetran_sdk::v2;

using KeptRow = std::map<std::string, std::string>;  // Without columns that are NULL.

struct KeptTable {
  wire::Table description;
  std::vector<KeptRow> rows;
};

// What outlives the server. Guarded by the server's mutex while it serves.
struct KeptStorage {
  std::map<std::string, KeptTable> tables;
  std::vector<std::string> calls;  // "WriteBatch items"
  // Asked after each call that changes something; what it returns is what the client hears.
  std::function<grpc::Status(const std::string& call)> answer = nullptr;
  std::string task = {};         // Of the next WriteBatch, which does nothing.
  std::string failed_test = {};  // Why the configuration is wrong.
};

class KeptTables final : public wire::DestinationConnector::Service {
 public:
  explicit KeptTables(KeptStorage& storage) : storage_(storage) {}

  grpc::Status ConfigurationForm(grpc::ServerContext*, const wire::ConfigurationFormRequest*,
                                 wire::ConfigurationFormResponse* response) override {
    response->add_tests()->set_name("login");
    return grpc::Status::OK;
  }
  grpc::Status Test(grpc::ServerContext*, const wire::TestRequest*,
                    wire::TestResponse* response) override {
    if (storage_.failed_test.empty()) {
      response->set_success(true);
    } else {
      response->set_failure(storage_.failed_test);
    }
    return grpc::Status::OK;
  }
  grpc::Status Capabilities(grpc::ServerContext*, const wire::CapabilitiesRequest*,
                            wire::CapabilitiesResponse* response) override {
    response->set_batch_file_format(wire::CSV);
    return grpc::Status::OK;
  }
  grpc::Status DescribeTable(grpc::ServerContext*, const wire::DescribeTableRequest* request,
                             wire::DescribeTableResponse* response) override {
    const std::lock_guard lock(mutex_);
    const auto found = storage_.tables.find(request->table_name());
    if (found == storage_.tables.end()) {
      response->set_not_found(true);
    } else {
      *response->mutable_table() = found->second.description;
    }
    return grpc::Status::OK;
  }
  grpc::Status CreateTable(grpc::ServerContext*, const wire::CreateTableRequest* request,
                           wire::CreateTableResponse* response) override {
    const std::lock_guard lock(mutex_);
    response->set_success(
        storage_.tables.try_emplace(request->table().name(), KeptTable{request->table(), {}})
            .second);
    return done("CreateTable " + request->table().name());
  }
  grpc::Status AlterTable(grpc::ServerContext*, const wire::AlterTableRequest* request,
                          wire::AlterTableResponse* response) override {
    const std::lock_guard lock(mutex_);
    storage_.tables[request->table().name()].description = request->table();
    response->set_success(true);
    return done("AlterTable " + request->table().name());
  }
  grpc::Status Truncate(grpc::ServerContext*, const wire::TruncateRequest* request,
                        wire::TruncateResponse* response) override {
    const std::lock_guard lock(mutex_);
    std::vector<KeptRow>& rows = storage_.tables[request->table_name()].rows;
    const auto meant = [&](const KeptRow& row) {
      return row.at(request->synced_column()) < text_of(request->utc_delete_before());
    };
    if (request->has_soft()) {
      for (KeptRow& row : rows) {
        if (meant(row)) {
          row[request->soft().deleted_column()] = "true";
        }
      }
    } else {
      std::erase_if(rows, meant);
    }
    response->set_success(true);
    return done("Truncate " + request->table_name());
  }
  grpc::Status WriteBatch(grpc::ServerContext*, const wire::WriteBatchRequest* request,
                          wire::WriteBatchResponse* response) override {
    const std::lock_guard lock(mutex_);
    if (!storage_.task.empty()) {
      response->mutable_task()->set_message(std::exchange(storage_.task, ""));
      return grpc::Status::OK;
    }
    const std::vector<std::string> key = key_of(request->table());
    std::vector<KeptRow>& rows = storage_.tables[request->table().name()].rows;
    for (const KeptRow& row : rows_of(request->replace_files(), request->file_params())) {
      std::erase_if(rows, [&](const KeptRow& each) { return same(each, row, key); });
      rows.push_back(row);
    }
    for (const KeptRow& row : rows_of(request->update_files(), request->file_params())) {
      for (KeptRow& each : rows) {
        if (same(each, row, key)) {
          change(each, row, request->file_params());
        }
      }
    }
    for (const KeptRow& row : rows_of(request->delete_files(), request->file_params())) {
      std::erase_if(rows, [&](const KeptRow& each) { return same(each, row, key); });
    }
    response->set_success(true);
    return done("WriteBatch " + request->table().name());
  }
  // Rows of replacements and deletions; updates are for the servers that do it all.
  grpc::Status WriteHistoryBatch(grpc::ServerContext*,
                                 const wire::WriteHistoryBatchRequest* request,
                                 wire::WriteBatchResponse* response) override {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> key = key_of(request->table());
    std::erase(key, "_fivetran_start");
    std::vector<KeptRow>& rows = storage_.tables[request->table().name()].rows;
    for (const KeptRow& first : rows_of(request->earliest_start_files(), request->file_params())) {
      std::erase_if(rows, [&](const KeptRow& each) {
        return same(each, first, key) && each.at("_fivetran_start") >= first.at("_fivetran_start");
      });
      end(rows, first, key, "before " + first.at("_fivetran_start"));
    }
    for (const KeptRow& row : rows_of(request->replace_files(), request->file_params())) {
      rows.push_back(row);
    }
    for (const KeptRow& row : rows_of(request->delete_files(), request->file_params())) {
      end(rows, row, key, row.at("_fivetran_end"));
    }
    response->set_success(true);
    return done("WriteHistoryBatch " + request->table().name());
  }

 private:
  using Files = google::protobuf::RepeatedPtrField<std::string>;

  grpc::Status done(const std::string& call) {
    storage_.calls.push_back(call);
    return storage_.answer ? storage_.answer(call) : grpc::Status::OK;
  }

  static std::string text_of(const google::protobuf::Timestamp& instant) {
    const std::time_t seconds = instant.seconds();
    std::tm fields = {};
    ::gmtime_r(&seconds, &fields);
    std::string text(19, '\0');
    std::strftime(text.data(), text.size() + 1, "%Y-%m-%dT%H:%M:%S", &fields);
    return text;  // What begins with it, and goes on, comes after it.
  }

  static std::vector<std::string> key_of(const wire::Table& table) {
    std::vector<std::string> key;
    for (const wire::Column& column : table.columns()) {
      if (column.primary_key()) {
        key.push_back(column.name());
      }
    }
    return key;
  }

  static bool same(const KeptRow& a, const KeptRow& b, const std::vector<std::string>& key) {
    return std::ranges::all_of(key, [&](const std::string& column) {
      const auto left = a.find(column);
      const auto right = b.find(column);
      return (left == a.end()) == (right == b.end()) &&
             (left == a.end() || left->second == right->second);
    });
  }

  static void change(KeptRow& row, const KeptRow& changes, const wire::FileParams& params) {
    KeptRow changed = changes;
    for (const auto& [column, value] : row) {
      if (changes.contains(column) && changes.at(column) == params.unmodified_string()) {
        changed[column] = value;
      }
    }
    std::erase_if(changed,
                  [&](const auto& cell) { return cell.second == params.unmodified_string(); });
    row = std::move(changed);
  }

  static void end(std::vector<KeptRow>& rows, const KeptRow& which,
                  const std::vector<std::string>& key, const std::string& instant) {
    for (KeptRow& each : rows) {
      if (same(each, which, key) && each.at("_fivetran_active") == "true") {
        each["_fivetran_active"] = "false";
        each["_fivetran_end"] = instant;
      }
    }
  }

  static std::vector<KeptRow> rows_of(const Files& files, const wire::FileParams& params) {
    std::vector<KeptRow> rows;
    for (const std::string& file : files) {
      std::ifstream stream(file, std::ios::binary);
      const std::string text(std::istreambuf_iterator<char>(stream), {});
      std::vector<std::vector<std::string>> lines = lines_of(text);
      for (std::size_t line = 1; line < lines.size(); ++line) {
        KeptRow row;
        for (std::size_t i = 0; i < lines[line].size(); ++i) {
          if (lines[line][i] != params.null_string()) {
            row[lines[0][i]] = lines[line][i];
          }
        }
        rows.push_back(std::move(row));
      }
    }
    return rows;
  }

  static std::vector<std::vector<std::string>> lines_of(const std::string& text) {
    std::vector<std::vector<std::string>> lines;
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
      const char c = text[at];
      if (quoted && c == '"' && at + 1 < text.size() && text[at + 1] == '"') {
        fields.back() += text[++at];
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && c == ',') {
        fields.emplace_back();
      } else if (!quoted && c == '\n') {
        lines.push_back(std::exchange(fields, std::vector<std::string>(1)));
      } else {
        fields.back() += c;
      }
    }
    return lines;
  }

  std::mutex mutex_;
  KeptStorage& storage_;
};

}  // namespace tendril
