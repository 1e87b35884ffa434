// FolderWatch: tells when the files of a project are saved.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stop_token>
#include <string>

#include "core/result.h"

namespace tendril {

// Watches a folder and the folders in it, new ones too. Threads: one at a time.
class FolderWatch {
 public:
  struct Rules {
    // Whether a file of this name counts.
    std::function<bool(const std::string& name)> counts;
    // Whether a folder is looked into.
    std::function<bool(const std::filesystem::path& folder)> enters;
    std::chrono::milliseconds quiet{200};  // Editors save in several steps.
  };

  // Errors: System when the system can not watch so many folders.
  static Result<std::unique_ptr<FolderWatch>> open(const std::filesystem::path& folder,
                                                   Rules rules);
  ~FolderWatch();
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  // Returns the files that were saved, moved or removed, as seen from the folder, once nothing has
  // happened for a moment; none when a stop is requested. Changes since the last call count.
  Result<std::set<std::string>> wait(std::stop_token stop);

 private:
  FolderWatch(std::filesystem::path folder, Rules rules, int descriptor);
  Status enter(const std::filesystem::path& folder);
  Status take_events(std::set<std::string>& changed);

  const std::filesystem::path folder_;
  const Rules rules_;
  const int descriptor_;
  std::map<int, std::filesystem::path> watched_;  // By the numbers of the watches.
};

}  // namespace tendril
