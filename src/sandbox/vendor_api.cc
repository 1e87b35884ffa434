#include "sandbox/vendor_api.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/core.h>

#include "core/encoding.h"
#include "sandbox/page.h"

namespace tendril {

// What is known of one request while it is answered.
struct VendorApi::Exchange {
  struct Counted {
    const LimitPlan* plan;
    RateState state;
  };

  const ApiRequest& request;
  Facts facts = {};
  const Route* route = nullptr;
  Pairs path_values = {};
  const CredentialPlan* credential = nullptr;
  std::vector<Counted> counted = {};
  std::vector<Row> found = {};

  std::string credential_name() const { return credential == nullptr ? "" : credential->token; }
};

ApiResponse VendorApi::answer(const ApiRequest& request) {
  Exchange exchange{.request = request};
  exchange.facts.set_base_url(request.base_url);
  exchange.facts.set("request.id", fmt::format("{:016X}", mix(++answered_, 7)));
  for (const auto& [name, value] : request.query) {
    exchange.facts.set("param." + name, value);
  }
  const Simulation::View view(simulation_);
  ApiResponse response = answer_checked(exchange, view);
  finish(exchange, response, view);
  return response;
}

ApiResponse VendorApi::answer_checked(Exchange& exchange, const Simulation::View& view) {
  match_route(exchange);
  const ErrorAnswer* error = check_headers(exchange);
  if (error == nullptr) {
    error = authenticate(exchange);
  }
  if (error == nullptr) {
    error = count_request(exchange);
  }
  if (error == nullptr) {
    error = check_permission(exchange);
  }
  if (error == nullptr) {
    error = find_rows(exchange, view);
  }
  if (error != nullptr) {
    return refuse(exchange, Refusal{error}, view);
  }
  return exchange.route->list ? answer_list(exchange, view) : answer_one(exchange, view);
}

void VendorApi::match_route(Exchange& exchange) const {
  const std::vector<std::string> path = path_segments(exchange.request.path);
  const std::string method = exchange.request.method == "HEAD" ? "GET" : exchange.request.method;
  for (const Route& route : simulation_.sandbox().routes) {
    for (const auto& pattern : route.paths) {
      auto values = route.method == method ? match_path(pattern, path) : std::nullopt;
      if (values) {
        exchange.route = &route;
        exchange.path_values = std::move(*values);
        for (const auto& [name, value] : exchange.path_values) {
          exchange.facts.set("param." + name, value);
        }
        return;
      }
    }
  }
}

const ErrorAnswer* VendorApi::check_headers(const Exchange& exchange) const {
  for (const RequiredHeader& header : simulation_.sandbox().required_headers) {
    const std::string* value = find_header(exchange.request.headers, header.name);
    const bool missing = value == nullptr || value->empty();
    const bool known =
        missing || header.values.empty() ||
        std::find(header.values.begin(), header.values.end(), *value) != header.values.end();
    if ((missing && !header.optional) || !known) {
      return header.error;
    }
  }
  return nullptr;
}

const ErrorAnswer* VendorApi::authenticate(Exchange& exchange) const {
  const Authentication& plan = simulation_.sandbox().authentication;
  bool tried = false;
  for (const CredentialScheme& scheme : plan.schemes) {
    const std::string* value = scheme.in == ParameterPlace::Header
                                   ? find_header(exchange.request.headers, scheme.name)
                                   : find_pair(exchange.request.query, scheme.name);
    if (value == nullptr) {
      continue;
    }
    tried = true;
    std::vector<std::string> prefixes = scheme.prefixes;
    if (prefixes.empty()) {
      prefixes.emplace_back();
    }
    for (const std::string& prefix : prefixes) {
      if (!equal_ignoring_case(value->substr(0, prefix.size()), prefix)) {
        continue;
      }
      std::string token = value->substr(prefix.size());
      token = scheme.base64 ? base64_decode(token).value_or("") : token;
      for (const CredentialPlan& known : plan.tokens) {
        if (known.token == token) {
          exchange.credential = &known;
          return nullptr;
        }
      }
    }
  }
  return tried ? plan.wrong : plan.missing;
}

std::uint64_t VendorApi::limit_of(const LimitPlan& plan, const CredentialPlan* credential) const {
  if (credential != nullptr) {
    const auto own = credential->limits.find(plan.name);
    return own == credential->limits.end() ? plan.requests : own->second;
  }
  const bool anonymous = !simulation_.sandbox().authentication.tokens.empty();
  return anonymous ? plan.anonymous.value_or(plan.requests) : plan.requests;
}

const ErrorAnswer* VendorApi::count_request(Exchange& exchange) {
  const bool counts = exchange.route == nullptr || exchange.route->counted;
  const ErrorAnswer* exceeded = nullptr;
  for (const LimitPlan& plan : limits_) {
    const RateState state =
        limiter_.count(plan, exchange.credential_name(), limit_of(plan, exchange.credential),
                       counts ? RateLimiter::Take::One : RateLimiter::Take::None);
    exchange.counted.push_back({&plan, state});
    if (exceeded == nullptr) {
      if (state.exceeded || exchange.counted.size() == 1) {
        set_rate_facts(exchange.facts, plan.name, state);
      }
      exceeded = state.exceeded ? plan.exceeded : nullptr;
    }
  }
  return exceeded;
}

const ErrorAnswer* VendorApi::check_permission(const Exchange& exchange) const {
  const CompiledSandbox& sandbox = simulation_.sandbox();
  if (exchange.route == nullptr) {
    return sandbox.not_found;
  }
  if (exchange.route->needs_credential && exchange.credential == nullptr) {
    return sandbox.authentication.needed;
  }
  const std::string& needed = exchange.route->permission;
  if (needed.empty() || exchange.credential == nullptr || !exchange.credential->permissions) {
    return nullptr;
  }
  const auto& granted = *exchange.credential->permissions;
  return std::find(granted.begin(), granted.end(), needed) == granted.end()
             ? sandbox.authentication.forbidden
             : nullptr;
}

const ErrorAnswer* VendorApi::find_rows(Exchange& exchange, const Simulation::View& view) const {
  const World& world = view.world();
  for (const FindStep& step : exchange.route->find) {
    std::optional<Row> row;
    if (step.index) {
      row = Row{step.entity, *step.index};
    } else {
      const std::string* text = find_pair(exchange.path_values, step.parameter);
      if (text == nullptr) {
        continue;  // Another spelling of the path has it.
      }
      std::optional<Row> scope;
      if (!exchange.found.empty() && world.is_below(step.entity, exchange.found.back().entity)) {
        scope = exchange.found.back();
      }
      const Scene scene{world, exchange.facts, Row{step.entity, 0}};
      row = simulation_.find_row(view, scene, step, scope, *text);
    }
    const ErrorAnswer* missing =
        step.missing != nullptr ? step.missing : simulation_.sandbox().not_found;
    if (!row || !world.exists(*row)) {
      return missing;
    }
    if (!world.alive(*row)) {
      return step.gone != nullptr ? step.gone : missing;
    }
    exchange.found.push_back(*row);
  }
  return nullptr;
}

ApiResponse VendorApi::answer_list(Exchange& exchange, const Simulation::View& view) const {
  const Route& route = *exchange.route;
  const World& world = view.world();
  RequestParameters parameters(exchange.request, exchange.path_values);
  ListQuery query{.entity = *route.list};
  query.conditions = read_conditions(route, parameters);
  const SortOrder order = read_sorting(route.sorting, parameters);
  query.sort = order.field;
  query.descending = order.descending;
  const Page page = read_page(route.paging, parameters, world.seed());
  if (parameters.refusal()) {
    return refuse(exchange, *parameters.refusal(), view);
  }
  if (!exchange.found.empty() && world.is_below(*route.list, exchange.found.back().entity)) {
    query.scope = exchange.found.back();
  }
  const auto selection = simulation_.select(view, exchange.facts, std::move(query));
  const bool paged = route.paging.style != PagingStyle::None;
  const std::uint64_t count = paged ? page.size : selection->size();
  std::string items;
  items += '[';
  const std::vector<Row> rows = selection->rows(world, exchange.facts, page.offset, count);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i == 1) {
      items.reserve(items.size() * (rows.size() + rows.size() / 4));  // Rows are about as long.
    }
    if (i > 0) {
      items += ',';
    }
    route.shown->append(items, Scene{world, exchange.facts, rows[i]}, Form::Json);
  }
  items += ']';
  const Row scope = exchange.found.empty() ? Row{} : exchange.found.back();
  const Scene scene{world, exchange.facts, scope, items};
  const std::string link_path =
      route.link_path == nullptr ? exchange.request.path : route.link_path->text(scene);
  const PageLinks links{route.paging, exchange.request, link_path, world.seed()};
  set_page_facts(exchange.facts, Page{page.offset, count, page.number}, selection->size(), links);
  ApiResponse response{.status = route.status};
  const std::string link =
      route.paging.link_header ? link_header(page, selection->size(), links) : "";
  if (!link.empty()) {
    response.headers.emplace_back("Link", link);
  }
  if (route.paging.envelope == nullptr) {
    response.body = std::move(items);
  } else {
    route.paging.envelope->append(response.body, scene, Form::Json);
  }
  return response;
}

