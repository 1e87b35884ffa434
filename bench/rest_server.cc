#include "rest_server.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include <httplib.h>

#include "records.h"

namespace tendril::bench {

int serve_records(int port, std::int64_t records) {
  const PageMaker pages;
  httplib::Server server;
  server.set_keep_alive_max_count(1'000'000);
  server.set_tcp_nodelay(true);
  server.Get("/records", [&](const httplib::Request& request, httplib::Response& response) {
    const std::int64_t page = std::atoll(request.get_param_value("page").c_str());
    const std::int64_t first = (std::max<std::int64_t>(page, 1) - 1) * kRecordsPerPage;
    const std::int64_t count = std::clamp<std::int64_t>(records - first, 0, kRecordsPerPage);
    // The charset keeps the library from compressing what is to measure the client alone.
    response.set_content(pages.page(first, count), "application/json; charset=utf-8");
  });
  const int bound = port == 0 ? server.bind_to_any_port("127.0.0.1")
                              : (server.bind_to_port("127.0.0.1", port) ? port : -1);
  if (bound < 0) {
    std::fprintf(stderr, "port can not be bound: %d\n", port);
    return 1;
  }
  std::printf("%d\n", bound);
  std::fflush(stdout);
  return server.listen_after_bind() ? 0 : 1;
}

}  // namespace tendril::bench
