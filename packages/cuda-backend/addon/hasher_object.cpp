#include "hasher_object.h"

#include "bytes_argument.h"
#include "environment.h"
#include "status_error.h"

namespace vram_addon {

namespace {

constexpr napi_type_tag TAG = {0x1c9d7b54e0a84f2dull, 0x93b65d0f7ae1c846ull};

/// From so many bytes on, dividing them among threads gains more than it costs.
constexpr size_t SHARED_BYTES = 4 * VRAM_CHUNK_BYTES;

void check(Napi::Env env, vram_status status) {
  if (status != VRAM_OK) throw status_error(env, status, {});
}

void delete_hasher(napi_env, void* data, void*) {
  auto* hasher = static_cast<vram_hasher*>(data);
  vram_hasher_wipe(hasher);
  delete hasher;
}

vram_hasher* hasher_of(Napi::Value value) {
  bool tagged = false;
  void* data = nullptr;
  if (!value.IsObject() || napi_check_object_type_tag(value.Env(), value, &TAG, &tagged) != napi_ok ||
      !tagged || napi_unwrap(value.Env(), value, &data) != napi_ok) {
    throw Napi::TypeError::New(value.Env(), "Expected a hasher");
  }
  return static_cast<vram_hasher*>(data);
}

vram_digest_algorithm algorithm_argument(Napi::Value value) {
  return static_cast<vram_digest_algorithm>(value.As<Napi::Number>().Uint32Value());
}

SharedPool pool_for(Napi::Env env, size_t size) {
  return size < SHARED_BYTES ? nullptr : pool_of(env);
}

}  // namespace

Napi::Value create_hasher(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto hasher = std::make_unique<vram_hasher>();
  check(env, vram_hasher_init(hasher.get(), algorithm_argument(info[0]), VRAM_BEST));
  Napi::Object object = Napi::Object::New(env);
  if (napi_wrap(env, object, hasher.get(), delete_hasher, nullptr, nullptr) != napi_ok) {
    throw Napi::Error::New(env);
  }
  hasher.release();
  if (napi_type_tag_object(env, object, &TAG) != napi_ok) throw Napi::Error::New(env);
  return object;
}

void update_hasher(const Napi::CallbackInfo& info) {
  const BytesArgument bytes = bytes_argument(info[1]);
  const SharedPool pool = pool_for(info.Env(), bytes.size);
  check(info.Env(), vram_hasher_update(hasher_of(info[0]), bytes.data, bytes.size, pool.get()));
}

void finish_hasher(const Napi::CallbackInfo& info) {
  const BytesArgument digest = bytes_argument(info[1]);
  if (digest.size != VRAM_DIGEST_BYTES) throw Napi::RangeError::New(info.Env(), "Expected 32 bytes");
  check(info.Env(), vram_hasher_finish(hasher_of(info[0]), digest.data));
}

void wipe_hasher(const Napi::CallbackInfo& info) {
  check(info.Env(), vram_hasher_wipe(hasher_of(info[0])));
}

void chunk_nodes(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const BytesArgument bytes = bytes_argument(info[1]), nodes = bytes_argument(info[3]);
  const auto first = static_cast<uint64_t>(info[2].As<Napi::Number>().Int64Value());
  const size_t count = bytes.size / VRAM_CHUNK_BYTES + (bytes.size % VRAM_CHUNK_BYTES != 0 ? 1 : 0);
  if (nodes.size != count * VRAM_DIGEST_BYTES) throw Napi::RangeError::New(env, "Expected 32 bytes a chunk");
  // One more byte after whole chunks says that the first is not the input's only one.
  const uint64_t more = bytes.size % VRAM_CHUNK_BYTES == 0 ? 1 : 0;
  const uint64_t input_bytes = first * VRAM_CHUNK_BYTES + bytes.size + more;
  const SharedPool pool = pool_for(env, bytes.size);
  check(env, vram_chunk_digests(algorithm_argument(info[0]), VRAM_BEST, bytes.data, bytes.size, first,
                                input_bytes, pool.get(), nodes.data));
}

}  // namespace vram_addon
