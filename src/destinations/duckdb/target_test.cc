#include "destinations/duckdb/target.h"

#include <gtest/gtest.h>

#include "testing/matchers.h"

namespace tendril {

using ::testing::HasSubstr;

TEST(DuckdbTarget, IsAFile) {
  const auto target = parse_duckdb_target("some where/x.duckdb", {.memory_bytes = 5, .threads = 3});

  ASSERT_THAT(target, IsOk());
  EXPECT_EQ(target->path, "some where/x.duckdb");
  EXPECT_EQ(target->schema, "main");
  EXPECT_EQ(target->settings.memory_bytes, 5U);
  EXPECT_EQ(target->settings.threads, 3);
}

TEST(DuckdbTarget, HasSettingsBehindTheLastQuestionMark) {
  const auto target =
      parse_duckdb_target("a?b.duckdb?schema=raw%20data&memory_mb=200&threads=2", {});

  ASSERT_THAT(target, IsOk());
  EXPECT_EQ(target->path, "a?b.duckdb");
  EXPECT_EQ(target->schema, "raw data");
  EXPECT_EQ(target->settings.memory_bytes, 200'000'000U);
  EXPECT_EQ(target->settings.threads, 2);
}

TEST(DuckdbTarget, RefusesWhatItDoesNotKnow) {
  const auto refused = [](std::string_view text, const char* reason) {
    EXPECT_THAT(parse_duckdb_target(text, {}), IsError(ErrorCode::InvalidConfig, HasSubstr(reason)))
        << text;
  };
  refused("", "names no file");
  refused("?schema=x", "names no file");
  refused("x?", "has no value");
  refused("x?schema", "has no value: schema");
  refused("x?schema=", "schema has no name");
  refused("x?schema=a%00b", "schema has no name");
  refused("x?sheme=y", "no setting sheme");
  refused("x?memory_mb=1", "memory_mb must be a number from 32");
  refused("x?memory_mb=lots", "memory_mb must be a number");
  refused("x?threads=0", "threads must be a number from 1");
}

}  // namespace tendril
