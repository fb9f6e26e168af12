#include "record_batch.h"

#include "bytes_argument.h"
#include "status_error.h"
#include "vram/records.h"

namespace vram_addon {

namespace {

constexpr size_t RECORD_WORDS = sizeof(vram_record) / sizeof(uint32_t);
static_assert(RECORD_WORDS == 16);

struct Records {
  vram_record* at;
  size_t count;
};

void check(Napi::Env env, vram_status status) {
  if (status != VRAM_OK) throw status_error(env, status, {});
}

Records records_argument(Napi::Value value) {
  napi_typedarray_type type = napi_int8_array;
  size_t words = 0;
  void* data = nullptr;
  if (!value.IsTypedArray() ||
      napi_get_typedarray_info(value.Env(), value, &type, &words, &data, nullptr, nullptr) != napi_ok ||
      type != napi_uint32_array) {
    throw Napi::TypeError::New(value.Env(), "Expected a Uint32Array");
  }
  if (words % RECORD_WORDS != 0 || reinterpret_cast<uintptr_t>(data) % alignof(vram_record) != 0) {
    throw Napi::RangeError::New(value.Env(), "Expected 16 words for each line");
  }
  return {static_cast<vram_record*>(data), words / RECORD_WORDS};
}

/// Hashes, 32 bytes for each of `count` lines or nodes.
uint8_t* hashes_argument(Napi::Value value, size_t count) {
  const BytesArgument hashes = bytes_argument(value);
  if (hashes.size != count * VRAM_DIGEST_BYTES) {
    throw Napi::RangeError::New(value.Env(), "Expected 32 bytes for each hash");
  }
  return hashes.data;
}

}  // namespace

Napi::Value scan_records(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const BytesArgument bytes = bytes_argument(info[0]);
  const Records records = records_argument(info[1]);
  size_t count = 0, consumed = 0;
  check(env, vram_records_scan(bytes.data, bytes.size, records.at, records.count, &count, &consumed));
  Napi::Object object = Napi::Object::New(env);
  object.Set("count", Napi::Number::New(env, static_cast<double>(count)));
  object.Set("consumedBytes", Napi::Number::New(env, static_cast<double>(consumed)));
  return object;
}

void leaf_hashes(const Napi::CallbackInfo& info) {
  const BytesArgument bytes = bytes_argument(info[0]);
  const Records records = records_argument(info[1]);
  uint8_t* hashes = hashes_argument(info[2], records.count);
  check(info.Env(),
        vram_record_leaf_hashes(VRAM_BEST, bytes.data, bytes.size, records.at, records.count, hashes));
}

void record_macs(const Napi::CallbackInfo& info) {
  const BytesArgument bytes = bytes_argument(info[0]), key = bytes_argument(info[2]);
  const Records records = records_argument(info[1]);
  uint8_t* macs = hashes_argument(info[3], records.count);
  vram_mac_key prepared;
  vram_status status = vram_mac_key_init(&prepared, key.data, key.size);
  if (status == VRAM_OK) {
    status = vram_record_macs(VRAM_BEST, &prepared, bytes.data, bytes.size, records.at, records.count, macs);
  }
  vram_mac_key_wipe(&prepared);
  check(info.Env(), status);
}

Napi::Value record_mismatch(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto stated = static_cast<vram_stated_hash>(info[0].As<Napi::Number>().Uint32Value());
  const BytesArgument bytes = bytes_argument(info[1]);
  const Records records = records_argument(info[2]);
  const uint8_t* hashes = hashes_argument(info[3], records.count);
  size_t mismatch = 0;
  check(env,
        vram_record_mismatch(stated, bytes.data, bytes.size, records.at, records.count, hashes, &mismatch));
  return Napi::Number::New(env, static_cast<double>(mismatch));
}

void merkle_level(const Napi::CallbackInfo& info) {
  const BytesArgument nodes = bytes_argument(info[0]);
  const size_t pairs = nodes.size / (2 * VRAM_DIGEST_BYTES);
  uint8_t* parents = hashes_argument(info[1], pairs);
  check(info.Env(), vram_merkle_level(VRAM_BEST, nodes.data, pairs, parents));
}

}  // namespace vram_addon
