# proviso_module(NAME enforcement HEADERS a.h b.h SOURCES a.cc DEPS proviso::base
#                LIBRARIES SQLite::SQLite3 TESTS a_test.cc BENCHES a_bench.cc FUZZERS a_fuzz.cc
#                TEST_DEPS proviso::simulate)
#
# The only way to declare a library of ours. DEPS are modules of ours that the module may include
# (public); LIBRARIES are third-party targets that only its .cc files see. Fails the configure step
# when a *_test.cc, *_bench.cc or *_fuzz.cc of the folder is not listed. A test named
# x_slow_test.cc gets the label `slow`, x_crash_test.cc the label `crash`, all others `unit`.
# A fuzzer x_fuzz.cc of the room r is the program `fuzz_r_x`: libFuzzer's under PROVISO_FUZZ, and
# else one that replays the seeds in tests/fuzz/r_x, which the unit test `fuzz.r_x` runs.
# `proviso_tests` builds what the labels unit and integration run, `proviso_slow_tests` the other
# test programs, `proviso_benches` the benchmarks; `all` leaves the last two out.
add_custom_target(proviso_tests)
add_custom_target(proviso_slow_tests)
add_custom_target(proviso_benches)
add_custom_target(proviso_fuzzers)

function(proviso_module)
  cmake_parse_arguments(M "" "NAME" "HEADERS;SOURCES;DEPS;LIBRARIES;TESTS;BENCHES;FUZZERS;TEST_DEPS"
                        ${ARGN})
  if(M_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "proviso_module(${M_NAME}): unknown arguments ${M_UNPARSED_ARGUMENTS}")
  endif()
  _proviso_check_listed(${M_NAME} test "${M_TESTS}")
  _proviso_check_listed(${M_NAME} bench "${M_BENCHES}")
  _proviso_check_listed(${M_NAME} fuzz "${M_FUZZERS}")

  # Built alone, a room has no fuzzers that compare it with a room that is left out.
  foreach(dep IN LISTS M_TEST_DEPS)
    string(REPLACE "proviso::" "" room ${dep})
    if(PROVISO_ONLY AND NOT room IN_LIST PROVISO_ONLY)
      list(REMOVE_ITEM M_TEST_DEPS ${dep})
      set(M_FUZZERS "")
    endif()
  endforeach()

  set(target proviso_${M_NAME})
  add_library(${target} STATIC)
  add_library(proviso::${M_NAME} ALIAS ${target})
  target_sources(${target} PRIVATE ${M_SOURCES}
                 PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/src FILES ${M_HEADERS})
  target_link_libraries(${target} PUBLIC ${M_DEPS} PRIVATE ${M_LIBRARIES} Threads::Threads)
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX)

  # One program per label, so that a run of one label does not build the others.
  foreach(label IN ITEMS unit slow crash)
    set(sources ${M_TESTS})
    if(label STREQUAL "unit")
      list(FILTER sources EXCLUDE REGEX "_(slow|crash)_test\\.cc$")
      set(test ${target}_test)
    else()
      list(FILTER sources INCLUDE REGEX "_${label}_test\\.cc$")
      set(test ${target}_${label}_test)
    endif()
    if(sources)
      _proviso_add_test(${test} ${label} ${M_NAME} "${sources}"
                        "${target};${M_TEST_DEPS};${M_LIBRARIES}")
    endif()
  endforeach()
  foreach(source IN LISTS M_FUZZERS)
    get_filename_component(stem ${source} NAME_WE)
    string(REGEX REPLACE "_fuzz$" "" stem ${stem})
    set(name ${M_NAME}_${stem})
    proviso_fuzzer(${name} ${source} "${target};${M_TEST_DEPS};${M_LIBRARIES}")
    if(NOT PROVISO_FUZZ)
      add_test(NAME fuzz.${name} COMMAND fuzz_${name} ${PROJECT_SOURCE_DIR}/tests/fuzz/${name})
      set_tests_properties(fuzz.${name} PROPERTIES LABELS unit TIMEOUT 300)
    endif()
  endforeach()
  if(M_BENCHES AND benchmark_FOUND)
    add_executable(${target}_bench EXCLUDE_FROM_ALL ${M_BENCHES})
    add_dependencies(proviso_benches ${target}_bench)
    target_link_libraries(${target}_bench PRIVATE ${target} ${M_TEST_DEPS} ${M_LIBRARIES}
                          benchmark::benchmark Threads::Threads)
    _proviso_tell_source_dir("${M_BENCHES}")
  endif()
endfunction()

# Defines PROVISO_SOURCE_DIR for the sources that read files of the project, themselves or by a
# fixture, as of when CMake runs. The others are compiled alike in every checkout, so that ccache
# knows them there.
function(_proviso_tell_source_dir sources)
  foreach(source IN LISTS sources)
    file(STRINGS ${CMAKE_CURRENT_SOURCE_DIR}/${source} uses LIMIT_COUNT 1
         REGEX "PROVISO_SOURCE_DIR|_fixture\\.h\"")
    if(uses)
      set_property(SOURCE ${source} APPEND PROPERTY COMPILE_DEFINITIONS
                   PROVISO_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    endif()
  endforeach()
endfunction()

function(proviso_fuzzer name source libraries)
  set(program fuzz_${name})
  if(NOT IS_DIRECTORY ${PROJECT_SOURCE_DIR}/tests/fuzz/${name})
    message(FATAL_ERROR "${source} has no seeds: expected the folder tests/fuzz/${name}")
  endif()
  if(PROVISO_FUZZ)
    add_executable(${program} EXCLUDE_FROM_ALL ${source})
    target_link_options(${program} PRIVATE -fsanitize=fuzzer)
    add_dependencies(proviso_fuzzers ${program})
  else()
    add_executable(${program} ${source} ${PROJECT_SOURCE_DIR}/tests/fuzz/replay.cc)
    add_dependencies(proviso_tests ${program})
  endif()
  target_include_directories(${program} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${program} PRIVATE ${libraries} Threads::Threads)
endfunction()

function(_proviso_add_test test label prefix sources libraries)
  if(label STREQUAL "unit")
    add_executable(${test} ${sources})
    add_dependencies(proviso_tests ${test})
  else()
    add_executable(${test} EXCLUDE_FROM_ALL ${sources})
    add_dependencies(proviso_slow_tests ${test})
  endif()
  target_link_libraries(${test} PRIVATE ${libraries} GTest::gtest GTest::gtest_main
                        Threads::Threads)
  _proviso_tell_source_dir("${sources}")
  # A test need not name what it gets anyway.
  if(PROVISO_PRECOMPILE_TESTS)
    target_precompile_headers(${test} PRIVATE <gtest/gtest.h> <string> <vector>)
  else()
    target_compile_options(${test} PRIVATE "SHELL:-include gtest/gtest.h" "SHELL:-include string"
                                           "SHELL:-include vector")
  endif()
  include(GoogleTest)
  gtest_discover_tests(${test} TEST_PREFIX ${prefix}. DISCOVERY_TIMEOUT 60
                       PROPERTIES LABELS ${label} TIMEOUT 300)
endfunction()

function(_proviso_check_listed name kind listed)
  file(GLOB_RECURSE found RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS
       ${CMAKE_CURRENT_SOURCE_DIR}/*_${kind}.cc)
  foreach(file IN LISTS found)
    if(NOT file IN_LIST listed)
      message(FATAL_ERROR "src/${name}/CMakeLists.txt does not list ${file}")
    endif()
  endforeach()
endfunction()
