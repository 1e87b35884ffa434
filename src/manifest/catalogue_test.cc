#include "manifest/catalogue.h"

#include <fstream>
#include <string>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tendril {
namespace {

using testing::HasSubstr;

constexpr std::string_view kManifest = R"(
description: |
  Reads toys, and
  their makers. More words follow.
check: {stream_names: [toys]}
streams:
  - {name: toys, retriever: {requester: {url_base: u}, record_selector: {extractor: {field_path: []}}}}
spec:
  connection_specification:
    title: Toy Box Spec
    required: [token]
    properties: {token: {type: string}, size: {type: integer, default: 7}}
)";

class CatalogueTest : public testing::Test {
 protected:
  CatalogueTest()
      : directory_(std::filesystem::temp_directory_path() /
                   ("tendril-catalogue-" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
  }
  ~CatalogueTest() override { std::filesystem::remove_all(directory_); }

  void write(const std::string& path, std::string_view text) const {
    std::filesystem::create_directories((directory_ / path).parent_path());
    std::ofstream(directory_ / path) << text;
  }

  const std::filesystem::path directory_;
};

Result<std::unique_ptr<Source>> make_nothing(const ManifestDocument&, const Value&,
                                             const ConfigSaver&) {
  return Error{ErrorCode::Internal, "a source that is not made in these tests"};
}

TEST_F(CatalogueTest, FindsFoldersWithAManifest) {
  write("toys/manifest.yaml", kManifest);
  write("toys/icon.svg", "<svg/>");
  write("time-off/manifest.yaml", kManifest);
  write("time-off/sandbox.yaml", "");
  write("notes/readme.md", "");
  write("README.md", "");

  const std::vector<ConnectorFolder> folders = find_connector_folders(directory_).value();

  ASSERT_EQ(folders.size(), 2U);
  EXPECT_EQ(folders[0].name, "time-off");
  EXPECT_EQ(folders[0].sandbox, directory_ / "time-off/sandbox.yaml");
  EXPECT_EQ(folders[0].icon, std::nullopt);
  EXPECT_EQ(folders[1].name, "toys");
  EXPECT_EQ(folders[1].manifest, directory_ / "toys/manifest.yaml");
  EXPECT_EQ(folders[1].icon, directory_ / "toys/icon.svg");
}

TEST_F(CatalogueTest, RefusesNamesThatCanNotBeTyped) {
  write("Toy_Box/manifest.yaml", kManifest);

  const Result<std::vector<ConnectorFolder>> folders = find_connector_folders(directory_);

  ASSERT_FALSE(folders.ok());
  EXPECT_EQ(folders.error().code, ErrorCode::InvalidConfig);
  EXPECT_THAT(folders.error().message, HasSubstr("Toy_Box"));
}

TEST_F(CatalogueTest, SaysWhatIsNotThere) {
  write("empty/readme.md", "");

  EXPECT_EQ(find_connector_folders(directory_ / "nowhere").error().code, ErrorCode::NotFound);
  EXPECT_EQ(open_connector_folder(directory_ / "empty").error().code, ErrorCode::NotFound);
}

TEST_F(CatalogueTest, OpensAFolderByItsPath) {
  write("toys/manifest.yaml", kManifest);

  EXPECT_EQ(open_connector_folder(directory_ / "toys/").value().name, "toys");
  EXPECT_EQ(open_connector_folder(directory_ / "x/../toys").value().name, "toys");
}

TEST_F(CatalogueTest, AConnectorIsDescribedByItsFolderAlone) {
  write("toys/manifest.yaml", kManifest);

  const SourceSpec spec =
      load_connector(open_connector_folder(directory_ / "toys").value(), make_nothing).value();

  EXPECT_EQ(spec.name, "toys");
  EXPECT_EQ(spec.title, "Toy Box");
  EXPECT_EQ(spec.summary, "Reads toys, and their makers.");
  EXPECT_EQ(spec.folder, (directory_ / "toys").string());
  EXPECT_NE(spec.config_schema.find("properties"), nullptr);
}

TEST_F(CatalogueTest, ASourceIsMadeOfItsManifestByTheFactory) {
  write("toys/manifest.yaml", kManifest);
  Value given;
  bool saved = false;
  const SourceSpec spec =
      load_connector(
          open_connector_folder(directory_ / "toys").value(),
          [&](const ManifestDocument& document, const Value& config, const ConfigSaver& save) {
            EXPECT_NE(document.find("toys"), nullptr);
            given = config;
            EXPECT_TRUE(save("/token", "new").ok());
            return Result<std::unique_ptr<Source>>(std::unique_ptr<Source>());
          })
          .value();

  const Result<std::unique_ptr<Source>> source =
      spec.make(Map{{"token", "t"}}, [&](std::string_view, const Value&) {
        saved = true;
        return Status();
      });

  EXPECT_TRUE(source.ok());
  EXPECT_EQ(given, Value(Map{{"token", "t"}}));
  EXPECT_TRUE(saved);
}

TEST_F(CatalogueTest, AFaultyManifestIsNoConnector) {
  write("toys/manifest.yaml", "streams: []");

  const Result<SourceSpec> spec =
      load_connector(open_connector_folder(directory_ / "toys").value(), make_nothing);

  ASSERT_FALSE(spec.ok());
  EXPECT_THAT(spec.error().message, HasSubstr("toys/manifest.yaml:1:1: "));
}

TEST(ConnectorTitle, IsTheNameSpeltOutWhereTheSpecHasNone) {
  ManifestDocument document;

  EXPECT_EQ(connector_title(document, "time-off"), "Time Off");
  document.title = "Toy Source Spec";
  EXPECT_EQ(connector_title(document, "toy"), "Toy");
}

TEST(ConnectorSummary, IsCutAtAWord) {
  ManifestDocument document;
  for (int word = 0; word < 100; ++word) {
    document.description += "word ";
  }

  const std::string summary = connector_summary(document);

  EXPECT_LE(summary.size(), 160U);
  EXPECT_TRUE(summary.ends_with("word..."));
}

}  // namespace
}  // namespace tendril
