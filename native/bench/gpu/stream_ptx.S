// The kernel's text, ended by a zero byte as the driver wants it.
  .section .rodata
  .global vram_bench_stream_ptx
  .hidden vram_bench_stream_ptx
  .balign 16
vram_bench_stream_ptx: .incbin "stream.ptx"
  .byte 0
  .section .note.GNU-stack, "", %progbits
