# Provides the imported target duckdb::duckdb.
#   -DDUCKDB_PROVIDER=auto|system|npm   auto: a system library of the right version, else npm
#   -DDUCKDB_ROOT=/prefix               where a library of your own lies (lib/ and include/)
# Both npm packages are pinned by sha512: the library in cmake/duckdb/package-lock.json, the source
# package (for the C header) below. Other bytes are refused.
set(DUCKDB_PROVIDER auto CACHE STRING "auto|system|npm")
set(_duckdb_lock "${CMAKE_CURRENT_LIST_DIR}/duckdb")
string(CONCAT _duckdb_source_sha512
       844249e61c9517454b8f776638ba6c5ab411d1bddde1892ab72826ea25178c72
       430e74aa83f5122b171be6abcdace84560f824b5ac94e9d5c2b603ea7269a9a2)

if(DUCKDB_PROVIDER MATCHES "auto|system")
  find_library(DUCKDB_LIBRARY NAMES duckdb HINTS "${DUCKDB_ROOT}" PATH_SUFFIXES lib "")
  find_path(DUCKDB_INCLUDE_DIR NAMES duckdb.h HINTS "${DUCKDB_ROOT}" PATH_SUFFIXES include "")
endif()

if((NOT DUCKDB_LIBRARY OR NOT DUCKDB_INCLUDE_DIR) AND DUCKDB_PROVIDER MATCHES "auto|npm")
  # One copy for all presets, outside of their folders.
  set(_duckdb_dir "${PROJECT_SOURCE_DIR}/build/duckdb")
  set(_duckdb_library
      "${_duckdb_dir}/node_modules/@duckdb/node-bindings-linux-x64/libduckdb.so")
  set(_duckdb_include "${_duckdb_dir}/include")
  file(SHA256 "${_duckdb_lock}/package-lock.json" _duckdb_want)
  set_property(DIRECTORY "${PROJECT_SOURCE_DIR}" APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
               "${_duckdb_lock}/package-lock.json")
  set(_duckdb_have "")
  if(EXISTS "${_duckdb_dir}/stamp")
    file(READ "${_duckdb_dir}/stamp" _duckdb_have)
  endif()
  if(NOT EXISTS "${_duckdb_library}" OR NOT _duckdb_have STREQUAL _duckdb_want)
    find_program(NPM_EXECUTABLE npm)
    if(NOT NPM_EXECUTABLE)
      message(FATAL_ERROR "DuckDB is missing: install npm, or give -DDUCKDB_ROOT=/prefix")
    endif()
    # Without a network, npm would try for minutes; a slow one has the time that it needs.
    set(_duckdb_patience --prefer-offline --fetch-timeout=120000 --fetch-retries=1
                         --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=2000)
    message(STATUS "DuckDB: npm ci (pinned by sha512)")
    file(MAKE_DIRECTORY "${_duckdb_dir}" "${_duckdb_include}")
    file(COPY "${_duckdb_lock}/package.json" "${_duckdb_lock}/package-lock.json"
         DESTINATION "${_duckdb_dir}")
    execute_process(COMMAND "${NPM_EXECUTABLE}" ci --ignore-scripts --no-audit --no-fund
                            --loglevel=error ${_duckdb_patience}
                    WORKING_DIRECTORY "${_duckdb_dir}" RESULT_VARIABLE _duckdb_failed)
    if(_duckdb_failed OR NOT EXISTS "${_duckdb_library}")
      message(FATAL_ERROR "DuckDB: npm ci failed (${_duckdb_failed}); "
                          "is the npm registry reachable? Or give -DDUCKDB_ROOT=/prefix")
    endif()
    # The C header stands only in the source package. As a dependency it would bring 118 others.
    execute_process(COMMAND "${NPM_EXECUTABLE}" pack --ignore-scripts --silent
                            ${_duckdb_patience} duckdb@1.4.4
                    WORKING_DIRECTORY "${_duckdb_dir}" OUTPUT_QUIET RESULT_VARIABLE _duckdb_failed)
    set(_duckdb_source "${_duckdb_dir}/duckdb-1.4.4.tgz")
    if(EXISTS "${_duckdb_source}")
      file(SHA512 "${_duckdb_source}" _duckdb_hash)
    endif()
    if(_duckdb_failed OR NOT _duckdb_hash STREQUAL _duckdb_source_sha512)
      message(FATAL_ERROR "DuckDB: the source package duckdb@1.4.4 is missing, or its sha512 "
                          "is not the pinned one")
    endif()
    file(ARCHIVE_EXTRACT INPUT "${_duckdb_source}" DESTINATION "${_duckdb_dir}/unpacked"
         PATTERNS "package/src/duckdb/src/include/duckdb.h")
    file(COPY "${_duckdb_dir}/unpacked/package/src/duckdb/src/include/duckdb.h"
         DESTINATION "${_duckdb_include}")
    file(REMOVE_RECURSE "${_duckdb_dir}/unpacked" "${_duckdb_source}")
    file(WRITE "${_duckdb_dir}/stamp" "${_duckdb_want}")
  endif()
  set(DUCKDB_LIBRARY "${_duckdb_library}" CACHE FILEPATH "libduckdb.so" FORCE)
  set(DUCKDB_INCLUDE_DIR "${_duckdb_include}" CACHE PATH "folder of duckdb.h" FORCE)
endif()

if(NOT DUCKDB_LIBRARY OR NOT DUCKDB_INCLUDE_DIR)
  message(FATAL_ERROR "libduckdb or duckdb.h not found; give -DDUCKDB_ROOT or DUCKDB_PROVIDER=npm")
endif()
add_library(duckdb::duckdb SHARED IMPORTED GLOBAL)
set_target_properties(duckdb::duckdb PROPERTIES
    IMPORTED_LOCATION "${DUCKDB_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${DUCKDB_INCLUDE_DIR}")
message(STATUS "DuckDB: ${DUCKDB_LIBRARY}")
