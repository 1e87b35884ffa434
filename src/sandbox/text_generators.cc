// Texts: $words, $title, $text, $first_name, $last_name, $hex, $letters, $uuid.
#include <array>
#include <cctype>
#include <string>

#include <fmt/core.h>

#include "sandbox/generator_kinds.h"
#include "sandbox/vocabulary.h"

namespace tendril {
namespace {

std::string_view pick(std::span<const std::string_view> from, std::uint64_t hash) {
  return from[scaled(hash, from.size())];
}

void capitalise(std::string& out, std::size_t at) {
  if (at < out.size()) {
    out[at] = static_cast<char>(std::toupper(static_cast<unsigned char>(out[at])));
  }
}

// Space-separated words; `hash` moves on.
void append_words(std::string& out, std::int64_t count, std::uint64_t& hash) {
  for (std::int64_t i = 0; i < count; ++i) {
    if (i > 0) {
      out += ' ';
    }
    hash = mix(hash, 1);
    out += pick(plain_words(), hash);
  }
}

class WordsGenerator final : public Generator {
 public:
  WordsGenerator(const Site& site, const Bounds& bounds, bool title)
      : salted_(site), bounds_(bounds), title_(title) {}

  void append(std::string& out, const Scene& scene, Form form) const override {
    std::uint64_t hash = salted_.hash(scene);
    const std::int64_t count = bounds_.within(hash);
    if (form == Form::Json) {
      out += '"';
    }
    const std::size_t start = out.size();
    append_words(out, count, hash);
    if (title_) {
      capitalise(out, start);
    }
    if (form == Form::Json) {
      out += '"';
    }
  }

 private:
  Salted salted_;
  Bounds bounds_;
  bool title_;
};

// Sentences, one in twenty of them with something that programs stumble over.
class TextGenerator final : public Generator {
 public:
  TextGenerator(const Site& site, const Bounds& sentences) : salted_(site), sentences_(sentences) {}

  void append(std::string& out, const Scene& scene, Form form) const override {
    std::uint64_t hash = salted_.hash(scene);
    const std::int64_t count = sentences_.within(hash);
    const std::size_t begin = out.size();
    for (std::int64_t i = 0; i < count; ++i) {
      if (i > 0) {
        out += ' ';
      }
      hash = mix(hash, 2);
      const std::size_t start = out.size();
      append_words(out, 4 + static_cast<std::int64_t>(scaled(hash, 9)), hash);
      capitalise(out, start);
      if (scaled(mix(hash, 3), 20) == 0) {
        out += ": ";
        out += pick(tricky_phrases(), mix(hash, 4));
      }
      out += '.';
    }
    if (form == Form::Json) {
      quote_from(out, begin);
    }
  }

 private:
  Salted salted_;
  Bounds sentences_;
};

class NameGenerator final : public Generator {
 public:
  NameGenerator(const Site& site, std::span<const std::string_view> names)
      : salted_(site), names_(names) {}

  void append(std::string& out, const Scene& scene, Form form) const override {
    append_plain(out, pick(names_, salted_.hash(scene)), form);
  }

 private:
  Salted salted_;
  std::span<const std::string_view> names_;
};

// So many characters of an alphabet, the same for ever.
class CodeGenerator final : public Generator {
 public:
  CodeGenerator(const Site& site, std::int64_t length, std::string_view alphabet)
      : salted_(site), length_(length), alphabet_(alphabet) {}

  void append(std::string& out, const Scene& scene, Form form) const override {
    if (form == Form::Json) {
      out += '"';
    }
    std::uint64_t hash = salted_.hash(scene);
    for (std::int64_t i = 0; i < length_; ++i) {
      if (i % 8 == 0) {
        hash = mix(hash, 5);
      }
      out += alphabet_[scaled(hash << (i % 8 * 8), alphabet_.size())];
    }
    if (form == Form::Json) {
      out += '"';
    }
  }

