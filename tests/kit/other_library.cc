// A library that is no connector.
extern "C" int answer();

int answer() { return 42; }
