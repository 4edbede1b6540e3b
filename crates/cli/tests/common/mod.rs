//! The example market, as the chain would see it.

use backstop_cli::file::{Desired, MarketFile, Mints};
use solana_pubkey::Pubkey;

/// The file that the README names.
pub const EXAMPLE: &str = include_str!("../../../../examples/market.toml");
/// Who runs the command.
pub const SIGNER: Pubkey = Pubkey::new_from_array([7; 32]);

/// Reads a text without an environment.
pub fn parse(text: &str) -> Result<MarketFile, String> {
    MarketFile::parse("market.toml", text, &|_| None).map_err(|error| error.to_string())
}

/// Mints of the example: governance and USDC with 6 decimals, SOL with 9.
pub fn mints(file: &MarketFile) -> Mints {
    let sol = file.bank("SOL").map(|bank| bank.mint);
    file.mints()
        .into_iter()
        .map(|mint| {
            let decimals = if Some(mint) == sol { 9 } else { 6 };
            (mint, (spl_token_interface::ID, decimals))
        })
        .collect()
}

/// What a text asks for.
pub fn desired(text: &str) -> Result<Desired, String> {
    let file = parse(text)?;
    let mints = mints(&file);
    file.resolve(&SIGNER, &mints)
        .map_err(|error| error.to_string())
}

/// The example with one text put for another.
pub fn example_with(from: &str, to: &str) -> String {
    assert!(EXAMPLE.contains(from), "the example has no `{from}`");
    EXAMPLE.replacen(from, to, 1)
}
