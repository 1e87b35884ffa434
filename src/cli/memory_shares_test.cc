#include "cli/memory_shares.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/matchers.h"

namespace tendril {
namespace {

TEST(MemoryShares, LeaveHalfAndMoreForTheRest) {
  const auto shares = share_memory(kRunMemoryDefault);

  ASSERT_THAT(shares, IsOk());
  EXPECT_EQ(shares->queues, std::size_t{32} << 20U);
  EXPECT_EQ(shares->destination, std::size_t{48} << 20U);
}

TEST(MemoryShares, RefuseTooLittleNamingTheLeast) {
  const auto shares = share_memory(kRunMemoryLeast - 1);

  ASSERT_FALSE(shares.ok());
  EXPECT_EQ(shares.error().code, ErrorCode::InvalidConfig);
  EXPECT_THAT(shares.error().message, testing::HasSubstr("128MiB"));
  EXPECT_THAT(share_memory(kRunMemoryLeast), IsOk());
}

}  // namespace
}  // namespace tendril
