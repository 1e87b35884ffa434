// Ends the connections that a server of this process still holds open, since the HTTP library
// waits for idle ones.
#pragma once

namespace tendril {

// Shuts down every TCP connection of this process whose own end has the local port.
void close_connections_to(int local_port);

}  // namespace tendril
