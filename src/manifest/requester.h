// Requester: makes the requests of a stream out of templates, and sends them.
// Source: manifest component "HttpRequester".
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "data/value.h"
#include "http/client.h"
#include "manifest/environment.h"
#include "manifest/error_handler.h"
#include "manifest/node.h"
#include "manifest/request_draft.h"
#include "manifest/response_cache.h"
#include "manifest/template_field.h"

namespace tendril {

// Threads: safe to share; each thread brings its own context.
class Requester {
 public:
  // `field_path` is where the records of its answers stand. `environment` must outlive the result.
  // Errors: InvalidConfig and Unsupported with file, line and column.
  static Result<Requester> compile(const Node& node, const Environment& environment,
                                   const std::vector<std::string>& field_path);

  // Completes `draft`; `path` stands for the requester's own path, where it is given. `context`
  // needs the slice and the page token.
  // Errors: InvalidConfig from templates and for a URL without a host.
  Result<Request> request(RequestDraft draft, const std::optional<std::string>& path,
                          Context& context) const;

  Result<Client::Answer> send(const Request& request, std::stop_token stop) const;

  // Gives the body of an accepted answer to `sink` while it comes; see Client::receive().
  Result<Client::Answer> receive(const Request& request, const Transport::BodySink& sink,
                                 std::stop_token stop) const;

 private:
  // A mapping of templates, or one template that makes the whole.
  struct Fields {
    std::vector<std::pair<TemplateField, TemplateField>> members;
    std::optional<TemplateField> whole;
  };
  // JSON with templates in it.
  struct Tree {
    std::optional<TemplateField> leaf;
    std::vector<Tree> items;
    std::vector<std::pair<TemplateField, Tree>> members;
    Node::Kind kind = Node::Kind::Null;
  };

  explicit Requester(ErrorHandler handler) : handler_(std::move(handler)) {}
  static Result<Fields> compile_fields(const Node& component, const Node* field);
  static Result<Tree> compile_tree(const Node& component, const Node& field);
  static Result<Value> evaluate(const Tree& tree, Context& context);
  Status compile_body(const Node& node);
  Result<std::string> url(const std::optional<std::string>& path, Context& context) const;
  static Result<Value> field_value(const TemplateField& field, bool is_header, Context& context);
  Status add_fields(RequestDraft& draft, Context& context) const;
  Status add_body(RequestDraft& draft, Context& context) const;

  ErrorHandler handler_;
  Client* client_ = nullptr;        // Of the pool.
  ResponseCache* cache_ = nullptr;  // Of the pool; null: every answer is fetched.
  bool may_be_kept_ = true;         // From one run to the next.
  std::string method_;
  std::optional<TemplateField> url_;
  std::optional<TemplateField> path_;
  Fields query_;
  Fields headers_;
  Fields form_;
  std::optional<Tree> json_;
};

}  // namespace tendril
