// The promises of docs/how-to/incremental-reading.md: a source that changes while it is read, by
// every kind of cursor, with interruptions at any point, ends up in the destination as it is. Real
// manifests and the real engine; see testing/seeds.h for more seeds, or one alone.
#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include <gtest/gtest.h>

#include "core/log.h"
#include "core/random.h"
#include "core/secret.h"
#include "http/transport.h"
#include "living_manifest.h"
#include "living_source.h"
#include "manifest/manifest_document.h"
#include "manifest/manifest_source.h"
#include "sync/sync.h"
#include "testing/http_imposter.h"
#include "testing/memory_destination.h"
#include "testing/seeds.h"

namespace tendril {
namespace {

class QuietSink final : public LogSink {
 public:
  void line(LogLevel, std::string_view) override {}
};

// What goes wrong in one run.
struct Trouble {
  std::optional<std::uint64_t> refuse_at =
      std::nullopt;                                     // From this request on nothing is answered.
  std::optional<std::uint64_t> stop_at = std::nullopt;  // At this request the user stops the run.
  std::optional<std::uint64_t> crash_at = std::nullopt;  // At this commit the program dies,
  bool crash_after = false;                              // right before it, or after.
  std::uint64_t slow_one_in = 0;                         // Requests that time out; 0: none.
};

// The source as an API, without a network.
class LivingTransport final : public Transport {
 public:
  LivingTransport(LivingSource& rows, Random& random) : rows_(rows), random_(random) {}

  void begin(const Trouble& trouble, std::stop_source stop) {
    const std::lock_guard lock(mutex_);
    trouble_ = trouble;
    stop_ = std::move(stop);
    requests_ = 0;
  }

  ScriptedAnswer answer(const std::function<std::string(std::string_view)>& parameter) {
    const Response response = respond(parameter);
    return ScriptedAnswer(response.status, response.body);
  }

  Response respond(const std::function<std::string(std::string_view)>& parameter) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t request = requests_++;
    Response response;
    response.status = 200;
    if (trouble_.stop_at && request == *trouble_.stop_at) {
      stop_.request_stop();
    }
    if (trouble_.refuse_at && request >= *trouble_.refuse_at) {
      response.status = 403;
    } else if (trouble_.slow_one_in > 0 && random_.below(trouble_.slow_one_in) == 0) {
      response.status = 503;
    } else {
      response.body = rows_.page(parameter);
    }
    return response;
  }

  Result<Response> send(const Request& request, std::stop_token) override {
    return respond([&](std::string_view name) -> std::string {
      const auto found = std::ranges::find(
          request.query, name, [](const auto& each) { return std::string_view(each.first); });
      return found == request.query.end() ? "" : found->second;
    });
  }

  Result<Response> stream(const Request& request, const BodySink& sink,
                          std::stop_token stop) override {
    Response response = TRY(send(request, stop));
    TRY(sink(response.body));
    response.body.clear();
    return response;
  }

