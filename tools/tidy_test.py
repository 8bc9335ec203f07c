#!/usr/bin/env python3
"""Shows tools/tidy small trees that break one rule each, and one that breaks none."""
import importlib.machinery
import importlib.util
import pathlib
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
loader = importlib.machinery.SourceFileLoader("tidy", str(HERE / "tidy"))
tidy = importlib.util.module_from_spec(importlib.util.spec_from_loader("tidy", loader))
loader.exec_module(tidy)

BASE = "proviso_module(NAME base HEADERS result.h SOURCES result.cc)\n"
LEDGER = "proviso_module(NAME ledger HEADERS tile.h SOURCES tile.cc DEPS proviso::base\n" \
         "               TESTS tile_test.cc TEST_DEPS proviso::simulate)\n"
REVIEW = "proviso_module(NAME review HEADERS case.h SOURCES case.cc DEPS proviso::ledger)\n"
SIMULATE = "proviso_module(NAME simulate HEADERS world.h DEPS proviso::base)\n"

CLEAN = {
    "src/base/CMakeLists.txt": BASE,
    "src/base/result.h": "#pragma once\nnamespace proviso {\nclass Result {};\n}\n",
    "src/base/result.cc": '#include "base/result.h"\n',
    "src/ledger/CMakeLists.txt": LEDGER,
    "src/ledger/tile.h": '#pragma once\n#include "base/result.h"\n',
    "src/ledger/tile.cc": '#include "ledger/tile.h"\n'
                          "// A new tile; delete nothing; std::cout is for the command line.\n"
                          'const char* kText = "new Tile() rand()";\n'
                          "class Tile { Tile(const Tile&) = delete; };\n",
    "src/ledger/tile_test.cc": '#include "simulate/world.h"\n'
                               "TEST(Tile, Holds256Hashes) { EXPECT_EQ(kWidth, 256); }\n",
    "src/review/CMakeLists.txt": REVIEW,
    "src/review/case.h": '#pragma once\n#include "base/result.h"\n#include "ledger/tile.h"\n',
    "src/review/case.cc": '#include "review/case.h"\n',
    "src/simulate/CMakeLists.txt": SIMULATE,
    "src/simulate/world.h": "#pragma once\n",
    "README.md": "[tiles](src/ledger/tile.h) [web](https://example.org/x) `[no](link)`\n",
}


def body(lines):
    return "".join(f"  Step({n});\n" for n in range(lines))


def faults(changes):
    with tempfile.TemporaryDirectory() as folder:
        for path, text in {**CLEAN, **changes}.items():
            file = pathlib.Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return tidy.check(folder)


