#include "bridges/partner/served_project.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridges/fivetran/connector_process.h"
#include "bridges/partner/source_client.h"
#include "bridges/partner/update_reader.h"
#include "connector_sdk.pb.h"
#include "data/json.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;

constexpr const char* kRaised = "failed while executing ";

ProjectLevel level_of(const std::string& name) {
  if (name == "DEBUG") {
    return ProjectLevel::Debug;
  }
  if (name == "WARNING") {
    return ProjectLevel::Warning;
  }
  return name == "SEVERE" || name == "ERROR" || name == "CRITICAL" ? ProjectLevel::Severe
                                                                   : ProjectLevel::Info;
}

// The package logs JSON lines of "level" and "message"; what else is printed is told as it is.
void tell(ProjectOutput output, std::string_view line, ProjectObserver& observer) {
  const Result<Value> parsed = line.starts_with('{') ? parse_json(line) : Result<Value>(Value());
  const Value* const message = parsed.ok() ? parsed->find("message") : nullptr;
  const Value* const level = parsed.ok() ? parsed->find("level") : nullptr;
  if (message != nullptr && message->is_string() && level != nullptr && level->is_string()) {
    observer.message(ProjectOrigin::Connector, level_of(*level->as_string()),
                     *message->as_string());
    return;
  }
  observer.message(ProjectOrigin::Connector,
                   output == ProjectOutput::Out ? ProjectLevel::Info : ProjectLevel::Warning, line);
}

// A process tells of tables once, before its rows.
class ForwardingListener final : public UpdateListener {
 public:
  explicit ForwardingListener(ProjectListener& listener) : listener_(listener) {}

  Status schema(const std::optional<std::vector<DeclaredTable>>& tables) override {
    return listener_.schema(tables);
  }
  Status schema_changed(const std::vector<DeclaredTable>&) override {
    return Error{ErrorCode::Unsupported, "the package tells of tables while it sends rows"};
  }
  Status rows(const RowsFrame& frame) override { return listener_.rows(frame); }
  Status checkpoint(std::string_view state) override { return listener_.checkpoint(state); }
  Status file(const FilePartFrame& part) override { return listener_.file(part); }
  void note(bool is_warning, const std::string& text) override { listener_.note(is_warning, text); }
  Status answer(Value answer) override { return listener_.answer(std::move(answer)); }

 private:
  ProjectListener& listener_;
};

Result<std::unique_ptr<ConnectorProcess>> start_server(const ProjectProcess& process,
                                                       const ProjectOrder& order,
                                                       ProjectObserver& observer) {
  const Value line = Map{{"project", process.project.string()},
                         {"configuration", order.configuration},
                         {"state", order.state}};
  return ConnectorProcess::start(
      process, to_json(line),
      [&observer](ProjectOutput output, std::string_view text) { tell(output, text, observer); });
}

// Waits until the connector is served; returns where.
Result<std::string> served_address(ConnectorProcess& python, const std::stop_token& stop) {
  const std::optional<RawFrame> frame = TRY(python.next_frame(stop));
  if (!frame) {
    const std::string ending = python.wait();
    return Error{ErrorCode::System, "the connector's process " +
                                        (ending.empty() ? "ended with status 0" : ending) +
                                        " before it was served"};
  }
  const Value told = TRY(parse_json(frame->payload));
  const Value* const port = told.find("port");
  const Value* const message = told.find("message");
  if (frame->kind == FrameKind::Failure) {
    return Error{ErrorCode::InvalidConfig, message != nullptr && message->is_string()
                                               ? *message->as_string()
                                               : "the project can not be served"};
  }
  if (frame->kind != FrameKind::Answer || port == nullptr || port->as_int() == nullptr) {
    return Error{ErrorCode::BadData, "the connector's process does not say where it is served"};
  }
  return "127.0.0.1:" + std::to_string(*port->as_int());
}

// What a connector raised is told without the call that it happened in.
Error without_call(Error error) {
  const std::size_t raised = error.message.find(kRaised);
  if (error.code == ErrorCode::System && raised != std::string::npos) {
    error.message.erase(0, raised);
    error.code = ErrorCode::BadData;
  }
  return error;
}

Status read_served(const std::string& address, const ProjectOrder& order, UpdateListener& listener,
                   ProjectObserver& observer, const std::stop_token& stop) {
  const SourceClient client =
      TRY(SourceClient::connect(address, flat_configuration(order.configuration), stop));
  const wire::SchemaResponse response = TRY(client.schema(stop));
  const auto tables = TRY(tables_of(response));
  // JSON is stored as the text that it came as, whatever that is: as the documented tester does.
  UpdateReader reader(listener, observer,
                      {.names_schemas = response.has_with_schema(), .checks_json = false});
  TRY(reader.begin(tables));
  wire::UpdateRequest request;
  request.set_state_json(to_json(order.state));
  TRY(client.update(
      std::move(request), [&](const wire::UpdateResponse& message) { return reader.take(message); },
      stop));
  return reader.finish();
}

}  // namespace

Status run_served_project(const ProjectProcess& process, const ProjectOrder& order,
                          ProjectListener& listener, ProjectObserver& observer,
                          const std::stop_token& stop) {
  const auto python = TRY(start_server(process, order, observer));
  const std::string address = TRY(served_address(*python, stop));
  ForwardingListener forwarding(listener);
  const Status read = read_served(address, order, forwarding, observer, stop);
  if (read.ok()) {
    return {};
  }
  const bool is_gone = read.error().code == ErrorCode::Unavailable;
  const std::string ending = is_gone ? python->wait() : "";
  if (!ending.empty()) {
    return Error{ErrorCode::System,
                 "the connector's process " + ending + " before update() had returned"};
  }
  return told_in_short(without_call(read.error()), observer);
}

}  // namespace tendril
