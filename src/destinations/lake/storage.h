// LakeStorage: where a lake's files are: a folder, or a bucket of an object store. Names are
// relative to the lake, with "/" between their parts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "destinations/lake/lake_state.h"

namespace tendril {

// Where data files wait for the commit that makes them part of the lake, and until then out of the
// way of whoever reads by a glob.
constexpr std::string_view kStagingFolder = "_tendril/staging";

// Files with this ending are on their way to their real name, or were left by a run that was
// killed.
constexpr std::string_view kDraftSuffix = ".draft";

// Threads: one at a time; any number of storages, in whatever processes, may share a lake.
// Errors: System when the folder or store can not be used; of a store Unauthenticated,
//   PermissionDenied and Unavailable, too.
class LakeStorage {
 public:
  virtual ~LakeStorage() = default;

  // How messages name a file of the lake.
  virtual std::string describe(const std::string& name) const = 0;

  // Makes what has to be there before anything is written, and proves the right to write.
  virtual Status open() = 0;

  // Returns all files below a folder, in no order; none when there is no such folder.
  virtual Result<std::vector<std::string>> list(const std::string& folder) = 0;

  // Returns the content of a file; nullopt when there is none.
  virtual Result<std::optional<std::string>> read(const std::string& name) = 0;

  // Makes a file with this content, durably and at once: either nobody sees it or everybody sees
  // all of it. Returns false when there is one of that name already, which stays as it is: of
  // several who try only one succeeds.
  virtual Result<bool> create(const std::string& name, const std::string& content) = 0;

  // Writes a file in the place of one that may be there, at once.
  virtual Status replace(const std::string& name, const std::string& content) = 0;

  // The folder of this machine in which data files are written.
  virtual const std::filesystem::path& workspace() const = 0;

  // Makes files of the workspace durable in the staging folder, under their names.
  virtual Status stage(const std::vector<std::string>& names) = 0;

  // Moves a staged file to its place. Nothing happens when it is not in the staging folder any
  // more: somebody else has moved it.
  virtual Status publish(const LakeFile& file) = 0;

  // Makes what publish() did durable.
  virtual Status sync_folders() = 0;

  // Removes files, and folders that are empty; they may be gone already.
  virtual Status remove(const std::vector<std::string>& names) = 0;

  // Returns where on this machine the content of a data file can be read, which may be in its place
  // or still be staged. Errors: System when it is neither, or is not what the manifest says.
  virtual Result<std::filesystem::path> fetch(const LakeFile& file) = 0;

  // Forgets what fetch() brought here.
  virtual void drop_fetched() = 0;
};

// `folder` has to be there or to be makeable within a folder that is.
std::unique_ptr<LakeStorage> local_storage(std::filesystem::path folder);

}  // namespace tendril
