// Node trees from YAML text, by way of yaml-cpp's events: its own tree is slow and keeps no
// position of keys.
#include <algorithm>
#include <sstream>
#include <unordered_map>

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "manifest/node.h"
#include "manifest/yaml_scalar.h"

namespace tendril {
namespace {

constexpr std::string_view kPlainTag = "?";   // How yaml-cpp marks scalars without quotes,
constexpr std::string_view kQuotedTag = "!";  // and those with, block scalars included.
constexpr std::string_view kCoreTags = "tag:yaml.org,2002:";

// Returns where the first byte stands that is no UTF-8, or nothing. NUL counts as none: the library
// takes it for a sign of UTF-16.
std::optional<std::size_t> find_no_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xC2 ? 0
                               : lead < 0xE0 ? 2
                               : lead < 0xF0 ? 3
                                             : 4;
    if (lead == 0 || lead > 0xF4 || length == 0 || at + length > text.size()) {
      return at;
    }
    for (std::size_t next = at + 1; next < at + length; ++next) {
      if ((static_cast<unsigned char>(text[next]) & 0xC0U) != 0x80U) {
        return at;
      }
    }
    at += length;
  }
  return std::nullopt;
}

// True when the quoted scalar that starts at `at` has its closing quote.
bool is_closed(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (std::size_t next = at + 1; next < text.size(); ++next) {
    if (quote == '"' && text[next] == '\\') {
      ++next;
    } else if (text[next] == quote) {
      const bool is_escaped = quote == '\'' && text.substr(next + 1).starts_with('\'');
      if (!is_escaped) {
        return true;
      }
      ++next;
    }
  }
  return false;
}

// Keeps the last of equal keys, at the place of the first.
void drop_equal_keys(std::vector<Node::Member>& members) {
  std::unordered_map<std::string_view, std::size_t> first_of;
  std::vector<std::optional<std::size_t>> replaced_by(members.size());
  bool any = false;
  for (std::size_t index = 0; index < members.size(); ++index) {
    const auto [found, is_new] = first_of.emplace(members[index].first, index);
    if (!is_new) {
      replaced_by[found->second] = index;
      any = true;
    }
  }
  if (!any) {
    return;
  }
  std::vector<Node::Member> kept;
  for (std::size_t index = 0; index < members.size(); ++index) {
    if (first_of.at(members[index].first) == index) {
      const std::size_t last = replaced_by[index].value_or(index);
      kept.emplace_back(members[index].first, members[last].second);
    }
  }
  members = std::move(kept);
}

