#include "vram/status.h"

#include "check.h"

using namespace vram_test;

TEST("a status has its name") {
  CHECK_EQUAL(std::string(vram_status_name(VRAM_OK)), std::string("VRAM_OK"));
  CHECK_EQUAL(std::string(vram_status_name(VRAM_MALFORMED_RECORD)), std::string("VRAM_MALFORMED_RECORD"));
  CHECK_EQUAL(std::string(vram_status_name(-1)), std::string("VRAM_UNKNOWN_STATUS"));
}
