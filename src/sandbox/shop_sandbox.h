// A made-up vendor for tests: shops with orders and lines, each list paged in another style.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "core/clock.h"
#include "data/json.h"
#include "sandbox/definition_reader.h"
#include "sandbox/vendor_api.h"
#include "sandbox/yaml_value.h"

namespace tendril {

constexpr std::string_view kShopYaml = R"yaml(
name: shop
past: {start: 2024-01-01T00:00:00Z, now: 2025-01-01T00:00:00Z}
answers: {content_type: application/json, headers: {X-Request: "{request.id}"}, etag: true}
requires:
  - {header: X-Version, values: ["1", "2"], optional: true, error: bad_version}
authentication:
  schemes:
    - {in: header, name: Authorization, prefix: ["Bearer "]}
    - {in: header, name: Authorization, prefix: ["Basic "], base64: true}
    - {in: query, name: api_key}
  tokens:
    - {token: good}
    - {token: "user:pass"}
    - {token: rich, limits: {calls: 1000}}
    - {token: narrow, permissions: [other]}
  missing: needed
  wrong: wrong
  needed: needed
  forbidden: forbidden
limits:
  calls:
    requests: 50
    window: PT1M
    headers: {X-Left: "{rate.remaining}", X-Reset: "{rate.reset}"}
    exceeded: too_many
errors:
  not_found: {status: 404, body: {error: not found}}
  server_error: {status: 500, body: {error: broken}}
  needed: {status: 401, body: {error: who are you}}
  wrong: {status: 401, body: {error: wrong token}}
  forbidden: {status: 403, body: {error: not yours}}
  bad_version: {status: 400, body: {error: version}}
  gone: {status: 410, body: {error: gone}}
  invalid: {status: 422, body: {error: "{error.code}", field: "{error.field}", resource: "{error.resource}"}}
  too_many: {status: 429, headers: {Retry-After: "{rate.retry_after}"}, body: {error: slow down}}
entities:
  shop:
    count: 4
    fields:
      id: {$sequence: {start: 5000000000, step: 3}}
      name: {$cycle: [North, South]}
  customer:
    parent: shop
    count: {per_parent: 5}
    hidden: {_first: {$first_name: true}}
    fields:
      id: {$sequence: {start: 10}}
      name: "{_first} of {shop.name}"
    views: {brief: {only: [id]}}
  order:
    parent: shop
    count: {per_record: 1, min: 1}
    spread: skewed
    timeline: {within: shop, shuffle: 7}
    on_update: [note, status]
    fields:
      id: {$sequence: {start: 100, step: 2}}
      number: {$position: {start: 1}}
      status: {$pick: {values: [open, done], weights: [1, 3]}}
      note: {$text: {min: 1, max: 3}}
      total: {$decimal: {min: 1, max: 99, places: 2}}
      customer: {$one: {of: customer, within: shop, chance: 0.9, view: brief}}
      watchers: {$many: {of: customer, within: shop, min: 0, max: 3, view: brief}}
      lines: {$count: {of: line}}
      created: {$time: created}
      updated: {$time: {of: updated, format: iso_millis}}
      before: {$previous: "{number}"}
      url: "{base_url}/shops/{shop.id}/orders/{number}"
  line:
    parent: order
    count: {per_record: 2}
    timeline: {within: shop}
    touches: [order]
    fields:
      id: {$uuid: true}
      order_id: "{order.id}"
      at: {$time: {of: created, format: seconds}}
      made: {$time: created}
mutations:
  step: PT5S
  insert: {order: 1, line: {weight: 1, new_parent: true}}
  update: {order: 1}
  delete: {order: 1}
routes:
  - path: /shops
    list: shop
    paging:
      style: offset
      size: {parameter: limit, default: 2, max: 3, above: invalid, invalid: invalid}
      position: {parameter: offset, invalid: invalid}
      envelope: {values: "{items}", start: "{page.offset}", total: "{page.total}", last: "{page.is_last}"}
  - path: ["/shops/{shop_id}/orders", "/s/{shop_id}/orders"]
    permission: orders
    resource: Order
    find: [{entity: shop, by: id, parameter: shop_id}]
    list: order
    link_path: "/s/{id}/orders"
    parameters: &order_parameters
      status: {values: [open, done, all], default: all, any: all, filter: status, invalid: invalid}
      customer: {filter: customer.id, absent: none, present: any}
      watchers: {filter: watchers.id, test: all_of, split: ","}
      since: {type: time, filter: updated, test: since, invalid: invalid}
      until: {type: time, filter: created, test: before, invalid: invalid}
      sort: {sort: {created: created, updated: updated, total: {field: total, direction: desc}}, invalid: invalid}
      direction: {direction: any, invalid: invalid}
    paging:
      style: page
      size: {parameter: size, default: 10, max: 20}
      position: {parameter: page, first: 0}
      link_header: true
  - path: /shops/{shop_id}/orders/{number}
    find:
      - {entity: shop, by: id, parameter: shop_id}
      - {entity: order, by: number, parameter: number, gone: gone}
    get: order
  - path: /customers/{name}
    find: [{entity: customer, by: name, parameter: name, ignore_case: true}]
    get: customer
  - path: /search
    method: POST
    list: line
    resource: Line
    parameters:
      order: {required: true, filter: order_id, invalid: invalid}
      filter.after: {type: time, filter: made, test: after, invalid: invalid}
    paging:
      style: cursor
      size: {parameter: page.size, default: 5, max: 5}
      position: {parameter: page.cursor, invalid: invalid}
      envelope: {data: "{items}", next: "{page.next_cursor}", more: "{page.has_more}"}
  - path: /lines
    list: line
    order: {field: at, direction: desc}
    paging:
      style: cursor
      size: {parameter: size, default: 50, max: 50}
      position: {parameter: cursor, invalid: invalid}
      envelope: {data: "{items}", next_page: "{page.next_url}", previous: "{page.previous_url}"}
  - path: /me
    counted: false
    answer: {left: "{rate.remaining}", base: "{base_url}"}
)yaml";