 private:
  LivingSource& rows_;
  Random& random_;
  std::mutex mutex_;
  Trouble trouble_;
  std::stop_source stop_;
  std::uint64_t requests_ = 0;
};

// How one case is set up, all by its seed.
struct CaseChoices {
  LivingRules rules;
  ManifestChoices manifest;
  WriteMode mode = WriteMode::Merge;
};

CaseChoices choices_of(Way way, Random& random) {
  CaseChoices choices;
  choices.manifest.way = way;
  choices.manifest.page_size = static_cast<int>(1 + random.below(5));
  LivingRules& rules = choices.rules;
  const bool is_full = way == Way::Full;
  const bool by_id = way == Way::Ids || way == Way::IdRanges;
  const bool by_offset = way == Way::ClientSide || way == Way::Feed;
  // Without a key only what is paged by a token can be told apart once it is read.
  const bool may_lack_key = way == Way::Windows || way == Way::Whole || way == Way::Reverse ||
                            way == Way::ReverseInParts || way == Way::Teams;
  rules.keyed = !may_lack_key || random.below(3) != 0;
  rules.updates = rules.keyed && !by_id && random.below(3) != 0;
  rules.deletes = !by_offset && rules.keyed && random.below(2) == 0;
  rules.late_max = random.below(2) == 0 ? 0 : static_cast<std::int64_t>(random.below(20));
  rules.skew =
      is_full || random.below(2) == 0 ? 0 : static_cast<std::int64_t>(random.below(40)) - 20;
  choices.manifest.keyed = rules.keyed;
  choices.manifest.overlap_seconds = rules.late_max + std::max<std::int64_t>(0, -rules.skew) + 1;
  choices.manifest.overlap_numbers = 8 * LivingSource::kChangesMax;  // Of a load in parts.
  choices.mode =
      !rules.keyed || (!is_full && random.below(2) == 0) ? WriteMode::Append : WriteMode::Merge;
  choices.mode = is_full && random.below(2) == 0 ? WriteMode::Replace : choices.mode;
  return choices;
}

// One connection, over all its runs.
class LivingCase {
 public:
  LivingCase(Way way, std::uint64_t seed, bool over_http = false)
      : random_(seed * 977 + static_cast<std::uint64_t>(way)),
        choices_(choices_of(way, random_)),
        rows_(random_.next(), choices_.rules, clock_),
        transport_(rows_, random_) {
    options_.connection = "main";
    options_.mode = choices_.mode;
    options_.concurrency = 1;
    options_.memory_bytes = 1'024;  // So that reading is not far ahead of what is stored.
    options_.commit_rows = static_cast<std::int64_t>(1 + random_.below(10));
    url_ = "http://living.example";
    if (over_http) {
      imposter_.emplace();
      imposter_->when("GET", "/items").answers([this](const ReceivedRequest& asked) {
        return transport_.answer([&](std::string_view name) { return asked.parameter(name); });
      });
      curl_ = curl_transport({}).value();
      url_ = imposter_->origin();
    }
  }

