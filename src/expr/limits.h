// What a template may use up. A manifest may come from anywhere, so no template can hang or
// crash the program that evaluates it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tendril {

// A fuzzer meets the limits sooner, so that it tries more templates a second.
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
constexpr int kLimitsDivisor = 64;
#else
constexpr int kLimitsDivisor = 1;
#endif

constexpr std::size_t kTemplateBytesMax = 1 << 20;                 // The template itself.
constexpr int kTemplateDepthMax = 120;                             // Of expressions and statements.
constexpr std::size_t kTextBytesMax = (1 << 20) / kLimitsDivisor;  // Output and texts on the way.
constexpr std::size_t kHeapBytesMax = (64 << 20) / kLimitsDivisor;  // All that an evaluation keeps.
constexpr std::int64_t kWorkMax = 5'000'000 / kLimitsDivisor;  // Instructions, steps, comparisons.
constexpr std::size_t kItemsMax = 1'000'000 / kLimitsDivisor;  // The items of one list.
constexpr int kDataDepthMax = 500;                             // Nesting of lists and maps.

}  // namespace tendril
