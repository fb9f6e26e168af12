#pragma once

#include <optional>
#include <string>

namespace vram::stand_in {

/// A fact of the file that the environment variable VRAM_STAND_IN_FACTS names, one `name value` to a line,
/// read anew each time. Nothing where the file or the fact is missing.
std::optional<std::string> text_fact(const std::string& name);

/// The same as a number, or `otherwise`.
long long fact(const std::string& name, long long otherwise);

/// The same where the value `unsupported` says that the driver does not tell.
std::optional<long long> told_fact(const std::string& name, long long otherwise);

}  // namespace vram::stand_in
