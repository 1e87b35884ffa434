#include "sandbox/yaml_value.h"

#include <gtest/gtest.h>

#include "data/json.h"

namespace tendril {
namespace {

std::string json_of(std::string_view yaml) {
  const auto value = parse_yaml(yaml);
  return value.ok() ? to_json(*value) : value.error().message;
}

TEST(YamlValue, ReadsScalarsByTheCoreSchema) {
  EXPECT_EQ(json_of("[1, -2, 1.5, 1e3, true, null, ~, text, '1', \"true\", 2024-01-01, 0x1F]"),
            R"([1,-2,1.5,1000.0,true,null,null,"text","1","true","2024-01-01","0x1F"])");
}

TEST(YamlValue, FollowsAnchors) {
  EXPECT_EQ(json_of("a: &x {b: [1]}\nc: *x"), R"({"a":{"b":[1]},"c":{"b":[1]}})");
}

TEST(YamlValue, NamesTheLineOfAFault) {
  EXPECT_EQ(json_of("a: 1\nb: [1, 2"), "line 2: end of sequence flow not found");
  EXPECT_EQ(json_of("a: 1\nb: 2\na: 3"), "line 3: key is repeated: a");
  EXPECT_EQ(json_of("? [1]\n: 2"), "line 1: a key must be text");
}

TEST(YamlValue, RefusesWhatIsNestedWithoutEnd) {
  std::string deep(200, '[');
  deep += std::string(200, ']');
  EXPECT_EQ(json_of(deep), "line 1: nested too deeply");
}

TEST(YamlValue, SaysWhichFileIsMissing) {
  const auto value = read_yaml_file("/nowhere/sandbox.yaml");
  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.error().code, ErrorCode::NotFound);
  EXPECT_EQ(value.error().message, "cannot open: /nowhere/sandbox.yaml");
}

}  // namespace
}  // namespace tendril
