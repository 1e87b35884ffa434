// Runs the cases in cases/*.yaml: templates with a context, and what they evaluate to.
#include <algorithm>
#include <charconv>
#include <filesystem>

#include <yaml-cpp/yaml.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "expr/fixed_clock.h"
#include "expr/template.h"

namespace tendril {
namespace {

Value plain_scalar(const std::string& text) {
  if (text == "null" || text == "~" || text.empty()) {
    return {};
  }
  if (text == "true" || text == "false") {
    return text == "true";
  }
  std::int64_t whole = 0;
  const char* const end = text.data() + text.size();
  if (const auto [stop, error] = std::from_chars(text.data(), end, whole); stop == end) {
    return error == std::errc() ? Value(whole) : Value(BigNumber{text});
  }
  double real = 0;
  if (const auto [stop, error] = std::from_chars(text.data(), end, real); stop == end) {
    return real;
  }
  return text;
}

Value value_of(const YAML::Node& node) {
  if (!node.IsDefined() || node.IsNull()) {
    return {};
  }
  if (node.IsSequence()) {
    List items;
    for (const YAML::Node& item : node) {
      items.push_back(value_of(item));
    }
    return items;
  }
  if (node.IsMap()) {
    Map members;
    for (const auto& member : node) {
      members.append(member.first.as<std::string>(), value_of(member.second));
    }
    return members;
  }
  // yaml-cpp tags quoted scalars with "!".
  return node.Tag() == "!" ? Value(node.as<std::string>()) : plain_scalar(node.as<std::string>());
}

struct Case {
  std::string file;
  YAML::Node node;
};

std::vector<Case> all_cases() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(TENDRIL_SOURCE_DIR "/src/expr/cases")) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<Case> cases;
  for (const auto& file : files) {
    for (const YAML::Node& node : YAML::LoadFile(file)) {
      cases.push_back({file.filename(), node});
    }
  }
  return cases;
}

// The outcome of a case in one line, so that a failure shows all of it.
std::string outcome(const YAML::Node& node) {
  const Value given = value_of(node["context"]);
  std::vector<std::string> names{"config", "record", "response", "stream_slice|stream_partition"};
  std::vector<Value> values(names.size());
  const Scope scope(names);
  const FixedClock clock;
  Context context(scope, clock);
  if (const Map* members = given.as_map()) {
    for (const auto& [name, value] : members->members()) {
      context.set(scope.slot(name).value(), &value);
    }
  }
  const auto compiled = Template::compile(node["template"].as<std::string>(), scope);
  if (!compiled.ok()) {
    return "error: " + compiled.error().message;
  }
  if (node["text"].IsDefined()) {
    const auto text = compiled->to_text(context);
    return text.ok() ? to_json(Value(*text)) : "error: " + text.error().message;
  }
  if (node["bool"].IsDefined()) {
    const auto truth = compiled->to_bool(context);
    return truth.ok() ? to_json(Value(*truth)) : "error: " + truth.error().message;
  }
  const auto value = compiled->evaluate(context);
  return value.ok() ? to_json(*value) : "error: " + value.error().message;
}

TEST(Cases, AllGiveWhatTheyExpect) {
  for (const auto& [file, node] : all_cases()) {
    SCOPED_TRACE(file + ": " + node["template"].as<std::string>());
    const std::string found = outcome(node);
    if (const YAML::Node error = node["error"]) {
      EXPECT_THAT(found, testing::AllOf(testing::StartsWith("error: "),
                                        testing::HasSubstr(error.as<std::string>())));
      continue;
    }
    const YAML::Node expected = node["text"].IsDefined()   ? node["text"]
                                : node["bool"].IsDefined() ? node["bool"]
                                                           : node["expect"];
    EXPECT_EQ(found, to_json(value_of(expected)));
  }
}

}  // namespace
}  // namespace tendril
