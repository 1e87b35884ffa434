#include "manifest/key_renaming.h"

#include <cctype>
#include <functional>
#include <utility>
#include <vector>

#include "core/utf8.h"
#include "manifest/romanization.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

using Rename = std::function<std::string(const std::string& name)>;

// Every member under its new name; with `deep` those of objects in it too, but not in lists.
Map renamed(Map map, const Rename& rename, bool deep) {
  Map result;
  for (auto& [name, value] : map.members()) {
    if (Map* inner = value.as_map(); deep && inner != nullptr) {
      value = renamed(std::move(*inner), rename, deep);
    }
    result.set(rename(name), std::move(value));
  }
  return result;
}

// Renames without looking at anything but the name.
class KeyRenaming final : public RecordTransformation {
 public:
  KeyRenaming(Rename rename, bool deep) : rename_(std::move(rename)), deep_(deep) {}

  Status apply(Value& record, Context&) const override {
    if (Map* map = record.as_map()) {
      record = renamed(std::move(*map), rename_, deep_);
    }
    return {};
  }

 private:
  const Rename rename_;
  const bool deep_;
};

std::string replaced(std::string_view text, std::string_view old, std::string_view by) {
  std::string out;
  if (old.empty()) {  // Stands before every character, and at the end.
    while (!text.empty()) {
      out += by;
      out += take_character(text);
    }
    return out += by;
  }
  for (;;) {
    const std::size_t at = text.find(old);
    out += text.substr(0, at);
    if (at == std::string_view::npos) {
      return out;
    }
    out += by;
    text.remove_prefix(at + old.size());
  }
}

class KeysReplace final : public RecordTransformation {
 public:
  KeysReplace(TemplateField old_part, TemplateField new_part)
      : old_part_(std::move(old_part)), new_part_(std::move(new_part)) {}

  Status apply(Value& record, Context& context) const override {
    set(context, Name::Record, &record);
    const std::string old_part = TRY(old_part_.text(context));
    const std::string new_part = TRY(new_part_.text(context));
    if (Map* map = record.as_map()) {
      record = renamed(
          std::move(*map),
          [&](const std::string& name) { return replaced(name, old_part, new_part); }, true);
    }
    return {};
  }

 private:
  const TemplateField old_part_;
  const TemplateField new_part_;
};

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Cuts the next word off: capitals with what follows in lower case, letters, digits, or (as "") all
// that is none of these.
std::string_view take_word(std::string_view& text) {
  std::size_t end = 0;
  const auto skip = [&](bool (*is)(char)) {
    while (end < text.size() && is(text[end])) {
      ++end;
    }
  };
  bool is_word = true;
  if (is_digit(text.front())) {
    skip(is_digit);
  } else if (is_upper(text.front()) || is_lower(text.front())) {
    skip(is_upper);
    skip(is_lower);
  } else {
    is_word = false;
    skip([](char c) { return !is_upper(c) && !is_lower(c) && !is_digit(c); });
  }
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return is_word ? word : word.substr(0, 0);
}

}  // namespace

std::string snake_case(std::string_view key) {
  const std::string ascii = romanized(key);
  std::vector<std::string_view> words;
  for (std::string_view rest = ascii; !rest.empty();) {
    words.push_back(take_word(rest));
  }
  std::string name;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].empty() && i > 0 && i + 1 < words.size()) {
      continue;
    }
    const bool starts_with_digit = i == 0 && !words[i].empty() && is_digit(words[i].front());
    if (i > 0 || starts_with_digit) {
      name += '_';
    }
    for (const char c : words[i]) {
      name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return name;
}

Result<std::unique_ptr<RecordTransformation>> keys_to_lower(const Node&, const Environment&) {
  const auto lower = [](const std::string& name) {
    std::string out;
    append_lower(out, name);
    return out;
  };
  return std::make_unique<KeyRenaming>(lower, false);
}

Result<std::unique_ptr<RecordTransformation>> keys_to_snake_case(const Node&, const Environment&) {
  return std::make_unique<KeyRenaming>(snake_case, true);
}

Result<std::unique_ptr<RecordTransformation>> keys_replace(const Node& node, const Environment&) {
  const Node* old_node = TRY(node.required("old"));
  const Node* new_node = TRY(node.required("new"));
  TemplateField old_part = TRY(TemplateField::compile(node, *old_node));
  TemplateField new_part = TRY(TemplateField::compile(node, *new_node));
  return std::make_unique<KeysReplace>(std::move(old_part), std::move(new_part));
}

}  // namespace tendril
