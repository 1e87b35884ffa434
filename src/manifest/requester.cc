#include "manifest/requester.h"

#include <algorithm>

#include "data/json.h"
#include "manifest/client_pool.h"
#include "manifest/join_url.h"
#include "manifest/response_view.h"

namespace tendril {
namespace {

// Adds each member of `value` with `add`, which takes a name and a value.
template <class Add>
Status add_members(const Value& value, const Add& add) {
  const Map* map = value.as_map();
  if (map == nullptr) {
    return {};
  }
  for (const auto& [name, member] : map->members()) {
    TRY(add(name, member));
  }
  return {};
}

}  // namespace

Result<Requester> Requester::compile(const Node& node, const Environment& environment,
                                     const std::vector<std::string>& field_path) {
  if (node.type() != "HttpRequester") {
    return node.error("requester is not supported: " + std::string(node.type()),
                      ErrorCode::Unsupported);
  }
  ErrorHandler handler = TRY(ErrorHandler::compile(node, environment, field_path));
  Requester requester(std::move(handler));
  requester.url_ = TRY(TemplateField::compile(node, node.find("url_base") ? "url_base" : "url"));
  if (!requester.url_) {
    return node.error("url_base is missing");
  }
  requester.path_ = TRY(TemplateField::compile(node, "path"));
  requester.method_ = TRY(node.text_or("http_method", "GET"));
  requester.query_ = TRY(compile_fields(node, node.find("request_parameters")));
  requester.headers_ = TRY(compile_fields(node, node.find("request_headers")));
  TRY(requester.compile_body(node));
  requester.client_ =
      TRY(environment.clients.client(node, requester.handler_.retry(), environment));
  const bool uses_cache = TRY(node.flag_or("use_cache", false));
  requester.may_be_kept_ = uses_cache || node.find("use_cache") == nullptr;
  if (uses_cache && requester.method_ == "GET") {
    requester.cache_ = &environment.clients.cache();
  }
  return requester;
}

Result<Requester::Fields> Requester::compile_fields(const Node& component, const Node* field) {
  Fields fields;
  if (field == nullptr) {
    return fields;
  }
  if (field->kind == Node::Kind::Scalar) {
    fields.whole = TRY(TemplateField::compile(component, *field));
    return fields;
  }
  for (const auto& [name, value] : field->members) {
    if (name == "$parameters" || value.type() == "QueryProperties") {  // See PropertyQuery.
      continue;
    }
    Node key = value;
    key.kind = Node::Kind::Scalar;
    key.scalar = name;
    TemplateField name_expression = TRY(TemplateField::compile(component, key));
    TemplateField value_expression = TRY(TemplateField::compile(component, value));
    fields.members.emplace_back(std::move(name_expression), std::move(value_expression));
  }
  return fields;
}

Result<Requester::Tree> Requester::compile_tree(const Node& component, const Node& field) {
  Tree tree;
  tree.kind = field.kind;
  if (field.kind == Node::Kind::Scalar) {
    tree.leaf = TRY(TemplateField::compile(component, field));
  }
  for (const Node& item : field.items) {
    Tree compiled = TRY(compile_tree(component, item));
    tree.items.push_back(std::move(compiled));
  }
  for (const auto& [name, value] : field.members) {
    if (name == "$parameters") {
      continue;
    }
    Node key = value;
    key.kind = Node::Kind::Scalar;
    key.scalar = name;
    TemplateField name_expression = TRY(TemplateField::compile(component, key));
    Tree compiled = TRY(compile_tree(component, value));
    tree.members.emplace_back(std::move(name_expression), std::move(compiled));
  }
  return tree;
}

Status Requester::compile_body(const Node& node) {
  const Node* form = node.find("request_body_data");
  const Node* json = node.find("request_body_json");
  const Node* owner = &node;
  if (const Node* body = node.find("request_body")) {
    owner = body;
    const bool is_json =
        body->type() == "RequestBodyJsonObject" || body->type() == "RequestBodyGraphQL";
    const Node* value = TRY(body->required("value"));
    (is_json ? json : form) = value;
  }
  if (form != nullptr && json != nullptr) {
    return node.error("a request has either request_body_data or request_body_json, not both");
  }
  form_ = TRY(compile_fields(*owner, form));
  if (json != nullptr) {
    json_ = TRY(compile_tree(*owner, *json));
  }
  return {};
}

// Objects lose their nulls, and what comes to an empty text is one, as in the reference.
Result<Value> Requester::evaluate(const Tree& tree, Context& context) {
  if (tree.leaf) {
    Value value = TRY(tree.leaf->evaluate(context));
    const std::string* const text = value.as_string();
    return text != nullptr && text->empty() ? Value() : std::move(value);
  }
  if (tree.kind == Node::Kind::Sequence) {
    List list;
    for (const Tree& item : tree.items) {
      Value value = TRY(evaluate(item, context));
      list.push_back(std::move(value));
    }
    return Value(std::move(list));
  }
  if (tree.kind == Node::Kind::Null) {
    return Value();
  }
  Map map;
  for (const auto& [name, member] : tree.members) {
    Value value = TRY(evaluate(member, context));
    if (!value.is_null()) {
      const std::string key = TRY(name.text(context));
      map.set(key, std::move(value));
    }
  }
  return Value(std::move(map));
}

Result<std::string> Requester::url(const std::optional<std::string>& path, Context& context) const {
  const std::string base = TRY(url_->text(context));
  std::string below;
  if (path) {
    below = *path;
  } else if (path_) {
    below = TRY(path_->text(context));
    below.erase(0, std::min(below.find_first_not_of('/'), below.size()));
  }
  std::string url = join_url(base, below);
  if (origin_of(url).empty()) {
    return Error{ErrorCode::InvalidConfig,
                 "URL has no host: \"" + url_view(url) + "\", from " + std::string(url_->source())};
  }
  return url;
}

// What the text of a field becomes: in a query or form a list stands for several fields of the
// name, and a text in quotes for what is inside them; a header also takes the value of a number or
// truth value, "1.50" as 1.5. All else is sent as its text.
Result<Value> Requester::field_value(const TemplateField& field, bool is_header, Context& context) {
  std::string text = TRY(field.text(context));
  const Value value = TRY(field.evaluate(context));
  // As in the reference, what comes to nothing adds nothing, but a template's none is the text
  // None in a query or form.
  if (value.is_null() && !is_header && !field.source().empty()) {
    return Value("None");
  }
  if (text.empty() || value.is_null()) {
    return Value();
  }
  const bool is_taken = is_header ? !value.is_list() && !value.is_map()
                                  : value.is_list() || value.as_string() != nullptr;
  return is_taken ? value : Value(std::move(text));
}

Status Requester::add_fields(RequestDraft& draft, Context& context) const {
  const auto add_all = [&](const Fields& fields, const auto& add, bool are_headers) -> Status {
    for (const auto& [name, field] : fields.members) {
      const std::string key = TRY(name.text(context));
      const Value value = TRY(field_value(field, are_headers, context));
      TRY(add(key, value));
    }
    return {};
  };
  const auto add_query = [&](const std::string& name, const Value& value) {
    return draft.add_query(name, value);
  };
  const auto add_header = [&](const std::string& name, const Value& value) {
    return draft.add_header(name, value);
  };
  const auto add_form = [&](const std::string& name, const Value& value) {
    return draft.add_form(name, value);
  };
  TRY(add_all(query_, add_query, false));
  TRY(add_all(headers_, add_header, true));
  TRY(add_all(form_, add_form, false));
  if (query_.whole) {
    const Value whole = TRY(query_.whole->evaluate(context));
    TRY(add_members(whole, add_query));
  }
  if (headers_.whole) {
    const Value whole = TRY(headers_.whole->evaluate(context));
    TRY(add_members(whole, add_header));
  }
  return {};
}

Status Requester::add_body(RequestDraft& draft, Context& context) const {
  if (form_.whole) {
    // Text is sent as it is, an object as a form.
    const Value whole = TRY(form_.whole->evaluate(context));
    if (whole.is_map()) {
      TRY(add_members(whole, [&](const std::string& name, const Value& value) {
        return draft.add_form(name, value);
      }));
    } else {
      std::string text = TRY(form_.whole->text(context));
      draft.set_body(std::move(text));
    }
  }
  if (json_) {
    Value json = TRY(evaluate(*json_, context));
    if (const std::string* text = json.as_string(); text != nullptr && !text->empty()) {
      auto parsed = parse_json(*text);
      if (!parsed.ok() || !parsed->is_map()) {
        return Error{ErrorCode::InvalidConfig, "request body comes to no JSON object"};
      }
      json = std::move(parsed).value();
    }
    TRY(add_members(json, [&](const std::string& name, const Value& value) {
      return draft.add_json({name}, value);
    }));
  }
  return {};
}

Result<Request> Requester::request(RequestDraft draft, const std::optional<std::string>& path,
                                   Context& context) const {
  std::string target = TRY(url(path, context));
  TRY(add_fields(draft, context));
  TRY(add_body(draft, context));
  Request request = std::move(draft).finish(method_, std::move(target));
  request.may_be_kept = may_be_kept_;
  return request;
}

Result<Client::Answer> Requester::send(const Request& request, std::stop_token stop) const {
  const Judge judge = [&](const Outcome& outcome) { return handler_.judge(request, outcome); };
  if (cache_ == nullptr) {
    return client_->send(request, judge, stop);
  }
  const auto fetch = [&] { return client_->send(request, judge, stop); };
  return cache_->get(cache_key(*client_, request), fetch, stop);
}

Result<Client::Answer> Requester::receive(const Request& request, const Transport::BodySink& sink,
                                          std::stop_token stop) const {
  const Judge judge = [&](const Outcome& outcome) { return handler_.judge(request, outcome); };
  return client_->receive(request, judge, sink, stop);
}

}  // namespace tendril
