//! The program `backstop`: see [`backstop_cli`].
fn main() {}
