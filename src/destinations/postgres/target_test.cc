#include "destinations/postgres/target.h"

#include <gmock/gmock.h>

#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::optional<std::string> empty_environment(const char*) { return std::nullopt; }

Result<PostgresTarget> parse(std::string_view text) {
  return parse_postgres_target(text, empty_environment);
}

TEST(PostgresTargetText, TakesTheSchemaOut) {
  const auto target =
      parse("//ann@db.example:6543/sales?sslmode=verify-full&schema=raw%20data&connect_timeout=3");

  ASSERT_THAT(target, IsOk());
  EXPECT_EQ(target->schema, "raw data");
  EXPECT_EQ(target->uri.reveal(),
            "postgresql://ann@db.example:6543/sales?sslmode=verify-full&connect_timeout=3");
  EXPECT_EQ(target->place, "db.example:6543/sales");
  EXPECT_TRUE(target->names_sslmode);
  EXPECT_FALSE(target->is_local);
  EXPECT_EQ(target->connect_timeout_s, 3);
}

TEST(PostgresTargetText, HasDefaults) {
  const auto target = parse("//ann@db.example");

  ASSERT_THAT(target, IsOk());
  EXPECT_EQ(target->schema, "public");
  EXPECT_EQ(target->place, "db.example:5432/ann");
  EXPECT_FALSE(target->names_sslmode);
}

TEST(PostgresTargetText, TakesAListOfServers) {
  EXPECT_EQ(parse("//a:5433,b:5434/db")->place, "a,b:5433,5434/db");
  EXPECT_THAT(parse("//a,b:5434/db"), IsOk());
  EXPECT_THAT(parse("//a:5433,b/db"), IsOk());
}

TEST(PostgresTargetText, KnowsWhatStaysOnThisMachine) {
  for (const char* const local : {"///db", "//localhost/db", "//127.0.0.1:1/db", "//[::1]/db",
                                  "///db?host=/run/postgresql", "//localhost,127.0.0.1/db"}) {
    EXPECT_TRUE(parse(local)->is_local) << local;
  }
  for (const char* const remote :
       {"//db.example/db", "//localhost,db.example/db", "///db?hostaddr=192.0.2.1"}) {
    EXPECT_FALSE(parse(remote)->is_local) << remote;
  }
}

TEST(PostgresTargetText, TakesTheEnvironmentWhereTheUriIsSilent) {
  const auto target = parse_postgres_target("///db", [](const char* name) {
    const std::string_view wanted = name;
    return wanted == "PGHOST"      ? std::optional<std::string>("db.example")
           : wanted == "PGSSLMODE" ? std::optional<std::string>("disable")
                                   : std::nullopt;
  });

  ASSERT_THAT(target, IsOk());
  EXPECT_FALSE(target->is_local);
  EXPECT_TRUE(target->names_sslmode);
  EXPECT_EQ(target->place, "db.example:5432/db");
}

TEST(PostgresTargetText, RefusesWhatItCanNotRead) {
  for (const char* const text :
       {"", "db.example", "//db.example:port/db", "//h:0/db", "//a:5432,b:65536/db",
        "//h/db?schema=", "//h/db?connect_timeout=soon", "//h/db?connect_timeout=0",
        "//h/db?service=x", "//h/db?sslmode"}) {
    EXPECT_THAT(parse(text), IsError(ErrorCode::InvalidConfig)) << text;
  }
  EXPECT_THAT(parse("//h/db?shema=x"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("no setting shema")));
}

TEST(PostgresTargetText, NeverSaysThePassword) {
  for (const char* const text : {"//ann:hunter2@h:x/db", "//ann:hunter2@[::1/db",
                                 "//ann:hunter2@h/db?x", "//ann:hunter2@h/db?a=hunter2=b"}) {
    EXPECT_THAT(parse(text), IsError(ErrorCode::InvalidConfig, Not(HasSubstr("hunter2")))) << text;
  }
  EXPECT_THAT(parse("//ann:hunter2@h/db")->place, Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace tendril
