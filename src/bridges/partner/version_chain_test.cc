#include "bridges/partner/version_chain.h"

#include <gmock/gmock.h>

#include "bridges/partner/batch_file.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kOpen = kVersionOpenEndMicros;

TEST(VersionChain, EndsAVersionWhereTheNextStarts) {
  const std::vector<RowKey> keys{{1, 0}, {2, 0}, {1, 0}};

  const VersionChain chain = chain_versions(keys, {10'000, 10'000, 70'000});

  EXPECT_THAT(chain.starts, ElementsAre(10'000, 10'000, 70'000));
  EXPECT_THAT(chain.ends, ElementsAre(69'000, kOpen, kOpen));
  EXPECT_THAT(chain.active, ElementsAre(false, true, true));
  EXPECT_THAT(chain.first, ElementsAre(true, true, false));
  EXPECT_EQ(chain.last_start, 70'000);
}

TEST(VersionChain, StartsVersionsOfOneInstantOneAfterTheOther) {
  const std::vector<RowKey> keys{{1, 0}, {1, 0}, {1, 0}};

  const VersionChain chain = chain_versions(keys, {5'000, 5'000, 5'000});

  EXPECT_THAT(chain.starts, ElementsAre(5'000, 6'000, 7'000));
  EXPECT_THAT(chain.ends, ElementsAre(5'000, 6'000, kOpen));
  EXPECT_EQ(chain.last_start, 7'000);
}

}  // namespace
}  // namespace tendril
