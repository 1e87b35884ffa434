// The generators that hold others together: constants, objects, lists, ancestors, facts.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sandbox/generator_compiler.h"

namespace tendril {

class ConstantGenerator final : public Generator {
 public:
  // `text` is what Form::Text shows; empty: the JSON itself, but nothing for null.
  ConstantGenerator(std::string json, std::string text);
  void append(std::string& out, const Scene& scene, Form form) const override;
  void texts(const Scene& scene, const UseText& use) const override;

 private:
  std::string json_;
  std::string text_;
};

class ObjectGenerator final : public Generator {
 public:
  explicit ObjectGenerator(const Members& members);
  void append(std::string& out, const Scene& scene, Form form) const override;
  const Generator* member(std::string_view name, GeneratorCompiler& compiler) const override;

 private:
  struct Member {
    std::string key;  // `"name":`
    const Generator* value;
  };
  std::vector<Member> shown_;
  Members members_;
};

class ListGenerator final : public Generator {
 public:
  explicit ListGenerator(std::vector<const Generator*> items);
  void append(std::string& out, const Scene& scene, Form form) const override;
  void texts(const Scene& scene, const UseText& use) const override;

 private:
  std::vector<const Generator*> items_;
};

// A value of the row above.
class AncestorGenerator final : public Generator {
 public:
  AncestorGenerator(EntityIndex entity, const Generator* value);
  void append(std::string& out, const Scene& scene, Form form) const override;
  bool omitted(const Scene& scene) const override;
  std::optional<std::int64_t> instant(const Scene& scene) const override;
  void texts(const Scene& scene, const UseText& use) const override;
  const Generator* member(std::string_view name, GeneratorCompiler& compiler) const override;

 private:
  Scene above(const Scene& scene) const;

  EntityIndex entity_;
  const Generator* value_;
};

// What the request says: {base_url}, {page.total}, {param.owner}. Null when it does not say.
class FactGenerator final : public Generator {
 public:
  explicit FactGenerator(std::string name) : name_(std::move(name)) {}
  void append(std::string& out, const Scene& scene, Form form) const override;

 private:
  std::string name_;
};

}  // namespace tendril
