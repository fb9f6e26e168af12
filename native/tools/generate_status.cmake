# cmake [-DCHECK=ON] -P tools/generate_status.cmake: writes what is made from status.list, or with CHECK compares it.
cmake_minimum_required(VERSION 3.25)
get_filename_component(NATIVE "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)

set(NOTE "Made from native/status.list by native/tools/generate_status.cmake.")
set(C_MEMBERS "")
set(C_CASES "")
set(TS_MEMBERS "")
set(DOC_ROWS "")
file(STRINGS "${NATIVE}/status.list" LINES REGEX "^[^#]")
set(EXPECTED_NUMBER 0)
foreach(LINE IN LISTS LINES)
  if(NOT LINE MATCHES "^([0-9]+) \\| (VRAM_[A-Z_]+) \\| (.+)$")
    message(FATAL_ERROR "status.list: not `number | name | meaning`: ${LINE}")
  endif()
  set(NUMBER "${CMAKE_MATCH_1}")
  set(NAME "${CMAKE_MATCH_2}")
  set(MEANING "${CMAKE_MATCH_3}")
  if(NOT NUMBER EQUAL EXPECTED_NUMBER)
    message(FATAL_ERROR "status.list: expected number ${EXPECTED_NUMBER}: ${LINE}")
  endif()
  math(EXPR EXPECTED_NUMBER "${EXPECTED_NUMBER} + 1")
  string(REGEX REPLACE "^VRAM_" "" SHORT "${NAME}")
  string(APPEND C_MEMBERS "  /** ${MEANING} */\n  ${NAME} = ${NUMBER},\n")
  string(APPEND C_CASES "    case ${NAME}:\n      return \"${NAME}\";\n")
  string(APPEND TS_MEMBERS "  /** ${MEANING} */\n  ${SHORT}: ${NUMBER},\n")
  string(APPEND DOC_ROWS "- ${NUMBER} `${NAME}`: ${MEANING}\n")
endforeach()

set(HEADER "/* ${NOTE} */
#ifndef VRAM_STATUS_H
#define VRAM_STATUS_H

#ifdef __cplusplus
extern \"C\" {
#endif

/** What came of a call. Every function of this library returns one, and none throws. */
typedef enum vram_status {
${C_MEMBERS}} vram_status;

/** The name of a status, such as \"VRAM_OK\"; \"VRAM_UNKNOWN_STATUS\" for any other number. */
const char *vram_status_name(int status);

#ifdef __cplusplus
}
#endif

#endif
")
set(SOURCE "// ${NOTE}
#include \"vram/status.h\"

const char* vram_status_name(int status) {
  switch (status) {
${C_CASES}  }
  return \"VRAM_UNKNOWN_STATUS\";
}
")
set(TYPESCRIPT "// ${NOTE}

/** What a call into the native core returns. */
export const NATIVE_STATUS = {
${TS_MEMBERS}} as const;
")
set(DOCUMENT "<!-- ${NOTE} -->
# Status of a call into the native core

${DOC_ROWS}")

set(STALE "")
function(put PATH TEXT)
  if(CHECK)
    set(FOUND "")
    if(EXISTS "${NATIVE}/${PATH}")
      file(READ "${NATIVE}/${PATH}" FOUND)
    endif()
    if(NOT FOUND STREQUAL TEXT)
      set(STALE "${STALE} ${PATH}" PARENT_SCOPE)
    endif()
  else()
    file(WRITE "${NATIVE}/${PATH}" "${TEXT}")
  endif()
endfunction()
put(include/vram/status.h "${HEADER}")
put(src/status.cpp "${SOURCE}")
put(../packages/seal-crypto/src/wasm/native-status.ts "${TYPESCRIPT}")
put(../packages/cuda-backend/src/native-status.ts "${TYPESCRIPT}")
put(docs/status.md "${DOCUMENT}")
# What native addons of users include, as the published package has it.
file(READ "${NATIVE}/include/vram/external.h" EXTERNAL)
put(../packages/cuda-backend/include/vram/external.h "${EXTERNAL}")
if(STALE)
  message(FATAL_ERROR "Not as status.list says, run cmake -P native/tools/generate_status.cmake:${STALE}")
endif()
