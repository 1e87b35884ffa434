// Slices of one stream read by many threads at once, while the next ones are planned.
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "manifest/source_fixture_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::SizeIs;

class ConcurrentReading : public SourceFixture {};

constexpr int kThreads = 4;
constexpr int kPartitions = 24;

constexpr std::string_view kStream =
    "- type: DeclarativeStream\n"
    "  name: items\n"
    "  incremental_sync:\n"
    "    type: DatetimeBasedCursor\n"
    "    cursor_field: at\n"
    "    datetime_format: \"%Y-%m-%d\"\n"
    "    start_datetime: \"2024-01-01\"\n"
    "    step: P1D\n"
    "    cursor_granularity: P1D\n"
    "    start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: "
    "day}\n"
    "  retriever:\n"
    "    type: SimpleRetriever\n"
    "    record_selector:\n"
    "      type: RecordSelector\n"
    "      extractor: {type: DpathExtractor, field_path: []}\n"
    "      record_filter: {type: RecordFilter, condition: \"{{ record['n'] < 3 }}\"}\n"
    "    requester:\n"
    "      type: HttpRequester\n"
    "      url_base: \"{{ config['url'] }}\"\n"
    "      path: \"items/{{ stream_partition['id'] }}\"\n"
    "      authenticator: {type: OAuthAuthenticator, token_refresh_endpoint: \"{{ config['url'] "
    "}}/token\", client_id: id, client_secret: shh1, grant_type: client_credentials}\n"
    "    partition_router: {type: ListPartitionRouter, cursor_field: id, values: \"{{ "
    "config['ids'] "
    "}}\"}\n"
    "  transformations:\n"
    "  - type: AddFields\n"
    "    fields: [{path: [id], value: \"{{ stream_partition['id'] }}\"}]\n";

TEST_F(ConcurrentReading, GivesWhatOneThreadWouldGet) {
  imposter_.when("POST", "/token").answer(200, R"({"access_token":"a1","expires_in":3600})");
  imposter_.when("GET", "/items/*").answers([](const ReceivedRequest& asked) {
    return ScriptedAnswer(200, R"([{"n":1,"at":")" + asked.parameter("day") + R"("},{"n":5}])");
  });
  List ids;
  for (int i = 0; i < kPartitions; ++i) {
    ids.push_back(i);
  }
  const auto made = source(kStream, Map{{"ids", std::move(ids)}});
  const auto reader = made->open({.stream = "items"}, {});
  ASSERT_THAT(reader, IsOk());
  std::mutex mutex;
  std::vector<SliceResult> results;
  std::map<std::string, int> rows_of;

  const auto work = [&] {
    for (;;) {
      std::unique_lock lock(mutex);
      const auto slice = (*reader)->next_slice({});
      if (!slice.ok() || !slice.value()) {
        return;
      }
      lock.unlock();
      MemorySink sink;
      const auto result = (*reader)->read(**slice, Value(), sink, {});
      lock.lock();
      ASSERT_THAT(result, IsOk());
      results.push_back({**slice, *result});
      rows_of[sink.rows.at(0).at("id")] += static_cast<int>(sink.rows.size());
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back(work);
    }
  }

  EXPECT_THAT(results, SizeIs(kPartitions *
                              2));  // Two days each: the clock stands on the second of January.
  EXPECT_THAT(rows_of, SizeIs(kPartitions));
  EXPECT_EQ(rows_of["7"], 2);
  EXPECT_EQ(imposter_.count("/token"), 1);
  const Value state = (*reader)->finish(results);
  EXPECT_THAT(*state.find("states")->as_list(), SizeIs(kPartitions));
  EXPECT_EQ(to_json(*state.find("state")), R"({"at":"2024-01-02"})");
}

}  // namespace
}  // namespace tendril
