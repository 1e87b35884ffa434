#include "expr/quote_plus.h"

#include "core/encoding.h"

namespace tendril {
namespace {

// Escapes all but `character`, in whose place `replacement` comes.
std::string quote_around(std::string_view text, char character, char replacement) {
  std::string out;
  while (true) {
    const std::size_t at = text.find(character);
    out.append(url_encode(text.substr(0, at)));
    if (at == text.npos) {
      return out;
    }
    out.push_back(replacement);
    text.remove_prefix(at + 1);
  }
}

}  // namespace

std::string quote_plus(std::string_view text) { return quote_around(text, ' ', '+'); }

std::string quote_path(std::string_view text) { return quote_around(text, '/', '/'); }

}  // namespace tendril
