// Shop: a small made-up vendor with one manifest, on an HTTP imposter, for faults that a sandbox
// does not commit.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "child_process.h"
#include "testing/http_imposter.h"
#include "testing/temporary_folder.h"
#include "warehouse.h"

namespace tendril {

// Streams: items (/items, pages of two, ?page=1 on), orders (/orders, one page). A folder of its
// own for each test.
class Shop : public testing::Test {
 protected:
  static constexpr std::string_view kToken = "shop-token-4711";

  void SetUp() override;

  // Writes the manifest after replacing `from` by `to` in it.
  void write_manifest(std::string_view from = "", std::string_view to = "");

  void write_file(const std::string& name, std::string_view text) const;

  // Makes both streams answer with good data.
  void serve_good_data();

  // Arguments of a sync into the warehouse, and more.
  std::vector<std::string> sync_arguments(std::vector<std::string> more = {}) const;
  Ended sync(std::vector<std::string> more = {}, LaunchOptions options = {}) const {
    return run_tendril(sync_arguments(std::move(more)), std::move(options));
  }

  std::filesystem::path path(std::string_view name) const { return folder_ / name; }
  Warehouse warehouse() const { return Warehouse(path("shop.duckdb")); }

  // All rows of all tables, for comparing before and after.
  std::string everything() const;

  HttpImposter imposter_;
  const TemporaryFolder folder_;
};

}  // namespace tendril
