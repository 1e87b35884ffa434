#include "expr/text_building.h"

#include <algorithm>

#include "core/utf8.h"
#include "expr/term_text.h"

namespace tendril {

Term replaced_text(const FunctionCall& call, std::string_view text, std::string_view from,
                   std::string_view to, std::int64_t count) {
  std::string out;
  auto left = count < 0 ? static_cast<std::size_t>(-1) : static_cast<std::size_t>(count);
  while (left > 0 && out.size() <= kTextBytesMax) {
    if (from.empty()) {
      out.append(to);
      if (text.empty()) {
        break;
      }
      out.append(take_character(text));
    } else {
      const std::size_t at = text.find(from);
      if (at == text.npos) {
        break;
      }
      out.append(text.substr(0, at)).append(to);
      text.remove_prefix(at + from.size());
    }
    --left;
  }
  if (out.size() > kTextBytesMax) {
    return call.fail("text is too long");
  }
  out.append(text);
  return call.heap().text(out);
}

std::string capitalized(std::string_view text, bool every_word) {
  std::string out;
  bool start = true;
  while (!text.empty()) {
    const std::string_view character = take_character(text);
    start ? append_upper(out, character) : append_lower(out, character);
    const char c = character[0];
    const char lower = static_cast<char>(c | 0x20);
    const bool letter = (lower >= 'a' && lower <= 'z') || static_cast<unsigned char>(c) >= 0x80;
    // The filter "title" begins words after blanks, dashes and opening brackets only.
    start = every_word && !letter &&
            std::string_view("-({[< \t\n\r\v\f").find(c) != std::string_view::npos;
  }
  return out;
}

Term joined_text(const FunctionCall& call, const Term& items, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < items.size() && call.evaluation.ok(); ++i) {
    out.append(i == 0 ? "" : separator);
    append_text(call.evaluation, out, items.item(i));
  }
  return call.heap().text(out);
}

Term centered_text(const FunctionCall& call, std::string_view text, std::int64_t width) {
  const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(width, 0));
  const std::size_t length = count_characters(text);
  if (wanted > kTextBytesMax) {
    return call.fail("text is too long");
  }
  const std::size_t gap = wanted > length ? wanted - length : 0;
  const std::size_t left = gap / 2 + (gap & wanted & 1);
  std::string out(left, ' ');
  out.append(text).append(gap - left, ' ');
  return call.heap().text(out);
}

}  // namespace tendril
