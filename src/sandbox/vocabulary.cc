#include "sandbox/vocabulary.h"

#include <array>

namespace tendril {
namespace {

constexpr auto kWords = std::to_array<std::string_view>(
    {"account",  "action",  "address", "agent",    "alert",   "answer",  "archive",  "area",
     "array",    "attempt", "backup",  "balance",  "batch",   "bench",   "board",    "border",
     "branch",   "bridge",  "browser", "bucket",   "budget",  "buffer",  "build",    "bundle",
     "button",   "cache",   "call",    "cancel",   "canvas",  "cargo",   "case",     "chain",
     "change",   "channel", "chart",   "check",    "clean",   "client",  "clock",    "cloud",
     "cluster",  "code",    "column",  "command",  "compile", "config",  "copy",     "count",
     "crash",    "create",  "cursor",  "customer", "daemon",  "data",    "deadline", "default",
     "delay",    "delete",  "deploy",  "design",   "detail",  "device",  "digest",   "disk",
     "document", "domain",  "draft",   "drift",    "driver",  "early",   "edge",     "editor",
     "empty",    "engine",  "entry",   "error",    "event",   "exact",   "export",   "fail",
     "fallback", "fast",    "fetch",   "field",    "file",    "filter",  "final",    "first",
     "flag",     "flow",    "folder",  "font",     "form",    "forward", "frame",    "garden",
     "gate",     "graph",   "group",   "guide",    "handle",  "harbor",  "header",   "heap",
     "hook",     "host",    "icon",    "idle",     "image",   "import",  "index",    "input",
     "insert",   "install", "invoice", "island",   "item",    "join",    "journal",  "kernel",
     "key",      "label",   "large",   "late",     "layer",   "layout",  "leak",     "level",
     "library",  "limit",   "line",    "link",     "list",    "loader",  "local",    "lock",
     "login",    "logic",   "lookup",  "loop",     "manual",  "margin",  "market",   "match",
     "memory",   "menu",    "merge",   "message",  "meter",   "metric",  "middle",   "mirror",
     "missing",  "model",   "module",  "monitor",  "network", "node",    "notice",   "number",
     "offset",   "order",   "origin",  "output",   "owner",   "package", "page",     "panel",
     "parser",   "partial", "patch",   "path",     "payload", "peer",    "picture",  "pipe",
     "plan",     "policy",  "port",    "print",    "process", "profile", "project",  "proxy",
     "queue",    "quick",   "range",   "rate",     "reader",  "record",  "region",   "release",
     "remote",   "render",  "report",  "request",  "reset",   "result",  "retry",    "return",
     "river",    "role",    "root",    "route",    "runner",  "sample",  "schema",   "scope",
     "screen",   "search",  "season",  "secret",   "sensor",  "server",  "session",  "shape",
     "shard",    "signal",  "slow",    "snapshot", "socket",  "source",  "space",    "split",
     "stack",    "stage",   "start",   "status",   "step",    "stone",   "storage",  "stream",
     "string",   "summary", "switch",  "symbol",   "sync",    "system",  "table",    "target",
     "task",     "team",    "test",    "theme",    "thread",  "ticket",  "timeout",  "token",
     "trace",    "traffic", "trigger", "type",     "unit",    "update",  "upload",   "user",
     "valley",   "value",   "vector",  "version",  "view",    "warning", "window",   "worker"});

constexpr auto kFirstNames = std::to_array<std::string_view>(
    {"Ada",   "Aiko",  "Amara", "Anouk", "Bruno", "Carla", "Chidi", "Dario", "Elif",  "Emil",
     "Farah", "Femi",  "Greta", "Hana",  "Hugo",  "Ines",  "Ivan",  "Jonas", "José",  "Kaito",
     "Lena",  "Liam",  "Lucía", "Mara",  "Milo",  "Mina",  "Nadia", "Noah",  "Nuria", "Omar",
     "Paula", "Priya", "Quinn", "Rosa",  "Sami",  "Søren", "Tara",  "Theo",  "Zoë",   "Yara"});

constexpr auto kLastNames = std::to_array<std::string_view>(
    {"Abe",    "Adeyemi", "Almeida", "Andersen", "Bauer",  "Becker", "Castro",   "Chen",
     "Costa",  "Dubois",  "Eriksen", "Fischer",  "Garcia", "Gupta",  "Haddad",   "Hansen",
     "Ibarra", "Jansen",  "Kaya",    "Keller",   "Kim",    "Kovacs", "Lindahl",  "Lopez",
     "Marino", "Mbeki",   "Müller",  "Nakamura", "Novak",  "Okafor", "Oliveira", "Park",
     "Patel",  "Petrov",  "Rossi",   "Sato",     "Silva",  "Tanaka", "Weber",    "Yilmaz"});

constexpr auto kTricky = std::to_array<std::string_view>(
    {"see `config.yaml` and \"quoted\" values", "naïve café façade", "日本語のテキスト",
     "emoji 🚀 and a family 👩‍👩‍👧", "C:\\temp\\new", "100 % <b>bold</b> & more",
     "tab\there", "a, b; c | d", "привет мир", "line one\nline two", "'; drop table issues; --",
     "NULL", "{not} a {{template}}", "https://example.com/?a=1&b=2#c", "مرحبا",
     "- [ ] todo\r\n- [x] done"});

}  // namespace

std::span<const std::string_view> plain_words() { return kWords; }
std::span<const std::string_view> first_names() { return kFirstNames; }
std::span<const std::string_view> last_names() { return kLastNames; }
std::span<const std::string_view> tricky_phrases() { return kTricky; }

}  // namespace tendril
