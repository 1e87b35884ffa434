#include "manifest/json_items_parser.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "data/json.h"
#include "http/message.h"

namespace tendril {
namespace {

constexpr std::size_t kDepthMax = 1024;
constexpr std::size_t kKeyBytesMax = std::size_t{1} << 20U;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Follows the form of the document byte by byte; elements are kept as text for the sink, which
// finds out whether they are JSON.
class JsonItemsParser final : public BodyParser {
 public:
  JsonItemsParser(const std::string& path, ElementSink& sink, const DecodeLimits& limits)
      : wanted_(path.empty() ? "item" : path + ".item"),
        sink_(sink),
        element_bytes_max_(limits.element_bytes) {}

  Status write(std::string_view bytes) override {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      TRY(in_string_ ? string_byte(bytes[i]) : byte(bytes[i]));
      ++at_;
    }
    return {};
  }

  Status finish() override {
    TRY(end_scalar());
    if (!stack_.empty() || in_string_) {
      return Error{ErrorCode::BadData,
                   fmt::format("page is not JSON: it ends too early, at byte {}", at_)};
    }
    return {};
  }

 private:
  struct Container {
    bool is_list = false;
    bool expects_key = false;
    std::size_t path_bytes = 0;  // Of path_, where the container itself stands.
  };

  Error broken() const {
    return {ErrorCode::BadData, fmt::format("page is not JSON at byte {}", at_)};
  }

  Status string_byte(char c) {
    TRY(keep(c));
    if (is_key_) {
      key_.push_back(c);
      if (key_.size() > kKeyBytesMax) {
        return broken();
      }
    }
    if (std::exchange(escaped_, false)) {
      return {};
    }
    escaped_ = c == '\\';
    if (c != '"') {
      return {};
    }
    in_string_ = false;
    if (std::exchange(is_key_, false)) {
      return end_key();
    }
    return end_value();
  }

  Status byte(char c) {
    if (is_space(c)) {
      return end_scalar();
    }
    switch (c) {
      case '{':
      case '[': return open(c == '[');
      case '}':
      case ']': return close(c == ']');
      case ',': return comma();
      case ':': return keep(c);
      case '"': return open_string();
      default: return scalar_byte(c);
    }
  }

  Status open(bool is_list) {
    TRY(start_value());
    TRY(keep(is_list ? '[' : '{'));
    if (stack_.size() >= kDepthMax) {
      return Error{ErrorCode::BadData, fmt::format("page is JSON deeper than {}", kDepthMax)};
    }
    stack_.push_back({is_list, !is_list, path_.size()});
    return {};
  }

  Status close(bool is_list) {
    TRY(end_scalar());
    if (stack_.empty() || stack_.back().is_list != is_list) {
      return broken();
    }
    path_.resize(stack_.back().path_bytes);
    stack_.pop_back();
    TRY(keep(is_list ? ']' : '}'));
    return end_value();
  }

  Status comma() {
    TRY(end_scalar());
    if (stack_.empty()) {
      return broken();
    }
    stack_.back().expects_key = !stack_.back().is_list;
    return keep(',');
  }

  Status open_string() {
    in_string_ = true;
    if (!stack_.empty() && stack_.back().expects_key) {
      is_key_ = true;
      key_ = "\"";
      return keep('"');
    }
    TRY(start_value());
    return keep('"');
  }

  Status end_key() {
    stack_.back().expects_key = false;
    if (capture_depth_) {
      return {};
    }
    const auto name = parse_json(key_);
    if (!name.ok()) {
      return broken();
    }
    path_.resize(stack_.back().path_bytes);
    path_ += (path_.empty() ? "" : ".") + *name->as_string();
    return {};
  }

  Status scalar_byte(char c) {
    if (!std::exchange(in_scalar_, true)) {
      TRY(start_value());
    }
    return keep(c);
  }

  Status end_scalar() { return std::exchange(in_scalar_, false) ? end_value() : Status(); }

  Status start_value() {
    if (capture_depth_) {
      return {};
    }
    if (stack_.empty() && std::exchange(seen_root_, true)) {
      return broken();
    }
    if (!stack_.empty() && stack_.back().expects_key) {
      return broken();
    }
    if (!stack_.empty() && stack_.back().is_list) {
      path_.resize(stack_.back().path_bytes);
      path_ += path_.empty() ? "item" : ".item";
    }
    if (path_ == wanted_) {
      capture_depth_ = stack_.size();
      element_.clear();
    }
    return {};
  }

  Status end_value() {
    if (!capture_depth_ || *capture_depth_ != stack_.size()) {
      return {};
    }
    capture_depth_.reset();
    if (element_.capacity() < element_.size() + kBodySpareBytes) {
      element_.reserve(std::max(element_.size() + kBodySpareBytes, element_.capacity() * 2));
    }
    return sink_.json(element_, false);
  }

  Status keep(char c) {
    if (!capture_depth_) {
      return {};
    }
    if (element_.size() >= element_bytes_max_) {
      return Error{ErrorCode::BadData,
                   fmt::format("element is larger than {} bytes", element_bytes_max_)};
    }
    element_.push_back(c);
    return {};
  }

  const std::string wanted_;
  ElementSink& sink_;
  const std::size_t element_bytes_max_;
  std::vector<Container> stack_;
  std::string path_;  // Of the value under way.
  std::string key_;
  std::string element_;
  std::optional<std::size_t> capture_depth_;  // Where the element under way stands.
  bool in_string_ = false;
  bool is_key_ = false;
  bool escaped_ = false;
  bool in_scalar_ = false;
  bool seen_root_ = false;
  std::uint64_t at_ = 0;
};

}  // namespace

std::unique_ptr<BodyParser> json_items_parser(const std::string& path, ElementSink& sink,
                                              const DecodeLimits& limits) {
  return std::make_unique<JsonItemsParser>(path, sink, limits);
}

}  // namespace tendril
