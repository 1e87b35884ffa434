#include "cli/interrupts.h"

#include <csignal>
#include <semaphore>

#include <unistd.h>

#include <gtest/gtest.h>

namespace tendril {
namespace {

TEST(Interrupts, AsksToStopAtTheFirstSignal) {
  block_interrupts();
  std::binary_semaphore called(0);
  const auto interrupts = Interrupts::listen([&] { called.release(); });
  ASSERT_TRUE(interrupts.ok());
  EXPECT_FALSE((*interrupts)->token().stop_requested());

  ::kill(::getpid(), SIGTERM);
  called.acquire();

  EXPECT_TRUE((*interrupts)->token().stop_requested());
  EXPECT_EQ((*interrupts)->signal_number(), SIGTERM);
}

TEST(Interrupts, GoesWithoutASignal) {
  block_interrupts();

  const auto interrupts = Interrupts::listen([] {});

  ASSERT_TRUE(interrupts.ok());
  EXPECT_EQ((*interrupts)->signal_number(), 0);
}

TEST(InterruptsDeathTest, EndsTheProcessAtTheSecondSignal) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto twice = [] {
    block_interrupts();
    std::binary_semaphore called(0);
    const auto interrupts = Interrupts::listen([&] { called.release(); });
    ::kill(::getpid(), SIGINT);
    called.acquire();
    ::kill(::getpid(), SIGINT);
    called.acquire();
  };

  EXPECT_EXIT(twice(), testing::ExitedWithCode(130), "");
}

}  // namespace
}  // namespace tendril
