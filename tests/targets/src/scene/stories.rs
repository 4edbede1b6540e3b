//! Moments in the life of the market that an input can start from. Each is
//! reached by instructions, so that what the stand-ins do is shown to work, and
//! is made once.

use std::sync::OnceLock;

use anchor_lang::{prelude::Clock, solana_program::system_program, InstructionData};
use backstop::{instruction, state::BankConfig};

use super::{
    call::Cast,
    keys::{keys, ACTORS, BANKS},
    settings, Scene, DOLLAR,
};
use crate::{
    idl::idl,
    runtime::{Account, Accounts},
};

/// (unix secs) When every story begins.
const BEGIN: i64 = 1_700_000_000;
/// (governance atoms) The initial supply: a million tokens.
const SUPPLY: u64 = 1_000_000_000_000;
const USDC: usize = 0;
const SOL: usize = 1;
const LENDER: usize = 0;
const BORROWER: usize = 1;
const KEEPER: usize = 2;
/// (atoms) A whole token of each asset.
const WHOLE: [u64; BANKS] = [1_000_000, 1_000_000_000, 1];

/// A moment with a name.
pub struct Story {
    /// What has happened.
    pub name: &'static str,
    /// The market then.
    pub scene: Scene,
}

/// Every moment.
pub fn stories() -> &'static [Story] {
    static STORIES: OnceLock<Vec<Story>> = OnceLock::new();
    STORIES.get_or_init(|| {
        let lending = lending();
        let crash = crash(lending.clone());
        let bad_debt = bad_debt(crash.clone());
        let auction = auction(bad_debt.clone());
        let forsaken = forsaken(auction.clone());
        let surplus = surplus(lending.clone());
        let story = |name, scene| Story { name, scene };
        vec![
            story("people lend and borrow", lending),
            story("collateral has crashed", crash),
            story("debt without collateral", bad_debt),
            story("a deficit is on auction", auction),
            story("a deficit that nothing covers", forsaken),
            story("insurance buys back", surplus),
        ]
    })
}

impl Scene {
    fn must(&mut self, cast: Cast, data: &impl InstructionData) {
        let data = data.data();
        let mut all = idl().instructions.iter();
        let found = all.find(|instruction| data.starts_with(&instruction.discriminator));
        let instruction = found.expect("the IDL lists every instruction");
        let call = self.call(instruction, cast, data);
        if let Err(error) = self.run(&call) {
            panic!("{} failed: {error:?}", instruction.name);
        }
    }
}

fn by(actor: usize, bank: usize) -> Cast {
    Cast {
        actor,
        other: BORROWER,
        bank,
        collateral: SOL,
        empties: false,
    }
}

/// Wallets, mints, token accounts, prices and programs; no market yet.
fn accounts() -> Scene {
    let mut scene = Scene {
        accounts: Accounts::new(),
        clock: Clock {
            slot: 480_000_000,
            unix_timestamp: BEGIN,
            ..Clock::default()
        },
    };
    let keys = keys();
    let (token, token_2022) = (anchor_spl::token::ID, anchor_spl::token_2022::ID);
    for program in [
        token,
        token_2022,
        anchor_spl::associated_token::ID,
        system_program::ID,
        backstop::ID,
    ] {
        let account = Account {
            lamports: 1,
            executable: true,
            ..Account::absent(program)
        };
        scene.accounts.insert(program, account);
    }
    let roles = [keys.admin, keys.guardian, keys.fee_owner];
    for wallet in roles
        .into_iter()
        .chain(keys.actors.iter().map(|actor| actor.wallet))
    {
        scene.put(wallet, system_program::ID, Vec::new());
        scene
            .accounts
            .entry(wallet)
            .and_modify(|a| a.lamports = 1_000_000_000_000);
    }
    let governance = keys.market.mint;
    scene.put_mint(governance, token, 6, SUPPLY);
    scene.put_mint(keys.adopted.mint, token, 6, SUPPLY);
    for actor in &keys.actors {
        let share = SUPPLY / ACTORS as u64;
        scene.put_tokens(actor.governance, token, governance, actor.wallet, share);
    }
    for (index, bank) in keys.banks.iter().enumerate() {
        let program = bank.token_program;
        let purse = 10_000_000 * WHOLE[index];
        scene.put_mint(bank.mint, program, bank.decimals, ACTORS as u64 * purse);
        let fees = keys.fee_accounts[index];
        scene.put_tokens(fees, program, bank.mint, keys.fee_owner, 0);
        for actor in &keys.actors {
            scene.put_tokens(actor.tokens[index], program, bank.mint, actor.wallet, purse);
        }
        scene.set_price(index, [1, 100, 10][index] * DOLLAR);
    }
    scene.publish(keys.governance_oracle, "governance", scene.calm(DOLLAR));
    scene
}

