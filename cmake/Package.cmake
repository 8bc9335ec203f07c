# What `./run package` puts into the Debian package: docs/decisions/0021.
include(GNUInstallDirs)

# Beside the library that the package brings along, wherever both are put.
set_target_properties(proviso PROPERTIES INSTALL_RPATH "$ORIGIN/../lib/proviso")
install(TARGETS proviso RUNTIME DESTINATION bin)
install(FILES "${DUCKDB_LIBRARY}" DESTINATION lib/proviso)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/examples" DESTINATION share/proviso)
install(FILES "${PROJECT_SOURCE_DIR}/packaging/systemd/proviso.service"
              "${PROJECT_SOURCE_DIR}/packaging/systemd/proviso-point.service"
        DESTINATION lib/systemd/system)
install(FILES "${PROJECT_SOURCE_DIR}/packaging/config/serve.yaml"
              "${PROJECT_SOURCE_DIR}/packaging/config/point.yaml" DESTINATION /etc/proviso)
install(FILES "${PROJECT_SOURCE_DIR}/packaging/debian/copyright" DESTINATION share/doc/proviso)
# What `--help`, messages and manual pages call docs/...; links between them hold there.
install(DIRECTORY "${PROJECT_SOURCE_DIR}/docs" DESTINATION share/doc/proviso)
install(FILES "${PROJECT_SOURCE_DIR}/README.md" DESTINATION share/doc/proviso)
# Made by tools/manual.py and gzip before the package is.
install(DIRECTORY "${PROJECT_BINARY_DIR}/manual/" DESTINATION share/man OPTIONAL)
install(FILES "${PROJECT_BINARY_DIR}/changelog.gz" DESTINATION share/doc/proviso OPTIONAL)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_NAME proviso)
set(CPACK_PACKAGE_CONTACT "Proviso <proviso@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Enforce terms of service on business records alone")
string(CONCAT CPACK_DEBIAN_PACKAGE_DESCRIPTION
       "Proviso takes a report that a customer of a cloud provider breaks the terms of\n"
       "service to claims, findings, a decision that two people sign, and a restriction\n"
       "that every gateway answers, with a log that strangers can verify. It reads no\n"
       "customer content.")
set(CPACK_PACKAGE_FILE_NAME "proviso_${PROJECT_VERSION}_amd64")
set(CPACK_PACKAGE_DIRECTORY "${PROJECT_BINARY_DIR}/package")
set(CPACK_STRIP_FILES ON)
set(CPACK_SET_DESTDIR OFF)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ
    GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE amd64)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
# What the libraries need is added to this by dpkg-shlibdeps.
set(CPACK_DEBIAN_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS nginx)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
get_filename_component(_duckdb_folder "${DUCKDB_LIBRARY}" DIRECTORY)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${_duckdb_folder}")
file(WRITE "${PROJECT_BINARY_DIR}/conffiles" "/etc/proviso/point.yaml\n/etc/proviso/serve.yaml\n")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    "${PROJECT_BINARY_DIR}/conffiles" "${PROJECT_SOURCE_DIR}/packaging/debian/postinst"
    "${PROJECT_SOURCE_DIR}/packaging/debian/prerm" "${PROJECT_SOURCE_DIR}/packaging/debian/postrm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
