// DuckdbFile: one database file, open in this process. DuckDB locks a file against other processes
// only; all who use it in this one have to share it, and DuckdbFiles sees to that.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "core/result.h"

namespace tendril {

struct DuckdbSettings {
  // What DuckDB takes for blocks of the file, rows on their way into it, sorting and joining. The
  // process takes about 30 MB more on its behalf, whatever the number of rows.
  std::size_t memory_bytes = std::size_t{48} * 1024 * 1024;
  // Appending is the work of one thread; more help large merges a little, and cost memory.
  int threads = 1;
  bool read_only = false;  // Makes no file and changes none.
};

// Threads: safe to share.
class DuckdbFile {
 public:
  // Errors: InvalidConfig when the folder is missing or this is no DuckDB file; System when another
  //   process has it open or it can not be read and written. All name the path.
  static Result<std::unique_ptr<DuckdbFile>> open(const std::filesystem::path& path,
                                                  const DuckdbSettings& settings);
  ~DuckdbFile();
  DuckdbFile(const DuckdbFile&) = delete;
  DuckdbFile& operator=(const DuckdbFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

  // Held while an epoch is raised and while a commit that checks it goes on, so that the one waits
  // for the other.
  std::mutex& epoch_mutex() { return epoch_mutex_; }

  // Lets DuckDB take what a table as wide as this needs; never less than before.
  Status make_room_for(const std::string& table, std::size_t columns);

  // While it lives DuckDB may take what the checkpoint needs that comes with a commit: it pins
  // blocks of all columns that changed, and can not spill them.
  // REQUIRES: epoch_mutex() is held.
  class CommitRoom {
   public:
    explicit CommitRoom(DuckdbFile& file);
    ~CommitRoom();
    CommitRoom(const CommitRoom&) = delete;
    CommitRoom& operator=(const CommitRoom&) = delete;

   private:
    DuckdbFile& file_;
  };

  // The library's own handle, a duckdb_database, for DuckdbSession.
  void* native() const { return database_; }

 private:
  DuckdbFile(std::filesystem::path path, const DuckdbSettings& settings);

  // Runs a statement on a connection of its own.
  Status run(const std::string& sql);

  const std::filesystem::path path_;
  const DuckdbSettings settings_;
  void* database_ = nullptr;
  std::mutex epoch_mutex_;
  Status apply_limit();  // REQUIRES: room_mutex_ is held.

  std::mutex room_mutex_;
  std::map<std::string, std::size_t> table_columns_;  // Guarded by room_mutex_.
  bool commits_ = false;                              // Guarded by room_mutex_.
};

// The files that are open in this process. There should be one of it: DuckDB's lock does not see a
// second opening by the same process, which would ruin the file.
// Threads: safe to share.
class DuckdbFiles {
 public:
  DuckdbFiles();

  // Returns the file that is open already, with the settings it has, or opens it. The last user of
  // a file closes it.
  // Errors: as DuckdbFile::open().
  Result<std::shared_ptr<DuckdbFile>> open(const std::filesystem::path& path,
                                           const DuckdbSettings& settings);

 private:
  struct OpenFiles;

  std::shared_ptr<OpenFiles> open_files_;  // Shared with the users of the files.
};

}  // namespace tendril
