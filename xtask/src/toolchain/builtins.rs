//! Compiles `xtask/toolchain/builtins` to bitcode for the linker.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::{remove_dir, Toolchain, TARGET};
use crate::{process, workspace::Workspace};

const PACKAGE: &str = "xtask/toolchain/builtins";

const INPUTS: &[&str] = &[
    "xtask/toolchain/builtins/Cargo.toml",
    "xtask/toolchain/builtins/src/lib.rs",
    "xtask/toolchain/builtins/src/words.rs",
    "xtask/toolchain/sbpf-solana.json",
];

/// The bitcode that every link begins with.
pub fn bitcode(toolchain: &Path) -> PathBuf {
    toolchain.join("builtins.bc")
}

/// The text of everything this step is made from.
pub fn inputs(workspace: &Workspace) -> Result<String> {
    let mut all = String::new();
    for input in INPUTS {
        let path = workspace.root().join(input);
        all += &fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
    }
    Ok(all)
}

/// Compiles the package, and `core` for it.
pub fn install(workspace: &Workspace, toolchain: &Toolchain) -> Result<()> {
    let target = toolchain.dir.join("builtins-build");
    let partial = toolchain.dir.join("builtins.partial.bc");
    let mut cargo = toolchain.cargo(workspace)?;
    cargo
        .args(["rustc", "--release", "--locked", "--manifest-path"])
        .arg(workspace.root().join(PACKAGE).join("Cargo.toml"))
        .args(["--target", TARGET])
        .args(["-Zbuild-std=core", "--target-dir"])
        .arg(&target)
        .arg("--")
        .arg(format!("--emit=llvm-bc={}", partial.display()))
        // sBPF has no vectors.
        .args(["-Cno-vectorize-loops", "-Cno-vectorize-slp"]);
    process::run(&mut cargo)?;
    fs::rename(&partial, bitcode(&toolchain.dir)).context("rustc wrote no bitcode")?;
    remove_dir(&target)
}

#[cfg(test)]
#[path = "../../toolchain/builtins/src/words.rs"]
mod words;

#[cfg(test)]
mod tests {
    use super::words::{divide, divide_signed, multiply, Words};

    /// Numbers where carries, borrows and the estimates of a long division go
    /// wrong, and a stream of others of every length.
    fn samples() -> Vec<u128> {
        let mut samples = vec![
            0,
            u128::MAX,
            u64::MAX.into(),
            i128::MAX as u128,
            i128::MIN as u128,
        ];
        for bit in 0..128 {
            let power = 1u128 << bit;
            samples.extend([power, power - 1, power | 1, !power]);
        }
        let mut state = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c834_u128;
        for round in 0..400 {
            state = state
                .wrapping_mul(0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645)
                .wrapping_add(1);
            samples.push(state.rotate_left(64) >> (round % 128));
        }
        samples
    }

    #[test]
    fn the_builtins_agree_with_the_hosts_arithmetic() {
        let samples = samples();
        for &a in &samples {
            for &b in &samples {
                let (x, y) = (Words::of(a), Words::of(b));
                assert_eq!(multiply(x, y).join(), a.wrapping_mul(b), "{a} * {b}");
                if b == 0 {
                    continue;
                }
                let (q, r) = divide(x, y);
                assert_eq!((q.join(), r.join()), (a / b, a % b), "{a} / {b}");
                let (q, r) = divide_signed(x, y);
                let (a, b) = (a as i128, b as i128);
                assert_eq!(
                    (q.join() as i128, r.join() as i128),
                    (a.wrapping_div(b), a.wrapping_rem(b)),
                    "{a} / {b} signed"
                );
            }
        }
    }
}
