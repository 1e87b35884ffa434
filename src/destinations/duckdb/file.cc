#include "destinations/duckdb/file.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <duckdb.h>
#include <fmt/format.h>

#include "core/check.h"
#include "destinations/duckdb/library_error.h"
#include "destinations/duckdb/sql.h"

namespace tendril {
namespace {

// Columns that the memory of DuckdbSettings is enough for. Each further one takes blocks of 256 KiB
// for its values and its nulls while rows are appended, and again while they are read for a merge.
constexpr std::size_t kColumnsInSettings = 16;
constexpr std::size_t kBytesPerColumn = std::size_t{1024} * 1024;

// On top of it during commits, for each column of all tables together: a block of values and one of
// nulls.
constexpr std::size_t kCommitBytesPerColumn = std::size_t{512} * 1024;

std::string megabytes(std::size_t bytes) {
  return fmt::format("{}MB", std::max<std::size_t>(bytes / 1'000'000, 1));
}

// What keeps the path from being a database file at all.
Status check_path(const std::filesystem::path& path) {
  std::error_code ignored;  // What can not be seen is for DuckDB to complain of.
  if (path.string().find('\0') != std::string::npos || !path.has_filename()) {
    return Error{ErrorCode::InvalidConfig, "not the name of a file: " + path.string()};
  }
  if (std::filesystem::is_directory(path, ignored)) {
    return Error{ErrorCode::InvalidConfig, "database file is a folder: " + path.string()};
  }
  if (!std::filesystem::is_directory(path.parent_path(), ignored)) {
    return Error{ErrorCode::InvalidConfig,
                 "folder of the database file does not exist: " + path.parent_path().string()};
  }
  return {};
}

std::filesystem::path spill_folder(const std::filesystem::path& path) {
  return path.string() + ".tmp";
}

// Removes what a process that was killed had spilled. REQUIRES: the database file is locked by us.
void remove_leftovers(const std::filesystem::path& folder) {
  std::error_code ignored;  // What can not be removed does no harm.
  std::filesystem::directory_iterator entry(folder, ignored);
  for (; entry != std::filesystem::directory_iterator(); entry.increment(ignored)) {
    if (entry->path().filename().string().starts_with("duckdb_temp_")) {
      std::filesystem::remove(entry->path(), ignored);
    }
  }
  std::filesystem::remove(folder, ignored);  // Only when it is empty.
}

Error attach_error(Error error, const std::filesystem::path& path) {
  const auto says = [&](std::string_view text) {
    return error.message.find(text) != std::string::npos;
  };
  if (says("Could not set lock")) {
    return {ErrorCode::System, "database file is open in another process: " + path.string()};
  }
  if (says("not a valid DuckDB database file")) {
    return {ErrorCode::InvalidConfig, "not a DuckDB database file: " + path.string()};
  }
  if (says("version number")) {
    return {ErrorCode::InvalidConfig,
            "database file is of a DuckDB version that is not supported: " + path.string()};
  }
  error.code = ErrorCode::System;
  return std::move(error).while_doing("opening the database file " + path.string());
}

Result<duckdb_database> open_library(const DuckdbSettings& settings,
                                     const std::filesystem::path& path) {
  const std::string memory = megabytes(settings.memory_bytes);
  const std::string threads = std::to_string(settings.threads);
  const std::string spill = spill_folder(path).string();
  const std::array<std::pair<const char*, const char*>, 6> options{{
      {"memory_limit", memory.c_str()},
      {"threads", threads.c_str()},
      {"temp_directory", spill.c_str()},
      {"preserve_insertion_order", "true"},
      {"autoinstall_known_extensions", "false"},
      {"autoload_known_extensions", "false"},
  }};
  duckdb_config config = nullptr;
  CHECK(duckdb_create_config(&config) == DuckDBSuccess);
  bool accepted = true;
  for (const auto& [name, value] : options) {
    accepted = duckdb_set_config(config, name, value) == DuckDBSuccess && accepted;
  }
  duckdb_database database = nullptr;
  char* message = nullptr;
  const bool opened =
      accepted && duckdb_open_ext(nullptr, &database, config, &message) == DuckDBSuccess;
  duckdb_destroy_config(&config);
  const std::string text = message == nullptr ? "a setting is refused" : message;
  duckdb_free(message);
  if (!opened) {
    return Error{ErrorCode::InvalidConfig, "duckdb does not start: " + text};
  }
  return database;
}

}  // namespace

DuckdbFile::DuckdbFile(std::filesystem::path path, const DuckdbSettings& settings)
    : path_(std::move(path)), settings_(settings) {}

DuckdbFile::~DuckdbFile() {
  auto database = static_cast<duckdb_database>(database_);
  duckdb_close(&database);
}

Result<std::unique_ptr<DuckdbFile>> DuckdbFile::open(const std::filesystem::path& path,
                                                     const DuckdbSettings& settings) {
  TRY(check_path(path));
  std::unique_ptr<DuckdbFile> file(new DuckdbFile(path, settings));
  file->database_ = TRY(open_library(settings, path));
  TRY(file->run("SET GLOBAL TimeZone = 'UTC'"));
  // The absolute path and the type keep DuckDB from taking the name for a URL or a foreign format.
  const Status attached =
      file->run(fmt::format("ATTACH {} AS {} (TYPE duckdb{})", sql_text(path.string()),
                            sql_name(kFileCatalog), settings.read_only ? ", READ_ONLY" : ""));
  if (!attached.ok()) {
    return attach_error(attached.error(), path);
  }
  if (!settings.read_only) {
    remove_leftovers(spill_folder(path));
  }
  return file;
}

Status DuckdbFile::run(const std::string& sql) {
  duckdb_connection connection = nullptr;
  if (duckdb_connect(static_cast<duckdb_database>(database_), &connection) != DuckDBSuccess) {
    return Error{ErrorCode::System, "duckdb refuses a connection to " + path_.string()};
  }
  duckdb_result result = {};
  Status status = {};
  if (duckdb_query(connection, sql.c_str(), &result) != DuckDBSuccess) {
    status = library_error(duckdb_result_error_type(&result), duckdb_result_error(&result));
  }
  duckdb_destroy_result(&result);
  duckdb_disconnect(&connection);
  return status;
}

Status DuckdbFile::apply_limit() {
  std::size_t widest = kColumnsInSettings;
  std::size_t together = 0;
  for (const auto& [table, columns] : table_columns_) {
    widest = std::max(widest, columns);
    together += columns;
  }
  const std::size_t bytes = settings_.memory_bytes +
                            (widest - kColumnsInSettings) * kBytesPerColumn +
                            (commits_ ? together * kCommitBytesPerColumn : 0);
  return run("SET GLOBAL memory_limit = " + sql_text(megabytes(bytes)));
}

Status DuckdbFile::make_room_for(const std::string& table, std::size_t columns) {
  const std::lock_guard lock(room_mutex_);
  std::size_t& known = table_columns_[table];
  if (columns <= known) {
    return {};
  }
  known = columns;
  return apply_limit();
}

DuckdbFile::CommitRoom::CommitRoom(DuckdbFile& file) : file_(file) {
  const std::lock_guard lock(file_.room_mutex_);
  file_.commits_ = true;
  // Raising a limit is refused only by a library that fails at the commit as well.
  (void)file_.apply_limit();
}

DuckdbFile::CommitRoom::~CommitRoom() {
  const std::lock_guard lock(file_.room_mutex_);
  file_.commits_ = false;
  // Refused while more is pinned than the limit allows; the next commit tries again.
  (void)file_.apply_limit();
}

struct DuckdbFiles::OpenFiles {
  struct Entry {
    std::unique_ptr<DuckdbFile> file;
    int users = 0;
  };

