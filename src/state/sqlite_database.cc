#include "state/sqlite_database.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

namespace tendril {
namespace {

constexpr int kBusyTimeoutMs = 5'000;

Error fault_of(const std::filesystem::path& file, int code, const char* message) {
  const std::string text = file.string() + ": " + message;
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {.code = ErrorCode::Unavailable, .message = text};
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_NOMEM: return {.code = ErrorCode::System, .message = text};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return {.code = ErrorCode::BadData, .message = text};
    default: return {.code = ErrorCode::Internal, .message = text};
  }
}

// SQLite gives its own files the rights of this one.
Status make_private_file(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) {
    return Error{
        .code = ErrorCode::System,
        .message = file.string() + " can not be opened: " + std::generic_category().message(errno)};
  }
  ::close(descriptor);
  return {};
}

class Statement {
 public:
  Statement() = default;
  ~Statement() { sqlite3_finalize(handle_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Returns SQLite's code.
  int prepare(sqlite3* connection, std::string_view sql, std::span<const SqliteValue> parameters) {
    const int size = static_cast<int>(sql.size());
    int code = sqlite3_prepare_v2(connection, sql.data(), size, &handle_, nullptr);
    for (std::size_t i = 0; code == SQLITE_OK && i < parameters.size(); ++i) {
      code = bind(static_cast<int>(i + 1), parameters[i]);
    }
    return code;
  }

  int step() { return sqlite3_step(handle_); }

  SqliteRow row() const {
    SqliteRow row;
    for (int column = 0; column < sqlite3_column_count(handle_); ++column) {
      switch (sqlite3_column_type(handle_, column)) {
        case SQLITE_NULL: row.emplace_back(); break;
        case SQLITE_INTEGER:
          row.emplace_back(std::int64_t{sqlite3_column_int64(handle_, column)});
          break;
        default: {
          const void* const text = sqlite3_column_blob(handle_, column);
          const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
          row.emplace_back(text == nullptr ? std::string()
                                           : std::string(static_cast<const char*>(text), size));
        }
      }
    }
    return row;
  }

 private:
  int bind(int index, const SqliteValue& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      return sqlite3_bind_int64(handle_, index, *number);
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
      return sqlite3_bind_text64(handle_, index, text->data(), text->size(), SQLITE_TRANSIENT,
                                 SQLITE_UTF8);
    }
    return sqlite3_bind_null(handle_, index);
  }

  sqlite3_stmt* handle_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::open(const std::filesystem::path& file) {
  TRY(make_private_file(file));
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &connection,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX, nullptr);
  if (connection == nullptr) {
    return Error{.code = ErrorCode::System, .message = file.string() + ": no memory to open it"};
  }
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(connection, file));
  if (code != SQLITE_OK) {
    return database->fault(code);
  }
  sqlite3_busy_timeout(connection, kBusyTimeoutMs);
  // Busy: another process is about to do the same to the new file.
  if (auto wal = database->rows("PRAGMA journal_mode=WAL");
      !wal.ok() && wal.error().code != ErrorCode::Unavailable) {
    return std::move(wal).error();
  }
  TRY(database->run_script("PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"));
  return database;
}

SqliteDatabase::~SqliteDatabase() { sqlite3_close_v2(connection_); }

Result<std::int64_t> SqliteDatabase::run(std::string_view sql,
                                         std::span<const SqliteValue> parameters) {
  TRY(rows(sql, parameters));
  return std::int64_t{sqlite3_changes(connection_)};
}

Status SqliteDatabase::run_script(const std::string& sql) {
  const int code = sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? Status() : fault(code);
}

Result<std::vector<SqliteRow>> SqliteDatabase::rows(std::string_view sql,
                                                    std::span<const SqliteValue> parameters) {
  Statement statement;
  int code = statement.prepare(connection_, sql, parameters);
  std::vector<SqliteRow> rows;
  while (code == SQLITE_OK || code == SQLITE_ROW) {
    code = statement.step();
    if (code == SQLITE_ROW) {
      rows.push_back(statement.row());
    }
  }
  if (code != SQLITE_DONE) {
    return fault(code);
  }
  return rows;
}

Error SqliteDatabase::fault(int code) const {
  return fault_of(file_, code, sqlite3_errmsg(connection_));
}

// A transaction that SQLite has ended by itself, as with a full disk, is no fault here.
void SqliteDatabase::roll_back() {
  if (sqlite3_get_autocommit(connection_) == 0) {
    const Status ended = run_script("ROLLBACK");
    static_cast<void>(ended.ok());
  }
}

}  // namespace tendril
