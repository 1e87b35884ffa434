#include "manifest/references.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <unordered_map>
#include <utility>

namespace tendril {
namespace {

constexpr std::string_view kRef = "$ref";
// References that lead to references: bounds the recursion together with the depth of the tree.
constexpr std::size_t kRefChainMax = 100;

bool is_left_out(std::string_view root_key) {
  return root_key == "definitions" || root_key == "schemas" || root_key == "metadata";
}

// As Node::find(), but a null is a value too.
const Node* member(const Node& node, std::string_view key) {
  const auto found = std::find_if(node.members.begin(), node.members.end(),
                                  [&](const Node::Member& each) { return each.first == key; });
  return found == node.members.end() ? nullptr : &found->second;
}

const Node* element(const Node& node, std::string_view index_text) {
  std::size_t index = 0;
  const char* end = index_text.data() + index_text.size();
  const auto [stop, fault] = std::from_chars(index_text.data(), end, index);
  const bool is_index = fault == std::errc() && stop == end && index < node.items.size();
  return is_index ? &node.items[index] : nullptr;
}

// Returns what the path names, or nullptr.
const Node* look_up(const Node& root, std::string_view path) {
  const Node* node = &root;
  while (!path.empty()) {
    if (const Node* whole = member(*node, path)) {
      return whole;
    }
    const std::size_t slash = path.find('/');
    const std::string_view head = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    const Node* next =
        node->kind == Node::Kind::Sequence ? element(*node, head) : member(*node, head);
    if (next == nullptr) {
      return nullptr;
    }
    node = next;
  }
  return node;
}

using Kind = ReferenceFault::Kind;

class Resolver {
 public:
  // With `faults` it goes on after a fault, and puts it there.
  explicit Resolver(const Node& manifest, std::vector<ReferenceFault>* faults = nullptr)
      : manifest_(manifest), faults_(faults) {}

  // Of the members that are left out, or of the others.
  Result<Node> resolve_members(bool left_out) {
    Node root;
    root.kind = Node::Kind::Mapping;
    root.position = manifest_.position;
    for (const auto& [key, value] : manifest_.members) {
      if (is_left_out(key) == left_out) {
        Node resolved = TRY(resolve(value, 1));
        root.members.emplace_back(key, std::move(resolved));
      }
    }
    return root;
  }

 private:
  Result<Node> resolve(const Node& node, std::size_t depth) {
    if (++nodes_ > kYamlNodesMax) {
      return fail(node, "the manifest grows too large by its references", Kind::TooLarge);
    }
    if (depth > kYamlDepthMax) {
      return fail(node, "the manifest grows too deep by its references", Kind::TooLarge);
    }
    switch (node.kind) {
      case Node::Kind::Null: return node;
      case Node::Kind::Scalar: return resolve_scalar(node, depth);
      case Node::Kind::Sequence: return resolve_sequence(node, depth);
      case Node::Kind::Mapping: return resolve_mapping(node, depth);
    }
    return node;
  }

  Result<Node> resolve_scalar(const Node& node, std::size_t depth) {
    const std::string* text = node.scalar.as_string();
    if (text == nullptr || !text->starts_with("#/")) {
      return node;
    }
    return follow(node, *text, depth);
  }

  Result<Node> resolve_sequence(const Node& node, std::size_t depth) {
    Node sequence = empty_like(node);
    sequence.items.reserve(node.items.size());
    for (const Node& item : node.items) {
      Node resolved = TRY(resolve(item, depth + 1));
      sequence.items.push_back(std::move(resolved));
    }
    return sequence;
  }

  Result<Node> resolve_mapping(const Node& node, std::size_t depth) {
    Node own = empty_like(node);
    own.members.reserve(node.members.size());
    const Node* ref = nullptr;
    for (const auto& [key, value] : node.members) {
      if (key == kRef) {
        ref = &value;
        continue;
      }
      Node resolved = TRY(resolve(value, depth + 1));
      own.members.emplace_back(key, std::move(resolved));
    }
    if (ref == nullptr) {
      return own;
    }
    const std::string* text = ref->scalar.as_string();
    if (text == nullptr || !text->starts_with("#/")) {
      return fail(*ref, "a reference must be a text that starts with #/", Kind::Malformed);
    }
    Node named = TRY(follow(*ref, *text, depth));
    if (named.kind == Node::Kind::Mapping && !own.members.empty()) {
      override_members(named, std::move(own));
    }
    return named;
  }

  // The members of `own` take the place of equal ones of `base`, or come after them.
  static void override_members(Node& base, Node own) {
    base.position = own.position;
    std::unordered_map<std::string, std::size_t> index_of;
    for (std::size_t index = 0; index < base.members.size(); ++index) {
      index_of.emplace(base.members[index].first, index);
    }
    for (auto& [key, value] : own.members) {
      const auto found = index_of.find(key);
      if (found == index_of.end()) {
        base.members.emplace_back(std::move(key), std::move(value));
      } else {
        base.members[found->second].second = std::move(value);
      }
    }
  }

  Result<Node> follow(const Node& use, const std::string& ref, std::size_t depth) {
    if (std::find(under_way_.begin(), under_way_.end(), ref) != under_way_.end()) {
      return fail(use, "a reference leads back to itself: " + ref, Kind::Circular);
    }
    if (under_way_.size() >= kRefChainMax) {
      return fail(use, "references lead to references too often: " + ref, Kind::TooLarge);
    }
    const Node* target = look_up(manifest_, std::string_view(ref).substr(2));
    if (target == nullptr) {
      return fail(use, "a reference names nothing: " + ref, Kind::Undefined);
    }
    under_way_.push_back(ref);
    Node resolved = TRY(resolve(*target, depth));
    under_way_.pop_back();
    return resolved;
  }

  static Node empty_like(const Node& node) {
    Node empty;
    empty.kind = node.kind;
    empty.position = node.position;
    return empty;
  }

  Result<Node> fail(const Node& where, const std::string& message, Kind kind) {
    if (faults_ == nullptr) {
      return where.error(message);
    }
    // All that is left of a manifest that is too large would be told.
    const std::string place = kind == Kind::TooLarge ? "" : to_string(where.position);
    if (told_.insert(place + message).second) {
      faults_->push_back({kind, where.position, where.key_path, message});
    }
    return Node();
  }

  const Node& manifest_;
  std::vector<ReferenceFault>* const faults_;
  std::set<std::string> told_;
  std::vector<std::string> under_way_;
  std::size_t nodes_ = 0;
};

}  // namespace

Result<Node> resolve_references(const Node& manifest) {
  return Resolver(manifest).resolve_members(false);
}

ResolvedReferences resolve_all_references(const Node& manifest) {
  ResolvedReferences result;
  // A resolver that collects faults never fails.
  result.manifest = Resolver(manifest, &result.faults).resolve_members(false).value();
  std::vector<ReferenceFault> unused;
  (void)Resolver(manifest, &unused).resolve_members(true).value();
  for (ReferenceFault& fault : unused) {
    const bool is_known =
        std::any_of(result.faults.begin(), result.faults.end(), [&](const ReferenceFault& other) {
          return other.message == fault.message &&
                 (fault.kind == Kind::TooLarge ||
                  to_string(other.position) == to_string(fault.position));
        });
    if (!is_known) {
      result.faults.push_back(std::move(fault));
    }
  }
  return result;
}

}  // namespace tendril
