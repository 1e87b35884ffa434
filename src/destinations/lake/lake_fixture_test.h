// LakeFixture: a lake in a folder of its own, for the contract suite and other tests. It reads by
// the manifests, with the script that the lake carries, and by a glob, and expects to see the same.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "destinations/lake/lake_destination.h"
#include "destinations/lake/lake_queries.h"
#include "testing/destination_fixture.h"
#include "testing/temporary_folder.h"

namespace tendril {

using LakeTexts = std::vector<std::vector<std::optional<std::string>>>;

// Included by tests only.
class LakeFixture : public DestinationFixture {
 public:
  // `settings` is appended to the folder: "?file_mb=1".
  explicit LakeFixture(LakeFormat format, std::string settings = "");

  std::unique_ptr<Destination> destination() override;
  std::optional<std::vector<StoredRow>> look(const std::string& table) override;
  std::vector<std::string> synced(const std::string& table) override;
  std::vector<StoredRow> history(const std::string& table) override;
  bool merges() const override { return format_ == LakeFormat::Parquet; }

  std::filesystem::path lake() const { return folder_ / "lake"; }
  DestinationSpec spec() const { return spec_; }

  // The rows of the table that the manifests name, and those of the files in place.
  LakeTexts by_manifest(const std::string& table, const std::vector<std::string>& columns);
  LakeTexts by_glob(const std::string& table, const std::vector<std::string>& columns);
  // Errors of reading by the manifests, "" for none.
  std::string manifest_error(const std::string& table);

 protected:
  // Called before the lake is read.
  virtual void refresh() {}

 private:
  std::string relation(const std::string& files, const TableSchema& schema) const;
  std::string text_expression(const Column& column) const;
  std::vector<StoredRow> read(const std::string& relation, const TableSchema& schema, bool marks);
  std::optional<TableSchema> stored(const std::string& table);
  LakeQueries& queries();

  TemporaryFolder folder_;
  const LakeFormat format_;
  const std::string settings_;
  const DestinationSpec spec_;
  std::unique_ptr<LakeQueries> queries_;
};

}  // namespace tendril
