#include "cli/sandbox_config.h"

#include <gtest/gtest.h>

#include "data/json.h"

namespace tendril {
namespace {

std::string config_for(std::string_view schema) {
  return to_json(sandbox_config(*parse_json(schema), "t", "http://127.0.0.1:1"));
}

TEST(SandboxConfig, FillsInSecretsAddressesAndWhatIsRequired) {
  EXPECT_EQ(config_for(R"({"required": ["token", "account"], "properties": {
      "token": {"type": "string", "airbyte_secret": true},
      "account": {"type": "string", "examples": ["octo", "other"]},
      "api_url": {"type": "string", "default": "https://api.example.com"},
      "start_date": {"type": "string"}}})"),
            R"({"token":"t","account":"octo","api_url":"http://127.0.0.1:1"})");
}

TEST(SandboxConfig, TakesTheFirstAlternative) {
  EXPECT_EQ(config_for(R"({"anyOf": [{"required": ["a"]}, {"required": ["b"]}], "properties": {
      "a": {"default": 7}, "b": {"default": 8}}})"),
            R"({"a":7})");
}

TEST(SandboxConfig, IsEmptyForASchemaWithoutProperties) { EXPECT_EQ(config_for("{}"), "{}"); }

}  // namespace
}  // namespace tendril
