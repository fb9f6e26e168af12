// The kernel's text, ended by a zero byte as the driver wants it.
  .section .rodata
  .global vram_test_store_ptx
  .hidden vram_test_store_ptx
  .balign 16
vram_test_store_ptx: .incbin "store.ptx"
  .byte 0
  .section .note.GNU-stack, "", %progbits
