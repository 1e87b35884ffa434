// The words of the template language.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tendril {

enum class TokenKind : std::uint8_t {
  Text,  // Between the tags; `text` is what to put out.
  OutputBegin,
  OutputEnd,
  StatementBegin,
  StatementEnd,
  Name,
  String,  // `text` holds what the quotes and escapes stand for.
  Integer,
  Float,
  Operator,  // `text` is the operator: "+", "==", "(", …
  End,
};

struct Token {
  TokenKind kind = TokenKind::End;
  std::string text;
  std::size_t offset = 0;  // Into the template.

  bool is_operator(std::string_view symbol) const {
    return kind == TokenKind::Operator && text == symbol;
  }
  bool is_name(std::string_view name) const { return kind == TokenKind::Name && text == name; }
};

}  // namespace tendril
