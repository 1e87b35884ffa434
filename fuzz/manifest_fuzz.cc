// Fuzzes manifests from the text to the records: whatever the text, loading it ends, with a
// connector or with an error that names the file; whatever the schema in it, a configuration can be
// checked; and whatever its streams say, they are described, compiled and read, from a server that
// gives a few made-up answers, to an end or an error.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "data/value.h"
#include "manifest/manifest_document.h"
#include "manifest/manifest_source.h"
#include "testing/fake_clock.h"

namespace {

using namespace tendril;

constexpr int kAnswersMax = 12;
constexpr int kSlicesMax = 3;
constexpr std::size_t kStreamsMax = 4;

// Answers in turn with what a vendor may say, and ends the run after some of it.
class MadeUpServer final : public Transport {
 public:
  Result<Response> send(const Request&, std::stop_token stop) override {
    static const std::array<Response, 4> kAnswers{
        Response{.status = 200,
                 .headers = {{"Content-Type", "application/json"},
                             {"Link", "<https://api.example.com/x?page=2>; rel=\"next\""}},
                 .body = R"({"data": [{"id": 1, "at": "2024-01-01T00:00:00Z", "n": {"a": [1]}},
                              {"id": 2, "at": "2024-01-02"}, 5], "next": "c2", "has_more": true,
                              "access_token": "t", "expires_in": 60})"},
        Response{.status = 429, .headers = {{"Retry-After", "1"}}, .body = "slow down"},
        Response{.status = 200, .body = R"([{"id": "3", "at": 1704067200}, {"items": null}])"},
        Response{.status = 500, .body = "{}"},
    };
    if (stop.stop_requested() || ++answers_ > kAnswersMax) {
      stop_.request_stop();
      return Error{ErrorCode::Cancelled, "cancelled"};
    }
    Response answer = kAnswers[static_cast<std::size_t>(answers_ - 1) % kAnswers.size()];
    answer.body.reserve(answer.body.size() + kBodySpareBytes);
    return answer;
  }

  Result<Response> stream(const Request& request, const BodySink& sink,
                          std::stop_token stop) override {
    Response answer = TRY(send(request, stop));
    TRY(sink(answer.body));
    answer.body.clear();
    return answer;
  }

  std::stop_token token() const { return stop_.get_token(); }

 private:
  int answers_ = 0;
  std::stop_source stop_;
};

class NoLines final : public LogSink {
 public:
  void line(LogLevel, std::string_view) override {}
};

class NoRows final : public SliceSink {
 public:
  Status write(Batch) override { return {}; }
  Status checkpoint(Value) override { return {}; }
  Status reject(RejectedRow) override { return {}; }
};

void read(Source& source, const StreamInfo& info, std::stop_token stop) {
  const auto reader =
      source.open(StreamRequest{.stream = info.schema.name, .incremental = info.incremental}, stop);
  if (!reader.ok()) {
    return;
  }
  (void)(*reader)->plan();
  std::vector<SliceResult> results;
  NoRows sink;
  for (int i = 0; i < kSlicesMax && !stop.stop_requested(); ++i) {
    auto slice = (*reader)->next_slice(stop);
    if (!slice.ok() || !*slice) {
      break;
    }
    auto result = (*reader)->read(**slice, Value(), sink, stop);
    if (result.ok()) {
      results.push_back({**std::move(slice), *std::move(result)});
    }
  }
  (void)(*reader)->finish(results);
}

void run(ManifestDocument document, const Value& config) {
  MadeUpServer server;
  FakeClock clock;
  Redactor redactor;
  NoLines lines;
  Log log(LogLevel::Debug, LogFormat::Text, clock, redactor, lines);
  const auto source = manifest_source(std::move(document), config,
                                      ManifestRuntime{server, clock, log, redactor}, {});
  if (!source.ok()) {
    return;
  }
  const auto catalog = (*source)->discover(server.token());
  if (catalog.ok()) {
    for (std::size_t i = 0; i < std::min(catalog->streams.size(), kStreamsMax); ++i) {
      read(**source, catalog->streams[i], server.token());
    }
  }
  (void)(*source)->check(server.token());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Value kConfig(Map{{"token", "t"},
                                 {"url", "https://api.example.com"},
                                 {"start_date", "2024-01-01"},
                                 {"list", List{1, "two", nullptr, 3.5}},
                                 {"credentials", Map{{"auth_type", "oauth"}, {"id", 7}}}});
  auto document =
      parse_manifest(std::string_view(reinterpret_cast<const char*>(data), size), "m.yaml");
  if (!document.ok()) {
    CHECK(document.error().message.starts_with("m.yaml"));
    return 0;
  }
  for (const ManifestStream& stream : document->streams) {
    CHECK(!stream.name.empty() && document->find(stream.name) != nullptr);
  }
  (void)document->spec.check(kConfig);
  (void)document->spec.secrets_of(kConfig);
  run(*std::move(document), kConfig);
  return 0;
}
