// Node trees from YAML text, by way of yaml-cpp's events: its own tree is slow and keeps no
// position of keys.
#include <charconv>
#include <cmath>
#include <sstream>
#include <unordered_map>

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "manifest/node.h"

namespace tendril {
namespace {

constexpr std::string_view kPlainTag = "?";   // How yaml-cpp marks scalars without quotes,
constexpr std::string_view kQuotedTag = "!";  // and those with, block scalars included.
constexpr std::string_view kCoreTags = "tag:yaml.org,2002:";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Integers of the core schema, of any size.
std::optional<Value> integer_scalar(std::string_view text) {
  std::string_view digits = text;
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0o")) {
    base = text[1] == 'x' ? 16 : 8;
    digits.remove_prefix(2);
  } else if (text.starts_with('+')) {
    digits.remove_prefix(1);
  }
  if (digits.empty() || (digits != text && digits.front() == '-')) {
    return std::nullopt;
  }
  std::int64_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, fault] = std::from_chars(digits.data(), end, number, base);
  if (stop != end) {
    return std::nullopt;
  }
  if (fault == std::errc::result_out_of_range) {
    return base == 10 ? Value(BigNumber{std::string(digits)}) : std::optional<Value>();
  }
  return fault == std::errc() ? std::optional<Value>(number) : std::nullopt;
}

// Floats of the core schema: "1.5", ".5", "1.", "1e3", ".inf", ".nan".
std::optional<Value> float_scalar(std::string_view text) {
  const bool negative = text.starts_with('-');
  std::string_view digits = text;
  if (negative || text.starts_with('+')) {
    digits.remove_prefix(1);
  }
  if (digits == ".inf" || digits == ".Inf" || digits == ".INF") {
    return negative ? -HUGE_VAL : HUGE_VAL;
  }
  if (text == ".nan" || text == ".NaN" || text == ".NAN") {
    return std::nan("");
  }
  const bool begins_like_one =
      !digits.empty() &&
      (is_digit(digits[0]) || (digits[0] == '.' && digits.size() > 1 && is_digit(digits[1])));
  if (!begins_like_one) {
    return std::nullopt;
  }
  double number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, fault] = std::from_chars(digits.data(), end, number);
  if (stop != end || fault != std::errc()) {
    return std::nullopt;
  }
  return negative ? -number : number;
}

Value plain_scalar(const std::string& text) {
  if (text == "true" || text == "True" || text == "TRUE") {
    return true;
  }
  if (text == "false" || text == "False" || text == "FALSE") {
    return false;
  }
  if (std::optional<Value> number = integer_scalar(text)) {
    return *std::move(number);
  }
  if (std::optional<Value> number = float_scalar(text)) {
    return *std::move(number);
  }
  return text;
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
  explicit TreeBuilder(std::string_view file) : file_(std::make_shared<const std::string>(file)) {}

  Result<Node> finish() && {
    if (fault_) {
      return *std::move(fault_);
    }
    return std::move(root_);
  }

  Error error_at(const YAML::Mark& mark, std::string_view message) const {
    return {ErrorCode::InvalidConfig, to_string(position_of(mark)) + ": " + std::string(message)};
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) {
      fail(mark, "only one document is allowed in a file");
    }
    root_.position = position_of(mark);
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
      return scalar(mark, anchor, plain_scalar(text), text);
    }
    if (!tag.empty() && tag != kQuotedTag && tag != std::string(kCoreTags) + "str") {
      return fail(mark, "this tag is not supported: " + tag);
    }
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

  std::shared_ptr<const std::string> file_;  // Shared by all positions.
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
  TreeBuilder builder(file);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
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
