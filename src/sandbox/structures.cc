#include "sandbox/structures.h"

#include <algorithm>

#include "core/json_text.h"

namespace tendril {

ConstantGenerator::ConstantGenerator(std::string json, std::string text)
    : json_(std::move(json)), text_(std::move(text)) {
  if (text_.empty() && json_ != "null" && json_ != "\"\"") {
    text_ = json_;
  }
}

void ConstantGenerator::append(std::string& out, const Scene& /*scene*/, Form form) const {
  out += form == Form::Json ? json_ : text_;
}

void ConstantGenerator::texts(const Scene& /*scene*/, const UseText& use) const {
  if (json_ != "null") {
    use(text_);
  }
}

ObjectGenerator::ObjectGenerator(const Members& members) : members_(members) {
  for (const Members::Member& member : members.list) {
    add_part(member.generator);
    if (member.shown) {
      std::string key;
      append_json_string(key, member.name);
      key += ':';
      shown_.push_back(Member{std::move(key), member.generator});
    }
  }
}

void ObjectGenerator::append(std::string& out, const Scene& scene, Form /*form*/) const {
  out += '{';
  bool first = true;
  for (const Member& member : shown_) {
    if (member.value->omitted(scene)) {
      continue;
    }
    if (!first) {
      out += ',';
    }
    first = false;
    out += member.key;
    member.value->append(out, scene, Form::Json);
  }
  out += '}';
}

const Generator* ObjectGenerator::member(std::string_view name, GeneratorCompiler&) const {
  return members_.find(name);
}

ListGenerator::ListGenerator(std::vector<const Generator*> items) : items_(std::move(items)) {
  for (const Generator* item : items_) {
    add_part(item);
  }
}

void ListGenerator::append(std::string& out, const Scene& scene, Form /*form*/) const {
  out += '[';
  bool first = true;
  for (const Generator* item : items_) {
    if (item->omitted(scene)) {
      continue;
    }
    if (!first) {
      out += ',';
    }
    first = false;
    item->append(out, scene, Form::Json);
  }
  out += ']';
}

void ListGenerator::texts(const Scene& scene, const UseText& use) const {
  for (const Generator* item : items_) {
    if (!item->omitted(scene)) {
      item->texts(scene, use);
    }
  }
}

AncestorGenerator::AncestorGenerator(EntityIndex entity, const Generator* value)
    : entity_(entity), value_(value) {
  add_part(value);
}

Scene AncestorGenerator::above(const Scene& scene) const {
  return scene.at(scene.world.ancestor(scene.row, entity_));
}

void AncestorGenerator::append(std::string& out, const Scene& scene, Form form) const {
  append_shared(out, *value_, above(scene), form);
}

bool AncestorGenerator::omitted(const Scene& scene) const { return value_->omitted(above(scene)); }

std::optional<std::int64_t> AncestorGenerator::instant(const Scene& scene) const {
  return value_->instant(above(scene));
}

void AncestorGenerator::texts(const Scene& scene, const UseText& use) const {
  value_->texts(above(scene), use);
}

const Generator* AncestorGenerator::member(std::string_view name,
                                           GeneratorCompiler& compiler) const {
  const Generator* inner = value_->member(name, compiler);
  return inner == nullptr ? nullptr : compiler.make<AncestorGenerator>(entity_, inner);
}

void FactGenerator::append(std::string& out, const Scene& scene, Form form) const {
  if (name_ == "base_url") {
    append_plain(out, scene.facts.base_url(), form);
    return;
  }
  if (name_ == "items") {
    out += scene.items;
    return;
  }
  const Facts::Fact* fact = scene.facts.find(name_);
  if (fact == nullptr) {
    append_null(out, form);
  } else if (fact->kind == Facts::Kind::Raw) {
    if (form == Form::Json || fact->text != "null") {
      out += fact->text;
    }
  } else if (form == Form::Text) {
    out += fact->text;
  } else {
    append_json_string(out, fact->text);
  }
}

}  // namespace tendril
