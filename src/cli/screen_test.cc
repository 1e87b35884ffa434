#include "cli/screen.h"

#include <array>

#include <unistd.h>

#include <gtest/gtest.h>

namespace tendril {
namespace {

// A pipe to look at what a screen writes.
class ScreenTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::pipe(ends_.data()), 0); }
  void TearDown() override {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }

  std::string written() const {
    std::array<char, 4096> bytes = {};
    const ssize_t count = ::read(ends_[0], bytes.data(), bytes.size());
    return std::string(bytes.data(), static_cast<std::size_t>(count));
  }

  std::array<int, 2> ends_ = {};
};

TEST_F(ScreenTest, EndsEachLogLine) {
  Screen screen(ends_[1]);

  screen.line(LogLevel::Info, "hello");

  EXPECT_EQ(written(), "hello\n");
}

TEST_F(ScreenTest, PutsLogLinesAboveTheLiveLines) {
  Screen screen(ends_[1]);
  screen.show_live({"one", "two"});
  EXPECT_EQ(written(), "one\ntwo\n");

  screen.print("message");

  EXPECT_EQ(written(), "\x1b[2F\x1b[Jmessage\none\ntwo\n");
}

TEST_F(ScreenTest, ReplacesAndRemovesTheLiveLines) {
  Screen screen(ends_[1]);
  screen.show_live({"one", "two"});
  screen.show_live({"three"});
  screen.show_live({});

  EXPECT_EQ(written(), "one\ntwo\n\x1b[2F\x1b[Jthree\n\x1b[1F\x1b[J");
}

TEST_F(ScreenTest, CutsLiveLinesToTheWidth) {
  Screen screen(ends_[1]);

  screen.show_live({std::string(200, 'x')});

  EXPECT_EQ(written(), std::string(ScreenSize().columns, 'x') + "\n");
}

TEST_F(ScreenTest, IsNoTerminalWhenPiped) { EXPECT_FALSE(Screen(ends_[1]).is_terminal()); }

}  // namespace
}  // namespace tendril
