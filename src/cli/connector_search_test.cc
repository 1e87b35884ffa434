#include "cli/connector_search.h"

#include <fstream>

#include <gmock/gmock.h>

#include "testing/temporary_folder.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ConnectorSearchTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"github", "gitlab"}) {
      fs::create_directories(root_ / "connectors" / name);
      std::ofstream(root_ / "connectors" / name / "manifest.yaml") << "version: 1\n";
    }
    std::ofstream(root_ / "connectors/github/sandbox.yaml") << "name: github\n";
    fs::create_directories(root_ / "connectors/empty");
    fs::create_directories(root_ / "build/dev");
  }

  ConnectorSearch found() const {
    auto catalogue = ConnectorSearch::find({"", "", root_ / "build/dev"});
    EXPECT_TRUE(catalogue.ok());
    return std::move(catalogue).value();
  }

  const TemporaryFolder folder_;
  const fs::path root_ = folder_.path();
};

TEST_F(ConnectorSearchTest, IsFoundAboveTheProgram) {
  EXPECT_EQ(found().folder(), root_ / "connectors");
  EXPECT_THAT(found().names(), ElementsAre("github", "gitlab"));
  EXPECT_THAT(found().sandbox_names(), ElementsAre("github"));
}

TEST_F(ConnectorSearchTest, IsFoundWhereItIsInstalled) {
  fs::create_directories(root_ / "usr/bin");
  fs::create_directories(root_ / "usr/share/tendril/connectors");

  EXPECT_EQ(ConnectorSearch::find({"", "", root_ / "usr/bin"})->folder(),
            root_ / "usr/share/tendril/connectors");
}

TEST_F(ConnectorSearchTest, IsWhereTheOptionSays) {
  EXPECT_EQ(ConnectorSearch::find({root_ / "connectors/empty", root_, root_})->folder(),
            root_ / "connectors/empty");
  EXPECT_EQ(ConnectorSearch::find({"", root_ / "build", root_})->folder(), root_ / "build");
}

TEST_F(ConnectorSearchTest, RefusesAFolderThatDoesNotExist) {
  EXPECT_EQ(ConnectorSearch::find({"/nowhere", "", root_}).error().message,
            "catalogue folder does not exist: /nowhere");
}

TEST_F(ConnectorSearchTest, IsEmptyWhenThereIsNone) {
  const auto catalogue = ConnectorSearch::find({"", "", "/"});

  ASSERT_TRUE(catalogue.ok());
  EXPECT_THAT(catalogue->names(), IsEmpty());
  EXPECT_THAT(catalogue->manifest_of("github").error().message,
              HasSubstr("no catalogue was found"));
}

TEST_F(ConnectorSearchTest, FindsManifestsByNameFolderAndFile) {
  const fs::path manifest = root_ / "connectors/github/manifest.yaml";

  EXPECT_EQ(*found().manifest_of("github"), manifest);
  EXPECT_EQ(*found().manifest_of((root_ / "connectors/github").string()), manifest);
  EXPECT_EQ(*found().manifest_of(manifest.string()), manifest);
  EXPECT_EQ(*found().sandbox_of("github"), root_ / "connectors/github/sandbox.yaml");
}

TEST_F(ConnectorSearchTest, GuessesAnUnknownName) {
  EXPECT_EQ(found().manifest_of("githup").error().message,
            "connector is unknown: githup (did you mean github?)");
  EXPECT_EQ(found().sandbox_of("banana").error().message, "sandbox is unknown: banana");
}

TEST_F(ConnectorSearchTest, NamesAFileThatDoesNotExist) {
  EXPECT_EQ(found().manifest_of("./shop.yaml").error().message, "file does not exist: ./shop.yaml");
}

TEST_F(ConnectorSearchTest, RefusesKindsOfSourcesThatArePlanned) {
  const auto refused = found().manifest_of("postgres://user:password@host/db");

  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::Unsupported);
  EXPECT_EQ(refused.error().message, "sources of this kind are not supported yet: postgres:");
}

TEST(ConnectorName, ComesFromTheFolderOrTheFile) {
  EXPECT_EQ(connector_name("/x/source-Shop_API/manifest.yaml"), "source-shop-api");
  EXPECT_EQ(connector_name("/x/My Shop.yaml"), "my-shop");
  EXPECT_EQ(connector_name("/x/---.yaml"), "manifest");
}

}  // namespace
}  // namespace tendril
