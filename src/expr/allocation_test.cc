// Constants and plain paths do not allocate when they are evaluated.
#include <atomic>
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "data/json.h"
#include "expr/fixed_clock.h"
#include "expr/template.h"

namespace {

std::atomic<std::size_t> allocations{0};

void* counted(std::size_t size) {
  ++allocations;
  if (void* pointer = std::malloc(size == 0 ? 1 : size)) {
    return pointer;
  }
  std::abort();
}

}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void operator delete(void* pointer) noexcept { std::free(pointer); }
void operator delete[](void* pointer) noexcept { std::free(pointer); }
void operator delete(void* pointer, std::size_t) noexcept { std::free(pointer); }
void operator delete[](void* pointer, std::size_t) noexcept { std::free(pointer); }

namespace tendril {
namespace {

class AllocationTest : public testing::Test {
 protected:
  // The allocations of one evaluation in each of the three ways, after a first one.
  std::size_t count(std::string_view source) {
    const Template compiled = Template::compile(source, scope_).value();
    Value scratch;
    std::string text;
    EXPECT_TRUE(compiled.evaluate(context_, scratch).ok());
    EXPECT_TRUE(compiled.to_text(context_, text).ok());
    const std::size_t before = allocations;
    EXPECT_TRUE(compiled.evaluate(context_, scratch).ok());
    EXPECT_TRUE(compiled.to_text(context_, text).ok());
    EXPECT_TRUE(compiled.to_bool(context_).ok());
    return allocations - before;
  }

  AllocationTest() { context_.set(0, &config_); }

  const Scope scope_{{"config", "record"}};
  const FixedClock clock_;
  const Value config_ = parse_json(R"({"name": "a text that is too long to be kept inside",
      "list": [{"id": 5}, 2], "map": {"yes": true}, "null": null})")
                            .value();
  Context context_{scope_, clock_};
};

TEST_F(AllocationTest, CountsAtAll) { EXPECT_GT(count("{{ config.name }} and more"), 0U); }

TEST_F(AllocationTest, IsNoneForConstants) {
  EXPECT_EQ(count("/a/path/that/is/too/long/to/be/kept/inside"), 0U);
  EXPECT_EQ(count("[1, 2, 3]"), 0U);
  EXPECT_EQ(count("{{ 5 }}"), 0U);
  EXPECT_EQ(count("{{ true }}"), 0U);
}

TEST_F(AllocationTest, IsNoneForPlainPaths) {
  EXPECT_EQ(count("{{ config.name }}"), 0U);
  EXPECT_EQ(count("{{ config['name'] }}"), 0U);
  EXPECT_EQ(count("{{ config.list }}"), 0U);
  EXPECT_EQ(count("{{ config.list[0].id }}"), 0U);
  EXPECT_EQ(count("{{ config.list[-1] }}"), 0U);
  EXPECT_EQ(count("{{ config.map }}"), 0U);
  EXPECT_EQ(count("{{ config.null }}"), 0U);
  EXPECT_EQ(count("{{ config.nothing.at.all }}"), 0U);
  EXPECT_EQ(count("{{ record['id'] }}"), 0U);
}

TEST_F(AllocationTest, IsNoneForUsualConditions) {
  EXPECT_EQ(count("{{ config.list[0].id > 3 and config.map.yes }}"), 0U);
  EXPECT_EQ(count("{{ config.list[0].id in [1, 5] or not config.nothing }}"), 0U);
  EXPECT_EQ(count("{{ config.map.get('no') is none }}"), 0U);
}

}  // namespace
}  // namespace tendril
