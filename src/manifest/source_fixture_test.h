// SourceFixture: a manifest run against an HttpImposter, and what it delivered. For tests.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "connector/source.h"
#include "core/log.h"
#include "core/secret.h"
#include "data/value.h"
#include "http/transport.h"
#include "manifest/manifest_source.h"
#include "testing/fake_clock.h"
#include "testing/http_imposter.h"

namespace tendril {

// Takes what a slice yields, and remembers it.
class MemorySink final : public SliceSink {
 public:
  // Column to text; null is "null".
  using Row = std::map<std::string, std::string>;
  struct Kept {
    std::size_t rows = 0;  // Written before this checkpoint.
    Value progress;
  };

  Status write(Batch batch) override;
  Status checkpoint(Value progress) override;
  Status reject(RejectedRow row) override;

  std::vector<Batch> batches;
  std::vector<Row> rows;
  std::vector<Kept> checkpoints;
  std::vector<RejectedRow> rejected;
};

// The values of one column, in order.
std::vector<std::string> column(const std::vector<MemorySink::Row>& rows, const std::string& name);

// One stream, read whole.
struct StreamRead {
  std::vector<Slice> slices;
  std::vector<SliceResult> results;
  MemorySink sink;
  Value plan;
  Value state;
  std::optional<Error> error;
};

// What a log wrote.
class MemoryLogSink final : public LogSink {
 public:
  void line(LogLevel, std::string_view text) override { lines.emplace_back(text); }
  std::vector<std::string> lines;
};

class SourceFixture : public ::testing::Test {
 protected:
  SourceFixture();

  // A manifest whose streams are `streams` (YAML, a list). "{{ config['url'] }}" is the imposter.
  Result<std::unique_ptr<Source>> try_source(std::string_view streams, Map config = {});
  // A whole manifest.
  Result<std::unique_ptr<Source>> try_manifest(std::string_view manifest, Map config = {});
  // As try_source(); a fault fails the test.
  std::unique_ptr<Source> source(std::string_view streams, Map config = {});

  static StreamRead run(Source& source, const StreamRequest& request);
  static StreamRead run(Source& source, const std::string& stream) {
    return run(source, StreamRequest{.stream = stream});
  }

  HttpImposter imposter_;
  FakeClock clock_;
  Redactor redactor_;
  MemoryLogSink lines_;
  Log log_;
  std::unique_ptr<Transport> transport_;
  ClientSharing sharing_ = {};
  std::filesystem::path files_directory_ = "files";
  std::map<std::string, Value> saved_;  // By JSON pointer: what was stored in the configuration.
};

}  // namespace tendril
