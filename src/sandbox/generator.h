// Generator: makes one JSON value of one row, such as an issue's title or its author. A
// sandbox.yaml is compiled into a tree of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sandbox/world.h"

namespace tendril {

class GeneratorCompiler;

// What a request adds to the rows: {base_url}, {page.total}, {param.owner}, {rate.reset}, ...
// Threads: one at a time.
class Facts {
 public:
  enum class Kind { Text, Raw };  // Raw: JSON as it stands: a number, true, null.
  struct Fact {
    std::string name;
    std::string text;
    Kind kind = Kind::Text;
  };

  // "http://127.0.0.1:4010": how the client sees the server.
  const std::string& base_url() const { return base_url_; }
  std::uint64_t base_url_hash() const { return base_url_hash_; }
  void set_base_url(std::string url);

  void set(std::string_view name, std::string text, Kind kind = Kind::Text);
  void set_number(std::string_view name, std::int64_t number);
  void set_flag(std::string_view name, bool flag);
  // A null, or the text.
  void set_optional(std::string_view name, const std::optional<std::string>& text);
  const Fact* find(std::string_view name) const;

 private:
  std::string base_url_;
  std::uint64_t base_url_hash_ = 0;
  std::vector<Fact> facts_;
};

// Where a generator stands: the row, and what the request says.
struct Scene {
  const World& world;
  const Facts& facts;
  Row row;
  // The page of a list, as a JSON array: "{items}" of an envelope.
  std::string_view items = {};
  std::uint64_t salt = 0;  // Tells the items of a generated list apart.

  Scene at(Row other) const { return Scene{world, facts, other, items, salt}; }
};

enum class Form {
  Json,
  Text,  // Strings without quotes and escapes, null as nothing.
};

// Threads: immutable once linked, safe to share.
class Generator {
 public:
  Generator() = default;
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;
  virtual ~Generator() = default;

  virtual void append(std::string& out, const Scene& scene, Form form) const = 0;

  // The member is left out of its object, the item out of its list.
  virtual bool omitted(const Scene&) const { return false; }

  // Microseconds since 1970 where this is a time and not null.
  virtual std::optional<std::int64_t> instant(const Scene&) const { return std::nullopt; }

  // Exactly the time at which the row was made or last changed, so that the order of rows by
  // this value is known without looking.
  enum class Clocked { No, Created, Updated };
  virtual Clocked clocked() const { return Clocked::No; }

  // Where values rise with the rows: the row that has this one, by arithmetic. `parent` is the row
  // above, where there is one. Others are found by looking.
  struct Place {
    EntityIndex entity = 0;
    std::optional<Row> parent;
  };
  virtual bool invertible() const { return false; }
  virtual std::optional<Row> row_with(std::string_view, const World&, const Place&) const {
    return std::nullopt;
  }

  // Calls `use` with the text of each item of a list, or once with the only text; not at all
  // for null.
  using UseText = std::function<void(std::string_view)>;
  virtual void texts(const Scene& scene, const UseText& use) const;

  // The value of "login" in a user, where this one makes objects; nullptr when there is none.
  // Called while linking.
  virtual const Generator* member(std::string_view, GeneratorCompiler&) const { return nullptr; }

  // The generators that this one may call; the tree must not call itself.
  const std::vector<const Generator*>& parts() const { return parts_; }

  std::string text(const Scene& scene) const {
    std::string out;
    append(out, scene, Form::Text);
    return out;
  }

 protected:
  void add_part(const Generator* part) { parts_.push_back(part); }

 private:
  std::vector<const Generator*> parts_;
};

// Closes a string that was appended raw from `start` on: adds quotes and, where needed, escapes.
void quote_from(std::string& out, std::size_t start);

// Appends a text made by us, which needs no escapes.
inline void append_plain(std::string& out, std::string_view text, Form form) {
  if (form == Form::Json) {
    out += '"';
    out += text;
    out += '"';
  } else {
    out += text;
  }
}

// Appends the value of another row, which many rows may show.
inline void append_shared(std::string& out, const Generator& generator, const Scene& scene,
                          Form form) {
  scene.world.rendered().append(out, generator, scene, form);
}

inline void append_null(std::string& out, Form form) {
  if (form == Form::Json) {
    out += "null";
  }
}

void append_integer(std::string& out, std::int64_t number);

}  // namespace tendril
