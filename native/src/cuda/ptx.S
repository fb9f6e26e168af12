// The kernels: their texts, each ended by a zero byte as the driver wants it, and what was assembled of them.
#define TEXT(NAME, FILE)  \
  .global NAME;           \
  .hidden NAME;           \
  .balign 16;             \
  NAME: .incbin FILE;     \
  .byte 0

  .section .rodata
TEXT(vram_cuda_ptx_75, "kernels/ptx/sm_75.ptx")
TEXT(vram_cuda_ptx_80, "kernels/ptx/sm_80.ptx")
TEXT(vram_cuda_ptx_90, "kernels/ptx/sm_90.ptx")
#ifdef VRAM_CUDA_SASS
TEXT(vram_cuda_sass, "kernels.fatbin")
#endif
  .section .note.GNU-stack, "", %progbits