  void run_with_trouble() {
    Trouble trouble;
    const std::uint64_t kind = random_.below(6);
    const std::uint64_t point = random_.below(25);
    trouble.refuse_at = kind == 0 ? std::optional(point) : std::nullopt;
    trouble.stop_at = kind == 1 ? std::optional(point) : std::nullopt;
    trouble.crash_at = kind == 2 || kind == 3 ? std::optional(point / 2) : std::nullopt;
    trouble.crash_after = kind == 3;
    trouble.slow_one_in = choices_.manifest.way == Way::Adaptive ? 4 : kind == 4 ? 9 : 0;
    (void)run(trouble);  // Whatever becomes of it, later runs make it good.
    clock_.advance(std::chrono::milliseconds(random_.below(100'000)));
  }

  // Reads until there is nothing left, after the source has come to rest.
  void settle() {
    rows_.rest();
    const int runs = choices_.manifest.way == Way::ReverseInParts ? 9 : 2;
    for (int i = 0; i < runs; ++i) {
      const auto report = run({});
      ASSERT_TRUE(report.ok()) << report.error().message;
      ASSERT_TRUE(report->all_done()) << report->streams[0].error.value_or(Error{}).message;
    }
  }

  void expect_what_is_promised() const {
    if (choices_.mode == WriteMode::Append) {
      expect_versions_once();
      return;
    }
    std::map<std::int64_t, std::string> found;
    for (const auto& [id, value] : read()) {
      EXPECT_TRUE(found.emplace(id, value).second) << "twice: " << id;
    }
    const std::map<std::int64_t, std::string> current = rows_.current();
    if (choices_.manifest.way == Way::Full) {
      EXPECT_EQ(found, current);
      return;
    }
    // Rows that are gone at the source stay: a cursor does not see that they are.
    for (const auto& [id, value] : current) {
      EXPECT_EQ(found[id], value) << "id " << id;
      found.erase(id);
    }
    EXPECT_TRUE(choices_.rules.deletes || found.empty());
  }

  std::string shown() const {
    return name_of(choices_.manifest.way) + ", mode " +
           std::to_string(static_cast<int>(choices_.mode)) +
           (choices_.rules.keyed ? ", keyed" : ", without a key") +
           (choices_.rules.updates ? ", updates" : "") +
           (choices_.rules.deletes ? ", deletes" : "") + ", late " +
           std::to_string(choices_.rules.late_max) + ", skew " +
           std::to_string(choices_.rules.skew) + ", state " + state();
  }

 private:
  Result<SyncReport> run(const Trouble& trouble) {
    clock_.advance(std::chrono::seconds(1));
    std::stop_source stop;
    transport_.begin(trouble, stop);
    rows_.begin_run();
    MemoryDestination destination(store_, clock_);
    std::uint64_t commits = 0;
    const auto crash = [&]() -> Status {
      const bool dies = trouble.crash_at && commits++ == *trouble.crash_at;
      return dies ? Status(Error{.code = ErrorCode::System, .message = "crash"}) : Status();
    };
    if (trouble.crash_after) {
      destination.after_commit = crash;
    } else {
      destination.on_commit = [&](const Checkpoint&) { return crash(); };
    }
    auto document = TRY(parse_manifest(living_manifest(choices_.manifest), "living.yaml"));
    Transport& transport = curl_ == nullptr ? static_cast<Transport&>(transport_) : *curl_;
    const auto source = TRY(manifest_source(std::move(document), Map{{"url", url_}},
                                            {transport, clock_, log_, redactor_}, nullptr));
    SyncProgress progress;
    return run_sync(*source, destination, options_, clock_, log_, progress, stop.get_token());
  }

  std::multiset<LivingSource::Version> read() const {
    std::multiset<LivingSource::Version> rows;
    const auto found = store_.tables.find("items");
    for (const MemoryRow& row :
         found == store_.tables.end() ? std::vector<MemoryRow>() : found->second) {
      if (!row.deleted) {
        rows.emplace(row.id, row.value);
      }
    }
    return rows;
  }

  // A version that was replaced before anybody read it is not there; none is there twice.
  void expect_versions_once() const {
    const std::multiset<LivingSource::Version> found = read();
    if (!choices_.rules.keyed) {
      EXPECT_EQ(found, rows_.ever());
      return;
    }
    for (const LivingSource::Version& version : found) {
      EXPECT_EQ(found.count(version), 1U) << version.first << " " << version.second;
      EXPECT_EQ(rows_.ever().count(version), 1U) << version.first << " " << version.second;
    }
    for (const auto& [id, value] : rows_.current()) {
      EXPECT_EQ(found.count({id, value}), 1U) << id << " " << value;
    }
    if (!choices_.rules.updates && !choices_.rules.deletes) {
      EXPECT_EQ(found, rows_.ever());
    }
  }

  std::string state() const {
    const auto found = store_.state.find({"items", ""});
    return found == store_.state.end() ? "none" : found->second;
  }

  Random random_;
  FakeClock clock_;
  const CaseChoices choices_;
  LivingSource rows_;
  LivingTransport transport_;
  std::optional<HttpImposter> imposter_;
  std::unique_ptr<Transport> curl_;
  std::string url_;
  MemoryStore store_;
  SyncOptions options_;
  Redactor redactor_;
  QuietSink lines_;
  Log log_{LogLevel::Off, LogFormat::Text, clock_, redactor_, lines_};
};

void check_case(LivingCase& living, std::uint64_t runs) {
  for (std::uint64_t i = 0; i < runs; ++i) {
    living.run_with_trouble();
  }
  living.settle();
  living.expect_what_is_promised();
  if (testing::Test::HasFailure()) {
    ADD_FAILURE() << living.shown();
  }
}

class LivingSourceRead : public testing::TestWithParam<Way> {};

TEST_P(LivingSourceRead, EndsUpAsItIs) {
  for_each_seed(12, [](std::uint64_t seed) {
    LivingCase living(GetParam(), seed);
    check_case(living, 1 + seed % 7);
  });
}

TEST_P(LivingSourceRead, EndsUpAsItIsOverHttp) {
  for_each_seed(2, [](std::uint64_t seed) {
    LivingCase living(GetParam(), 100'000 + seed, true);
    check_case(living, 3);
  });
}

INSTANTIATE_TEST_SUITE_P(Ways, LivingSourceRead, testing::ValuesIn(kWays), [](const auto& way) {
  std::string name = name_of(way.param);
  std::erase(name, '-');
  return name;
});

}  // namespace
}  // namespace tendril
