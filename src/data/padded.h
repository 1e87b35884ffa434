// Writing whole numbers of a least width: what a format of "{:04}" yields, at a fraction of its
// cost.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>

namespace tendril {

// Appends `value`, filled up in front to `width` characters; zeros come behind the sign.
inline void append_padded(std::string& out, std::int64_t value, std::size_t width = 1,
                          char fill = '0') {
  if (width == 2 && value >= 0 && value < 100) {
    const char high = value < 10 ? fill : static_cast<char>('0' + value / 10);
    const std::array<char, 2> two{high, static_cast<char>('0' + value % 10)};
    out.append(two.data(), two.size());
    return;
  }
  std::array<char, 20> digits;
  const char* first = digits.data();
  const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  auto size = static_cast<std::size_t>(end - first);
  if (value < 0 && fill == '0') {
    out.push_back('-');
    ++first;
    --size;
    width -= width == 0 ? 0 : 1;
  }
  out.append(size < width ? width - size : 0, fill);
  out.append(first, size);
}

}  // namespace tendril
