//! Keypairs that are the same in every run.
//!
//! A scenario names its keys instead of drawing them, so that it creates the
//! same addresses on both chains and a failure can be replayed.

use solana_keypair::Keypair;
use solana_sha256_hasher::hash;

/// The keypair whose secret is the SHA-256 of `label`. For tests only: anyone
/// who reads the label holds the key.
pub fn keypair(label: &str) -> Keypair {
    Keypair::new_from_array(hash(label.as_bytes()).to_bytes())
}

#[cfg(test)]
mod tests {
    use {super::*, solana_signer::Signer};

    #[test]
    fn a_label_always_names_the_same_key_and_no_other() {
        assert_eq!(keypair("alice").pubkey(), keypair("alice").pubkey());
        assert_ne!(keypair("alice").pubkey(), keypair("bob").pubkey());
    }
}
