// The functions on memory that the scanner of records calls, where there is no library of C.
#include <stddef.h>
#include <stdint.h>

typedef uint8_t Bytes16 __attribute__((vector_size(16), aligned(1)));

extern "C" {

int memcmp(const void* left, const void* right, size_t size) {
  const uint8_t* a = static_cast<const uint8_t*>(left);
  const uint8_t* b = static_cast<const uint8_t*>(right);
  for (size_t i = 0; i < size; i++) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

void* memchr(const void* memory, int value, size_t size) {
  const uint8_t* at = static_cast<const uint8_t*>(memory);
  const uint8_t* end = at + size;
  const uint8_t byte = static_cast<uint8_t>(value);
  for (; end - at >= 16; at += 16) {
    if (__builtin_wasm_any_true_v128(*reinterpret_cast<const Bytes16*>(at) == byte)) break;
  }
  for (; at < end; at++) {
    if (*at == byte) return const_cast<uint8_t*>(at);
  }
  return nullptr;
}
}
