//! The instructions and their account slots, as the IDL lists them.

use {serde::Deserialize, std::path::Path};

#[derive(Deserialize)]
struct Idl {
    instructions: Vec<Instruction>,
}

/// An instruction of the program.
#[derive(Deserialize)]
pub struct Instruction {
    /// Its name.
    pub name: String,
    /// Its accounts, in order.
    pub accounts: Vec<Slot>,
}

/// An account that an instruction names.
#[derive(Clone, Deserialize)]
pub struct Slot {
    /// Its name.
    pub name: String,
    /// Whether the instruction may change it.
    #[serde(default)]
    pub writable: bool,
    /// Whether it signs.
    #[serde(default)]
    pub signer: bool,
}

/// The instruction of this name.
pub fn instruction(name: &str) -> Instruction {
    instructions()
        .into_iter()
        .find(|instruction| instruction.name == name)
        .unwrap_or_else(|| panic!("{name} is not in the IDL"))
}

/// Every instruction of `clients/idl/backstop.json`.
pub fn instructions() -> Vec<Instruction> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients/idl/backstop.json");
    let text = std::fs::read_to_string(path).expect("the IDL is in the tree");
    let idl: Idl = serde_json::from_str(&text).expect("the IDL is one");
    idl.instructions
}
