// Opens every stream of every public manifest of ../shared/manifests that loads, where that folder
// exists: all of its components compile, with a configuration made up from the connector's spec.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/log.h"
#include "manifest/manifest_document.h"
#include "manifest/manifest_source.h"
#include "testing/fake_clock.h"

namespace tendril {
namespace {

using ::testing::IsEmpty;

const std::filesystem::path kManifests = TENDRIL_SOURCE_DIR "/../shared/manifests";

class QuietSink final : public LogSink {
 public:
  void line(LogLevel, std::string_view) override {}
};

// Finds no server: opening a stream asks nobody.
class NoNetwork final : public Transport {
 public:
  Result<Response> send(const Request&, std::stop_token) override {
    return Error{ErrorCode::Internal, "no request is expected"};
  }
  Result<Response> stream(const Request&, const BodySink&, std::stop_token) override {
    return Error{ErrorCode::Internal, "no request is expected"};
  }
};

std::string text_at(const Value& schema, std::string_view key) {
  const Value* member = schema.find(key);
  const std::string* text = member == nullptr ? nullptr : member->as_string();
  return text == nullptr ? std::string() : *text;
}

// The first element of a list in the schema, or null.
Value first_of(const Value& schema, std::string_view key) {
  const Value* member = schema.find(key);
  const List* list = member == nullptr ? nullptr : member->as_list();
  return list == nullptr || list->empty() ? Value() : list->front();
}

Value sample_text(const Value& schema) {
  const std::string pattern = text_at(schema, "pattern");
  if (text_at(schema, "format") == "date" || pattern == "^[0-9]{4}-[0-9]{2}-[0-9]{2}$") {
    return "2024-01-01";
  }
  const bool is_time =
      text_at(schema, "format") == "date-time" || pattern.find("T[0-9]{2}") != std::string::npos;
  return is_time ? "2024-01-01T00:00:00Z" : "sample";
}

// A value that satisfies the schema, so far as it can be made up.
Value sample_of(const Value& schema) {
  for (const char* key : {"const", "default"}) {
    if (const Value* given = schema.find(key); given != nullptr && !given->is_null()) {
      return *given;
    }
  }
  for (const char* key : {"enum", "examples"}) {
    if (Value first = first_of(schema, key); !first.is_null()) {
      return first;
    }
  }
  const std::string listed = text_at(Map{{"type", first_of(schema, "type")}}, "type");
  const std::string type = listed.empty() ? text_at(schema, "type") : listed;
  if (type == "integer" || type == "number") {
    return 10;
  }
  if (type == "boolean") {
    return false;
  }
  if (type == "array") {
    const Value* items = schema.find("items");
    return List{items == nullptr ? Value("sample") : sample_of(*items)};
  }
  const Value* properties = schema.find("properties");
  if (properties == nullptr && type != "object") {
    return sample_text(schema);
  }
  const Value alternative = first_of(schema, "oneOf");
  Map sample;
  for (const Value* source : {properties, alternative.find("properties")}) {
    for (const auto& [name, property] :
         source == nullptr ? std::vector<Map::Member>() : source->as_map()->members()) {
      sample.set(name, sample_of(property));
    }
  }
  return sample;
}

std::vector<std::string> faults_in(const std::filesystem::path& manifest, int& opened) {
  std::vector<std::string> faults;
  auto document = load_manifest(manifest);
  if (!document.ok()) {
    return faults;  // What the loader refuses is for its own tests.
  }
  const Value config = sample_of(document->spec.schema());
  std::vector<std::string> streams;
  for (const ManifestStream& stream : document->streams) {
    streams.push_back(stream.name);
  }
  FakeClock clock;
  Redactor redactor;
  QuietSink sink;
  Log log(LogLevel::Off, LogFormat::Text, clock, redactor, sink);
  NoNetwork network;
  auto source = manifest_source(*std::move(document), config, {network, clock, log, redactor}, {});
  if (!source.ok()) {
    return faults;  // The schema asks for what was not made up.
  }
  if (const auto catalog = (*source)->discover({}); !catalog.ok()) {
    faults.push_back("discovery: " + catalog.error().message);
  }
  for (const std::string& stream : streams) {
    const auto reader = (*source)->open({.stream = stream}, {});
    if (reader.ok()) {
      ++opened;
    } else {
      faults.push_back(stream + ": " + reader.error().message);
    }
  }
  return faults;
}

TEST(PublicStreams, OpenWithAMadeUpConfiguration) {
  if (!std::filesystem::is_directory(kManifests)) {
    GTEST_SKIP() << "there are no public manifests at " << kManifests;
  }
  std::vector<std::string> faults;
  int opened = 0;

  for (const auto& entry : std::filesystem::directory_iterator(kManifests)) {
    const std::filesystem::path manifest = entry.path() / "manifest.yaml";
    if (!std::filesystem::exists(manifest)) {
      continue;
    }
    for (const std::string& fault : faults_in(manifest, opened)) {
      faults.push_back(entry.path().filename().string() + ": " + fault);
    }
  }

  std::cout << opened << " streams of public manifests open\n";
  EXPECT_GT(opened, 1900);
  // This one closes a bracket in a template that it never opened.
  std::erase_if(faults, [](const std::string& fault) {
    return fault.starts_with("source-ticktick: ") && fault.find("closes nothing") != fault.npos;
  });
  EXPECT_THAT(faults, IsEmpty());
}

}  // namespace
}  // namespace tendril
