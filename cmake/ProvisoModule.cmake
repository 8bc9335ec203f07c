# proviso_module(NAME enforcement HEADERS a.h b.h SOURCES a.cc DEPS proviso::base LIBRARIES SQLite::SQLite3
#                TESTS a_test.cc BENCHES a_bench.cc FUZZERS a_fuzz.cc TEST_DEPS proviso::simulate)
#
# The only way to declare a library of ours. DEPS are modules of ours that the module may include
# (public); LIBRARIES are third-party targets that only its .cc files see. Fails the configure step
# when a *_test.cc, *_bench.cc or *_fuzz.cc of the folder is not listed. A test named
# x_slow_test.cc gets the label `slow`, x_crash_test.cc the label `crash`, all others `unit`.
function(proviso_module)
  cmake_parse_arguments(M "" "NAME" "HEADERS;SOURCES;DEPS;LIBRARIES;TESTS;BENCHES;FUZZERS;TEST_DEPS"
                        ${ARGN})
  if(M_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "proviso_module(${M_NAME}): unknown arguments ${M_UNPARSED_ARGUMENTS}")
  endif()
  _proviso_check_listed(${M_NAME} test "${M_TESTS}")
  _proviso_check_listed(${M_NAME} bench "${M_BENCHES}")
  _proviso_check_listed(${M_NAME} fuzz "${M_FUZZERS}")

  set(target proviso_${M_NAME})
  add_library(${target} STATIC)
  add_library(proviso::${M_NAME} ALIAS ${target})
  target_sources(${target} PRIVATE ${M_SOURCES}
                 PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/src FILES ${M_HEADERS})
  target_link_libraries(${target} PUBLIC ${M_DEPS} PRIVATE ${M_LIBRARIES} Threads::Threads)
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX)

  if(M_TESTS)
    add_executable(${target}_test ${M_TESTS})
    target_link_libraries(${target}_test PRIVATE ${target} ${M_TEST_DEPS} ${M_LIBRARIES}
                          GTest::gtest GTest::gtest_main Threads::Threads)
    target_compile_definitions(${target}_test PRIVATE
                               PROVISO_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    if(PROVISO_PRECOMPILE_TESTS)
      target_precompile_headers(${target}_test PRIVATE <gtest/gtest.h> <string> <vector>)
    endif()
    foreach(test_source IN LISTS M_TESTS)
      cmake_path(GET test_source STEM stem)
      set(label unit)
      if(stem MATCHES "_(slow|crash)_test$")
        set(label ${CMAKE_MATCH_1})
      endif()
      set_property(GLOBAL APPEND PROPERTY PROVISO_TESTS "${label} ${M_NAME}/${stem}")
    endforeach()
    include(GoogleTest)
    gtest_discover_tests(${target}_test TEST_PREFIX ${M_NAME}. DISCOVERY_TIMEOUT 60
                         PROPERTIES LABELS unit)
  endif()
  if(M_BENCHES AND benchmark_FOUND)
    add_executable(${target}_bench ${M_BENCHES})
    target_link_libraries(${target}_bench PRIVATE ${target} ${M_TEST_DEPS} ${M_LIBRARIES}
                          benchmark::benchmark Threads::Threads)
    target_compile_definitions(${target}_bench PRIVATE
                               PROVISO_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  endif()
endfunction()

function(_proviso_check_listed name kind listed)
  file(GLOB found RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS
       ${CMAKE_CURRENT_SOURCE_DIR}/*_${kind}.cc)
  foreach(file IN LISTS found)
    if(NOT file IN_LIST listed)
      message(FATAL_ERROR "src/${name}/CMakeLists.txt does not list ${file}")
    endif()
  endforeach()
endfunction()
