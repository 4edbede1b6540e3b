//! Unsafe code of our own: none in the engine and none in the program.

use std::{fs, path::Path};

use toml::Value;

use super::{root, table};

/// Lines of Rust code, without comments, that say `unsafe`.
fn unsafe_lines(text: &str) -> Vec<usize> {
    let code = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or(""));
    let is_word = |line: &str| {
        line.split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .any(|word| word == "unsafe")
    };
    let numbered = code.enumerate().filter(|(_, line)| is_word(line));
    numbered.map(|(index, _)| index + 1).collect()
}

fn unsafe_in(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("a directory entry").path();
        if path.is_dir() {
            found.extend(unsafe_in(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            let lines = unsafe_lines(&text).into_iter();
            found.extend(lines.map(|line| format!("{}:{line}", path.display())));
        }
    }
    found
}

#[test]
fn neither_engine_nor_program_has_unsafe_code() {
    for folder in ["crates/engine/src", "programs/backstop/src"] {
        assert_eq!(unsafe_in(&root().join(folder)), Vec::<String>::new());
    }
}

#[test]
fn engine_and_program_forbid_unsafe_code() {
    for manifest in ["crates/engine/Cargo.toml", "programs/backstop/Cargo.toml"] {
        let lints = &table(manifest)["lints"]["rust"];
        let level = lints.get("unsafe_code").and_then(Value::as_str);
        assert_eq!(level, Some("forbid"), "{manifest}");
    }
}

#[test]
fn unsafe_code_is_found_and_talk_of_it_is_not() {
    let text = "// unsafe\nfn f() {}\nunsafe fn g() {}\nlet x = unsafe { y };\nnot_unsafe();\n";
    assert_eq!(unsafe_lines(text), [3, 4]);
}
