#include "cli/connector_host.h"

#include <cstdio>
#include <string_view>
#include <system_error>

#include <dlfcn.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <tendril/sdk/program.h>

namespace tendril {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCommand = "run-connector-library";

// What TENDRIL_CONNECTOR() gives a library.
using ProtocolNumber = int (*)();
using KitVersion = const char* (*)();
using ConnectorRun = int (*)(int orders, int frames);

template <class Function>
Function function_of(void* library, const char* name) {
  return reinterpret_cast<Function>(::dlsym(library, name));
}

std::string loading_fault() {
  const char* const text = ::dlerror();  // NOLINT(concurrency-mt-unsafe): there is one thread.
  return text == nullptr ? "unknown fault" : text;
}

int refuse(int frames_descriptor, const std::string& message) {
  sdk::FrameWriter frames(frames_descriptor);
  frames.add(sdk::FrameKind::Hello,
             sdk::Json{{"protocol", sdk::kProtocol}, {"kit", "of the program"}}.text());
  frames.add(sdk::FrameKind::Failure, sdk::Json{{"message", message}, {"trace", ""}}.text());
  frames.send();
  return 1;
}

}  // namespace

std::vector<std::string> connector_host_command(const fs::path& library) {
  std::error_code failure;
  const fs::path program = fs::read_symlink("/proc/self/exe", failure);
  return {program.string(), std::string(kCommand), library.string()};
}

std::optional<std::string> hosted_connector(std::span<const std::string> arguments) {
  return arguments.size() == 2 && arguments[0] == kCommand ? std::optional(arguments[1])
                                                           : std::nullopt;
}

int run_hosted_connector(const std::string& library) {
  const int orders = sdk::descriptor_of("TENDRIL_ORDERS_FD");
  const int frames = sdk::descriptor_of("TENDRIL_FRAMES_FD");
  if (orders < 0 || frames < 0) {
    std::fprintf(stderr, "error: a connector is run by: tendril debug %s\n", library.c_str());
    return 2;
  }
  ::unsetenv("TENDRIL_ORDERS_FD");  // NOLINT(concurrency-mt-unsafe): there is one thread.
  ::unsetenv("TENDRIL_FRAMES_FD");  // NOLINT(concurrency-mt-unsafe)
  // It stays loaded: threads of the connector may outlive its run.
  void* const loaded = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (loaded == nullptr) {
    return refuse(frames, "connector can not be loaded: " + loading_fault());
  }
  const auto protocol = function_of<ProtocolNumber>(loaded, "tendril_connector_protocol");
  const auto kit = function_of<KitVersion>(loaded, "tendril_connector_kit");
  const auto run = function_of<ConnectorRun>(loaded, "tendril_connector_run");
  if (protocol == nullptr || kit == nullptr || run == nullptr) {
    return refuse(frames,
                  "library is no connector of Tendril, which has TENDRIL_CONNECTOR() and is "
                  "built with TENDRIL_CONNECTOR_LIBRARY: " +
                      library);
  }
  if (protocol() != sdk::kProtocol) {
    return refuse(frames,
                  fmt::format("connector was built with kit {} (protocol {}), and this program has "
                              "kit {} (protocol {}): build it again: {}",
                              kit(), protocol(), sdk::kKitVersion, sdk::kProtocol, library));
  }
  return run(orders, frames);
}

}  // namespace tendril