fn lending() -> Scene {
    let mut scene = accounts();
    let config = settings::market(SUPPLY / 5);
    scene.must(by(LENDER, USDC), &instruction::CreateMarket { config });
    for bank in [USDC, SOL] {
        let config = settings::bank(&keys().banks[bank]);
        let first = BankConfig {
            write_off_mode: 0,
            ..config
        };
        scene.must(by(LENDER, bank), &instruction::CreateBank { config: first });
        scene.must(by(LENDER, bank), &instruction::UpdateBank { config });
    }
    for actor in 0..ACTORS {
        let open = instruction::OpenObligation { index: 0 };
        scene.must(by(actor, USDC), &open);
    }
    for (actor, bank, tokens) in [
        (LENDER, USDC, 1_000_000),
        (KEEPER, USDC, 50_000),
        (BORROWER, SOL, 100),
    ] {
        let deposit = instruction::Deposit {
            atoms: tokens * WHOLE[bank],
            min_shares: 0,
            accept_deficit: false,
        };
        scene.must(by(actor, bank), &deposit);
    }
    scene.insure(500);
    scene.must(by(KEEPER, USDC), &instruction::RefreshBanks {});
    let atoms = 6_000 * WHOLE[USDC];
    scene.must(by(BORROWER, USDC), &instruction::Borrow { atoms });
    scene.advance(3_600, false);
    scene
}

/// The borrower's hundred tokens are worth 4 000 dollars, his debt is 6 000.
fn crash(mut scene: Scene) -> Scene {
    scene.set_price(SOL, 40 * DOLLAR);
    scene.must(by(KEEPER, USDC), &instruction::RefreshBanks {});
    scene
}

fn bad_debt(mut scene: Scene) -> Scene {
    let liquidate = instruction::Liquidate {
        max_repay: u64::MAX,
        min_shares: 0,
    };
    scene.must(by(KEEPER, USDC), &liquidate);
    scene.advance(2 * settings::RISK_AGE, false);
    scene
}

fn auction(mut scene: Scene) -> Scene {
    scene.must(by(KEEPER, USDC), &instruction::RefreshBanks {});
    scene.must(by(KEEPER, USDC), &instruction::WriteOff {});
    scene.advance(settings::AUCTION_DELAY + 3_600, false);
    scene
}

fn forsaken(mut scene: Scene) -> Scene {
    scene.advance(settings::DEADLINE, false);
    scene.must(by(KEEPER, USDC), &instruction::CloseAuction {});
    scene
}

fn surplus(mut scene: Scene) -> Scene {
    scene.insure(100_000);
    scene.must(by(KEEPER, USDC), &instruction::RefreshBanks {});
    scene.must(by(KEEPER, USDC), &instruction::StartBuyBack {});
    scene.advance(settings::AUCTION_DELAY + 3_600, false);
    scene
}

impl Scene {
    fn insure(&mut self, tokens: u64) {
        let atoms = tokens * WHOLE[USDC];
        self.must(by(KEEPER, USDC), &instruction::FundInsurance { atoms });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::broken;
    use backstop::state::{Bank, Obligation};

    #[test]
    fn every_story_has_its_ways_out() {
        for story in stories() {
            crate::scene::exits::take_all(story.scene.clone());
        }
    }

    #[test]
    fn every_story_is_what_its_name_says_and_breaks_no_rule() {
        for story in stories() {
            assert_eq!(broken(&story.scene), None, "{}", story.name);
        }
        let scene = |index: usize| &stories()[index].scene;
        let bank = |index: usize| scene(index).read::<Bank>(&keys().banks[USDC].bank).unwrap();
        assert!(bank(0).ledger.borrowed >= 6_000 * WHOLE[USDC]);
        let borrower: Obligation = scene(2).read(&keys().actors[BORROWER].obligation).unwrap();
        assert!(borrower.has_debt() && !borrower.positions().iter().any(|p| p.has_deposit()));
        assert!(bank(3).auction.lot > 0 && bank(3).ledger.on_auction > 0);
        assert!(bank(4).auction.lot == 0 && bank(4).ledger.deficit > 0);
        assert!(bank(5).buy_back.budget > 0);
    }
}
