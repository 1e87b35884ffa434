// A library as a kit of another protocol would make it.
extern "C" {
int tendril_connector_protocol();
const char* tendril_connector_kit();
int tendril_connector_run(int orders, int frames);
}

int tendril_connector_protocol() { return 0; }
const char* tendril_connector_kit() { return "0.0.9"; }
int tendril_connector_run(int, int) { return 1; }
