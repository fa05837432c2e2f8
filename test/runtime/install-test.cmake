# Installs the runtime into a temporary folder, and builds and runs examples/embed_c against it with
# find_package and with pkg-config. Run with -DBUILD=, -DSOURCE=, -DWORK=, -DC_COMPILER=, and with
# -DEMULATOR=ON where the emulated device was built, which the installed qrun must then find.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output
                  ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${ARGN} failed (${result}):\n${output}")
  endif()
endfunction()

# The program must start and name the missing file, which shows that it found its library.
function(expect_runs program)
  execute_process(COMMAND ${program} /nonexistent.hsaco prompt RESULT_VARIABLE result
                  ERROR_VARIABLE output OUTPUT_QUIET)
  if(NOT result EQUAL 1 OR NOT output MATCHES "/nonexistent.hsaco: cannot open it")
    message(FATAL_ERROR "${program} gave ${result}: ${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/installed --component runtime)
run(${CMAKE_COMMAND} -S ${SOURCE}/examples/embed_c -B ${WORK}/project
    -DCMAKE_PREFIX_PATH=${WORK}/installed -DCMAKE_C_COMPILER=${C_COMPILER})
run(${CMAKE_COMMAND} --build ${WORK}/project)
expect_runs(${WORK}/project/embed_c)

if(EMULATOR)
  file(GLOB qrun ${WORK}/installed/*/qrun)
  execute_process(COMMAND ${qrun} --list-devices OUTPUT_VARIABLE devices RESULT_VARIABLE result)
  if(NOT result EQUAL 0 OR NOT devices MATCHES "emulated")
    message(FATAL_ERROR "the installed qrun does not find the emulated device: ${devices}")
  endif()
endif()

file(GLOB_RECURSE pc ${WORK}/installed/*/qcc_runtime.pc)
cmake_path(GET pc PARENT_PATH pc_folder)
set(ENV{PKG_CONFIG_PATH} ${pc_folder})
execute_process(COMMAND pkg-config --cflags --libs qcc_runtime OUTPUT_VARIABLE flags
                RESULT_VARIABLE result)
separate_arguments(flags UNIX_COMMAND "${flags}")
file(GLOB_RECURSE library ${WORK}/installed/*/libqcc_runtime.so)
cmake_path(GET library PARENT_PATH library_folder)
run(${C_COMPILER} ${SOURCE}/examples/embed_c/main.c -o ${WORK}/embed_c ${flags}
    -Wl,-rpath,${library_folder})
expect_runs(${WORK}/embed_c)
