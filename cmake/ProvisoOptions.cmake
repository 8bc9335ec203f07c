# Language level, warnings, sanitizers and tools, for every target of ours.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)
set(CMAKE_UNITY_BUILD OFF)

set(PROVISO_SANITIZE "" CACHE STRING "comma-separated sanitizers")
option(PROVISO_WERROR "warnings are errors" ON)
option(PROVISO_FUZZ "fuzzers are libFuzzer's programs (clang), and not replays of their seeds" OFF)
option(PROVISO_PRECOMPILE_TESTS "precompile GoogleTest for the tests" ON)

find_program(CCACHE_EXECUTABLE ccache)
if(CCACHE_EXECUTABLE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_EXECUTABLE}")
endif()
# Symbols are bound when a program starts. Bound by the first call, the loader saves the vector
# registers on the stack, with what a request left in them, where nothing overwrites it.
add_link_options(-Wl,-z,relro,-z,now)
find_program(MOLD_EXECUTABLE mold)
if(MOLD_EXECUTABLE)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
    -Woverloaded-virtual -Wnon-virtual-dtor -Wcast-align=strict -Wextra-semi -Wsuggest-override
    -Wswitch-enum)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Wduplicated-cond -Wlogical-op)
else()
  add_compile_options(-Wthread-safety -Wno-unknown-warning-option -Wno-gnu-statement-expression)
endif()
if(PROVISO_WERROR)
  add_compile_options(-Werror)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees these, wrongly, in its own inlined std::vector and std::string.
  add_compile_options(-Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread
                      -Wno-restrict)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  # Places in messages are those of the source tree, and not of whoever built the program.
  add_compile_options(-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)
  add_compile_options(-fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
                      -D_GLIBCXX_ASSERTIONS)
  set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")
endif()
if(PROVISO_SANITIZE)
  add_compile_options(-fsanitize=${PROVISO_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=${PROVISO_SANITIZE})
  set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
endif()

if(PROVISO_FUZZ)
  # Coverage in everything; only the fuzzers themselves link libFuzzer's main.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CURL 7.87 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark QUIET)
# Read the headers of libraries as system headers, also where they lie beside ours.
set(CMAKE_INCLUDE_DIRECTORIES_PROJECT_BEFORE ON)
