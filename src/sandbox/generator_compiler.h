// GeneratorCompiler: turns the values of a sandbox.yaml into generators.
//
// Text is a pattern whose {placeholders} name fields, fields of ancestors and facts of the
// request; a map with one key that starts with "$" calls a generator by name; any other map is
// an object and a list is a list. Shape: docs/reference/sandbox.md.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/result.h"
#include "data/value.h"
#include "sandbox/generator.h"
#include "sandbox/section.h"

namespace tendril {

// Named generators in the order of the file.
struct Members {
  struct Member {
    std::string name;
    const Generator* generator = nullptr;
    bool shown = true;  // Otherwise only there to be referred to.
  };
  std::vector<Member> list;

  const Generator* find(std::string_view name) const;
  // Adds it, or puts it in the place of the one of that name.
  void set(Member member);
  void erase(std::string_view name);
};

// What the fields of one entity compile to.
struct EntityFields {
  std::string name;
  EntityIndex index = 0;
  std::optional<EntityIndex> parent;
  Members members;
  // Objects by the name of the view; "" shows all fields.
  std::map<std::string, const Generator*, std::less<>> views;
};

// Where in the file a value stands.
struct Site {
  std::string place;
  const EntityFields* entity = nullptr;  // None in an envelope or an error.
  bool changes = false;                  // An update of the row gives another value.

  Site child(std::string_view name) const;
};

class GeneratorCompiler {
 public:
  explicit GeneratorCompiler(std::deque<EntityFields>& entities) : entities_(entities) {}

  // Errors: InvalidConfig naming the place.
  Result<const Generator*> compile(const Value& value, const Site& site);

  // An object of the members that are shown.
  const Generator* object(const Members& members);

  // The value of "owner.login" as seen from the site.
  Result<const Generator*> reference(std::string_view path, const Site& site);

  // Finds what the references name. Called once, after everything is compiled.
  // Errors: InvalidConfig for a name that is not there, or a value that depends on itself.
  Status link();

  // The entity of that name. Errors: InvalidConfig.
  Result<const EntityFields*> entity(std::string_view name, std::string_view place) const;
  const EntityFields& entity(EntityIndex index) const { return entities_[index]; }
  // Checks after linking that the entity has this view. The result stays valid.
  const Generator* view(const EntityFields& entity, std::string_view name, std::string_view place);

  template <class G, class... Args>
  G* make(Args&&... args) {
    auto generator = std::make_unique<G>(std::forward<Args>(args)...);
    G* raw = generator.get();
    arena_.push_back(std::move(generator));
    return raw;
  }

  // Hands over what was compiled: it must live as long as the generators are used.
  std::vector<std::unique_ptr<Generator>> take_arena() { return std::move(arena_); }

 private:
  class Deferred;
  struct Pending;
  using Path = std::vector<std::pair<const Generator*, std::size_t>>;

  Result<const Generator*> compile_call(std::string_view name, const Value& args, const Site& site);
  Result<const Generator*> compile_object(const Map& map, const Site& site);
  Result<const Generator*> compile_list(const List& list, const Site& site);
  Status resolve(Pending& pending);
  const Generator* fact(std::string_view path, const Site& site);
  Result<const Generator*> select(const Generator* from, std::string_view path, const Site& site);
  Status refuse_cycles() const;
  std::string place_of_cycle(const Path& path) const;

  std::deque<EntityFields>& entities_;
  std::vector<std::unique_ptr<Generator>> arena_;
  std::vector<std::shared_ptr<Pending>> pending_;
  std::unordered_map<const Generator*, std::string> places_;  // Of references.
};

}  // namespace tendril
