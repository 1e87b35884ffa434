// Node: a piece of a manifest that remembers where in the file it stands, through `$ref` and
// `$parameters`, so that every fault can be reported by file, line and key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "data/value.h"

namespace tendril {

struct Position {
  std::shared_ptr<const std::string> file;  // As the user named it. Shared by all nodes of a file.
  std::size_t line = 0;                     // From 1.
  std::size_t column = 0;                   // From 1.
};

// "manifest.yaml:12:5"
std::string to_string(const Position& position);

class Node {
 public:
  enum class Kind : std::uint8_t { Null, Scalar, Sequence, Mapping };
  using Member = std::pair<std::string, Node>;

  // Out of line: a Node holds Nodes by value, and clang wants to see a whole one for them.
  Node();
  Node(const Node&);
  Node(Node&&) noexcept;
  Node& operator=(const Node&);
  Node& operator=(Node&&) noexcept;
  ~Node();

  Kind kind = Kind::Null;
  Position position;
  std::string key_path;         // "streams.0.retriever.requester": where it is used.
  Value scalar;                 // Scalar only: a bool, int, float or string (BigNumber if huge).
  std::vector<Node> items;      // Sequence only.
  std::vector<Member> members;  // Mapping only, in file order.

  // Return nullptr when this is no mapping or has no such member. A member that is null counts as
  // absent, as in the reference.
  const Node* find(std::string_view key) const;
  Node* find(std::string_view key);

  // The component's `type`, or "".
  std::string_view type() const;

  // Typed access to members. Errors: InvalidConfig "file:line:column: key_path.key: what is wrong".
  Result<std::string> text(std::string_view key) const;  // Required.
  Result<std::string> text_or(std::string_view key,
                              std::string_view otherwise) const;  // Numbers as text.
  Result<std::int64_t> integer_or(std::string_view key, std::int64_t otherwise) const;
  Result<double> number_or(std::string_view key, double otherwise) const;
  Result<bool> flag_or(std::string_view key, bool otherwise) const;
  // A sequence of texts; a single text counts as a sequence of one; absent: empty.
  Result<std::vector<std::string>> texts(std::string_view key) const;
  Result<const Node*> required(std::string_view key) const;

  // An error at this node: "file:line:column: key_path: message".
  Error error(std::string_view message, ErrorCode code = ErrorCode::InvalidConfig) const;
};

// Positions and all, dropped.
Value to_value(const Node& node);

// Names the node and all below it by where they stand: "" for the root of a document. Of a very
// long path only the end is kept.
void set_key_paths(Node& node, std::string key_path);

// The node and all below it.
std::size_t count_nodes(const Node& node);

// What a document may hold, so that no text can exhaust the machine.
inline constexpr std::size_t kYamlBytesMax = std::size_t{8} << 20U;
inline constexpr std::size_t kYamlDepthMax = 200;
inline constexpr std::size_t kYamlNodesMax = 500'000;

// Reads one document; scalars by the core schema of YAML 1.2: quoted ones are texts; plain ones are
// null ("null", "~", nothing), true and false, integers (0x and 0o too), floats, else texts. Keys
// are texts, whatever they look like; of equal keys the last one counts, as in the reference.
// Tags other than !!str, !!map and !!seq, merge keys ("<<") and a second document are errors.
// `file` is for messages.
// Errors: InvalidConfig with file, line and column.
Result<Node> parse_yaml(std::string_view text, std::string_view file);

}  // namespace tendril
