#include "manifest/xml_parser.h"

#include <exception>
#include <string>
#include <utility>
#include <vector>

#include <expat.h>
#include <fmt/format.h>

#include "core/stripped.h"

namespace tendril {
namespace {

constexpr std::size_t kDepthMax = 1000;
constexpr std::string_view kText = "#text";
constexpr std::size_t kWriteBytesMax = std::size_t{1} << 24U;

// A second member of a name makes it a list.
void push(Map& map, std::string_view name, Value value) {
  Value* found = map.find(name);
  if (found == nullptr) {
    map.append(std::string(name), std::move(value));
  } else if (List* list = found->as_list()) {
    list->push_back(std::move(value));
  } else {
    List both;
    both.push_back(std::move(*found));
    both.push_back(std::move(value));
    *found = Value(std::move(both));
  }
}

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

class XmlParser final : public BodyParser {
 public:
  XmlParser(ElementSink& sink, const DecodeLimits& limits)
      : sink_(sink), bytes_max_(limits.document_bytes), parser_(XML_ParserCreate(nullptr)) {
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), on_start, on_end);
    XML_SetCharacterDataHandler(parser_.get(), on_text);
    XML_SetEntityDeclHandler(parser_.get(), on_entity);
    open_.emplace_back();
  }

  Status write(std::string_view bytes) override {
    bytes_ += bytes.size();
    if (bytes_ > bytes_max_) {
      return Error{ErrorCode::BadData, fmt::format("document is larger than {} bytes", bytes_max_)};
    }
    is_blank_ = is_blank_ && stripped(bytes).empty();
    while (!bytes.empty()) {
      const std::string_view part = bytes.substr(0, kWriteBytesMax);
      bytes.remove_prefix(part.size());
      TRY(parse(part, false));
    }
    return {};
  }

  Status finish() override {
    if (is_blank_) {
      return {};
    }
    TRY(parse("", true));
    return sink_.tree(Value(std::move(open_.front().members)));
  }

 private:
  struct Element {
    std::string name;
    Map members;
    std::string text;
  };

  Status parse(std::string_view bytes, bool last) {
    const int size = static_cast<int>(bytes.size());
    if (XML_Parse(parser_.get(), bytes.data(), size, last ? 1 : 0) == XML_STATUS_OK && !refused_) {
      return {};
    }
    const std::string reason =
        refused_ ? *refused_ : XML_ErrorString(XML_GetErrorCode(parser_.get()));
    return Error{ErrorCode::BadData,
                 fmt::format("page is not XML at line {}, column {}: {}",
                             XML_GetCurrentLineNumber(parser_.get()),
                             XML_GetCurrentColumnNumber(parser_.get()) + 1, reason)};
  }

  void refuse(std::string reason) {
    refused_ = refused_.value_or(std::move(reason));
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  // Nothing may be thrown through expat.
  template <class Do>
  static void guarded(void* self, const Do& act) {
    auto& parser = *static_cast<XmlParser*>(self);
    if (parser.refused_) {
      return;
    }
    try {
      act(parser);
    } catch (const std::exception& fault) {
      parser.refuse(fault.what());
    }
  }

  static void on_start(void* self, const char* name, const char** attributes) {
    guarded(self, [&](XmlParser& parser) {
      if (parser.open_.size() > kDepthMax) {
        return parser.refuse(fmt::format("deeper than {}", kDepthMax));
      }
      Element& element = parser.open_.emplace_back();
      element.name = name;
      for (; *attributes != nullptr; attributes += 2) {
        element.members.append(std::string("@") + attributes[0], attributes[1]);
      }
    });
  }

  static void on_end(void* self, const char*) {
    guarded(self, [](XmlParser& parser) {
      Element element = std::move(parser.open_.back());
      parser.open_.pop_back();
      const std::string_view text = stripped(element.text);
      Value value;
      if (element.members.empty()) {
        value = text.empty() ? Value() : Value(text);
      } else {
        if (!text.empty()) {
          push(element.members, kText, text);
        }
        value = Value(std::move(element.members));
      }
      push(parser.open_.back().members, element.name, std::move(value));
    });
  }

  static void on_text(void* self, const char* text, int size) {
    guarded(self, [&](XmlParser& parser) {
      parser.open_.back().text.append(text, static_cast<std::size_t>(size));
    });
  }

  static void on_entity(void* self, const char*, int, const char*, int, const char*, const char*,
                        const char*, const char*) {
    guarded(self, [](XmlParser& parser) { parser.refuse("entities are not allowed"); });
  }

  ElementSink& sink_;
  const std::size_t bytes_max_;
  const std::unique_ptr<XML_ParserStruct, FreeParser> parser_;
  std::vector<Element> open_;  // The first stands for the document.
  std::size_t bytes_ = 0;
  bool is_blank_ = true;
  std::optional<std::string> refused_;
};

}  // namespace

std::unique_ptr<BodyParser> xml_parser(ElementSink& sink, const DecodeLimits& limits) {
  return std::make_unique<XmlParser>(sink, limits);
}

}  // namespace tendril