ApiResponse VendorApi::answer_one(Exchange& exchange, const Simulation::View& view) const {
  RequestParameters parameters(exchange.request, exchange.path_values);
  for (const Filter& filter : exchange.route->filters) {
    parameters.read(filter.parameter);
  }
  if (parameters.refusal()) {
    return refuse(exchange, *parameters.refusal(), view);
  }
  const Row row = exchange.found.empty() ? Row{} : exchange.found.back();
  ApiResponse response{.status = exchange.route->status};
  exchange.route->shown->append(response.body, Scene{view.world(), exchange.facts, row},
                                Form::Json);
  return response;
}

ApiResponse VendorApi::refuse(Exchange& exchange, const Refusal& refusal,
                              const Simulation::View& view) const {
  exchange.facts.set("error.field", refusal.field);
  exchange.facts.set("error.code", refusal.code);
  exchange.facts.set("error.value", refusal.value);
  exchange.facts.set("error.resource", exchange.route == nullptr ? "" : exchange.route->resource);
  ApiResponse response{.status = refusal.error->status};
  const Scene scene{view.world(), exchange.facts, Row{}};
  for (const auto& [name, value] : refusal.error->headers) {
    response.headers.emplace_back(name, value->text(scene));
  }
  refusal.error->body->append(response.body, scene, Form::Json);
  return response;
}

