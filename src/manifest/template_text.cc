#include "manifest/template_text.h"

#include <cctype>
#include <optional>

namespace tendril {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Walks over the code of a template: what stands in {{ }} and {% %}.
class CodeScanner {
 public:
  explicit CodeScanner(std::string_view text) : text_(text) {}

  // Moves behind the next use of `variable`; false when there is none left.
  bool find(std::string_view variable) {
    while (at_ < text_.size()) {
      if (!inside_) {
        enter();
      } else if (leaves()) {
        inside_ = false;
        at_ += 2;
      } else if (text_[at_] == '"' || text_[at_] == '\'') {
        quoted();
      } else if (is_word(text_[at_])) {
        const bool is_member = at_ > 0 && text_[at_ - 1] == '.';
        if (word() == variable && !is_member) {
          return true;
        }
      } else {
        ++at_;
      }
    }
    return false;
  }

  // Reads one constant step behind the variable: .name, ['name'], [0], .get('name'…). Returns
  // nullopt for anything else.
  std::optional<std::string> step() {
    skip_space();
    if (take('.')) {
      const std::string name(word());
      if (name != "get") {
        return name.empty() ? std::nullopt : std::optional(name);
      }
      return take('(') ? constant_until(')') : std::nullopt;
    }
    return take('[') ? constant_until(']') : std::nullopt;
  }

 private:
  void enter() {
    const std::size_t open = text_.find('{', at_);
    at_ = open == std::string_view::npos ? text_.size() : open + 1;
    if (at_ < text_.size() && (text_[at_] == '{' || text_[at_] == '%')) {
      inside_ = true;
      ++at_;
    }
  }
  bool leaves() const {
    const std::string_view two = text_.substr(at_, 2);
    return two == "}}" || two == "%}";
  }
  void skip_space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) {
      ++at_;
    }
  }
  bool take(char c) {
    skip_space();
    const bool found = at_ < text_.size() && text_[at_] == c;
    at_ += found ? 1 : 0;
    return found;
  }
  std::string_view word() {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_word(text_[at_])) {
      ++at_;
    }
    return text_.substr(start, at_ - start);
  }
  std::string quoted() {
    const char quote = text_[at_++];
    std::string content;
    while (at_ < text_.size() && text_[at_] != quote) {
      at_ += text_[at_] == '\\' && at_ + 1 < text_.size() ? 1 : 0;
      content += text_[at_++];
    }
    at_ += at_ < text_.size() ? 1 : 0;
    return content;
  }
  // A quoted text or a number; a second argument is skipped.
  std::optional<std::string> constant_until(char end) {
    skip_space();
    if (at_ >= text_.size()) {
      return std::nullopt;
    }
    const bool is_quoted = text_[at_] == '"' || text_[at_] == '\'';
    const std::string content = is_quoted ? quoted() : std::string(word());
    skip_space();
    const bool has_default = end == ')' && at_ < text_.size() && text_[at_] == ',';
    if (has_default) {
      skip_arguments();
    }
    return !content.empty() && take(end) ? std::optional(content) : std::nullopt;
  }
  void skip_arguments() {
    int depth = 0;
    while (at_ < text_.size() && (depth > 0 || text_[at_] != ')')) {
      if (text_[at_] == '"' || text_[at_] == '\'') {
        quoted();
        continue;
      }
      depth += text_[at_] == '(' ? 1 : 0;
      depth -= text_[at_] == ')' ? 1 : 0;
      ++at_;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool inside_ = false;
};

}  // namespace

bool mentions(std::string_view template_text, std::string_view variable) {
  return CodeScanner(template_text).find(variable);
}

std::vector<std::vector<std::string>> constant_paths(std::string_view template_text,
                                                     std::string_view variable) {
  std::vector<std::vector<std::string>> paths;
  CodeScanner scanner(template_text);
  while (scanner.find(variable)) {
    std::vector<std::string>& path = paths.emplace_back();
    while (std::optional<std::string> step = scanner.step()) {
      path.push_back(*std::move(step));
    }
  }
  return paths;
}

}  // namespace tendril
