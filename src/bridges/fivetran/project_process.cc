#include "bridges/fivetran/project_process.h"

#include <algorithm>
#include <memory>

#include "data/json.h"

namespace tendril {
namespace {

ProjectLevel level_of(int number) {
  const int least = static_cast<int>(ProjectLevel::Debug);
  const int most = static_cast<int>(ProjectLevel::Critical);
  return static_cast<ProjectLevel>(std::clamp(number, least, most));
}

// What a text frame of "message" and "trace" says, for people.
Result<std::string> told_by(std::string_view payload) {
  const Value value = TRY(parse_json(payload));
  const Value* const message = value.find("message");
  const Value* const trace = value.find("trace");
  std::string text = message != nullptr && message->is_string() ? *message->as_string() : "";
  if (trace != nullptr && trace->is_string() && !trace->as_string()->empty()) {
    text += "\n" + *trace->as_string();
  }
  return text;
}

Result<std::unique_ptr<ConnectorProcess>> start_connector(const ProjectProcess& process,
                                                          const ProjectOrder& order,
                                                          ProjectObserver& observer) {
  const Value line = Map{{"do", order.verb},
                         {"project", process.project.string()},
                         {"configuration", order.configuration},
                         {"state", order.state},
                         {"ordered", order.ordered},
                         {"profile", order.profile},
                         {"exchanges", order.exchanges}};
  return ConnectorProcess::start(
      process, to_json(line), [&observer](ProjectOutput output, std::string_view text) {
        observer.message(ProjectOrigin::Connector,
                         output == ProjectOutput::Out ? ProjectLevel::Info : ProjectLevel::Warning,
                         text);
      });
}

class ProjectTalk {
 public:
  ProjectTalk(const ProjectOrder& order, ProjectListener& listener, ProjectObserver& observer)
      : order_(order), listener_(listener), observer_(observer) {}

  Status run(const ProjectProcess& process, const std::stop_token& stop) {
    connector_ = TRY(start_connector(process, order_, observer_));
    for (;;) {
      const std::optional<RawFrame> frame = TRY(connector_->next_frame(stop));
      if (!frame) {
        break;
      }
      listener_.received(frame->payload.size());
      TRY(take(*frame));
      if (done_ || failure_) {
        break;
      }
    }
    const std::string ending = connector_->wait();
    if (failure_) {
      return *failure_;
    }
    if (done_) {
      return {};
    }
    return Error{
        .code = ErrorCode::System,
        .message = "the connector's process " + (ending.empty() ? "ended with status 0" : ending) +
                   " before " +
                   (order_.verb == "update" ? "update() had returned" : "it had answered")};
  }

 private:
  Status take(const RawFrame& frame) {
    switch (frame.kind) {
      case FrameKind::LogLine: {
        const LogFrame line = TRY(parse_log(frame.payload));
        observer_.message(ProjectOrigin::Connector, level_of(line.level), line.text);
        return {};
      }
      case FrameKind::Schema: {
        const auto tables = TRY(parse_declared_tables(frame.payload));
        TRY(listener_.schema(tables));
        if (order_.verb == "update") {
          connector_->order("go");
        }
        return {};
      }
      case FrameKind::Rows: {
        const RowsFrame rows = TRY(parse_rows(frame.payload));
        return listener_.rows(rows);
      }
      case FrameKind::Checkpoint: return listener_.checkpoint(frame.payload);
      case FrameKind::FilePart: {
        const FilePartFrame part = TRY(parse_file_part(frame.payload));
        return listener_.file(part);
      }
      case FrameKind::Warning:
      case FrameKind::Task: return take_note(frame);
      case FrameKind::Failure: return fail(frame.payload);
      case FrameKind::Answer: {
        Value answer = TRY(parse_json(frame.payload));
        return listener_.answer(std::move(answer));
      }
      case FrameKind::Profile: {
        Value told = TRY(parse_json(frame.payload));
        return listener_.profile(std::move(told));
      }
      case FrameKind::Done: done_ = true; return {};
      case FrameKind::Hello: break;
    }
    return {};
  }

  Status take_note(const RawFrame& frame) {
    const std::string told = TRY(told_by(frame.payload));
    const bool is_warning = frame.kind == FrameKind::Warning;
    listener_.note(is_warning, told);
    observer_.message(ProjectOrigin::Connector,
                      is_warning ? ProjectLevel::Warning : ProjectLevel::Error, told);
    if (!is_warning) {
      failure_ = Error{.code = ErrorCode::BadData, .message = told.substr(0, told.find('\n'))};
    }
    return {};
  }

  // The first line of what a connector failed by is the error; the rest goes to the log.
  Status fail(std::string_view payload) {
    const std::string told = TRY(told_by(payload));
    const std::size_t end = told.find('\n');
    if (end != std::string::npos) {
      observer_.message(ProjectOrigin::Connector, ProjectLevel::Error, told.substr(end + 1));
    }
    failure_ = Error{.code = ErrorCode::BadData, .message = told.substr(0, end)};
    return {};
  }

  const ProjectOrder& order_;
  ProjectListener& listener_;
  ProjectObserver& observer_;
  std::unique_ptr<ConnectorProcess> connector_;
  std::optional<Error> failure_;
  bool done_ = false;
};

}  // namespace

Status run_project_process(const ProjectProcess& process, const ProjectOrder& order,
                           ProjectListener& listener, ProjectObserver& observer,
                           const std::stop_token& stop) {
  return ProjectTalk(order, listener, observer).run(process, stop);
}

}  // namespace tendril
