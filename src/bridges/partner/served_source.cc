#include "bridges/partner/served_source.h"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include <grpcpp/server_context.h>
#include <grpcpp/support/sync_stream.h>

#include "bridges/partner/configuration_form.h"
#include "bridges/partner/flat_settings.h"
#include "bridges/partner/partner_state.h"
#include "bridges/partner/update_outlet.h"
#include "bridges/partner/wire_status.h"
#include "bridges/partner/wire_types.h"
#include "connector_sdk.grpc.pb.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;

constexpr const char* kConnectionTest = "connection";
constexpr std::chrono::milliseconds kGoneCheck{50};

// Requests a stop when the client of a call has gone, or the server is to end.
class CallWatch {
 public:
  explicit CallWatch(grpc::ServerContext& context)
      : thread_([this, &context](std::stop_token over) { watch(context, std::move(over)); }) {}

  std::stop_token stop() const { return stop_.get_token(); }

 private:
  void watch(grpc::ServerContext& context, std::stop_token over) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    while (!over.stop_requested()) {
      if (context.IsCancelled()) {
        stop_.request_stop();
        return;
      }
      changed.wait_for(lock, over, kGoneCheck, [] { return false; });
    }
  }

  std::stop_source stop_;
  std::jthread thread_;  // Last: joined before the rest goes.
};

class StreamOutlet final : public UpdateOutlet {
 public:
  explicit StreamOutlet(grpc::ServerWriter<wire::UpdateResponse>& writer) : writer_(writer) {}

  Status send(const wire::UpdateResponse& message) override {
    if (!writer_.Write(message)) {
      return Error{ErrorCode::Cancelled, "the client has gone"};
    }
    return {};
  }

 private:
  grpc::ServerWriter<wire::UpdateResponse>& writer_;
};

class SourceService final : public wire::SourceConnector::Service {
 public:
  SourceService(ServedSource& source, const SourceServiceHost& host)
      : source_(source), host_(host) {}

  grpc::Status ConfigurationForm(grpc::ServerContext*, const wire::ConfigurationFormRequest*,
                                 wire::ConfigurationFormResponse* response) override {
    return answer("ConfigurationForm", [&]() -> Status {
      response->set_schema_selection_supported(false);
      response->set_table_selection_supported(true);
      put_form(source_.config_schema(), *response);
      wire::ConfigurationTest& test = *response->add_tests();
      test.set_name(kConnectionTest);
      test.set_label("Checks the settings and the connection");
      return {};
    });
  }

  grpc::Status Test(grpc::ServerContext* context, const wire::TestRequest* request,
                    wire::TestResponse* response) override {
    return answer("Test", [&]() -> Status {
      if (request->name() != kConnectionTest) {
        return Error{ErrorCode::NotFound, "there is no test of this name: " + request->name()};
      }
      const CallWatch watch(*context);
      const Result<Value> configuration = configuration_of(*request);
      const Status checked = configuration.ok() ? source_.check(*configuration, watch.stop())
                                                : Status(configuration.error());
      if (checked.ok()) {
        response->set_success(true);
        return {};
      }
      // A configuration or a credential that does not work is an answer, no failure.
      if (checked.error().code == ErrorCode::Cancelled ||
          checked.error().code == ErrorCode::Internal) {
        return checked;
      }
      response->set_failure(host_.redactor.redact(checked.error().message));
      return {};
    });
  }

  grpc::Status Schema(grpc::ServerContext* context, const wire::SchemaRequest* request,
                      wire::SchemaResponse* response) override {
    return answer("Schema", [&]() -> Status {
      const CallWatch watch(*context);
      const Value configuration = TRY(configuration_of(*request));
      const Catalog catalog = TRY(source_.discover(configuration, watch.stop()));
      wire::TableList& tables = *response->mutable_without_schema();
      for (const StreamInfo& stream : catalog.streams) {
        put_table(stream.schema, *tables.add_tables());
      }
      return {};
    });
  }

  grpc::Status Update(grpc::ServerContext* context, const wire::UpdateRequest* request,
                      grpc::ServerWriter<wire::UpdateResponse>* writer) override {
    return answer("Update", [&]() -> Status {
      const CallWatch watch(*context);
      StreamOutlet outlet(*writer);
      const Status updated = update(*request, outlet, watch.stop());
      if (updated.ok() || !is_task(updated.error().code)) {
        return updated;
      }
      const std::string what = host_.redactor.redact(updated.error().message);
      host_.events.severe("Update: " + what);
      wire::UpdateResponse task;
      task.mutable_task()->set_message(what);
      return outlet.send(task);
    });
  }

 private:
  template <class Request>
  Result<Value> configuration_of(const Request& request) const {
    const FlatSettings settings(request.configuration().begin(), request.configuration().end());
    Value defaults = TRY(source_.config_defaults());
    return nested_configuration(settings, source_.config_schema(), std::move(defaults));
  }

  Status update(const wire::UpdateRequest& request, UpdateOutlet& outlet,
                const std::stop_token& stop) {
    const Value configuration = TRY(configuration_of(request));
    const TableChoice choice = TRY(TableChoice::parse(request));
    PartnerState state = TRY(PartnerState::parse(request.state_json()));
    UpdateDestination destination({.outlet = outlet, .choice = choice, .log = host_.log},
                                  std::move(state));
    return source_.update(configuration, choice, destination, stop);
  }

  // Carries out a call; what it fails by is logged, and never has a secret.
  template <class Call>
  grpc::Status answer(const std::string& name, const Call& call) const {
    Status done;
    try {
      done = call();
    } catch (const std::exception& unexpected) {
      done = Error{ErrorCode::Internal, unexpected.what()};
    }
    if (done.ok()) {
      return grpc::Status::OK;
    }
    Error error = done.error();
    error.message = host_.redactor.redact(error.message);
    if (error.code == ErrorCode::Cancelled) {
      host_.events.info(name + ": " + error.message);
    } else {
      host_.events.severe(name + ": " + error.message);
    }
    return status_of(error);
  }

  ServedSource& source_;
  const SourceServiceHost host_;
};

}  // namespace

bool is_task(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidConfig:
    case ErrorCode::Unauthenticated:
    case ErrorCode::PermissionDenied:
    case ErrorCode::NotFound:
    case ErrorCode::Unsupported: return true;
    case ErrorCode::RateLimited:
    case ErrorCode::Unavailable:
    case ErrorCode::BadData:
    case ErrorCode::System:
    case ErrorCode::Cancelled:
    case ErrorCode::Internal: break;
  }
  return false;
}

Result<std::unique_ptr<PartnerServer>> serve_source(ServedSource& source,
                                                    const SourceServiceHost& host,
                                                    const PartnerServerOptions& options) {
  return PartnerServer::start(std::make_unique<SourceService>(source, host), options);
}

}  // namespace tendril
