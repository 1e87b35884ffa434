#include "destinations/lake/lake_queries.h"

#include <string_view>
#include <utility>

#include <duckdb.h>
#include <fmt/format.h>

#include "core/check.h"
#include "destinations/lake/lake_sql.h"

namespace tendril {

struct LakeQueries::Handles {
  Handles() = default;
  ~Handles() {
    duckdb_disconnect(&connection);
    duckdb_close(&database);
  }
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;

  duckdb_database database = nullptr;
  duckdb_connection connection = nullptr;
};

namespace {

Error library_fault(const char* text) {
  const std::string_view message = text == nullptr ? "statement failed" : text;
  return {.code = ErrorCode::System,
          .message = "rewriting data files: " + std::string(message.substr(0, message.find('\n')))};
}

class QueryResult {
 public:
  QueryResult() = default;
  ~QueryResult() { duckdb_destroy_result(&result_); }
  QueryResult(const QueryResult&) = delete;
  QueryResult& operator=(const QueryResult&) = delete;

  Status query(duckdb_connection connection, const std::string& sql) {
    if (duckdb_query(connection, sql.c_str(), &result_) != DuckDBSuccess) {
      return library_fault(duckdb_result_error(&result_));
    }
    return {};
  }
  duckdb_result& get() { return result_; }

 private:
  duckdb_result result_ = {};
};

std::string text_in(duckdb_vector vector, idx_t row) {
  auto* const text = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector)) + row;
  return {duckdb_string_t_data(text), duckdb_string_t_length(*text)};
}

}  // namespace

LakeQueries::LakeQueries(std::unique_ptr<Handles> handles) : handles_(std::move(handles)) {}

LakeQueries::~LakeQueries() = default;

Result<std::unique_ptr<LakeQueries>> LakeQueries::open(const std::filesystem::path& spill_folder,
                                                       std::size_t memory_bytes) {
  auto handles = std::make_unique<Handles>();
  if (duckdb_open(nullptr, &handles->database) != DuckDBSuccess ||
      duckdb_connect(handles->database, &handles->connection) != DuckDBSuccess) {
    return library_fault("duckdb does not start");
  }
  std::unique_ptr<LakeQueries> queries(new LakeQueries(std::move(handles)));
  for (const std::string& setting :
       {fmt::format("SET memory_limit = '{}B'", memory_bytes),
        "SET temp_directory = " + quoted_text(spill_folder.string()),
        std::string("SET threads = 1"), std::string("SET preserve_insertion_order = false"),
        std::string("SET TimeZone = 'UTC'"),
        std::string("SET autoinstall_known_extensions = false"),
        std::string("SET autoload_known_extensions = false")}) {
    TRY(queries->run(setting));
  }
  return queries;
}

Result<std::int64_t> LakeQueries::run(const std::string& sql) {
  QueryResult result;
  TRY(result.query(handles_->connection, sql));
  return static_cast<std::int64_t>(duckdb_rows_changed(&result.get()));
}

Result<std::vector<std::vector<std::optional<std::string>>>> LakeQueries::rows(
    const std::string& sql) {
  QueryResult result;
  TRY(result.query(handles_->connection, sql));
  const idx_t columns = duckdb_column_count(&result.get());
  std::vector<std::vector<std::optional<std::string>>> rows;
  for (;;) {
    duckdb_data_chunk chunk = duckdb_fetch_chunk(result.get());
    if (chunk == nullptr) {
      return rows;
    }
    for (idx_t row = 0; row < duckdb_data_chunk_get_size(chunk); ++row) {
      auto& cells = rows.emplace_back();
      for (idx_t column = 0; column < columns; ++column) {
        CHECK(duckdb_column_type(&result.get(), column) == DUCKDB_TYPE_VARCHAR);
        duckdb_vector const vector = duckdb_data_chunk_get_vector(chunk, column);
        std::uint64_t* const validity = duckdb_vector_get_validity(vector);
        const bool valid = validity == nullptr || duckdb_validity_row_is_valid(validity, row);
        cells.push_back(valid ? std::optional(text_in(vector, row)) : std::nullopt);
      }
    }
    duckdb_destroy_data_chunk(&chunk);
  }
}

Result<std::int64_t> LakeQueries::number(const std::string& sql) {
  QueryResult result;
  TRY(result.query(handles_->connection, sql));
  duckdb_data_chunk chunk = duckdb_fetch_chunk(result.get());
  CHECK(chunk != nullptr && duckdb_column_type(&result.get(), 0) == DUCKDB_TYPE_BIGINT);
  duckdb_vector const vector = duckdb_data_chunk_get_vector(chunk, 0);
  const std::int64_t number = *static_cast<const std::int64_t*>(duckdb_vector_get_data(vector));
  duckdb_destroy_data_chunk(&chunk);
  return number;
}

}  // namespace tendril
