// What a template may use up. A manifest may come from anywhere, so no template can hang or
// crash the program that evaluates it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tendril {

constexpr std::size_t kTemplateBytesMax = 1 << 20;  // The template itself.
constexpr int kTemplateDepthMax = 120;              // Nesting of expressions and statements.
constexpr std::size_t kTextBytesMax = 1 << 20;      // The output, and each text on the way.
constexpr std::size_t kHeapBytesMax = 64 << 20;     // All that one evaluation keeps at a time.
constexpr std::int64_t kWorkMax = 5'000'000;        // Instructions, loop steps, comparisons.
constexpr std::size_t kItemsMax = 1'000'000;        // The items of one list.
constexpr int kDataDepthMax = 500;                  // Nesting of lists and maps.

}  // namespace tendril