void VendorApi::finish(Exchange& exchange, ApiResponse& response, const Simulation::View& view) {
  const CompiledSandbox& sandbox = simulation_.sandbox();
  response.content_type = sandbox.content_type;
  if (sandbox.etag && response.status == 200 && unchanged(exchange, response)) {
    response.status = 304;
    response.body.clear();
    for (Exchange::Counted& counted : exchange.counted) {
      if (counted.plan->enabled && counted.state.used > 0) {
        limiter_.give_back(*counted.plan, exchange.credential_name());
        --counted.state.used;
      }
    }
  }
  const Scene scene{view.world(), exchange.facts, Row{}};
  for (const auto& [name, value] : sandbox.headers) {
    response.headers.emplace_back(name, value->text(scene));
  }
  for (const Exchange::Counted& counted : exchange.counted) {
    set_rate_facts(exchange.facts, counted.plan->name, counted.state);
    for (const auto& [name, value] : counted.plan->headers) {
      response.headers.emplace_back(name, value->text(scene));
    }
  }
}

// Sets the ETag, and tells whether the client has this very answer.
bool VendorApi::unchanged(const Exchange& exchange, ApiResponse& response) const {
  const std::string etag =
      fmt::format("W/\"{:016x}\"", std::hash<std::string_view>()(response.body));
  response.headers.emplace_back("ETag", etag);
  const std::string* known = find_header(exchange.request.headers, "If-None-Match");
  return known != nullptr && known->find(etag) != std::string::npos;
}

Result<std::vector<LimitPlan>> change_limits(std::vector<LimitPlan> limits,
                                             const std::vector<std::string>& changes) {
  for (const std::string& change : changes) {
    const std::size_t equals = std::min(change.find('='), change.size());
    const std::string name = change.substr(0, equals);
    const std::string value = change.substr(std::min(equals + 1, change.size()));
    const auto limit = std::find_if(limits.begin(), limits.end(),
                                    [&](const LimitPlan& plan) { return plan.name == name; });
    if (limit == limits.end()) {
      return Error{ErrorCode::InvalidConfig, fmt::format("no such limit: {}", name)};
    }
    std::uint64_t requests = 0;
    const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), requests);
    const bool number = fault == std::errc() && end == value.data() + value.size() && requests > 0;
    if (!number && value != "on" && value != "off") {
      return Error{ErrorCode::InvalidConfig,
                   fmt::format("a limit must be on, off or a number: {}", change)};
    }
    limit->enabled = value != "off";
    if (number) {
      limit->requests = requests;
      limit->anonymous = std::min(limit->anonymous.value_or(requests), requests);
    }
  }
  return limits;
}

}  // namespace tendril
