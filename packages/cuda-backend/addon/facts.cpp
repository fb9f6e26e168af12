#include "facts.h"

#include <string>

namespace vram_addon {

namespace {

class FactsObject {
 public:
  explicit FactsObject(Napi::Env env) : env_(env), object_(Napi::Object::New(env)) {}

  void flag(const char* name, int32_t value) {
    if (value != VRAM_UNKNOWN) object_.Set(name, Napi::Boolean::New(env_, value != 0));
  }
  void number(const char* name, int64_t value) {
    if (value != VRAM_UNKNOWN) object_.Set(name, Napi::Number::New(env_, static_cast<double>(value)));
  }
  void text(const char* name, const std::string& value) {
    if (!value.empty()) object_.Set(name, Napi::String::New(env_, value));
  }

  Napi::Object get() const { return object_; }

 private:
  Napi::Env env_;
  Napi::Object object_;
};

std::string dotted(int32_t major, int32_t minor) {
  return std::to_string(major) + "." + std::to_string(minor);
}

/// Empty for what is unknown, or what this version has no name for.
const char* access_name(int32_t access) {
  switch (access) {
    case VRAM_ACCESS_NONE:
      return "none";
    case VRAM_ACCESS_READ:
      return "read";
    case VRAM_ACCESS_READ_WRITE:
      return "read-write";
    default:
      return "";
  }
}

}  // namespace

Napi::Object to_object(Napi::Env env, const vram_device_facts& facts) {
  FactsObject object(env);
  object.number("index", facts.index);
  object.text("uuid", facts.uuid);
  object.flag("simulated", static_cast<int32_t>(facts.simulated));
  object.text("name", facts.name);
  if (facts.compute_capability_major != VRAM_UNKNOWN && facts.compute_capability_minor != VRAM_UNKNOWN) {
    object.text("computeCapability", dotted(facts.compute_capability_major, facts.compute_capability_minor));
  }
  object.number("totalBytes", facts.total_bytes);
  object.flag("integrated", facts.integrated);
  object.flag("managedMemory", facts.managed_memory);
  object.flag("pageableMemoryAccess", facts.pageable_memory_access);
  object.flag("pageableUsesHostPageTables", facts.pageable_uses_host_page_tables);
  object.flag("concurrentManagedAccess", facts.concurrent_managed_access);
  object.flag("eccEnabled", facts.ecc_enabled);
  object.number("eccUncorrectedVolatile", facts.ecc_uncorrected_volatile);
  object.number("eccUncorrectedAggregate", facts.ecc_uncorrected_aggregate);
  object.flag("remappedRowsPending", facts.remapped_rows_pending);
  object.flag("remappingFailed", facts.remapping_failed);
  object.flag("migEnabled", facts.mig_enabled);
  object.flag("confidentialCompute", facts.confidential_compute);
  object.flag("mps", facts.mps);
  object.text("driverVersion", facts.driver_version);
  if (facts.cuda_version != VRAM_UNKNOWN) {
    object.text("cudaVersion", dotted(facts.cuda_version / 1000, facts.cuda_version % 1000 / 10));
  }
  return object.get();
}

Napi::Object to_object(Napi::Env env, const vram_allocation_facts& facts) {
  static const char* const TYPES[] = {"", "device", "host", "managed"};
  FactsObject object(env);
  object.text("memoryType", TYPES[facts.memory_type]);
  object.flag("managed", facts.managed);
  object.number("deviceOrdinal", facts.device_ordinal);
  object.flag("readOnly", facts.read_only);
  object.flag("exportable", facts.exportable);
  object.flag("exclusive", facts.exclusive);
  if (facts.virtual_memory != VRAM_UNKNOWN) object.text("api", facts.virtual_memory != 0 ? "vmm" : "malloc");
  object.flag("mapped", facts.mapped);
  object.text("access", access_name(facts.access));
  return object.get();
}

}  // namespace vram_addon
