# SPDX-License-Identifier: Apache-2.0
# The holder: runs as PID 1 of a standby Pod's container in the protected program's place, needs
# no library and no memory of its own, and does three things (Linux, x86-64).
#
#   holder               waits. It buries every orphan. Told by SIGUSR1 from outside the container
#                        (only then the sender's number is 0) which process was woken, as the
#                        signal's value, it passes signals on to it and ends with it, as it ended.
#                        SIGTERM and SIGINT end it while nothing was woken.
#   holder install FILE  copies itself, for images that do not have it
#   holder ready         ends with 0 once the agent has put the file "awake" beside it
#
# Made into holder.hex by: as -o h.o holder.s; ld -n -z noseparate-code -s --build-id=none -o h h.o;
# xxd -p h
        .intel_syntax noprefix
        .set    SYS_open, 2
        .set    SYS_rt_sigprocmask, 14
        .set    SYS_write, 1
        .set    SYS_access, 21
        .set    SYS_sendfile, 40
        .set    SYS_wait4, 61
        .set    SYS_kill, 62
        .set    SYS_exit_group, 231
        .set    SYS_rt_sigtimedwait, 128
        .set    SYS_fchmod, 91
        .set    SIGINT, 2
        .set    SIGUSR1, 10
        .set    SIGTERM, 15
        .set    SIGCHLD, 17
        .set    SIGNAL_SET_BYTES, 8
        .set    SI_QUEUE, -1
        .set    CODE_AT, 8              # offsets in siginfo_t
        .set    SENDER_AT, 16
        .set    VALUE_AT, 24

        .globl  _start
        .text
_start: mov     rax, [rsp]              # number of arguments
        cmp     rax, 1
        je      hold
        mov     rbx, [rsp + 16]         # the first argument
        cmp     byte ptr [rbx], 'r'
        je      ready
        cmp     byte ptr [rbx], 'i'
        jne     usage
        cmp     rax, 3
        jne     usage

# ---- install -------------------------------------------------------------------------------------
        lea     rdi, [rip + itself]
        xor     esi, esi                # O_RDONLY
        mov     eax, SYS_open
        syscall
        test    eax, eax
        js      failed
        mov     r12d, eax
        mov     rdi, [rsp + 24]
        mov     esi, 01 + 0100 + 01000  # O_WRONLY, O_CREAT, O_TRUNC
        mov     edx, 0755
        mov     eax, SYS_open
        syscall
        test    eax, eax
        js      failed
        mov     r13d, eax
        mov     edi, r13d
        mov     esi, 0755               # whatever the mask of new files is
        mov     eax, SYS_fchmod
        syscall
        test    eax, eax
        js      failed
1:      mov     edi, r13d
        mov     esi, r12d
        xor     edx, edx
        mov     r10d, 1 << 20
        mov     eax, SYS_sendfile
        syscall
        test    rax, rax
        js      failed
        jnz     1b
        jmp     fine

# ---- ready ---------------------------------------------------------------------------------------
ready:  lea     rdi, [rip + awake]
        xor     esi, esi                # F_OK
        mov     eax, SYS_access
        syscall
        test    eax, eax
        jnz     failed
fine:   xor     edi, edi
        jmp     exit

# ---- hold ----------------------------------------------------------------------------------------
# r12d: the process that was woken, as this namespace numbers it; 0 while there is none.
# [rsp]: all signals. [rsp + 8]: siginfo_t of 128 bytes, or a status of wait4.
hold:   sub     rsp, 136
        mov     qword ptr [rsp], -1
        xor     r12d, r12d
        xor     edi, edi                # SIG_BLOCK
        mov     rsi, rsp
        xor     edx, edx
        mov     r10d, SIGNAL_SET_BYTES
        mov     eax, SYS_rt_sigprocmask
        syscall
        mov     edi, 2
        lea     rsi, [rip + waits]
        mov     edx, waits_end - waits
        mov     eax, SYS_write
        syscall

wait:   mov     rdi, rsp
        lea     rsi, [rsp + 8]
        xor     edx, edx
        mov     r10d, SIGNAL_SET_BYTES
        mov     eax, SYS_rt_sigtimedwait
        syscall
        cmp     eax, SIGUSR1
        je      told
        cmp     eax, SIGCHLD
        je      bury
        test    eax, eax
        jle     wait
        test    r12d, r12d
        jnz     pass
        cmp     eax, SIGTERM
        je      fine
        cmp     eax, SIGINT
        je      fine
        jmp     wait

pass:   mov     edi, r12d
        mov     esi, eax
        mov     eax, SYS_kill
        syscall
        jmp     wait

told:   cmp     dword ptr [rsp + 8 + CODE_AT], SI_QUEUE
        jne     wait
        cmp     dword ptr [rsp + 8 + SENDER_AT], 0
        jne     wait
        mov     r12d, [rsp + 8 + VALUE_AT]
        # It may have ended before this was heard, and been buried by now: nothing is there then.
        test    r12d, r12d
        jz      wait
        mov     edi, r12d
        xor     esi, esi
        mov     eax, SYS_kill
        syscall
        test    eax, eax
        js      failed
        jmp     wait

bury:   mov     edi, -1
        lea     rsi, [rsp + 8]
        mov     edx, 1                  # WNOHANG
        xor     r10d, r10d
        mov     eax, SYS_wait4
        syscall
        test    eax, eax
        jle     wait
        test    r12d, r12d
        jz      bury
        cmp     eax, r12d
        jne     bury
        mov     eax, [rsp + 8]
        mov     edi, eax
        shr     edi, 8
        and     edi, 255
        and     eax, 127
        jz      exit
        lea     edi, [rax + 128]
        jmp     exit

usage:  mov     edi, 2
        jmp     exit
failed: mov     edi, 1
exit:   mov     eax, SYS_exit_group
        syscall

itself: .asciz  "/proc/self/exe"
awake:  .asciz  "/.understudy/awake"
waits:  .ascii  "holder: waits for a copy\n"
waits_end:
        .section .note.GNU-stack, "", @progbits