// Builds the tree while yaml-cpp reads. The first fault is kept, and all after it is ignored.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, std::string_view file)
      : text_(text), file_(std::make_shared<const std::string>(file)) {
    root_.position = {file_, 1, 1};  // Of an empty text nothing is told.
  }

  Result<Node> finish() && {
    if (fault_) {
      return *std::move(fault_);
    }
    // The library lets the end of the file close a quote, if a line end stands before it.
    const auto at = static_cast<std::size_t>(last_quoted_.pos);
    if (at < text_.size() && (text_[at] == '"' || text_[at] == '\'') && !is_closed(text_, at)) {
      return error_at(last_quoted_, "a quoted text has no end");
    }
    return std::move(root_);
  }

  // Reading on would change nothing. The library may find new documents in the same place for ever.
  bool is_faulty() const { return fault_.has_value(); }

  Error error_at(const YAML::Mark& mark, std::string_view message) const {
    return {ErrorCode::InvalidConfig, to_string(position_of(mark)) + ": " + std::string(message)};
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ == 0) {
      return;
    }
    // What the library can not read on it takes for a new document.
    const auto at = static_cast<std::size_t>(mark.pos);
    const bool is_announced = at < text_.size() && text_.substr(at).starts_with("---");
    fail(mark, is_announced ? "only one document is allowed in a file"
                            : "this does not go on with what stands before it");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    scalar(mark, anchor, nullptr, "null");
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (fault_) {
      return;
    }
    const auto found = anchored_.find(anchor);
    if (found == anchored_.end()) {
      return fail(mark, "an alias can not stand inside what it names");
    }
    if (expects_key()) {
      return fail(mark, "a key must be a text");
    }
    if (depth_of(found->second) + open_.size() > kYamlDepthMax) {
      return fail(mark, "nested too deeply");
    }
    if (grow(mark, count_nodes(found->second))) {
      place(mark, found->second);
    }
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    if (tag == kPlainTag) {
      return scalar(mark, anchor, yaml_plain_scalar(text), text);
    }
    if (!tag.empty() && tag != kQuotedTag && tag != std::string(kCoreTags) + "str") {
      return fail(mark, "this tag is not supported: " + tag);
    }
    last_quoted_ = mark;
    scalar(mark, anchor, text, {});
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin(mark, tag, anchor, Node::Kind::Sequence);
  }
  void OnSequenceEnd() override { end(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin(mark, tag, anchor, Node::Kind::Mapping);
  }
  void OnMapEnd() override { end(); }

 private:
  // A sequence or mapping whose end was not read yet.
  struct Open {
    Node node;
    YAML::anchor_t anchor = YAML::NullAnchor;
    YAML::Mark mark = {};
    std::optional<std::string> key = std::nullopt;
  };

  Position position_of(const YAML::Mark& mark) const {
    return {file_, static_cast<std::size_t>(mark.line) + 1,
            static_cast<std::size_t>(mark.column) + 1};
  }

  void fail(const YAML::Mark& mark, std::string_view message) {
    if (!fault_) {
      fault_ = error_at(mark, message);
    }
  }

  bool expects_key() const {
    return !open_.empty() && open_.back().node.kind == Node::Kind::Mapping && !open_.back().key;
  }

  static std::size_t depth_of(const Node& node) {
    std::size_t deepest = 0;
    for (const Node& item : node.items) {
      deepest = std::max(deepest, depth_of(item));
    }
    for (const Node::Member& member : node.members) {
      deepest = std::max(deepest, depth_of(member.second));
    }
    return deepest + 1;
  }

  // Returns false when the tree gets too large.
  bool grow(const YAML::Mark& mark, std::size_t nodes) {
    nodes_ += nodes;
    if (nodes_ > kYamlNodesMax) {
      fail(mark, "the document is too large");
      return false;
    }
    return true;
  }

  // `plain` is how a scalar without quotes was written; empty for others.
  void scalar(const YAML::Mark& mark, YAML::anchor_t anchor, Value value, std::string_view plain) {
    if (fault_) {
      return;
    }
    if (expects_key()) {
      if (plain == "<<") {
        return fail(mark, "merge keys are not supported, use $ref");
      }
      const std::string* text = value.as_string();
      open_.back().key = text != nullptr ? *text : std::string(plain);
      return;
    }
    Node node;
    node.kind = value.is_null() ? Node::Kind::Null : Node::Kind::Scalar;
    node.position = position_of(mark);
    node.scalar = std::move(value);
    if (grow(mark, 1)) {
      remember(mark, anchor, node);
      place(mark, std::move(node));
    }
  }

  void begin(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
             Node::Kind kind) {
    const std::string_view core = kind == Node::Kind::Mapping ? "map" : "seq";
    if (tag.size() > 1 && tag != std::string(kCoreTags) + std::string(core)) {
      fail(mark, "this tag is not supported: " + tag);
    }
    if (expects_key()) {
      fail(mark, "a key must be a text");
    }
    if (open_.size() >= kYamlDepthMax) {
      fail(mark, "nested too deeply");
    }
    if (fault_) {
      return;
    }
    Node node;
    node.kind = kind;
    node.position = position_of(mark);
    if (grow(mark, 1)) {
      open_.push_back({std::move(node), anchor, mark});
    }
  }

  void end() {
    if (fault_) {
      return;
    }
    Open done = std::move(open_.back());
    open_.pop_back();
    drop_equal_keys(done.node.members);
    remember(done.mark, done.anchor, done.node);
    place(done.mark, std::move(done.node));
  }

  void remember(const YAML::Mark& mark, YAML::anchor_t anchor, const Node& node) {
    if (anchor != YAML::NullAnchor && grow(mark, count_nodes(node))) {
      anchored_.insert_or_assign(anchor, node);
    }
  }

  // Puts a complete node where it belongs.
  void place(const YAML::Mark& mark, Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == Node::Kind::Sequence) {
      parent.node.items.push_back(std::move(node));
    } else if (parent.key) {
      parent.node.members.emplace_back(*std::move(parent.key), std::move(node));
      parent.key.reset();
    } else {
      fail(mark, "a key must be a text");
    }
  }

  std::string_view text_;
  std::shared_ptr<const std::string> file_;  // Shared by all positions.
  YAML::Mark last_quoted_ = YAML::Mark::null_mark();
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, Node> anchored_;
  std::optional<Error> fault_;
  std::size_t nodes_ = 0;
  std::size_t documents_ = 0;
  Node root_;
};

}  // namespace

Result<Node> parse_yaml(std::string_view text, std::string_view file) {
  if (text.size() > kYamlBytesMax) {
    return Error{ErrorCode::InvalidConfig, std::string(file) + ": the file is too large: " +
                                               std::to_string(text.size()) + " bytes"};
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  if (const std::optional<std::size_t> at = find_no_utf8(text)) {
    const auto line =
        1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(*at), '\n');
    return Error{ErrorCode::InvalidConfig,
                 std::string(file) + ":" + std::to_string(line) + ": the file is not UTF-8"};
  }
  TreeBuilder builder(text, file);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (!builder.is_faulty() && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& fault) {
    return builder.error_at(fault.mark, fault.msg);
  } catch (const std::exception& fault) {
    return Error{ErrorCode::InvalidConfig, std::string(file) + ": " + fault.what()};
  }
  Node root = TRY(std::move(builder).finish());
  set_key_paths(root, "");
  return root;
}

}  // namespace tendril
