#include "core/bounded_queue.h"

#include <thread>

#include <gtest/gtest.h>

namespace tendril {
namespace {

TEST(BoundedQueue, KeepsOrderAndEndsAfterClose) {
  ByteBudget budget(1000);
  BoundedQueue<int> queue(2, budget);
  std::jthread producer([&](std::stop_token stop) {
    for (int i = 0; i < 100; ++i) {
      EXPECT_TRUE(queue.push(i, 10, stop));
    }
    queue.close();
  });
  for (int i = 0; i < 100; ++i) {
    const auto item = queue.pop({});
    ASSERT_TRUE(item.has_value());
    EXPECT_EQ(item->value, i);
  }
  EXPECT_FALSE(queue.pop({}).has_value());
  EXPECT_EQ(budget.used_bytes(), 0U);
}

TEST(BoundedQueue, StopWakesAWaitingProducer) {
  ByteBudget budget(1000);
  BoundedQueue<int> queue(1, budget);
  ASSERT_TRUE(queue.push(1, 1, {}));
  bool pushed = true;
  {
    std::jthread producer([&](std::stop_token stop) { pushed = queue.push(2, 1, stop); });
  }  // Leaving the scope requests stop and joins.
  EXPECT_FALSE(pushed);
}

TEST(BoundedQueue, PatienceEndsAWaitForAnItem) {
  ByteBudget budget(1000);
  BoundedQueue<int> queue(1, budget);

  EXPECT_FALSE(queue.pop_for(std::chrono::milliseconds(1), {}).has_value());
  EXPECT_FALSE(queue.finished());

  ASSERT_TRUE(queue.push(7, 1, {}));
  queue.close();
  EXPECT_FALSE(queue.finished());
  EXPECT_EQ(queue.pop_for(std::chrono::hours(1), {})->value, 7);
  EXPECT_TRUE(queue.finished());
  EXPECT_FALSE(queue.pop_for(std::chrono::hours(1), {}).has_value());
}

TEST(BoundedQueue, TheByteBudgetIsSharedByQueues) {
  ByteBudget budget(100);
  BoundedQueue<int> first(10, budget);
  BoundedQueue<int> second(10, budget);
  ASSERT_TRUE(first.push(1, 80, {}));
  std::stop_source stop;
  std::jthread releaser([&] { first.pop({}); });

  EXPECT_TRUE(second.push(2, 80, stop.get_token()));
}

TEST(ByteBudget, AnItemLargerThanTheBudgetGetsInAlone) {
  ByteBudget budget(10);
  {
    const ByteBudget::Lease lease = budget.acquire(50, {});
    EXPECT_EQ(budget.used_bytes(), 50U);
  }
  EXPECT_EQ(budget.used_bytes(), 0U);
}

}  // namespace
}  // namespace tendril