 private:
  Salted salted_;
  std::int64_t length_;
  std::string_view alphabet_;
};

// Source: RFC 4122 section 4.4: version 4.
class UuidGenerator final : public Generator {
 public:
  explicit UuidGenerator(const Site& site) : salted_(site) {}

  void append(std::string& out, const Scene& scene, Form form) const override {
    const std::uint64_t high = salted_.hash(scene);
    const std::uint64_t low = mix(high, 6);
    append_plain(out,
                 fmt::format("{:08x}-{:04x}-4{:03x}-{:x}{:03x}-{:012x}", high >> 32U,
                             (high >> 16U) & 0xffffU, high & 0xfffU, 8U + (low >> 62U),
                             (low >> 48U) & 0xfffU, low & 0xffffffffffffULL),
                 form);
  }

 private:
  Salted salted_;
};

Result<const Generator*> compile_words_as(const Value& args, const Site& site,
                                          GeneratorCompiler& compiler, bool title) {
  Section section = TRY(Section::open(args, site.place));
  const Bounds bounds = TRY(read_bounds(section, Bounds{1, 5}));
  TRY(section.finish());
  return static_cast<const Generator*>(compiler.make<WordsGenerator>(site, bounds, title));
}

Result<const Generator*> compile_words(const Value& args, const Site& site,
                                       GeneratorCompiler& compiler) {
  return compile_words_as(args, site, compiler, false);
}

Result<const Generator*> compile_title(const Value& args, const Site& site,
                                       GeneratorCompiler& compiler) {
  return compile_words_as(args, site, compiler, true);
}

Result<const Generator*> compile_text(const Value& args, const Site& site,
                                      GeneratorCompiler& compiler) {
  Section section = TRY(Section::open(args, site.place));
  const Bounds bounds = TRY(read_bounds(section, Bounds{1, 6}));
  TRY(section.finish());
  return static_cast<const Generator*>(compiler.make<TextGenerator>(site, bounds));
}

Result<const Generator*> compile_first_name(const Value& /*args*/, const Site& site,
                                            GeneratorCompiler& compiler) {
  return static_cast<const Generator*>(compiler.make<NameGenerator>(site, first_names()));
}

Result<const Generator*> compile_last_name(const Value& /*args*/, const Site& site,
                                           GeneratorCompiler& compiler) {
  return static_cast<const Generator*>(compiler.make<NameGenerator>(site, last_names()));
}

Result<const Generator*> compile_code(const Value& args, const Site& site,
                                      GeneratorCompiler& compiler, std::string_view alphabet) {
  constexpr std::int64_t kLengthMax = 1024;
  const std::int64_t* length = args.as_int();
  if (length == nullptr || *length < 1 || *length > kLengthMax) {
    return definition_error(site.place, fmt::format("must be a length from 1 to {}", kLengthMax));
  }
  return static_cast<const Generator*>(compiler.make<CodeGenerator>(site, *length, alphabet));
}

Result<const Generator*> compile_hex(const Value& args, const Site& site,
                                     GeneratorCompiler& compiler) {
  return compile_code(args, site, compiler, "0123456789abcdef");
}

Result<const Generator*> compile_letters(const Value& args, const Site& site,
                                         GeneratorCompiler& compiler) {
  return compile_code(args, site, compiler,
                      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}

Result<const Generator*> compile_uuid(const Value& /*args*/, const Site& site,
                                      GeneratorCompiler& compiler) {
  return static_cast<const Generator*>(compiler.make<UuidGenerator>(site));
}

constexpr std::array<GeneratorKind, 8> kKinds{{{"$words", compile_words},
                                               {"$title", compile_title},
                                               {"$text", compile_text},
                                               {"$first_name", compile_first_name},
                                               {"$last_name", compile_last_name},
                                               {"$hex", compile_hex},
                                               {"$letters", compile_letters},
                                               {"$uuid", compile_uuid}}};

}  // namespace

std::span<const GeneratorKind> text_generators() { return kKinds; }

}  // namespace tendril
