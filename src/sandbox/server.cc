// The sockets of a sandbox: the vendor's API, and the orders of whoever runs it under /_sandbox.
#include <array>
#include <atomic>
#include <charconv>
#include <exception>
#include <fstream>
#include <random>
#include <thread>
#include <utility>

#include <fmt/core.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "data/json.h"
#include "sandbox/faults.h"
#include "sandbox/open_connections.h"
#include "sandbox/sandbox.h"
#include "sandbox/vendor_api.h"

namespace tendril {
namespace {

constexpr std::uint64_t kRowsPerAnswer = 5000;
constexpr std::uint64_t kMutationsMax = 10'000'000;
constexpr std::size_t kSlowPieces = 6;
constexpr std::chrono::milliseconds kSlowPause{50};
constexpr std::size_t kConnectionsMax = 64;
constexpr std::size_t kRequestsPerConnectionMax = 100'000'000;

std::string random_token() {
  std::random_device device;
  std::string token;
  for (int i = 0; i < 8; ++i) {
    token += fmt::format("{:08x}", device());
  }
  return token;
}

void answer_error(httplib::Response& response, int status, const std::string& message) {
  response.status = status;
  response.set_content(to_json(Value(Map{{"message", message}})),
                       "application/json; charset=utf-8");
}

Status write_address(const std::filesystem::path& file, const SandboxAddress& address) {
  std::error_code fault;
  std::filesystem::create_directories(file.parent_path(), fault);
  std::ofstream stream(file, std::ios::trunc);
  std::filesystem::permissions(
      file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, fault);
  stream << to_json(Value(Map{{"host", address.host},
                              {"port", address.port},
                              {"token", address.admin_token.reveal()}}))
         << '\n'
         << std::flush;
  if (!stream || fault) {
    return Error{ErrorCode::System, fmt::format("cannot write: {}", file.string())};
  }
  return {};
}

class HttpSandboxServer final : public SandboxServer {
 public:
  HttpSandboxServer(std::unique_ptr<Simulation> simulation, std::vector<LimitPlan> limits,
                    SandboxOptions options)
      : options_(std::move(options)),
        clock_(system_clock()),
        simulation_(std::move(simulation)),
        api_(*simulation_, std::move(limits), *clock_),
        faults_(options_.faults) {
    address_.host = options_.host;
    address_.admin_token = Secret(random_token());
  }

  ~HttpSandboxServer() override { HttpSandboxServer::stop(); }

  Status listen();

  int port() const override { return address_.port; }
  std::string base_url() const override {
    return fmt::format("http://{}:{}", address_.host, address_.port);
  }
  const SandboxAddress& address() const override { return address_; }
  std::uint64_t requests_served() const override { return api_.answered(); }
  void stop() override;

 private:
  std::string base_url_of(const httplib::Request& request) const;
  void serve(const httplib::Request& request, httplib::Response& response);
  void serve_vendor(const httplib::Request& request, httplib::Response& response);
  void send(ApiResponse answer, VendorFault fault, const httplib::Request& request,
            httplib::Response& response) const;
  void serve_admin(const httplib::Request& request, httplib::Response& response);
  void serve_mutation(const httplib::Request& request, httplib::Response& response);
  void serve_faults(const httplib::Request& request, httplib::Response& response);
  void serve_rows(const httplib::Request& request, httplib::Response& response);