class Tidy(unittest.TestCase):
    def refuses(self, path, text, line, message):
        found = faults({path: text})
        self.assertTrue(any(f[0] == path and f[1] == line and message in f[2] for f in found),
                        f"want {path}:{line}: ...{message}..., found {found}")

    def accepts(self, path, text):
        self.assertEqual(faults({path: text}), [])

    def test_a_clean_tree_is_clean(self):
        self.assertEqual(faults({}), [])

    def test_sizes(self):
        self.refuses("src/ledger/tile.cc", "int a;\n" * 601, 1, "file of 601 lines")
        self.accepts("src/ledger/tile.cc", "int a;\n" * 600)
        self.accepts("src/ledger/tile_test.cc", "int a;\n" * 1000)
        self.refuses("src/ledger/tile_test.cc", "int a;\n" * 1001, 1, "file of 1001 lines")
        self.refuses("src/ledger/tile.cc", f"// {'x' * 98}\n", 1, "line of 101 characters")
        self.accepts("src/ledger/tile.cc", f"// {'x' * 97}\n")

    def test_function_lines(self):
        long, wall = body(69), body(67)
        for head in ("void F()", "Status Store::F(int a) const", "Store::Store(int a) : a_{a}",
                     "TEST(Tile, IsLong)"):
            text = f"namespace a {{\nint b;\n{head} {{\n{{}}\n%s}}\n}}\n"
            self.refuses("src/ledger/tile.cc", text % long, 3, "function of 72 lines")
            self.accepts("src/ledger/tile.cc", text % wall)
        self.refuses("src/ledger/tile.h",
                     "class A {\n  void F() {\n" + long + "  if (a) {}\n }\n};\n", 2,
                     "function of 72 lines")
        self.accepts("src/ledger/tile.cc", "const int kTable[] = {\n" + "  F(1),\n" * 100 + "};\n")

    def test_parameters(self):
        self.refuses("src/ledger/tile.cc",
                     "void F(int a, int b, int c, int d, int e, int f) {}\n",
                     1, "function of 6 parameters")
        self.accepts("src/ledger/tile.cc",
                     "void F(std::map<int, int> a, int b, int c, G(d, d), int e) {}\n")

    def test_banned_calls(self):
        for text, message in [
                ("std::regex r;", "std::regex"), ("int a = rand();", "rand()"),
                ("std::cout << 1;", "std::cout"), ("std::cerr << 1;", "std::cout"),
                ("std::this_thread::sleep_for(1s);", "sleeping"), ("usleep(5);", "sleeping"),
                ("std::chrono::system_clock::now();", "system_clock::now"),
                ("auto* t = new Tile();", "new"), ("delete tile;", "delete"),
                ("thread.detach();", "detached"), ("catch (...) {}", "swallowed")]:
            self.refuses("src/ledger/tile.cc", "int x;\n" + text + "\n", 2, message)
        self.accepts("src/base/result.cc", "Time now = clock.now(); Fill(operand(1));\n")
        self.accepts("src/ledger/tile.cc", "return std::unique_ptr<Store>(new Store(core));\n")
        self.accepts("src/ledger/tile.cc",
                     "usleep(5);  // tidy: another process gives no other sign\n")
        self.refuses("src/ledger/tile.cc", "usleep(5);  // tidy: yes\n", 1, "sleeping")
        self.accepts("src/ledger/tile.cc", "std::unique_ptr<Store> store(new Store(core));\n")
        self.assertEqual(faults({
            "src/cli/CMakeLists.txt": "proviso_module(NAME cli SOURCES main.cc)",
            "src/cli/main.cc": "void F() { std::cout << 1; }\n"}), [])

    def test_tests_check_something(self):
        self.refuses("src/ledger/tile_test.cc", "TEST(Tile, Runs) {\n  Tile tile;\n}\n", 1,
                     "test without a check")
        self.refuses("src/ledger/tile_test.cc",
                     "TEST_F(Tile, Runs) {\n  // EXPECT_EQ(1, 1)\n}\n", 1, "test without a check")

    def test_unfinished_work_names_its_issue(self):
        mark = "TO" + "DO"
        self.refuses("src/ledger/tile.cc", f"int a;\n// {mark}: later\n", 2, "without an issue")
        self.accepts("src/ledger/tile.cc", f"// {mark}(#4): write them idempotently\n")

    def test_machine_paths(self):
        self.refuses("src/ledger/tile.cc", 'auto p = "/ho' + 'me/someone/x";\n', 1, "one machine")
        for host in ("registry" + ".npmjs.org", "mirrors" + ".example.io", "proxy" + ".golang.org"):
            self.refuses("README.md", f"from {host}\n", 1, "one machine")
        self.accepts("README.md", "a witness, mirror.example.org+3fb148ef, and proxy.example.com\n")
        self.accepts("src/ledger/tile.cc", 'auto p = "/etc/proviso/homework";\n')

    def test_links(self):
        self.refuses("README.md", "see\n[tiles](src/ledger/tiles.h)\n", 2, "broken link")
        self.refuses("docs/a.md", "[up](../READYOU.md#top)\n", 1, "broken link")
        self.accepts("docs/a.md", "[up](../README.md#top) [here](#top)\n")

    def test_includes_follow_deps(self):
        self.refuses("src/base/result.cc", '#include "ledger/tile.h"\n', 1, "must not include")
        self.refuses("src/ledger/tile.cc", '#include "simulate/world.h"\n', 1, "must not include")
        self.refuses("src/review/case.cc", '#include "ledger/internal/x.h"\n', 1, "HEADERS")
        self.refuses("src/review/case.cc", '#include "ledger/log_fixture.h"\n', 1, "HEADERS")
        fixture = "src/review/case_fixture.h"
        found = faults({
            fixture: '#pragma once\n#include "ledger/log_fixture.h"\n',
            "src/ledger/log_fixture.h": "#pragma once\n",
            "src/review/case_test.cc": '#include "review/case_fixture.h"\n',
        })
        self.assertFalse([f for f in found if f[0] == fixture], found)

    def test_rooms_have_no_cycles_and_no_side_doors(self):
        self.refuses("src/base/CMakeLists.txt",
                     "proviso_module(NAME base HEADERS result.h SOURCES result.cc\n"
                     " DEPS proviso::review)", 1, "stands on itself")
        self.refuses("src/review/CMakeLists.txt",
                     REVIEW + "target_link_libraries(proviso_review PUBLIC proviso::simulate)\n", 2,
                     "beside")
        self.refuses("src/simulate/CMakeLists.txt",
                     "proviso_module(NAME simulate HEADERS world.h DEPS proviso::bass)", 1,
                     "no room")

    def test_libraries_stay_in_their_room(self):
        for header in ("duckdb.h", "sqlite3.h", "openssl/evp.h", "nlohmann/json.hpp",
                       "yaml-cpp/yaml.h", "microhttpd.h", "CLI/CLI.hpp"):
            self.refuses("src/ledger/tile.cc", f"#include <{header}>\n", 1, "may be included in")
        self.refuses("src/base/result.h", "#include <nlohmann/json.hpp>\n", 1, "must not show")
        self.accepts("src/base/result.cc", "#include <nlohmann/json.hpp>\n")

    def test_programs_link_rooms(self):
        program = "add_executable(proviso main.cc)\n" \
                  "target_link_libraries(proviso PRIVATE proviso::ledger)\n"
        self.assertEqual(faults({"src/cli/CMakeLists.txt": program,
                                 "src/cli/main.cc": '#include "base/result.h"\n'}), [])
        found = faults({"src/cli/CMakeLists.txt": program,
                        "src/cli/main.cc": '#include "review/case.h"\n'})
        self.assertEqual([f[0] for f in found], ["src/cli/main.cc"])

    def test_dead_files(self):
        self.refuses("src/ledger/internal/x.h", "#pragma once\n", 1, "nothing includes it")
        self.assertEqual(faults({"src/ledger/internal/x.h": "#pragma once\n",
                                 "src/ledger/tile.cc": '#include "ledger/internal/x.h"\n'}), [])
        self.refuses("src/ledger/orphan.cc", "int a;\n", 1, "dead file")
        self.refuses("src/ledger/ile.cc", "int a;\n", 1, "dead file")
        self.refuses("src/attic/old.cc", "int a;\n", 1, "no CMakeLists.txt")


if __name__ == "__main__":
    unittest.main()
