// Ends the connections that a server of this process still holds open, since the HTTP library
// waits for idle ones and can not break one off.
#pragma once

namespace tendril {

// Shuts down every TCP connection of this process whose own end has the local port.
void close_connections_to(int local_port);

// Breaks off the one that comes from the peer's port, as a reset and without what was not sent.
void reset_connection(int local_port, int peer_port);

}  // namespace tendril
