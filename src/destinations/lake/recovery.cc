#include "destinations/lake/recovery.h"

#include <map>
#include <set>
#include <string_view>
#include <vector>

namespace tendril {
namespace {

std::string staged_path(const LakeFile& file) {
  return std::string(kStagingFolder) + "/" + file.name();
}

bool is_ours(std::string_view name, const std::string& tag) {
  return name.substr(0, tag.size()) == tag && name.substr(tag.size(), 1) == "-";
}

// Puts staged files into place that readers should see, and removes those that nobody knows.
Status settle_staged(LakeStorage& storage, const LakeState& state, const std::string& tag) {
  std::map<std::string, const LakeFile*> shown;
  std::set<std::string> loading;
  for (const auto& [name, table] : state.tables) {
    if (table.rows) {
      for (const LakeFile& file : table.rows->files) {
        shown[file.name()] = &file;
      }
    }
    if (table.load) {
      for (const LakeFile& file : table.load->files) {
        loading.insert(file.name());
      }
    }
  }
  std::vector<std::string> lost;
  std::set<std::string> lost_folders;
  const std::vector<std::string> staged = TRY(storage.list(std::string(kStagingFolder)));
  for (const std::string& path : staged) {
    const std::string below = path.substr(kStagingFolder.size() + 1);
    const std::size_t slash = below.find('/');
    if (!is_ours(below, tag) || loading.contains(below)) {
      continue;
    }
    if (const auto file = shown.find(below); file != shown.end()) {
      TRY(storage.publish(*file->second));
      continue;
    }
    lost.push_back(path);
    if (slash != std::string::npos) {
      lost_folders.insert(path.substr(0, kStagingFolder.size() + 1 + slash));
    }
  }
  lost.insert(lost.end(), lost_folders.begin(), lost_folders.end());
  TRY(storage.sync_folders());
  return storage.remove(lost);
}

// Removes files of the table that it no longer has.
Status settle_table(LakeStorage& storage, const LakeTable& table, const std::string& tag) {
  std::set<std::string> missing;
  std::set<std::string> shown;
  if (table.rows) {
    for (const LakeFile& file : table.rows->files) {
      missing.insert(file.path);
      shown.insert(file.path);
    }
  }
  std::vector<std::string> lost;
  const std::vector<std::string> present = TRY(storage.list(table.folder));
  for (const std::string& path : present) {
    missing.erase(path);
    if (!shown.contains(path) && is_ours(path.substr(path.rfind('/') + 1), tag)) {
      lost.push_back(path);
    }
  }
  if (!missing.empty()) {
    return Error{.code = ErrorCode::System,
                 .message = "data file is missing: " + storage.describe(*missing.begin())};
  }
  return storage.remove(lost);
}

}  // namespace

Status recover_lake(LakeStorage& storage, const LakeState& state, const std::string& tag) {
  TRY(settle_staged(storage, state, tag));
  for (const auto& [name, table] : state.tables) {
    TRY(settle_table(storage, table, tag));
  }
  return {};
}

Status publish_commit(LakeStorage& storage, const LakeState& before, const LakeState& after) {
  std::vector<std::string> lost;
  for (const auto& [name, table] : after.tables) {
    const auto found = before.tables.find(name);
    std::map<std::string, std::string> old;  // Where the files of before are, by their paths.
    std::set<std::string> shown;
    if (found != before.tables.end() && found->second.load) {
      for (const LakeFile& file : found->second.load->files) {
        old[file.path] = staged_path(file);
      }
    }
    if (found != before.tables.end() && found->second.rows) {
      for (const LakeFile& file : found->second.rows->files) {
        old[file.path] = file.path;
        shown.insert(file.path);
      }
    }
    if (table.rows) {
      for (const LakeFile& file : table.rows->files) {
        if (!shown.contains(file.path)) {
          TRY(storage.publish(file));
        }
        old.erase(file.path);
      }
    }
    if (table.load) {
      for (const LakeFile& file : table.load->files) {
        old.erase(file.path);
      }
    }
    for (const auto& [path, place] : old) {
      lost.push_back(place);
    }
  }
  TRY(storage.sync_folders());
  return storage.remove(lost);
}

}  // namespace tendril