  SandboxOptions options_;
  SandboxAddress address_;
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<Simulation> simulation_;
  VendorApi api_;
  FaultSchedule faults_;
  httplib::Server server_;
  std::thread thread_;
  std::atomic<bool> stopped_ = false;
};

Status HttpSandboxServer::listen() {
  const auto handler = [this](const httplib::Request& request, httplib::Response& response) {
    try {
      serve(request, response);
    } catch (const std::exception& fault) {
      answer_error(response, 500, fault.what());
    }
  };
  server_.Get(".*", handler).Post(".*", handler).Put(".*", handler);
  server_.Patch(".*", handler).Delete(".*", handler).Options(".*", handler);
  server_.new_task_queue = [] { return new httplib::ThreadPool(kConnectionsMax); };
  server_.set_keep_alive_max_count(kRequestsPerConnectionMax);
  server_.set_keep_alive_timeout(60);
  server_.set_tcp_nodelay(true);
  // The default lets two servers share a port; a taken one must be an error.
  server_.set_socket_options([](auto socket) {
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
  if (options_.port == 0) {
    address_.port = server_.bind_to_any_port(options_.host);
  } else {
    address_.port = server_.bind_to_port(options_.host, options_.port) ? options_.port : -1;
  }
  if (address_.port <= 0) {
    return Error{ErrorCode::System,
                 fmt::format("cannot listen on {}:{}", options_.host, options_.port)};
  }
  if (!options_.address_file.empty()) {
    TRY(write_address(options_.address_file, address_));
  }
  thread_ = std::thread([this] { server_.listen_after_bind(); });
  while (!server_.is_running()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return {};
}

void HttpSandboxServer::stop() {
  if (stopped_.exchange(true) || !thread_.joinable()) {
    return;
  }
  server_.stop();
  std::atomic<bool> joined = false;
  // Idle connections would hold their threads until their time is out.
  std::thread closer([&] {
    while (!joined) {
      close_connections_to(address_.port);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  thread_.join();
  joined = true;
  closer.join();
  if (!options_.address_file.empty()) {
    std::error_code ignored;  // Somebody else may have removed it already.
    std::filesystem::remove(options_.address_file, ignored);
  }
}

std::string HttpSandboxServer::base_url_of(const httplib::Request& request) const {
  const std::string host = request.get_header_value("Host");
  return host.empty() ? base_url() : "http://" + host;
}

void HttpSandboxServer::serve(const httplib::Request& request, httplib::Response& response) {
  if (request.path.starts_with("/_sandbox/")) {
    serve_admin(request, response);
  } else {
    serve_vendor(request, response);
  }
}

void HttpSandboxServer::serve_vendor(const httplib::Request& request, httplib::Response& response) {
  const std::string& target = request.target;
  const std::size_t question = std::min(target.find('?'), target.size());
  ApiRequest asked{.method = request.method, .path = target.substr(0, question)};
  asked.query = parse_query(std::string_view(target).substr(std::min(question + 1, target.size())));
  asked.headers = Pairs(request.headers.begin(), request.headers.end());
  asked.body = request.body;
  asked.base_url = base_url_of(request);
  const VendorFault fault = faults_.draw(asked);
  ApiResponse answer = is_refusal(fault) ? refusal_of(fault) : api_.answer(asked);
  if (answer.status == 200) {
    spoil(fault, answer);
  }
  send(std::move(answer), fault, request, response);
}

void HttpSandboxServer::send(ApiResponse answer, VendorFault fault, const httplib::Request& request,
                             httplib::Response& response) const {
  response.status = answer.status;
  for (const auto& [name, value] : answer.headers) {
    response.set_header(name, value);
  }
  if (answer.status == 304 || answer.status == 204) {
    return;
  }
  if (fault != VendorFault::ConnectionReset && fault != VendorFault::SlowBody) {
    response.body = std::move(answer.body);
    response.set_header("Content-Type", answer.content_type);
    return;
  }
  // Piece by piece: half of it and then nothing, or all of it late.
  const std::size_t length = answer.body.size();
  const std::size_t piece = std::max<std::size_t>(length / kSlowPieces, 1);
  const int peer_port = request.remote_port;
  response.set_content_provider(
      length, answer.content_type,
      [this, fault, peer_port, piece, body = std::move(answer.body)](
          std::size_t offset, std::size_t rest, httplib::DataSink& sink) {
        if (fault == VendorFault::ConnectionReset && offset >= body.size() / 2) {
          reset_connection(address_.port, peer_port);
          return false;
        }
        std::this_thread::sleep_for(kSlowPause);
        const std::size_t size = std::min(piece, rest);
        return sink.write(body.data() + offset, size);
      });
}

void HttpSandboxServer::serve_admin(const httplib::Request& request, httplib::Response& response) {
  if (request.get_header_value("Authorization") != "Bearer " + address_.admin_token.reveal()) {
    answer_error(response, 401, "the admin token is wrong");
  } else if (request.method == "POST" && request.path == "/_sandbox/mutate") {
    serve_mutation(request, response);
  } else if (request.method == "POST" && request.path == "/_sandbox/faults") {
    serve_faults(request, response);
  } else if (request.method == "GET" && request.path == "/_sandbox/state") {
    response.set_content(simulation_->summary(), "application/json; charset=utf-8");
  } else if (request.method == "GET" && request.path.starts_with("/_sandbox/rows/")) {
    serve_rows(request, response);
  } else {
    answer_error(response, 404, "no such order");
  }
}

void HttpSandboxServer::serve_mutation(const httplib::Request& request,
                                       httplib::Response& response) {
  const auto body = parse_json(request.body);
  const Value* kind = body.ok() ? body->find("kind") : nullptr;
  const Value* count = body.ok() ? body->find("count") : nullptr;
  const Value* entity = body.ok() ? body->find("entity") : nullptr;
  const auto parsed =
      parse_mutation_kind(kind != nullptr && kind->is_string() ? *kind->as_string() : "");
  const std::int64_t* number = count != nullptr ? count->as_int() : nullptr;
  if (!parsed.ok() || number == nullptr || *number < 1 ||
      static_cast<std::uint64_t>(*number) > kMutationsMax) {
    answer_error(response, 400, "an order needs a kind and a count from 1 to 10000000");
    return;
  }
  MutationOrder order{.kind = *parsed, .count = static_cast<std::uint64_t>(*number)};
  order.entity = entity != nullptr && entity->is_string() ? *entity->as_string() : "";
  const auto report = simulation_->mutate(order);
  if (!report.ok()) {
    answer_error(response, report.error().code == ErrorCode::InvalidConfig ? 400 : 500,
                 report.error().message);
    return;
  }
  List rows;
  for (const MutationReport::Row& row : report->rows) {
    rows.emplace_back(Map{{"entity", row.entity}, {"key", row.key}});
  }
  response.set_content(to_json(Value(Map{{"now", report->now}, {"rows", std::move(rows)}})),
                       "application/json; charset=utf-8");
}

// Tells how often something went wrong so far.
void HttpSandboxServer::serve_faults(const httplib::Request& request, httplib::Response& response) {
  const auto body = parse_json(request.body);
  const Value* seed = body.ok() ? body->find("seed") : nullptr;
  const std::int64_t* number = seed != nullptr ? seed->as_int() : nullptr;
  if (number == nullptr || *number < 0) {
    answer_error(response, 400, "an order needs a seed from 0, which ends all faults");
    return;
  }
  faults_.reseed(static_cast<std::uint64_t>(*number));
  response.set_content(to_json(Value(Map{{"faults", static_cast<std::int64_t>(faults_.drawn())}})),
                       "application/json; charset=utf-8");
}

void HttpSandboxServer::serve_rows(const httplib::Request& request, httplib::Response& response) {
  constexpr std::string_view kPrefix = "/_sandbox/rows/";
  const std::string entity = request.path.substr(kPrefix.size());
  const std::string text = request.get_param_value("from");
  std::uint64_t from = 0;
  std::from_chars(text.data(), text.data() + text.size(), from);
  const auto lines = simulation_->rows(entity, from, kRowsPerAnswer, base_url_of(request));
  if (!lines.ok()) {
    answer_error(response, 404, lines.error().message);
    return;
  }
  if (from != 0) {
    response.set_header("X-Sandbox-Next", std::to_string(from));
  }
  response.set_content(*lines, "application/x-ndjson");
}

}  // namespace

Result<std::unique_ptr<SandboxServer>> SandboxServer::start(
    std::shared_ptr<const SandboxDefinition> definition, SandboxOptions options) {
  auto sandbox = std::dynamic_pointer_cast<const CompiledSandbox>(definition);
  CHECK(sandbox != nullptr);
  std::vector<LimitPlan> limits = TRY(change_limits(sandbox->limits, options.limits));
  std::unique_ptr<Simulation> simulation = TRY(Simulation::create(std::move(sandbox), options));
  auto server = std::make_unique<HttpSandboxServer>(std::move(simulation), std::move(limits),
                                                    std::move(options));
  TRY(server->listen());
  return std::unique_ptr<SandboxServer>(std::move(server));
}

}  // namespace tendril
