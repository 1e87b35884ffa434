// SqliteDatabase: one connection to an SQLite file that several processes use.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/result.h"

struct sqlite3;

namespace tendril {

using SqliteValue = std::variant<std::monostate, std::int64_t, std::string>;
using SqliteRow = std::vector<SqliteValue>;

// Errors: Unavailable when other processes kept the file locked for too long; System for what the
//   disk or the folder refuses; BadData for a file that is no database or damaged.
// Threads: one at a time.
class SqliteDatabase {
 public:
  // Opens the file, made with access for its owner only when there is none, in WAL mode.
  static Result<std::unique_ptr<SqliteDatabase>> open(const std::filesystem::path& file);

  ~SqliteDatabase();
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  // Runs a statement; returns how many rows it changed.
  Result<std::int64_t> run(std::string_view sql, std::span<const SqliteValue> parameters = {});

  // Runs statements without parameters, separated by semicolons.
  Status run_script(const std::string& sql);

  Result<std::vector<SqliteRow>> rows(std::string_view sql,
                                      std::span<const SqliteValue> parameters = {});

  // Runs `work`, which returns a Result, in a transaction that writes; rolls back when it fails.
  template <class Work>
  auto transaction(Work&& work) -> decltype(work()) {
    TRY(run("BEGIN IMMEDIATE"));
    auto result = work();
    if (result.ok()) {
      if (auto committed = run("COMMIT"); !committed.ok()) {
        roll_back();
        return std::move(committed).error();
      }
    } else {
      roll_back();
    }
    return result;
  }

 private:
  SqliteDatabase(sqlite3* connection, std::filesystem::path file)
      : connection_(connection), file_(std::move(file)) {}

  Error fault(int code) const;
  void roll_back();

  sqlite3* const connection_;
  const std::filesystem::path file_;
};

}  // namespace tendril
