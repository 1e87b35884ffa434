#include "state/run_place.h"

#include <map>

#include <gtest/gtest.h>

#include "testing/matchers.h"

namespace tendril {
namespace {

Result<std::filesystem::path> place(const std::map<std::string, std::string>& variables) {
  return run_store_file([&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  });
}

TEST(RunPlaces, TheProgramsOwnVariableWins) {
  EXPECT_EQ(place({{"TENDRIL_HOME", "/t"}, {"XDG_STATE_HOME", "/x"}, {"HOME", "/h"}}).value(),
            "/t/runs.db");
}

TEST(RunPlaces, ThenTheDesktopsRule) {
  EXPECT_EQ(place({{"XDG_STATE_HOME", "/x"}, {"HOME", "/h"}}).value(), "/x/tendril/runs.db");
  EXPECT_EQ(place({{"HOME", "/h"}}).value(), "/h/.local/state/tendril/runs.db");
}

TEST(RunPlaces, RelativeFoldersOfTheDesktopAreNone) {
  EXPECT_EQ(place({{"XDG_STATE_HOME", "x"}, {"HOME", "/h"}}).value(),
            "/h/.local/state/tendril/runs.db");
}

TEST(RunPlaces, WithoutAHomeThereIsNone) { EXPECT_EQ(place({}).error().code, ErrorCode::NotFound); }

TEST(PublicUris, HaveNoPasswords) {
  EXPECT_EQ(without_secrets("postgres://me:pa:ss@host:5432/db?schema=raw"),
            "postgres://me@host:5432/db?schema=raw");
  EXPECT_EQ(without_secrets("postgres://host/db?user=a&Pass_Word=x&sslmode=on"),
            "postgres://host/db?user=a&Pass_Word=***&sslmode=on");
  EXPECT_EQ(without_secrets("s3://bucket/a?secret_access_key=x"),
            "s3://bucket/a?secret_access_key=***");
}

TEST(PublicUris, AreLeftAloneWithoutSecrets) {
  for (const char* uri : {"duckdb:w.duckdb", "duckdb:a?schema=b&threads=2",
                          "null:", "postgres://me@host/db", "postgres://host:5432/a@b:c"}) {
    EXPECT_EQ(without_secrets(uri), uri);
  }
}

}  // namespace
}  // namespace tendril
