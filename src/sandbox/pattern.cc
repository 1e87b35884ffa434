// Texts with {placeholders}.
#include <array>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/encoding.h"
#include "core/json_text.h"
#include "sandbox/generator_kinds.h"
#include "sandbox/structures.h"

namespace tendril {
namespace {

using Transform = std::string (*)(std::string_view text);

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return out;
}

// "Fix the Build!" -> "fix-the-build".
std::string slug(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      out += static_cast<char>(std::tolower(byte));
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  if (out.ends_with('-')) {
    out.pop_back();
  }
  return out;
}

struct NamedTransform {
  std::string_view name;
  Transform transform;
};
constexpr std::array<NamedTransform, 5> kTransforms{{{"lower", lower},
                                                     {"upper", upper},
                                                     {"slug", slug},
                                                     {"url", url_encode},
                                                     {"base64", base64_encode}}};

class PatternGenerator final : public Generator {
 public:
  struct Part {
    std::string literal;  // Before the value.
    const Generator* value = nullptr;
    Transform transform = nullptr;
  };

  explicit PatternGenerator(std::vector<Part> parts) : parts_(std::move(parts)) {
    for (const Part& part : parts_) {
      if (part.value != nullptr) {
        add_part(part.value);
      }
    }
  }

  void append(std::string& out, const Scene& scene, Form form) const override {
    const std::size_t start = out.size();
    for (const Part& part : parts_) {
      out += part.literal;
      if (part.transform != nullptr) {
        out += part.transform(part.value->text(scene));
      } else if (part.value != nullptr) {
        part.value->append(out, scene, Form::Text);
      }
    }
    if (form == Form::Json) {
      quote_from(out, start);
    }
  }

  void texts(const Scene& scene, const UseText& use) const override { use(text(scene)); }

 private:
  std::vector<Part> parts_;
};

Result<PatternGenerator::Part> compile_placeholder(std::string_view inside, const Site& site,
                                                   GeneratorCompiler& compiler) {
  PatternGenerator::Part part;
  const std::size_t bar = inside.find('|');
  part.value = TRY(compiler.reference(inside.substr(0, bar), site));
  if (bar == std::string_view::npos) {
    return part;
  }
  const std::string_view name = inside.substr(bar + 1);
  for (const NamedTransform& known : kTransforms) {
    if (known.name == name) {
      part.transform = known.transform;
      return part;
    }
  }
  return definition_error(site.place, fmt::format("no such transform: {}", name));
}

}  // namespace

Result<const Generator*> compile_pattern(std::string_view text, const Site& site,
                                         GeneratorCompiler& compiler) {
  std::vector<PatternGenerator::Part> parts;
  std::string literal;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c != '{' && c != '}') {
      literal += c;
      continue;
    }
    if (i + 1 < text.size() && text[i + 1] == c) {  // "{{" and "}}" are braces.
      literal += text[i++];
      continue;
    }
    const std::size_t close = c == '{' ? text.find('}', i) : std::string_view::npos;
    if (close == std::string_view::npos) {
      return definition_error(site.place,
                              fmt::format("brace without its other one, write it twice: {}", text));
    }
    PatternGenerator::Part part =
        TRY(compile_placeholder(text.substr(i + 1, close - i - 1), site, compiler));
    part.literal = std::exchange(literal, {});
    parts.push_back(std::move(part));
    i = close;
  }
  if (parts.empty()) {
    std::string json;
    append_json_string(json, literal);
    return static_cast<const Generator*>(
        compiler.make<ConstantGenerator>(std::move(json), std::move(literal)));
  }
  const bool lone = parts.size() == 1 && parts[0].literal.empty() && literal.empty();
  if (lone && parts[0].transform == nullptr) {
    return parts[0].value;
  }
  parts.push_back(PatternGenerator::Part{std::move(literal), nullptr, nullptr});
  return static_cast<const Generator*>(compiler.make<PatternGenerator>(std::move(parts)));
}

}  // namespace tendril
