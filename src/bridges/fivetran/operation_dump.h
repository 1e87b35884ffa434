// OperationDump: a file of every message that came from a connector's process, in order, one JSON
// object a line, before any rule is applied to it.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/fivetran/declared_table.h"
#include "bridges/fivetran/frame.h"
#include "core/result.h"

namespace tendril {

// Threads: one at a time.
class OperationDump {
 public:
  // Begins the file afresh. Errors: System.
  static Result<OperationDump> open(const std::filesystem::path& path);

  // `tables` is null for a connector without schema().
  void schema(const std::vector<DeclaredTable>* tables);
  void rows(const RowsFrame& frame);
  void checkpoint(std::string_view state);
  void message(std::string_view operation, std::string_view text);
  void file(std::string_view path, std::size_t bytes, std::string_view sha256);

  // Errors: System when not all could be written.
  Status finish();

 private:
  OperationDump(std::ofstream file, std::filesystem::path path)
      : file_(std::move(file)), path_(std::move(path)) {}
  void line(const std::string& json);

  std::ofstream file_;
  std::filesystem::path path_;
  std::map<std::string, std::map<std::string, TypeKind>, std::less<>> declared_;
};

}  // namespace tendril
