# Installs the runtime: library, headers, qrun, find_package(qcc) and pkg-config's qcc_runtime.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

file(RELATIVE_PATH bin_to_lib ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
set_target_properties(qrun PROPERTIES INSTALL_RPATH "$ORIGIN/${bin_to_lib}")
set_target_properties(qcc_runtime PROPERTIES EXPORT_NAME runtime)
install(TARGETS qcc_runtime EXPORT qccTargets COMPONENT runtime
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT runtime
  PUBLIC_HEADER DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT runtime)
install(TARGETS qrun RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/qcc)
install(EXPORT qccTargets NAMESPACE qcc:: DESTINATION ${package_folder} COMPONENT runtime)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/qccConfig.cmake.in qccConfig.cmake
  INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(qccConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/qccConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/qccConfigVersion.cmake
  DESTINATION ${package_folder} COMPONENT runtime)

set(pc_folder ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH QCC_PC_TO_PREFIX
  ${CMAKE_INSTALL_PREFIX}/${pc_folder} ${CMAKE_INSTALL_PREFIX})
configure_file(${CMAKE_CURRENT_LIST_DIR}/qcc_runtime.pc.in qcc_runtime.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/qcc_runtime.pc DESTINATION ${pc_folder}
  COMPONENT runtime)
