#include "facts_file.h"

#include <cstdlib>
#include <fstream>

namespace vram::stand_in {

std::optional<std::string> text_fact(const std::string& name) {
  const char* path = std::getenv("VRAM_STAND_IN_FACTS");
  if (path == nullptr) return {};
  std::ifstream file(path);
  std::string found, value;
  while (file >> found >> value) {
    if (found == name) return value;
  }
  return {};
}

long long fact(const std::string& name, long long otherwise) {
  const std::optional<std::string> text = text_fact(name);
  return text ? std::stoll(*text) : otherwise;
}

std::optional<long long> told_fact(const std::string& name, long long otherwise) {
  const std::optional<std::string> text = text_fact(name);
  if (text == "unsupported") return {};
  return text ? std::stoll(*text) : otherwise;
}

}  // namespace vram::stand_in
