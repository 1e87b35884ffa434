#include "destinations/postgres/server_error.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

namespace tendril {
namespace {

using ::testing::HasSubstr;

TEST(PostgresError, SaysWhoCanAct) {
  const std::vector<std::pair<std::string, ErrorCode>> cases{
      {"", ErrorCode::Unavailable},          {"08006", ErrorCode::Unavailable},
      {"22021", ErrorCode::BadData},         {"22P02", ErrorCode::BadData},
      {"23505", ErrorCode::BadData},         {"25006", ErrorCode::InvalidConfig},
      {"28P01", ErrorCode::Unauthenticated}, {"3D000", ErrorCode::NotFound},
      {"40P01", ErrorCode::Unavailable},     {"42501", ErrorCode::PermissionDenied},
      {"42601", ErrorCode::Internal},        {"53100", ErrorCode::System},
      {"53200", ErrorCode::System},          {"53300", ErrorCode::Unavailable},
      {"54000", ErrorCode::BadData},         {"54011", ErrorCode::InvalidConfig},
      {"55P03", ErrorCode::Unavailable},     {"57014", ErrorCode::Unavailable},
      {"57P01", ErrorCode::Unavailable},     {"57P04", ErrorCode::NotFound},
      {"58030", ErrorCode::System},          {"99999", ErrorCode::Internal},
      {"XX000", ErrorCode::Internal},        {"XX001", ErrorCode::System},
  };
  for (const auto& [state, code] : cases) {
    EXPECT_EQ(postgres_error({state, "text", "", "host:1/db"}).code, code) << state;
  }
}

TEST(PostgresError, NamesPlaceAndState) {
  const Error error =
      postgres_error({"23505", "duplicate key", "Key (id)=(1) already exists.", "host:1/db"});

  EXPECT_THAT(error.message, HasSubstr("host:1/db"));
  EXPECT_THAT(error.message, HasSubstr("duplicate key: Key (id)=(1) already exists."));
  EXPECT_THAT(error.message, HasSubstr("23505"));
}

TEST(PostgresError, KeepsOneLineOfBearableLength) {
  const Error error = postgres_error({"22000", std::string(1000, 'x') + "\nmore", "", "p"});

  EXPECT_LT(error.message.size(), 350U);
  EXPECT_EQ(error.message.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace tendril
