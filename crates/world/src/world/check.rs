//! Transactions, and what must hold after each of them.

use {
    super::World,
    crate::{
        chain::{AccountData, Failure, Receipt},
        invariants,
    },
    backstop::error::BackstopError,
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
};

impl World {
    /// Sends a transaction and, if it succeeds, checks every invariant.
    pub fn send(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<Receipt, Failure> {
        let receipt = self.chain.send(instructions, signers)?;
        self.check(&receipt);
        Ok(receipt)
    }

    #[track_caller]
    fn check(&mut self, receipt: &Receipt) {
        if let Err(violation) = self.verify(receipt) {
            panic!("{} chain: {violation}", self.chain.name());
        }
    }

    /// Checks every invariant after a transaction that was sent past
    /// [`World::send`].
    ///
    /// # Errors
    /// The invariant that is violated, and the numbers.
    pub fn verify(&mut self, receipt: &Receipt) -> Result<(), invariants::Violation> {
        invariants::check(
            &mut *self.chain,
            &self.market,
            &self.banks,
            &self.obligations,
        )?;
        invariants::check_order(receipt)
    }

    /// Sends a transaction that must fail with `error` and leave every account
    /// that the scenario knows as it was.
    #[track_caller]
    pub fn refuse(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
        error: BackstopError,
    ) {
        self.refuse_code(instructions, signers, u32::from(error));
    }

    /// As [`World::refuse`], for an error code of Anchor or a token program.
    #[track_caller]
    pub fn refuse_code(&mut self, instructions: &[Instruction], signers: &[&Keypair], code: u32) {
        let before = self.fingerprint();
        let failure = match self.chain.send(instructions, signers) {
            Ok(_) => panic!("{} chain: expected error {code}", self.chain.name()),
            Err(failure) => failure,
        };
        assert_eq!(failure.code(), Some(code), "{failure}");
        assert_eq!(
            before,
            self.fingerprint(),
            "a refused transaction changed state"
        );
    }

    /// Every account of the market, its vaults and mints, without lamports:
    /// what a scenario has done.
    pub fn fingerprint(&mut self) -> Vec<(Pubkey, Option<AccountData>)> {
        let mut keys = vec![self.market.market, self.market.mint];
        for bank in &self.banks {
            keys.extend([
                bank.bank,
                bank.mint,
                bank.liquidity_vault,
                bank.insurance_vault,
                bank.governance_escrow,
            ]);
        }
        keys.extend(&self.obligations);
        keys.extend(&self.watched);
        keys.into_iter()
            .map(|key| (key, self.chain.account(&key)))
            .collect()
    }
}
