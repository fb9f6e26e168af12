#include <napi.h>

#include "device_object.h"
#include "driver_object.h"
#include "environment.h"
#include "external_object.h"
#include "file_digest.h"
#include "hasher_object.h"
#include "record_batch.h"

namespace {

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  vram_addon::Environment::begin(env);
  exports.Set("openDriver", Napi::Function::New<vram_addon::open_driver>(env, "openDriver"));
  exports.Set("devices", Napi::Function::New<vram_addon::devices>(env, "devices"));
  exports.Set("openDevice", Napi::Function::New<vram_addon::open_device>(env, "openDevice"));
  exports.Set("submit", Napi::Function::New<vram_addon::submit>(env, "submit"));
  exports.Set("cancel", Napi::Function::New<vram_addon::cancel>(env, "cancel"));
  exports.Set("isValid", Napi::Function::New<vram_addon::is_valid>(env, "isValid"));
  exports.Set("setValid", Napi::Function::New<vram_addon::set_valid>(env, "setValid"));
  exports.Set("createHasher", Napi::Function::New<vram_addon::create_hasher>(env, "createHasher"));
  exports.Set("updateHasher", Napi::Function::New<vram_addon::update_hasher>(env, "updateHasher"));
  exports.Set("finishHasher", Napi::Function::New<vram_addon::finish_hasher>(env, "finishHasher"));
  exports.Set("wipeHasher", Napi::Function::New<vram_addon::wipe_hasher>(env, "wipeHasher"));
  exports.Set("chunkNodes", Napi::Function::New<vram_addon::chunk_nodes>(env, "chunkNodes"));
  exports.Set("digestFile", Napi::Function::New<vram_addon::digest_file>(env, "digestFile"));
  exports.Set("scanRecords", Napi::Function::New<vram_addon::scan_records>(env, "scanRecords"));
  exports.Set("leafHashes", Napi::Function::New<vram_addon::leaf_hashes>(env, "leafHashes"));
  exports.Set("recordMacs", Napi::Function::New<vram_addon::record_macs>(env, "recordMacs"));
  exports.Set("recordMismatch", Napi::Function::New<vram_addon::record_mismatch>(env, "recordMismatch"));
  exports.Set("merkleLevel", Napi::Function::New<vram_addon::merkle_level>(env, "merkleLevel"));
  return exports;
}

}  // namespace

NODE_API_MODULE(vram_residency_cuda, initialise)
