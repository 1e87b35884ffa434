#include "bridges/fivetran/hash_order.h"

#include <gmock/gmock.h>

namespace tendril {
namespace {

using ::testing::ElementsAre;

TEST(HashOrder, HashesAsJavaDoes) {
  EXPECT_EQ(java_hash(""), 0);
  EXPECT_EQ(java_hash("a"), 97);
  EXPECT_EQ(java_hash("hello"), 99162322);
  EXPECT_EQ(java_hash("polygenelubricants"), INT32_MIN);
}

TEST(HashOrder, CountsCharactersBeyondTheFirstPlaneAsTwo) {
  EXPECT_EQ(java_hash("\U0001F600"), 0xD83D * 31 + 0xDE00);
}

TEST(HashOrder, OrdersTheColumnsOfARow) {
  EXPECT_THAT(hash_order({"message", "_fivetran_synced", "_fivetran_deleted"}),
              ElementsAre("_fivetran_synced", "_fivetran_deleted", "message"));
  EXPECT_THAT(hash_order({"price", "town", "colour", "_fivetran_synced", "_fivetran_deleted"}),
              ElementsAre("colour", "_fivetran_synced", "town", "price", "_fivetran_deleted"));
}

}  // namespace
}  // namespace tendril