  std::mutex mutex;
  std::map<std::filesystem::path, Entry> entries;  // Guarded by mutex.
};

DuckdbFiles::DuckdbFiles() : open_files_(std::make_shared<OpenFiles>()) {}

Result<std::shared_ptr<DuckdbFile>> DuckdbFiles::open(const std::filesystem::path& path,
                                                      const DuckdbSettings& settings) {
  std::error_code error;
  std::filesystem::path absolute = std::filesystem::weakly_canonical(path, error);
  if (error || !absolute.is_absolute()) {
    absolute = std::filesystem::absolute(path, error).lexically_normal();
  }
  const std::lock_guard lock(open_files_->mutex);
  const auto entry = open_files_->entries.try_emplace(absolute).first;
  if (entry->second.users == 0) {
    auto opened = DuckdbFile::open(absolute, settings);
    if (!opened.ok()) {
      open_files_->entries.erase(entry);
      return std::move(opened).error();
    }
    entry->second.file = std::move(opened).value();
  }
  ++entry->second.users;
  // Closing happens under the lock, so that nobody opens a file that is not closed yet.
  return std::shared_ptr<DuckdbFile>(entry->second.file.get(),
                                     [open_files = open_files_, entry](DuckdbFile*) {
                                       const std::lock_guard closing(open_files->mutex);
                                       if (--entry->second.users == 0) {
                                         open_files->entries.erase(entry);
                                       }
                                     });
}

}  // namespace tendril
