// What a sandbox.yaml compiles to: entities, routes, errors, limits, credentials.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sandbox/generator_compiler.h"
#include "sandbox/population.h"
#include "sandbox/sandbox.h"
#include "sandbox/selection.h"

namespace tendril {

using HeaderPatterns = std::vector<std::pair<std::string, const Generator*>>;

// An answer in the vendor's shape that tells what went wrong.
struct ErrorAnswer {
  int status = 500;
  HeaderPatterns headers;
  const Generator* body = nullptr;
};

enum class ParameterPlace { Query, Body, Form, Header, Path };

// One thing that a request may say.
struct Parameter {
  enum class Kind { Text, Integer, Time, Flag };

  std::string name;  // In a JSON body: a path with dots.
  ParameterPlace in = ParameterPlace::Query;
  Kind kind = Kind::Text;
  std::vector<std::string> values = {};  // Empty: any.
  std::optional<std::string> fallback = std::nullopt;
  bool required = false;
  const ErrorAnswer* invalid = nullptr;  // nullptr: a wrong value counts as missing.
};

// A parameter that limits a list.
struct Filter {
  Parameter parameter;
  const Generator* field = nullptr;
  Condition::Test test = Condition::Test::AnyOf;
  std::string any = {};      // This value means: no limit.
  std::string absent = {};   // This value means: rows where the field is null.
  std::string present = {};  // This value means: rows where it is not.
  char separator = 0;        // Several values in one: "bug,ui".
  bool ignore_case = false;
};

// The parameters that order a list.
struct Sorting {
  struct Choice {
    std::string name;
    const Generator* field = nullptr;
    bool descending = false;  // Unless the request says.
  };

  std::optional<Parameter> by;
  std::vector<Choice> choices;  // The first is what `by` falls back to.
  std::optional<Parameter> direction;
  bool direction_needs_sort = false;  // The direction counts only beside a sort.
};

enum class PagingStyle { None, Page, Offset, Cursor };

struct Paging {
  PagingStyle style = PagingStyle::None;
  std::optional<Parameter> size;
  std::int64_t size_default = 100;
  std::int64_t size_max = 100;
  const ErrorAnswer* size_above = nullptr;  // nullptr: clamp.
  std::optional<Parameter> position;
  std::int64_t first_page = 1;
  bool link_header = false;
  const Generator* envelope = nullptr;  // nullptr: the bare list.
};

// A step from the path's parameters to a row.
struct FindStep {
  EntityIndex entity = 0;
  const Generator* field = nullptr;  // Compared with the parameter,
  std::string parameter;
  bool ignore_case = false;
  std::optional<std::uint64_t> index;  // or always this row.
  const ErrorAnswer* missing = nullptr;
  const ErrorAnswer* gone = nullptr;  // For deleted rows; nullptr: as missing.
};

struct Route {
  std::string method = "GET";
  std::vector<std::vector<std::string>> paths;  // Segments; "{name}" takes any.
  std::string permission;                       // Empty: none is needed.
  bool needs_credential = false;
  bool counted = true;  // Against the rate limits.
  int status = 200;
  std::string resource;  // "{error.resource}".
  std::vector<FindStep> find;
  std::optional<EntityIndex> list;
  std::vector<Condition> where;
  const Generator* shown = nullptr;  // Of each row of the list, of the row found, or the answer.
  ParameterPlace parameters_in = ParameterPlace::Query;
  std::vector<Filter> filters;
  Sorting sorting;
  Paging paging;
  const Generator* link_path =
      nullptr;  // The path in links to other pages; nullptr: the request's.
};

struct LimitPlan {
  std::string name;
  std::uint64_t requests = 0;
  std::optional<std::uint64_t> anonymous;  // For requests without a credential.
  std::chrono::seconds window{3600};
  bool enabled = true;
  HeaderPatterns headers;
  const ErrorAnswer* exceeded = nullptr;
};

struct CredentialScheme {
  ParameterPlace in = ParameterPlace::Header;
  std::string name;
  std::vector<std::string> prefixes;  // "Bearer "; compared without case.
  bool base64 = false;                // As in Basic authentication.
};

struct CredentialPlan {
  std::string token;
  std::map<std::string, std::uint64_t, std::less<>> limits;
  std::optional<std::vector<std::string>> permissions;  // nullopt: all.
};

struct Authentication {
  std::vector<CredentialScheme> schemes;
  std::vector<CredentialPlan> tokens;
  const ErrorAnswer* missing = nullptr;  // nullptr: anonymous requests are served.
  const ErrorAnswer* wrong = nullptr;
  const ErrorAnswer* needed = nullptr;     // For routes that no anonymous request may use.
  const ErrorAnswer* forbidden = nullptr;  // The credential lacks the route's permission.
};

struct RequiredHeader {
  std::string name;
  std::vector<std::string> values;  // Empty: any.
  bool optional = false;            // Only its value is checked.
  const ErrorAnswer* error = nullptr;
};

// What mutations do when they are not told which entity.
struct MutationPlan {
  struct Share {
    EntityIndex entity = 0;
    std::uint64_t weight = 1;
    // An inserted row gets a new parent of its own, too.
    bool new_parent = false;
  };
  std::vector<Share> inserts;
  std::vector<Share> updates;
  std::vector<Share> deletes;
  std::chrono::seconds step{1};  // Between one changed row and the next.
};

// What mutations need to know of an entity.
struct RowTraits {
  const Generator* key = nullptr;    // What names a row in reports.
  std::vector<EntityIndex> touches;  // Ancestors whose time of change moves on.
};

class CompiledSandbox final : public SandboxDefinition {
 public:
  const SandboxInfo& info() const override { return about; }

  SandboxInfo about;
  std::int64_t start_us = 0;
  std::int64_t now_us = 0;
  std::vector<EntityPlan> plans;
  std::vector<RowTraits> traits;
  std::deque<EntityFields> entities;
  std::deque<Route> routes;
  std::map<std::string, ErrorAnswer, std::less<>> errors;
  const ErrorAnswer* not_found = nullptr;
  const ErrorAnswer* failed = nullptr;
  std::vector<RequiredHeader> required_headers;
  Authentication authentication;
  std::vector<LimitPlan> limits;
  MutationPlan mutations;
  std::string content_type = "application/json";
  HeaderPatterns headers;
  bool etag = false;
  std::vector<std::unique_ptr<Generator>> arena;

  std::optional<EntityIndex> find_entity(std::string_view name) const;
};

}  // namespace tendril