// A clock that tests move.
class StillClock final : public Clock {
 public:
  Wall now() const override { return Wall(std::chrono::seconds(now_s)); }
  Monotonic monotonic() const override { return Monotonic(std::chrono::seconds(now_s)); }
  bool sleep(std::chrono::milliseconds, std::stop_token) override { return true; }

  std::int64_t now_s = 1'700'000'000;
};

inline Result<std::shared_ptr<const CompiledSandbox>> compile_sandbox(std::string_view yaml) {
  const Value root = TRY(parse_yaml(yaml));
  return DefinitionReader().read(root);
}

// A sandbox without sockets.
class SandboxUnderTest {
 public:
  explicit SandboxUnderTest(std::string_view yaml = kShopYaml,
                            SandboxOptions options = {.seed = 3}) {
    auto compiled = compile_sandbox(yaml);
    EXPECT_TRUE(compiled.ok()) << (compiled.ok() ? "" : compiled.error().message);
    auto limits = change_limits((*compiled)->limits, options.limits);
    EXPECT_TRUE(limits.ok());
    auto simulation = Simulation::create(*compiled, options);
    EXPECT_TRUE(simulation.ok()) << (simulation.ok() ? "" : simulation.error().message);
    simulation_ = std::move(simulation).value();
    api_ = std::make_unique<VendorApi>(*simulation_, std::move(limits).value(), clock);
  }

  ApiResponse ask(ApiRequest request) {
    request.base_url = "http://sandbox.test";
    return api_->answer(request);
  }

  ApiResponse get(const std::string& target, Pairs headers = {{"Authorization", "Bearer rich"}}) {
    const std::size_t question = std::min(target.find('?'), target.size());
    ApiRequest request{.path = target.substr(0, question), .headers = std::move(headers)};
    request.query =
        parse_query(std::string_view(target).substr(std::min(question + 1, target.size())));
    return ask(std::move(request));
  }

  Value get_json(const std::string& target) {
    const ApiResponse response = get(target);
    EXPECT_EQ(response.status, 200) << target << ": " << response.body;
    const auto value = parse_json(response.body);
    EXPECT_TRUE(value.ok()) << response.body;
    return value.ok() ? *value : Value();
  }

  // The row as the sandbox itself knows it.
  Value row(std::string_view entity, std::uint64_t index) {
    const auto line = simulation_->rows(entity, index, 1, "");
    EXPECT_TRUE(line.ok());
    const auto value = parse_json(line.ok() ? *line : "");
    EXPECT_TRUE(value.ok());
    return value.ok() ? *value : Value();
  }

  Simulation& simulation() { return *simulation_; }

  StillClock clock;

 private:
  std::unique_ptr<Simulation> simulation_;
  std::unique_ptr<VendorApi> api_;
};

inline std::string text_at(const Value& value, std::string_view pointer) {
  const Value* found = find_pointer(value, pointer);
  if (found == nullptr) {
    return "<nothing>";
  }
  return found->is_string() ? *found->as_string() : to_json(*found);
}

}  // namespace tendril
