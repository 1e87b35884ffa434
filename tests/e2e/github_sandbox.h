// GithubSandbox: the simulated GitHub as its own process, the syncs that read it, and the
// comparison of what was landed with what the sandbox knows.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "child_process.h"
#include "data/value.h"
#include "testing/temporary_folder.h"
#include "warehouse.h"

namespace tendril {

class GithubSandbox : public testing::Test {
 protected:
  // Starts the sandbox with that many issues.
  void serve(int records);

  // Arguments of a sync of `streams` into the file `name`, and more.
  std::vector<std::string> sync_arguments(const std::string& name, const std::string& streams,
                                          std::vector<std::string> more = {}) const;
  Ended sync(const std::string& name, const std::string& streams,
             std::vector<std::string> more = {}) const {
    return run_tendril(sync_arguments(name, streams, std::move(more)));
  }

  // The closing report of a sync that ran with --log-format json.
  static Value report_of(const Ended& ended);

  // A number of a stream's report: "rows_read".
  static std::int64_t reported(const Value& report, std::string_view stream,
                               std::string_view number);

  // Changes rows; returns "entity key" for each.
  std::vector<std::string> mutate(std::string_view kind, int count, std::string_view entity) const;

  // The rows of an entity as the sandbox knows them.
  List rows(std::string_view entity) const;

  // Says where the live rows of `table` differ from those of `entity`, compared by `key` and in
  // each column that both have; "" when nowhere.
  std::string difference(const Warehouse& warehouse, const std::string& table,
                         std::string_view entity, const std::string& key) const;

  // Hashes of all live rows, by stream and primary key.
  std::map<std::string, std::map<std::string, std::string>> hashes(const std::string& name) const;

  Warehouse warehouse(const std::string& name) const { return Warehouse(folder_ / name); }

  const TemporaryFolder folder_;
  std::unique_ptr<ChildProcess> server_;
};

}  // namespace tendril
