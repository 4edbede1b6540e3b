//! 128-bit multiplication and division for sBPF.
//!
//! LLVM 23 turns `i128` products and quotients on BPF into calls of these five
//! functions, with operands and result in registers. The copies in rustc 1.95's
//! `compiler_builtins` return an `i128` through a pointer, as rustc's `extern
//! "C"` does on BPF: the two conventions do not meet, and the mismatch
//! overwrites memory instead of failing to link. The "unadjusted" ABI hands
//! `i128` to LLVM as it is. These definitions are linked first, so they win.

#![no_std]
#![feature(abi_unadjusted)]
#![allow(internal_features)]

mod words;

use words::Words;

/// `a × b` modulo 2^128; the same for signed and unsigned.
#[no_mangle]
pub extern "unadjusted" fn __multi3(a: u128, b: u128) -> u128 {
    words::multiply(Words::of(a), Words::of(b)).join()
}

/// `n / d`, unsigned.
#[no_mangle]
pub extern "unadjusted" fn __udivti3(n: u128, d: u128) -> u128 {
    words::divide(Words::of(n), Words::of(d)).0.join()
}

/// `n % d`, unsigned.
#[no_mangle]
pub extern "unadjusted" fn __umodti3(n: u128, d: u128) -> u128 {
    words::divide(Words::of(n), Words::of(d)).1.join()
}

/// `n / d`, signed.
#[no_mangle]
pub extern "unadjusted" fn __divti3(n: i128, d: i128) -> i128 {
    words::divide_signed(Words::of(n as u128), Words::of(d as u128))
        .0
        .join() as i128
}

/// `n % d`, signed.
#[no_mangle]
pub extern "unadjusted" fn __modti3(n: i128, d: i128) -> i128 {
    words::divide_signed(Words::of(n as u128), Words::of(d as u128))
        .1
        .join() as i128
}
