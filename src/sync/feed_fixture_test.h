// FeedTest: a scripted feed on its way into a store that survives crashes.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "sync/sync_harness_test.h"
#include "testing/matchers.h"
#include "testing/scripted_feed.h"

namespace tendril {

class FeedTest : public testing::Test, public SyncHarness {
 protected:
  FeedTest() { other_source = &feed; }

  void declare(const std::string& table, bool keyed = true) {
    feed.catalog.streams.push_back(scripted_info(table, keyed, true));
  }

  // Makes the feed fail before that step.
  void fail_at(std::size_t step, ErrorCode code = ErrorCode::BadData) {
    feed.at = [step, code](std::size_t now) {
      return now == step ? Status(fault(code)) : Status();
    };
  }

  // The live rows of a table: "1=a 2=b".
  std::string rows(const std::string& table) const {
    std::vector<std::string> texts;
    if (const auto found = store.tables.find(table); found != store.tables.end()) {
      for (const MemoryRow& row : found->second) {
        if (!row.deleted) {
          texts.push_back(std::to_string(row.id) + "=" + row.value);
        }
      }
    }
    std::ranges::sort(texts);
    std::string all;
    for (const std::string& text : texts) {
      all += (all.empty() ? "" : " ") + text;
    }
    return all;
  }

  static const StreamReport& of(const SyncReport& report, std::string_view table) {
    const auto found = std::ranges::find(report.streams, table, &StreamReport::stream);
    EXPECT_NE(found, report.streams.end()) << table;
    return *found;
  }

  // A run that ends well.
  SyncReport run_well() {
    feed.at = nullptr;
    const auto report = run();
    EXPECT_THAT(report, IsOk());
    EXPECT_TRUE(report->all_done());
    for (const StreamReport& stream : report->streams) {
      EXPECT_EQ(stream.error.value_or(Error{.message = ""}).message, "") << stream.stream;
    }
    return report.value();
  }

  std::string failure_of_run() {
    const auto report = run();
    if (!report.ok()) {
      return report.error().message;
    }
    return report->streams.at(0).error.value_or(Error{.message = "none"}).message;
  }

  ScriptedFeed feed;
};

}  // namespace tendril
