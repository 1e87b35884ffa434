#include "cli/config_file.h"

#include <fstream>
#include <map>

#include <gmock/gmock.h>

#include "data/json.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

class ConfigFile : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const std::string& text) {
    const auto path = folder_ / name;
    std::ofstream(path) << text;
    return path;
  }

  Result<Value> read(const std::filesystem::path& path) {
    return read_config_file(path, [this](const std::string& name) -> std::optional<std::string> {
      const auto found = environment_.find(name);
      return found == environment_.end() ? std::nullopt : std::optional(found->second);
    });
  }

  const TemporaryFolder folder_;
  std::map<std::string, std::string> environment_;
};

TEST_F(ConfigFile, ReadsJson) {
  const auto config = read(write("config.json", R"({"token": "x", "size": 5})"));

  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(to_json(*config), R"({"token":"x","size":5})");
}

TEST_F(ConfigFile, ReadsYaml) {
  const auto config = read(write("config.yaml", "token: x\nrepositories:\n  - a/b\n"));

  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(to_json(*config), R"({"token":"x","repositories":["a/b"]})");
}

TEST_F(ConfigFile, TakesValuesFromTheEnvironment) {
  environment_ = {{"TOKEN", "secret"}, {"HOST", "example.com"}};

  const auto config = read(
      write("config.json", R"({"a": ["${TOKEN}"], "url": "https://${HOST}/x", "b": "$${TOKEN}"})"));

  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(to_json(*config), R"({"a":["secret"],"url":"https://example.com/x","b":"${TOKEN}"})");
}

TEST_F(ConfigFile, NamesFileAndLineOfAVariableThatIsNotSet) {
  const auto config = read(write("config.json", "{\n  \"a\": 1,\n  \"token\": \"${TOKEN}\"\n}"));

  ASSERT_FALSE(config.ok());
  EXPECT_EQ(config.error().code, ErrorCode::InvalidConfig);
  EXPECT_THAT(config.error().message,
              EndsWith("config.json:3: environment variable is not set: TOKEN"));
}

TEST_F(ConfigFile, RefusesAReferenceWithoutEnd) {
  EXPECT_THAT(read(write("config.json", R"({"token": "${TOKEN"})")).error().message,
              EndsWith("config.json:1: '${' has no '}'"));
}

TEST_F(ConfigFile, RefusesAFileThatIsNotThere) {
  const auto config = read("/nowhere/config.json");

  ASSERT_FALSE(config.ok());
  EXPECT_EQ(config.error().message, "config file does not exist: /nowhere/config.json");
}

TEST_F(ConfigFile, RefusesAFolder) {
  EXPECT_THAT(read(folder_.path()).error().message, HasSubstr("config file is a folder"));
}

TEST_F(ConfigFile, RefusesWhatIsNoObject) {
  EXPECT_THAT(read(write("config.json", "[1]")).error().message,
              HasSubstr("config file holds no object but list"));
}

TEST_F(ConfigFile, NamesTheFileOfBrokenJson) {
  const auto config = read(write("broken.json", "{\n\"a\": }"));

  ASSERT_FALSE(config.ok());
  EXPECT_EQ(config.error().code, ErrorCode::InvalidConfig);
  EXPECT_THAT(config.error().message, HasSubstr("broken.json"));
}

TEST(ApplySettings, ReplacesAndAddsMembers) {
  Value config = Map{{"size", Value(5)}};

  const Status status = apply_settings(
      config, std::vector<std::string>{"size=7", "token=abc=def", "auth.kind=basic", "on=true"});

  ASSERT_TRUE(status.ok()) << status.error().message;
  EXPECT_EQ(to_json(config), R"({"size":7,"token":"abc=def","auth":{"kind":"basic"},"on":true})");
}

TEST(ApplySettings, RefusesASettingWithoutValueAndDoesNotRepeatIt) {
  Value config = Map();

  const Status status = apply_settings(config, std::vector<std::string>{"=secret"});

  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "setting is not of the form key=value: ");
}

TEST(ApplySettings, RefusesAPathThroughAText) {
  Value config = Map{{"token", Value("x")}};

  EXPECT_EQ(apply_settings(config, std::vector<std::string>{"token.a=1"}).error().message,
            "setting leads into a value that is no object: token.a");
}

}  // namespace
}  // namespace tendril
