#include "cli/config_saver.h"

#include <fstream>
#include <sstream>

#include <sys/stat.h>

#include <gmock/gmock.h>

#include "testing/temporary_folder.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ConfigFileSaver : public testing::Test {
 protected:
  fs::path write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  static std::string read(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

  const TemporaryFolder folder_;
};

TEST_F(ConfigFileSaver, ChangesOneMemberAndKeepsTheRest) {
  const fs::path path = write("config.json", R"({"a": 1, "auth": {"token": "old", "id": "x"}})");

  const Status saved = config_file_saver(path)("/auth/token", Value("new"));

  ASSERT_TRUE(saved.ok()) << saved.error().message;
  EXPECT_EQ(read(path),
            "{\n  \"a\": 1,\n  \"auth\": {\n    \"token\": \"new\",\n    \"id\": \"x\"\n  }\n}\n");
}

TEST_F(ConfigFileSaver, AddsAMember) {
  const fs::path path = write("config.json", "{}");

  ASSERT_TRUE(config_file_saver(path)("/a~1b", Value(1)).ok());

  EXPECT_EQ(read(path), "{\n  \"a/b\": 1\n}\n");
}

TEST_F(ConfigFileSaver, KeepsPermissionsAndLinks) {
  const fs::path path = write("config.json", R"({"token": "old"})");
  const fs::path link = folder_ / "link.json";
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink(path, link);

  ASSERT_TRUE(config_file_saver(link)("/token", Value("new")).ok());

  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_THAT(read(path), HasSubstr("new"));
}

TEST_F(ConfigFileSaver, LeavesNothingElseInTheFolder) {
  const fs::path path = write("config.json", R"({"token": "old"})");

  ASSERT_TRUE(config_file_saver(path)("/token", Value("new")).ok());

  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()), 1);
}

TEST_F(ConfigFileSaver, RefusesAPlaceThatDoesNotExist) {
  const fs::path path = write("config.json", R"({"token": "old"})");

  EXPECT_THAT(config_file_saver(path)("/auth/token", Value("new")).error().message,
              HasSubstr("config file has no place for /auth/token"));
}

TEST_F(ConfigFileSaver, RefusesToOverwriteAReferenceToTheEnvironment) {
  const fs::path path = write("config.json", R"({"token": "${TOKEN}"})");

  const Status saved = config_file_saver(path)("/token", Value("new"));

  ASSERT_FALSE(saved.ok());
  EXPECT_EQ(saved.error().code, ErrorCode::InvalidConfig);
  EXPECT_EQ(read(path), R"({"token": "${TOKEN}"})");
}

TEST_F(ConfigFileSaver, RefusesYaml) {
  EXPECT_THAT(config_file_saver("config.yaml")("/token", Value("x")).error().message,
              HasSubstr("only be kept in a JSON config file"));
}

TEST(NoConfigSaver, Refuses) { EXPECT_FALSE(no_config_saver()("/token", Value("x")).ok()); }

TEST(ReplaceFile, NamesTheFileThatCanNotBeWritten) {
  const Status replaced = replace_file("/nowhere/file", "x");

  ASSERT_FALSE(replaced.ok());
  EXPECT_EQ(replaced.error().code, ErrorCode::System);
  EXPECT_THAT(replaced.error().message, HasSubstr("/nowhere/file"));
}

}  // namespace
}  // namespace tendril
